"""Finds people in the directory by what one remembers: a name as heard, a phone, a card, and filters."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import Connection, Row, Select, func, or_, select

from warehouse.identity_tables import person, person_card

FILTERS = ("sex", "nationality", "occupation", "cercle", "site")
_P = person.c
_SHOWN = (
    _P.person_id, _P.last_name, _P.first_names, _P.sex, _P.birth_year, _P.nationality, _P.occupation,
    _P.cercle, _P.site, _P.registrations,
)  # fmt: skip
_ENOUGH = 0.82
_MOST = 500
_LOOKED_AT = 5000
_ROUGHLY = 55
_SOUNDS = (
    ("ou", "u"), ("w", "u"), ("ck", "k"), ("qu", "k"), ("c", "k"), ("dj", "j"), ("dy", "j"), ("ph", "f"),
    ("th", "t"), ("kh", "k"), ("y", "i"), ("ee", "e"), ("gn", "ni"), ("ll", "l"), ("ss", "s"),
    ("tt", "t"), ("nn", "n"), ("mm", "m"), ("dd", "d"), ("h", ""),
)  # fmt: skip
"""One name, several clerks: Coulibaly, Kulibali; Diarra, Jarra; Ouattara, Watara."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `words` are names in any order, a phone or a card code."""

    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked: then nobody is shown."""
        return not self.words.strip() and not any(self.filters.values())


@dataclass(frozen=True, slots=True)
class Found:
    """A person with how well the names fit (1: as typed)."""

    person_id: str
    last_name: str
    first_names: str
    sex: str | None
    birth_year: int | None
    nationality: str | None
    occupation: str | None
    cercle: str | None
    site: str | None
    registrations: int
    fit: float


def search(connection: Connection, wanted: Wanted, *, limit: int) -> tuple[list[Found], int]:
    """The best fits, and how many people fit at all; nobody when nothing was asked."""
    if wanted.empty:
        return [], 0
    digits = "".join(letter for letter in wanted.words if letter.isdigit())
    if len(digits) >= 6:
        rows = connection.execute(_by_number(digits, wanted).limit(limit + 1)).all()
        return [_found(row, 1.0) for row in rows[:limit]], len(rows)
    if not wanted.words.strip():
        query = _people(wanted)
        total = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = connection.execute(query.order_by(_P.last_name, _P.first_names).limit(limit)).all()
        return [_found(row, 1.0) for row in rows], total
    fits = _fits(connection, wanted)
    return fits[:limit], len(fits)


def _fits(connection: Connection, wanted: Wanted) -> list[Found]:
    """Everybody whose names sound or look enough like the words, the best first."""
    rows = connection.execute(_people(wanted)).all()
    names = [f"{row.last_name or ''} {row.first_names or ''}" for row in rows]
    words = folded(wanted.words)
    scored = [(_alike(words, folded(names[place])), rows[place]) for place in _near(wanted, names)]
    found = [_found(row, fit) for fit, row in scored if fit >= _ENOUGH]
    return sorted(found, key=lambda f: (-f.fit, f.last_name, f.first_names, f.person_id))[:_MOST]


def _near(wanted: Wanted, names: list[str]) -> list[int]:
    """Which names are worth a closer look: in a big directory, those that share enough letters with
    the longest word; that look costs a microsecond a name, the closer one ten."""
    if len(names) <= _LOOKED_AT:
        return list(range(len(names)))
    longest = max(wanted.words.split(), key=len)
    near = process.extract(
        longest, names, scorer=fuzz.partial_ratio, processor=utils.default_process,
        score_cutoff=_ROUGHLY, limit=_LOOKED_AT,
    )  # fmt: skip
    return [place for _, _, place in near]


def _alike(words: str, name: str) -> float:
    """Each word against the part of the name it fits best: 1 when all are there as typed."""
    parts, asked = name.split(), words.split()
    if not parts or not asked:
        return 0.0
    best = [max(JaroWinkler.similarity(word, part) for part in parts) for word in asked]
    return sum(best) / len(best)


def folded(text: str) -> str:
    """Small letters without accents, and French and English spellings of one sound made alike."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    for spelling, sound in _SOUNDS:
        letters = letters.replace(spelling, sound)
    return " ".join(letters.split())


def _people(wanted: Wanted) -> Select[Any]:
    query = select(*_SHOWN).where(_P.state == "active")
    for name, value in wanted.filters.items():
        if value and name in FILTERS:
            query = query.where(_P[name] == value)
    return query


def _by_number(digits: str, wanted: Wanted) -> Select[Any]:
    """By the end of a phone number, which people know without its country, or by a card."""
    holder = select(person_card.c.person_id).where(person_card.c.card_code == digits)
    return _people(wanted).where(or_(_P.phone.like(f"%{digits}"), _P.person_id.in_(holder)))


def _found(row: Row[Any], fit: float) -> Found:
    return Found(
        row.person_id, row.last_name or "", row.first_names or "", row.sex, row.birth_year,
        row.nationality, row.occupation, row.cercle, row.site, row.registrations, fit,
    )  # fmt: skip
