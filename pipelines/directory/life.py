"""One person as the records tell: what is known, from which registration, and what happened since."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from pipelines.directory.side_by_side import SHOWN, Comparison, compare
from pipelines.directory.wording import Texts, wording
from warehouse.casework_tables import labour_case, referral
from warehouse.core_tables import attendance, membership_event
from warehouse.identity_tables import person, person_card, person_event, person_registration


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day; `kind` and `detail` are codes."""

    on: str | None
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Life:
    """A person. `merged_into` leads on where the ID is an old one."""

    person_id: str
    state: str
    merged_into: str | None
    first_seen: str | None
    last_seen: str | None
    facts: list[tuple[Texts, Texts]]
    cards: list[tuple[str, str | None]]
    registrations: Comparison
    events: list[Event]


def read_life(connection: Connection, person_id: str) -> Life | None:
    """Everything the warehouse knows of a person; None when there is no such ID."""
    row = (
        connection.execute(select(person).where(person.c.person_id == person_id)).mappings().first()
    )
    if row is None:
        return None
    r, c = person_registration.c, person_card.c
    instances = connection.execute(
        select(r.instance_id).where(r.person_id == person_id).order_by(r.since, r.instance_id)
    )
    cards = connection.execute(
        select(c.card_code, c.given_on).where(c.person_id == person_id).order_by(c.given_on)
    )
    return Life(
        person_id, row["state"], row["merged_into"], row["first_seen"], row["last_seen"],
        _facts(connection, row), [(code, given) for code, given in cards],
        compare(connection, list(dict.fromkeys(instances.scalars()))), _events(connection, person_id),
    )  # fmt: skip


def _facts(connection: Connection, row: RowMapping) -> list[tuple[Texts, Texts]]:
    words = wording(connection)
    known = [(name, row[name]) for name in SHOWN if name in row and row[name] not in (None, "")]
    return [(words.question(name), words.value(name, value)) for name, value in known]


def _events(connection: Connection, person_id: str) -> list[Event]:
    m, a, r, k, e = membership_event.c, attendance.c, referral.c, labour_case.c, person_event.c
    questions: list[tuple[str, Select[Any]]] = [
        ("membership", select(m.event_on, m.event, m.union_code).where(m.person_id == person_id)),
        ("training", select(a.session_on, a.event_code).where(a.person_id == person_id)),
        ("referral", select(r.opened_on, r.code).where(r.person_id == person_id)),
        ("labour_case", select(k.opened_on, k.code).where(k.person_id == person_id)),
        ("register", select(e.happened_at, e.kind).where(e.person_id == person_id)),
    ]
    events = []
    for kind, question in questions:
        for on, *details in connection.execute(question):
            texts = [str(detail) for detail in details if detail is not None]
            events.append(Event(str(on)[:10] if on else None, kind, " ".join(texts)))
    return sorted(events, key=lambda event: (event.on or "", event.kind), reverse=True)
