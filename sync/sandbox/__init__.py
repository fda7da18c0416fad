"""An embedded stand-in for ODK Central, for demo and tests."""

from sync.sandbox.misbehaviour import Misbehaviour
from sync.sandbox.server import Sandbox

__all__ = ["Misbehaviour", "Sandbox"]
