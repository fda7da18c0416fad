"""Finds people in the directory by what one remembers: a name as heard, a phone, a card, and filters.

Names are compared with the parts that names have, which are few however many people there are; only
then are people looked up, by the index of `person_name`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import (
    Connection,
    Float,
    Integer,
    Row,
    Select,
    Text,
    case,
    column,
    func,
    select,
    union,
    values,
)

from pipelines.directory.heard import folded
from warehouse.identity_tables import person, person_card, person_name, phone_end

FILTERS = ("sex", "nationality", "occupation", "cercle", "site")
_P, _N = person.c, person_name.c
_SHOWN = (
    _P.person_id, _P.last_name, _P.first_names, _P.sex, _P.birth_year, _P.nationality, _P.occupation,
    _P.cercle, _P.site, _P.registrations,
)  # fmt: skip
_ENOUGH = 0.82
"""How alike words and names must be on average."""
_HARDLY = 0.75
"""How alike a word and a part must be to be one name at all."""
_ABSENT = 0.5
"""What a word counts that stands nowhere in the name: of three, one may be missing."""
_CLOSER = 500
"""So many of those that fit best are put in the order of the alphabet."""
_WORDS, _PARTS = 6, 150
"""So many words are read, each with so many of the parts it is most like."""


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


def name_parts(connection: Connection) -> list[str]:
    """Every part that names of people have; they change only with the register."""
    return list(connection.scalars(select(_N.part).distinct()))


def search(
    connection: Connection, wanted: Wanted, parts: Sequence[str], *, limit: int
) -> tuple[list[Found], int]:
    """The best fits, and how many people fit at all; nobody when nothing was asked.

    `parts` are those of `name_parts`, which whoever searches often may keep.
    """
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
    return _by_name(connection, wanted, parts, limit)


def _by_name(
    connection: Connection, wanted: Wanted, parts: Sequence[str], limit: int
) -> tuple[list[Found], int]:
    words = folded(wanted.words).split()[:_WORDS]
    alike = _alike(words, parts)
    if not alike:
        return [], 0
    heard = (
        values(column("word", Integer), column("part", Text), column("likeness", Float))
        .data(alike)
        .cte("heard")
    )
    best = [
        func.coalesce(func.max(case((heard.c.word == n, heard.c.likeness))), _ABSENT)
        for n in range(len(words))
    ]
    fit = (sum(best[1:], best[0]) / len(words)).label("fit")
    fits = (
        select(_N.person_id, fit, func.count().over().label("total"))
        .join(heard, heard.c.part == _N.part)
        .group_by(_N.person_id)
        .having(fit >= _ENOUGH)
    )
    filtered = any(wanted.filters.values())
    if not filtered:
        # Only people who are there have parts, so they can be counted without a look at them.
        fits = fits.order_by(fit.desc(), _N.person_id).limit(_CLOSER)
    fitting = fits.subquery("fitting")
    query = (
        _people(wanted)
        .add_columns(
            fitting.c.fit, func.count().over().label("total") if filtered else fitting.c.total
        )
        .join(fitting, fitting.c.person_id == _P.person_id)
        .order_by(fitting.c.fit.desc(), _P.last_name, _P.first_names, _P.person_id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return [_found(row, row.fit) for row in rows], rows[0].total if rows else 0


def _alike(words: Sequence[str], parts: Sequence[str]) -> list[tuple[int, str, float]]:
    """Number of each word, a part that it is like, and how much (1: the same)."""
    if not words or not parts:
        return []
    # A single word has no other that could make up for it.
    least = _ENOUGH if len(words) == 1 else _HARDLY
    scores = process.cdist(words, parts, scorer=JaroWinkler.similarity, score_cutoff=least)
    found = []
    for number, row in enumerate(scores):
        places = np.argsort(-row, kind="stable")[:_PARTS]
        found += [(number, parts[place], float(row[place])) for place in places if row[place] > 0]
    return found


def _people(wanted: Wanted) -> Select[Any]:
    query = select(*_SHOWN).where(_P.state == "active")
    for name, value in wanted.filters.items():
        if value and name in FILTERS:
            query = query.where(_P[name] == value)
    return query


def _by_number(digits: str, wanted: Wanted) -> Select[Any]:
    """By the end of a phone number, which people know without its country, or by a card."""
    holder = select(person_card.c.person_id).where(person_card.c.card_code == digits)
    owner = select(_P.person_id).where(phone_end == digits[-6:], _P.phone.like(f"%{digits}"))
    return _people(wanted).where(_P.person_id.in_(union(holder, owner)))


def _found(row: Row[Any], fit: float) -> Found:
    return Found(
        row.person_id, row.last_name or "", row.first_names or "", row.sex, row.birth_year,
        row.nationality, row.occupation, row.cercle, row.site, row.registrations, fit,
    )  # fmt: skip
