"""Saved questions: `queries/*.sql`, each with a title, what it answers, and its parameters.

-- query: titre | title
-- answers: à quoi elle répond | what it answers
-- parameter NAME KIND DEFAULT: étiquette | label        KIND is day, text or number; a day -30: 30 days ago
-- only VIEW: CONDITION  rows of a view that are fetched at all; its parameters are days
-- readers: look        for who may see how the system does; such a question may also name views of `ops`
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_LINE = re.compile(
    r"^-- (?P<what>query|answers|readers|only (?P<view>\w+)|"
    r"parameter (?P<name>\w+) (?P<kind>day|text|number) (?P<default>\S+)): "
    r"(?P<text>.+)$"
)

_PUBLICATION = re.compile(r"published_cell\.publication = '([\w-]+)'")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something to fill in; bound as `:name`."""

    name: str
    kind: str
    default: str
    label: tuple[str, str]

    def usual(self, today: date) -> str:
        """What is filled in to begin with."""
        if self.kind == "day" and self.default.startswith("-"):
            return str(today + timedelta(days=int(self.default)))
        return self.default


@dataclass(slots=True)
class SavedQuery:
    """One file."""

    name: str
    sql: str
    title: tuple[str, str] = ("", "")
    answers: tuple[str, str] = ("", "")
    parameters: list[Parameter] = field(default_factory=list)
    readers: str = ""
    only: dict[str, str] = field(default_factory=dict)

    @property
    def publication(self) -> str:
        """The indicator whose published cells it reads, if it is one: only those need be fetched."""
        found = set(_PUBLICATION.findall(self.sql))
        return found.pop() if len(found) == 1 else ""


@cache
def saved_queries() -> dict[str, SavedQuery]:
    """All of them, by name."""
    folder = files("warehouse").joinpath("queries")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return {
        f.name.removesuffix(".sql"): _parse(
            f.name.removesuffix(".sql"), f.read_text(encoding="utf-8")
        )
        for f in found
    }


def _parse(name: str, text: str) -> SavedQuery:
    query = SavedQuery(name, text)
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        fr, _, en = match["text"].partition(" | ")
        texts = (fr.strip(), en.strip())
        if match["what"] == "query":
            query.title = texts
        elif match["what"] == "readers":
            query.readers = match["text"].strip()
        elif match["view"]:
            query.only[match["view"]] = match["text"].strip()
        elif match["what"] == "answers":
            query.answers = texts
        else:
            query.parameters.append(
                Parameter(match["name"], match["kind"], match["default"].strip("'"), texts)
            )
    return query
