"""Forms on the engine that phones run: JavaRosa, the engine inside ODK Collect, in this process."""

from forms.engine.device import DeviceProperties
from forms.engine.interview import Interview
from forms.engine.javarosa import LoadedForm, check, load
from forms.engine.screen import Answer, Prompt, Screen

__all__ = [
    "Answer",
    "DeviceProperties",
    "Interview",
    "LoadedForm",
    "Prompt",
    "Screen",
    "check",
    "load",
]
