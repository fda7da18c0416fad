"""How a name changes when somebody else writes it down: by ear, in another hurry, without accents."""

import unicodedata
from collections.abc import Callable
from random import Random

_BY_EAR = (
    ("Ou", "W"), ("ou", "u"), ("dj", "j"), ("Dj", "J"), ("ï", "i"), ("ia", "ya"), ("ss", "s"),
    ("ll", "l"), ("ye", "ie"), ("k", "c"), ("ré", "ray"), ("th", "t"), ("Th", "T"), ("gu", "g"),
    ("mm", "m"), ("ck", "k"), ("é", "e"), ("y", "i"), ("ow", "ou"), ("w", "ou"), ("ah", "a"),
    ("ambo", "anbo"), ("ar", "arr"),
)  # fmt: skip
_TWINS = {
    "Mamadou": "Mahamadou", "Mahamadou": "Mamadou", "Fatoumata": "Fatou", "Fatou": "Fatoumata",
    "Ibrahima": "Ibrahim", "Aïssatou": "Aïcha", "Boubacar": "Aboubacar", "Souleymane": "Solo",
    "Amadou": "Ahmadou", "Mohamed": "Mohammed", "Kadiatou": "Kadia", "Cheikh": "Seck",
}  # fmt: skip
"""Two forms of one name that people use for each other."""


def misspell(name: str, rng: Random) -> str:
    """The name as another enumerator might write it; sometimes the same."""
    first, _, rest = name.partition(" ")
    if first in _TWINS and rng.random() < 0.25:
        first = _TWINS[first]
    if rest and rng.random() < 0.3:
        rest = ""  # the second name is dropped
    name = f"{first} {rest}".strip()
    for old, new in rng.sample(_BY_EAR, len(_BY_EAR)):
        if old in name and rng.random() < 0.3:
            name = name.replace(old, new, 1)
    return name


def slip(name: str, rng: Random) -> str:
    """One slip of a finger: two letters swapped, one doubled or one lost."""
    if len(name) < 4:
        return name
    at = rng.randrange(1, len(name) - 2)
    slips = (
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1 :],
    )
    return rng.choice(slips)


def unaccented(name: str) -> str:
    """Without accents, as on a keyboard that has none."""
    parts = unicodedata.normalize("NFD", name)
    return "".join(c for c in parts if not unicodedata.combining(c))


HANDS: tuple[Callable[[str], str], ...] = (str, str, unaccented, str.upper, str)
"""How each enumerator writes names; enumerator number 0 has the first hand, and so on around."""
