"""Brings the core up to date: only what changed since the last refresh, or everything; equal either way."""

from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import Connection, Engine

from pipelines.core.calendar import extend_calendar
from pipelines.core.labels import write_labels
from pipelines.core.mark import Mark, arrived, current_mark, last_mark, remember
from pipelines.core.renew import (
    MEMBERS,
    delete_touched,
    fill,
    fill_scratch,
    note_all_months,
    renew,
    renew_members,
)
from pipelines.core.sources import Source, find_sources
from pipelines.core.statements import run
from pipelines.core.touched import (
    CORE,
    TEMPORARY,
    open_scratch,
    touch_changed,
    touch_people,
    touch_related,
    touch_vanished,
)
from warehouse.engine import writing

_MANY = 0.2
"""Share of all submissions from which making everything anew is faster."""

_RECORDS = (
    "membership_event", "training_session", "attendance", "awareness_session",
    "referral_follow_up", "referral", "labour_case_follow_up", "labour_case", "site_visit",
)  # fmt: skip
"""In the order in which they read each other."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did: kind nothing, incremental or full; records made anew; people now."""

    kind: str
    records: int
    people: int
    seconds: float


def refresh(engine: Engine, *, now: str, full: bool = False) -> Report:
    """Make the core anew where it must be; `now` is an ISO stamp. One transaction."""
    started = perf_counter()
    with writing(engine) as connection:
        found = find_sources(connection)
        before, mark = last_mark(connection), current_mark(connection, found)
        if full or before is None or before.basis != mark.basis:
            kind, records = "full", _full(connection, found)
        else:
            kind, records = _incremental(connection, found, before, mark)
        if before is None or (before.basis, before.forms) != (mark.basis, mark.forms):
            write_labels(connection)
        if before != mark:
            remember(connection, mark)
        extend_calendar(connection, now)
        people = int(connection.exec_driver_sql("select count(*) from worker").scalar() or 0)
    return Report(kind, records, people, round(perf_counter() - started, 3))


def _full(connection: Connection, found: dict[str, list[Source]]) -> int:
    open_scratch(connection)
    for table in ("record_card", "worker", "consent_event", *MEMBERS, *CORE):
        if table in CORE or table in ("worker", "membership_change"):
            note_all_months(connection, table)
        run(connection, f"delete from {table}")
    fill(connection, "record_card", found, touched=False)
    _make(connection, found, touched=False)
    return int(connection.exec_driver_sql("select count(*) from interview").scalar() or 0)


def _incremental(
    connection: Connection, found: dict[str, list[Source]], before: Mark, mark: Mark
) -> tuple[str, int]:
    open_scratch(connection)
    # More persons with the same stamp than before: they changed in the same millisecond.
    again = mark.person_at == before.person_at and mark.person_count != before.person_count
    changed = touch_changed(connection, seen_run=before.run_id, since=before.person_at, again=again)
    if changed > _MANY * max(mark.submissions, 1) and changed > 1000:
        return "full", _full_again(connection, found)
    if mark.submissions < before.submissions + arrived(connection, before.run_id):
        touch_vanished(connection)
    touch_related(connection, found)
    touched = _count(connection, "touched") + _count(connection, "touched_person")
    if not touched:
        return "nothing", 0
    delete_touched(connection, "record_card")
    fill(connection, "record_card", found, touched=True)
    touch_people(connection)
    for table in ("touched", "touched_card", "touched_person"):
        run(connection, f"analyze {table}")
    _make(connection, found, touched=True)
    return "incremental", _count(connection, "touched")


def _full_again(connection: Connection, found: dict[str, list[Source]]) -> int:
    if connection.dialect.name == "postgresql":
        for table in TEMPORARY:
            run(connection, f"drop table {table}")
    return _full(connection, found)


def _make(connection: Connection, found: dict[str, list[Source]], *, touched: bool) -> None:
    fill_scratch(connection, "merged_person", touched=touched)
    renew(connection, "rights_request", found, touched=touched)
    if touched:  # a request that came now: its card's owner counts, too
        run(connection, "insert into touched_card select c.card_code from rights_request as q "
            "cross join record_card as c where c.project_id = q.project_id "
            "and c.instance_id = q.instance_id on conflict do nothing")  # fmt: skip
    fill_scratch(connection, "card_owner", touched=touched)
    fill_scratch(connection, "withdrawn", touched=touched)
    renew(connection, "interview", found, touched=touched)
    renew(connection, "worker", found, touched=touched)
    _only_workers(connection)
    for table in _RECORDS:
        renew(connection, table, found, touched=touched)
    renew(connection, "consent_event", found, touched=touched)
    for table in MEMBERS:
        renew_members(connection, table, found, touched=touched)
    if not touched or _site_touched(connection):
        run(connection, "delete from mining_site")
        fill(connection, "mining_site", found, touched=False)


def _only_workers(connection: Connection) -> None:
    """A card leads to a person only as long as that person is in the directory."""
    run(connection, "update card_owner set person_id = null where person_id is not null and not "
        "exists (select 1 from worker as w where w.person_id = card_owner.person_id)")  # fmt: skip
    run(
        connection,
        "update card_owner set subject_id = 'card-' || first_instance where person_id is null",
    )


def _site_touched(connection: Connection) -> bool:
    return bool(
        connection.exec_driver_sql(
            "select 1 from core_dirty where topic = 'site_visit' limit 1"
        ).first()
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar() or 0)
