"""Writes a random text that a regular expression accepts, to get past the patterns of a form."""

from importlib import import_module
from random import Random
from typing import Any

codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
"""The parser of Python's own engine (without types, being private): no second grammar to keep."""

_MOST = 12
"""Longest run written for an open end such as `+`."""

_CLASSES = {
    codes.CATEGORY_DIGIT: "0123456789",
    codes.CATEGORY_WORD: "abcXYZ019_",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_DIGIT: "abcXYZ",
    codes.CATEGORY_NOT_WORD: " -",
    codes.CATEGORY_NOT_SPACE: "abc019",
}
_ANY = "abcdeABCDE 0123456789"


def string_of(pattern: str, rng: Random) -> str:
    """A text that matches, unless the pattern looks around; re.error for a wrong pattern."""
    return "".join(_write(token, rng) for token in parser.parse(pattern))


def _write(token: Any, rng: Random) -> str:
    kind, value = token
    if kind is codes.LITERAL:
        return chr(value)
    if kind is codes.ANY:
        return rng.choice(_ANY)
    if kind is codes.IN:
        return rng.choice(_class(value))
    if kind in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        least, most, inner = value
        times = rng.randint(least, max(least, min(int(most), least + _MOST)))
        return "".join(_write(part, rng) for _ in range(times) for part in inner)
    if kind is codes.SUBPATTERN:
        return "".join(_write(part, rng) for part in value[3])
    if kind is codes.BRANCH:
        return "".join(_write(part, rng) for part in rng.choice(value[1]))
    return ""  # anchors and look-around write nothing


def _class(parts: Any) -> str:
    inside = ""
    for kind, value in parts:
        if kind is codes.LITERAL:
            inside += chr(value)
        elif kind is codes.RANGE:
            inside += "".join(chr(code) for code in range(value[0], value[1] + 1))
        elif kind is codes.CATEGORY:
            inside += _CLASSES[value]
    if parts[0][0] is codes.NEGATE:
        return "".join(c for c in _ANY if c not in inside) or "~"
    return inside
