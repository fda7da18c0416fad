"""Names the places of a form as Central does: below the root, with numbers on repeats only."""

import re
from typing import Any

_REPEAT = re.compile(r"<(?:\w+:)?repeat\b[^>]*?\bnodeset=[\"']([^\"']+)[\"']")
_NUMBER = re.compile(r"\[\d+\]")


class Paths:
    """The paths of one form. JavaRosa numbers every node; a number says something on repeats only,
    which is also how Collect writes its audit log: `/data/participant[2]/sex`."""

    def __init__(self, xform: str, root: str) -> None:
        self._repeats = frozenset(re.sub(r"\s", "", path) for path in _REPEAT.findall(xform))
        self._known: dict[str, str] = {}
        self.root = f"/{root}"

    def of(self, index: Any) -> str:
        """The path of a form index, without the root."""
        raw = str(index.getReference().toString(True, False))
        if raw not in self._known:
            self._known[raw] = self._name(raw)
        return self._known[raw]

    def _name(self, raw: str) -> str:
        steps, plain, named = raw.removeprefix("/").split("/"), "", ""
        for step in steps:
            plain += "/" + _NUMBER.sub("", step)
            named += "/" + (step if plain in self._repeats else _NUMBER.sub("", step))
        return "/" + named.removeprefix("/").partition("/")[2]


def counted(path: str) -> str:
    """A path to compare: the first row of a repeat may be named with or without its number."""
    return path.replace("[1]", "")


def uncounted(path: str) -> str:
    """A repeat's own path, without the number of a row."""
    return re.sub(r"\[\d+\]$", "", path)
