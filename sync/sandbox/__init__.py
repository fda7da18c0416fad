"""An embedded stand-in for ODK Central, for demo and tests."""
