"""What the list `cards` should say on every phone: for each card, fingerprints of all that is known.

A person who came back under another spelling or with another phone is met again under either, on
whichever card: so every card of a person has a row for each name and each phone they gave.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, RowMapping, column, select, table

from forms.fingerprint import card_properties
from warehouse.identity_tables import person, person_card, person_registration
from warehouse.tables import form

Properties = dict[str, str]
_SAID = ("last_name", "first_names", "birth_year", "phone", "cercle")
_FORM = "identification"


def wanted_rows(connection: Connection, salt: str) -> dict[str, list[Properties]]:
    """Card code → the rows it should have; a card that nobody has (any more) is missing."""
    said = _fingerprints(connection, salt)
    cercles = {
        row.person_id: row.cercle or ""
        for row in connection.execute(
            select(person.c.person_id, person.c.cercle).where(person.c.state == "active")
        )
    }
    found: dict[str, list[Properties]] = {}
    cards = select(person_card.c.card_code, person_card.c.person_id).order_by(
        person_card.c.card_code, person_card.c.person_id
    )
    for code, person_id in connection.execute(cards):
        names, phones = said.get(person_id, ([], []))
        rows = found.setdefault(code, [])
        for name, phone in zip_longest(names or [""], phones, fillvalue=""):
            row = {
                "name_fp": name, "phone_fp": phone, "cercle": cercles.get(person_id, ""),
                "last4": code[-4:],
            }  # fmt: skip
            if row not in rows:
                rows.append(row)
    return found


_Known = tuple[list[str], list[str]]


def _fingerprints(connection: Connection, salt: str) -> dict[str, _Known]:
    """Person → fingerprints of their names and of their phones, in a lasting order."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in _registrations(connection):
        names, phones = found.setdefault(row["person_id"], (set(), set()))
        said = {name: str(row[name]) if row[name] is not None else "" for name in _SAID}
        made = card_properties(salt, {**said, "card_code": ""})
        names.add(made["name_fp"])
        phones.add(made["phone_fp"])
    return {p: (sorted(n - {""}), sorted(t - {""})) for p, (n, t) in found.items()}


def _registrations(connection: Connection) -> Iterator[RowMapping]:
    link = person_registration.c
    sources = select(form.c.project_id, form.c.table_name).where(form.c.form_id == _FORM)
    for project_id, name in connection.execute(sources).all():
        said = table(name, column("instance_id"), *(column(each) for each in _SAID))
        rows = (
            select(link.person_id, *(said.c[each] for each in _SAID))
            .join_from(person_registration, said, said.c.instance_id == link.instance_id)
            .where(link.project_id == project_id, link.form_id == _FORM)
        )
        yield from connection.execute(rows).mappings()


def changes(
    wanted: Sequence[Properties], there: Sequence[Mapping[str, Any]]
) -> tuple[list[Properties], list[tuple[Mapping[str, Any], Properties]], list[Mapping[str, Any]]]:
    """Rows to create, rows to change into others, and rows too many, for one card.

    Rows that are right already stay; the order of both does not matter.
    """
    left = list(there)
    missing = []
    for row in wanted:
        right = next((e for e in left if all(e.get(k) == v for k, v in row.items())), None)
        if right is None:
            missing.append(row)
        else:
            left.remove(right)
    both = min(len(missing), len(left))
    return missing[both:], list(zip(left[:both], missing[:both], strict=True)), left[both:]
