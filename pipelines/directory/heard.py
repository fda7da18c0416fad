"""Names as one hears them: their parts, with the spellings of one sound made alike."""

import unicodedata

_SOUNDS = (
    ("ou", "u"), ("w", "u"), ("ck", "k"), ("qu", "k"), ("c", "k"), ("dj", "j"), ("dy", "j"), ("ph", "f"),
    ("th", "t"), ("kh", "k"), ("y", "i"), ("ee", "e"), ("gn", "ni"), ("ll", "l"), ("ss", "s"),
    ("tt", "t"), ("nn", "n"), ("mm", "m"), ("dd", "d"), ("h", ""),
)  # fmt: skip
"""One name, several clerks: Coulibaly, Kulibali; Diarra, Jarra; Ouattara, Watara."""

HEARD_VERSION = 1
"""To be raised with every change here: the parts of all names are then written anew."""


def folded(text: str) -> str:
    """Small letters without accents, and French and English spellings of one sound made alike."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    for spelling, sound in _SOUNDS:
        letters = letters.replace(spelling, sound)
    return " ".join(letters.split())


def parts(*names: str | None) -> set[str]:
    """The parts of these names, folded."""
    return {part for name in names if name for part in folded(name).split()}
