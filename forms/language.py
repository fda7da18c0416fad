"""The language in which Kafo speaks to people: French unless told otherwise."""

_LANGUAGES = ("fr", "en")
_current = "fr"


def use(language: str) -> None:
    """Speak `fr` or `en` from now on, for the whole process; anything else means French."""
    global _current
    _current = language if language in _LANGUAGES else "fr"


def current() -> str:
    """The language spoken now: `fr` or `en`."""
    return _current


def say(fr: str, en: str) -> str:
    """The text in the language spoken now; both stand side by side where they are written."""
    return en if _current == "en" else fr
