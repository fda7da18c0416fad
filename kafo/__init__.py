"""The door: command line, configuration, pages."""
