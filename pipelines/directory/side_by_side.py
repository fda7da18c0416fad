"""Registrations beside each other, with what differs marked: what a person looks at to decide."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pipelines.directory.wording import Texts, wording
from pipelines.identity.registrations import Answers, answers_of, sources
from warehouse.identity_tables import person_registration

SHOWN = (
    "last_name", "first_names", "sex", "birth_year", "nationality", "phone", "phone_shared", "card_code",
    "language", "arrival_year", "mobility", "stay_pattern", "education", "work_status", "occupation",
    "occupation_other", "sector", "cercle", "commune", "site", "today", "focal_point", "seen_before",
)  # fmt: skip
"""The answers that are compared, who somebody is first."""

_MOST = 6


@dataclass(frozen=True, slots=True)
class Record:
    """One registration; `answers` are its codes."""

    instance_id: str
    person_id: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Line:
    """One question over all records."""

    column: str
    label: Texts
    values: tuple[Texts, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The records and their lines; `more` registrations of the same persons are not shown."""

    records: list[Record]
    lines: list[Line]
    more: int


def compare_persons(
    connection: Connection, pair: tuple[str, str], near: Sequence[str] = ()
) -> Comparison:
    """The two registrations of a pair first, then those of persons near them, then others of the same
    two persons."""
    r = person_registration.c
    of_pair = select(r.person_id).where(r.instance_id.in_(pair))
    belongs = select(r.instance_id, r.person_id)
    # Asked as one question with "or", PostgreSQL would read every registration.
    asked = [belongs.where(r.person_id.in_(of_pair))]
    if near:
        asked.append(belongs.where(r.instance_id.in_(near)))
    rows = sorted({tuple(row) for query in asked for row in connection.execute(query)})
    persons: dict[str, str] = dict(rows)
    first = [*pair, *near]
    order = [*first, *(i for i in persons if i not in first)]
    return _compare(connection, order[:_MOST], persons, more=max(len(order) - _MOST, 0))


def compare(connection: Connection, instance_ids: Sequence[str]) -> Comparison:
    """Some registrations in the order given."""
    return _compare(connection, list(instance_ids)[:_MOST], {}, max(len(instance_ids) - _MOST, 0))


def _compare(
    connection: Connection, order: list[str], persons: dict[str, str], more: int
) -> Comparison:
    answers: dict[str, Answers] = {}
    for source in sources(connection):
        answers |= answers_of(connection, source, order)
    records = [Record(i, persons.get(i, ""), answers.get(i, {})) for i in order]
    return Comparison(records, _lines(connection, records), more)


def _lines(connection: Connection, records: list[Record]) -> list[Line]:
    words = wording(connection)
    lines = []
    for column in SHOWN:
        values = [record.answers.get(column) for record in records]
        if all(value in (None, "") for value in values):
            continue
        texts = tuple(words.value(column, value) for value in values)
        lines.append(Line(column, words.question(column), texts, _differ(values)))
    return lines


def _differ(values: Sequence[Any]) -> bool:
    """Whether those who answered said different things; accents, case and blanks do not count."""
    said = {_plain(value) for value in values if value not in (None, "")}
    return len(said) > 1


def _plain(value: Any) -> str:
    letters = unicodedata.normalize("NFKD", str(value).casefold())
    return "".join(letter for letter in letters if letter.isalnum())
