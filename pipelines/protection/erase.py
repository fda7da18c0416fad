"""Erases one person everywhere: warehouse at once, files, and Central through a queue.

What remains is a salted hash with a date. One transaction: stopped anywhere, nothing has happened,
and running again finishes. Figures follow with the next refresh, because the rows they count are gone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, column, delete, func, select, table

from pipelines.core.calendar import note_months
from pipelines.protection.footprint import Footprint, Of, footprint
from pipelines.protection.relations import reflected, some, tables
from warehouse.all_tables import protection_classes
from warehouse.bulk import upsert
from warehouse.engine import writing
from warehouse.erasure import hash_of, masked, salt_of, slow_hash_of
from warehouse.identity_tables import block_key, registration
from warehouse.protection_tables import (
    central_erasure,
    dues_account,
    erased_submission,
    erasure,
    erasure_proof,
    masked_card,
)
from warehouse.tables import attachment, metadata, submission, submission_history

_INSTANCE = ("instance_id", "instance_a", "instance_b", "source_instance_id")
_PERSON = ("person_id", "subject_id", "other_id", "merged_into")
_CARDS = "cards"
"""Central's entity list that phones warn of double registrations from; labels are card codes."""

_OURS = {
    t.name
    for t in (central_erasure, dues_account, erased_submission, erasure, erasure_proof, masked_card)
} | {"access_log"}


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done, in numbers; the hash is all that names the person from now on."""

    person_hash: str
    submissions: int
    lists: int
    entities: int
    files: int


def erase(engine: Engine, who: str, *, now: str, store: Path, cause: str = "request") -> Erased:
    """Erase the person known by a person ID, card code or request code; KafoError when unknown.

    `store` is the folder of attachments. Central is done by whoever works off `central_erasure`.
    """
    with writing(engine) as connection:
        found = footprint(connection, who)
        done = _erase(connection, found, now=now, cause=cause)
    empty_journal(engine)
    return Erased(*done, sweep_files(engine, store))


def erase_part(engine: Engine, who: str, form_id: str, *, now: str, store: Path) -> Erased:
    """Erase only what one form says of the person: an agreement withdrawn for one purpose.

    KafoError when the person is unknown. The person stays; what comes again from that form's erased
    submissions is refused.
    """
    with writing(engine) as connection:
        found = footprint(connection, who)
        keys = {key for key in found.own if key[1] == form_id}
        owner = hash_of(salt_of(connection), min(found.persons, default=who))
        _note_months(connection, {i for _, _, i in keys}, set())
        erase_submissions(connection, keys, now=now, owner=owner)
    empty_journal(engine)
    return Erased(owner, len(keys), 0, 0, sweep_files(engine, store))


def erase_submissions(connection: Connection, keys: set[Of], *, now: str, owner: str) -> None:
    """Erase submissions for good: here now, in Central by the queue. `owner` is a hash."""
    _remember(connection, keys, now)
    _queue(connection, "submission", keys, owner, now)
    _keep_dues(connection, keys)
    _delete_rows(connection, {i for _, _, i in keys}, _INSTANCE)


def _erase(
    connection: Connection, found: Footprint, *, now: str, cause: str
) -> tuple[str, int, int, int]:
    salt = salt_of(connection)
    # The same hash whichever code the person was asked by.
    name = min(found.persons or found.cards or {i for _, _, i in found.own})
    owner = hash_of(salt, name) if found.persons else slow_hash_of(salt, name)
    erase_rows(connection, found, now=now, owner=owner)
    projects = {project_id for project_id, _, _ in found.own}
    _queue(connection, "card", {(p, _CARDS, c) for p in projects for c in found.cards}, owner, now)
    for key in sorted(found.shared):
        mask(connection, key, found.cards, salt, now)
    row = (owner, now[:10], cause, None)
    columns = tuple(c.name for c in erasure.columns)
    upsert(connection, "erasure", columns, [row], key=("person_hash",))
    return owner, len(found.own), len(found.shared), len(found.entities)


def erase_rows(connection: Connection, found: Footprint, *, now: str, owner: str) -> None:
    """Erase persons with what is their own, here now, in Central by the queue. `owner` is a hash."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma secure_delete=on")  # zeros where the rows were
    own = {i for _, _, i in found.own}
    _note_months(connection, own, found.persons)
    _forget_blocks(connection, own)
    erase_submissions(connection, found.own, now=now, owner=owner)
    _queue(connection, "entity", found.entities, owner, now)
    _delete_entities(connection, found.entities)
    _delete_rows(connection, found.persons, _PERSON)


def _note_months(connection: Connection, instances: set[str], persons: set[str]) -> None:
    """Figures of the months in which the rows counted must be made anew (`pipelines.indicators`)."""
    classes = protection_classes()
    for found in metadata.sorted_tables:
        if classes[found.name] != "core":
            continue
        for month in ("month", "closed_month"):
            for name, names in (("instance_id", instances), ("person_id", persons)):
                if month in found.c and name in found.c:
                    for ids in some(names):
                        here = select(found.c[month]).where(found.c[name].in_(ids)).distinct()
                        months = [
                            (found.name, m) for m in connection.scalars(here) if m is not None
                        ]
                        key = ("topic", "month")
                        upsert(connection, "core_dirty", key, months, key=key)


def _remember(connection: Connection, keys: set[Of], now: str) -> None:
    salt = salt_of(connection)
    rows = [(hash_of(salt, i), now[:10]) for _, _, i in sorted(keys)]
    upsert(
        connection, "erased_submission", ("instance_hash", "erased_on"), rows,
        key=("instance_hash",),
    )  # fmt: skip


def _queue(connection: Connection, kind: str, keys: set[Of], owner: str, now: str) -> None:
    columns = tuple(c.name for c in central_erasure.columns)
    rows = [(p, kind, name, i, owner, now) for p, name, i in sorted(keys)]
    upsert(connection, "central_erasure", columns, rows, key=columns[:4])


def _delete_rows(connection: Connection, names: set[str], columns: Iterable[str]) -> None:
    """Remove the rows of every table that speak of them by one of the columns."""
    for relation in tables(connection):
        if relation.name in _OURS or relation.schema == "web":
            continue
        for name in set(columns) & relation.columns:
            rows = table(relation.name, column(name))
            for ids in some(names):
                connection.execute(delete(rows).where(rows.c[name].in_(ids)))


def _forget_blocks(connection: Connection, instance_ids: set[str]) -> None:
    """Blocking keys know registrations by number only."""
    for ids in some(instance_ids):
        numbers = select(registration.c.number).where(registration.c.instance_id.in_(ids))
        connection.execute(delete(block_key).where(block_key.c.number.in_(numbers)))


def _delete_entities(connection: Connection, keys: set[Of]) -> None:
    _delete_rows(connection, {i for _, _, i in keys}, ("entity_id",))


def mask(connection: Connection, key: Of, cards: set[str], salt: str, now: str) -> None:
    """Take the cards out of a list of several people, and keep them out when it comes again."""
    project_id, form_id, instance_id = key
    hashes = {slow_hash_of(salt, card) for card in cards}
    rows = [(hash_of(salt, instance_id), h, now[:10]) for h in sorted(hashes)]
    columns = tuple(c.name for c in masked_card.columns)
    upsert(connection, "masked_card", columns, rows, key=columns[:2])
    for raw in (submission, submission_history):
        mine = (raw.c.project_id == project_id, raw.c.form_id == form_id)
        for row in connection.execute(
            select(raw.c.run_id, raw.c.payload).where(*mine, raw.c.instance_id == instance_id)
        ).all():
            clean = json.dumps(
                masked(json.loads(row.payload), hashes, salt),
                ensure_ascii=False, separators=(",", ":"),
            )  # fmt: skip
            connection.execute(
                raw.update()
                .where(*mine, raw.c.instance_id == instance_id, raw.c.run_id == row.run_id)
                .values(payload=clean)
            )
    for relation in tables(connection):
        if {"instance_id", "card_code"} <= relation.columns and relation.name not in _OURS:
            there = reflected(connection, relation.name)
            connection.execute(
                there.update()
                .where(there.c.instance_id == instance_id, there.c.card_code.in_(cards))
                .values(card_code=None)
            )


def _keep_dues(connection: Connection, keys: set[Of]) -> None:
    """Accounts stay, as sums by month and union that name nobody."""
    ids = {i for _, form_id, i in keys if form_id == "membership"}
    if not ids:
        return
    paid = reflected(connection, "form_membership").c
    d = dues_account.c
    for some_ids in some(ids):
        rows = connection.execute(
            select(paid.event_date, paid.union, paid.dues_amount).where(
                paid.instance_id.in_(some_ids), func.coalesce(paid.dues_amount, 0) > 0
            )
        ).all()
        note_months(connection, "dues_account", {str(day) for day, _, _ in rows})
        for day, union, amount in rows:
            mine = (d.month == str(day)[:7], d.union_code == str(union))
            changed = connection.execute(
                dues_account.update()
                .where(*mine)
                .values(payments=d.payments + 1, amount=d.amount + int(amount))
            )
            if not changed.rowcount:
                connection.execute(
                    dues_account.insert().values(
                        month=str(day)[:7], union_code=str(union), payments=1, amount=int(amount)
                    )
                )


def empty_journal(engine: Engine) -> None:
    """SQLite's journal still holds pages as they were; as far as no reader needs them, they go."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("pragma wal_checkpoint(truncate)").fetchall()
        finally:
            raw.close()


def sweep_files(engine: Engine, store: Path) -> int:
    """Remove stored attachments that no submission has any more; returns how many."""
    with engine.connect() as connection:
        known = set(connection.scalars(select(attachment.c.sha256)))
    stray = [file for file in store.glob("??/*") if len(file.name) == 64 and file.name not in known]
    for file in stray:
        file.unlink(missing_ok=True)
    return len(stray)
