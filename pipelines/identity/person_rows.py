"""Writes what is known of persons: golden record, sources of its values, cards, registrations.

Only rows that differ are written, so that `updated_at` says when a person last changed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, bindparam, select, tuple_

from pipelines.directory.heard import parts
from pipelines.identity.golden import Golden, Said, golden
from pipelines.identity.phones import read_phone
from pipelines.identity.registrations import Answers, answers_of, batches, sources
from warehouse.bulk import Row, upsert
from warehouse.identity_tables import (
    person,
    person_card,
    person_name,
    person_registration,
    person_value,
    registration,
)

_PERSONS = 1000
"""Persons in memory at once."""
_SOME = 400
_R = registration.c


@dataclass(frozen=True, slots=True)
class Household:
    """A person's registrations, and those of them that a decision tied to another of them."""

    person_id: str
    instance_ids: tuple[str, ...]
    decided: frozenset[str]


@dataclass(slots=True)
class _Rows:
    """What the tables are to hold for some persons."""

    person: list[Row] = field(default_factory=list)
    registration: list[Row] = field(default_factory=list)
    card: list[Row] = field(default_factory=list)
    value: list[Row] = field(default_factory=list)
    name: list[Row] = field(default_factory=list)


def refresh(
    connection: Connection,
    people: Sequence[Household],
    known: Mapping[str, RowMapping],
    *,
    now: str,
    changed: set[str] | None,
) -> int:
    """Bring the rows of these persons up to date; returns how many persons changed.

    `known` is what `person_registration` said before; `changed` are registrations whose answers
    changed (None: any may have).
    """
    held = Counter(row["person_id"] for row in known.values())
    stale = (home for home in people if changed is None or _stale(home, known, held, changed))
    written = 0
    while some := list(islice(stale, _PERSONS)):
        written += _write(connection, some, known, now)
    return written


def _stale(
    home: Household, known: Mapping[str, RowMapping], held: Counter[str], changed: set[str]
) -> bool:
    if held[home.person_id] != len(home.instance_ids) or not changed.isdisjoint(home.instance_ids):
        return True
    return any(
        i not in known
        or known[i]["person_id"] != home.person_id
        or known[i]["link_class"] != _link_class(home, i)
        for i in home.instance_ids
    )


def _link_class(home: Household, instance_id: str) -> str:
    if instance_id in home.decided:
        return "verified"
    return "auto" if len(home.instance_ids) > 1 else "system"


def _write(
    connection: Connection, homes: Sequence[Household], known: Mapping[str, RowMapping], now: str
) -> int:
    instances = [i for home in homes for i in home.instance_ids]
    read, answers = _registrations(connection, instances), _answers(connection, instances)
    rows = _Rows()
    for home in homes:
        mine = [row for i in home.instance_ids for row in read[i]]
        said = [Said(i, read[i][0]["seen_on"] or "", answers.get(i, {})) for i in home.instance_ids]
        values = golden(said)
        rows.person.append(_person(home, said, values, now))
        rows.value += _values(home, values)
        rows.card += _cards(home, mine)
        rows.name += _names(home, values)
        for row in mine:
            before = known.get(row["instance_id"])
            stays = before is not None and before["person_id"] == home.person_id
            since = before["since"] if stays and before is not None else now
            rows.registration.append((
                row["project_id"], row["form_id"], row["instance_id"], home.person_id,
                _link_class(home, row["instance_id"]), since,
            ))  # fmt: skip
    ids = [home.person_id for home in homes]
    _bring(connection, person_registration, person_registration.c.instance_id, instances,
           rows.registration)  # fmt: skip
    _bring(connection, person_card, person_card.c.person_id, ids, rows.card)
    _bring(connection, person_value, person_value.c.person_id, ids, rows.value)
    _bring(connection, person_name, person_name.c.person_id, ids, rows.name)
    return _bring(connection, person, person.c.person_id, ids, rows.person)


def _registrations(connection: Connection, instances: Sequence[str]) -> dict[str, list[RowMapping]]:
    """Instance ID → its rows: several only where two projects hold the same submission."""
    found: dict[str, list[RowMapping]] = {}
    columns = select(_R.project_id, _R.form_id, _R.instance_id, _R.seen_on, _R.card_code)
    mine = columns.where(_R.instance_id.in_(bindparam("ids", expanding=True)))
    for some in batches(instances, _SOME):
        for row in connection.execute(mine.order_by(_R.project_id), {"ids": some}).mappings():
            found.setdefault(row["instance_id"], []).append(row)
    return found


def _answers(connection: Connection, instances: Sequence[str]) -> dict[str, Answers]:
    found: dict[str, Answers] = {}
    for source in reversed(sources(connection)):
        found |= answers_of(connection, source, instances)
    for answers in found.values():
        phone = read_phone(answers.get("phone") or "", answers.get("phone_country") or "")
        answers["phone"] = phone.number or None
    return found


_GOLDEN = tuple(person.columns.keys())[8:]


def _person(home: Household, said: Sequence[Said], values: Golden, now: str) -> Row:
    known = sorted(s.day for s in said if s.day)
    days: list[str | None] = [known[0], known[-1]] if known else [None, None]
    best: dict[str, Any] = {name: found[0].value for name, found in values.items()}
    if "phone_shared" in best:
        best["phone_shared"] = best["phone_shared"] == "yes"
    head = (home.person_id, "active", None, now, now, len(said))
    return (*head, *days, *(best.get(n) for n in _GOLDEN))


def _values(home: Household, values: Golden) -> list[Row]:
    """Who has one registration has one source, so only others need to be told."""
    if len(home.instance_ids) == 1:
        return []
    return [
        (home.person_id, name, rank, str(v.value), v.instance_id, v.day or None)
        for name, found in values.items()
        for rank, v in enumerate(found)
    ]


def _cards(home: Household, rows: Sequence[RowMapping]) -> list[Row]:
    """Each card with the first registration that gave it."""
    first: dict[str, RowMapping] = {}
    for row in sorted(rows, key=lambda r: (r["seen_on"] or "9999", r["instance_id"])):
        if row["card_code"]:
            first.setdefault(row["card_code"], row)
    return [(code, home.person_id, r["instance_id"], r["seen_on"]) for code, r in first.items()]


def _names(home: Household, values: Golden) -> list[Row]:
    names = (str(values[name][0].value) for name in ("last_name", "first_names") if name in values)
    return [(part, home.person_id) for part in sorted(parts(*names))]


_STAMPS = {"created_at", "updated_at"}


def _bring(
    connection: Connection, table: Table, column: Column[Any], ids: Sequence[str], rows: list[Row]
) -> int:
    """Make the table hold these rows, and no others, for the IDs; returns how many it wrote."""
    names = tuple(table.columns.keys())
    key = tuple(table.primary_key.columns.keys())
    places = [names.index(name) for name in key]
    compared = [n for n, name in enumerate(names) if name not in _STAMPS]
    mine = select(table).where(column.in_(bindparam("ids", expanding=True)))
    there = {
        tuple(row[n] for n in places): tuple(row)
        for some in batches(ids, _SOME)
        for row in connection.execute(mine, {"ids": some})
    }
    wanted = {tuple(row[n] for n in places): row for row in rows}
    differing: list[Row] = []
    for identity, row in wanted.items():
        old = there.get(identity)
        if old is None:
            differing.append(row)
        elif any(old[n] != row[n] for n in compared):
            created = names.index("created_at") if "created_at" in names else None
            differing.append(
                row if created is None else (*row[:created], old[created], *row[created + 1 :])
            )
    upsert(connection, table.name, names, differing, key=key)
    _drop(connection, table, [k for k in there if k not in wanted])
    return len(differing)


def _drop(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    columns = tuple_(*table.primary_key.columns)
    for n in range(0, len(keys), 200):
        connection.execute(table.delete().where(columns.in_(list(keys[n : n + 200]))))
