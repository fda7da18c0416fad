"""Brings the core up to date: only what changed since the last refresh, or everything; equal either way."""

import hashlib
import json
import re
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import Connection, Engine, func, select

from pipelines.core.calendar import extend_calendar
from pipelines.core.labels import write_labels
from pipelines.core.sources import FIELDS, Source, find_sources
from pipelines.core.statements import insert_from, read_sql, run
from pipelines.core.touched import (
    CORE,
    open_scratch,
    touch_changed,
    touch_people,
    touch_related,
    touch_vanished,
)
from warehouse.bulk import upsert
from warehouse.core_tables import core_state
from warehouse.engine import writing
from warehouse.tables import form, reference_file, submission, sync_run

_MANY = 0.2
"""Share of all submissions from which making everything anew is faster."""

_BEFORE_PEOPLE = ("rights_request",)
_RECORDS = (
    "membership_event", "training_session", "attendance", "awareness_session",
    "referral_follow_up", "referral", "labour_case_follow_up", "labour_case", "site_visit",
)  # fmt: skip
"""In the order in which they read each other."""

MONTHS = {"labour_case": ("month", "closed_month")}
"""The months a row counts in, where that is not just `month`."""

JOINED = "joined_worker"
"""Topic of the months in which people were met who joined, or left, at any time."""

_MARK = re.compile(r"/\* touched: (.*?) \*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did: kind nothing, incremental or full; records made anew; people now."""

    kind: str
    records: int
    people: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the last refresh ended. `basis`: digest of what every row depends on."""

    run_id: int
    person_at: str | None
    person_count: int
    submissions: int
    basis: str
    forms: str


def refresh(engine: Engine, *, now: str, full: bool = False) -> Report:
    """Make the core anew where it must be; `now` is an ISO stamp. One transaction."""
    started = perf_counter()
    with writing(engine) as connection:
        found = find_sources(connection)
        before, mark = _last(connection), _current(connection, found)
        if full or before is None or before.basis != mark.basis:
            kind, records = "full", _full(connection, found)
        else:
            kind, records = _incremental(connection, found, before, mark)
        if before is None or (before.basis, before.forms) != (mark.basis, mark.forms):
            write_labels(connection)
        if before != mark:
            _remember(connection, mark)
        extend_calendar(connection, now)
        people = int(connection.exec_driver_sql("select count(*) from worker").scalar() or 0)
    return Report(kind, records, people, round(perf_counter() - started, 3))


def _full(connection: Connection, found: dict[str, list[Source]]) -> int:
    open_scratch(connection)
    for table in ("record_card", "worker", "consent_event", "membership_spell", "member", *CORE):
        if table in CORE or table == "worker":
            _note_months(connection, table, where="")
        run(connection, f"delete from {table}")
    _fill(connection, "record_card", found, touched=False)
    _make(connection, found, touched=False)
    return int(connection.exec_driver_sql("select count(*) from interview").scalar() or 0)


def _incremental(
    connection: Connection, found: dict[str, list[Source]], before: _Mark, mark: _Mark
) -> tuple[str, int]:
    open_scratch(connection)
    # More persons with the same stamp than before: they changed in the same millisecond.
    again = mark.person_at == before.person_at and mark.person_count != before.person_count
    changed = touch_changed(connection, seen_run=before.run_id, since=before.person_at, again=again)
    if changed > _MANY * max(mark.submissions, 1) and changed > 1000:
        return "full", _full_again(connection, found)
    if mark.submissions < before.submissions + _arrived(connection, before.run_id):
        touch_vanished(connection)
    touch_related(connection, found)
    touched = _count(connection, "touched") + _count(connection, "touched_person")
    if not touched:
        return "nothing", 0
    _delete(connection, "record_card", only="touched")
    _fill(connection, "record_card", found, touched=True)
    touch_people(connection)
    for table in ("touched", "touched_card", "touched_person"):
        run(connection, f"analyze {table}")
    _make(connection, found, touched=True)
    return "incremental", _count(connection, "touched")


def _full_again(connection: Connection, found: dict[str, list[Source]]) -> int:
    if connection.dialect.name == "postgresql":
        for table in ("touched", "touched_person", "touched_card", "touched_subject"):
            run(connection, f"drop table {table}")
        for table in ("merged_person", "card_owner", "withdrawn"):
            run(connection, f"drop table {table}")
    return _full(connection, found)


def _make(connection: Connection, found: dict[str, list[Source]], *, touched: bool) -> None:
    _scratch(connection, "merged_person", touched=touched)
    _renew(connection, "rights_request", found, touched=touched)
    if touched:  # a request that came now: its card's owner counts, too
        run(connection, "insert into touched_card select c.card_code from rights_request as q "
            "cross join record_card as c where c.project_id = q.project_id "
            "and c.instance_id = q.instance_id on conflict do nothing")  # fmt: skip
    _scratch(connection, "card_owner", touched=touched)
    _scratch(connection, "withdrawn", touched=touched)
    _renew(connection, "interview", found, touched=touched)
    _renew(connection, "worker", found, touched=touched)
    _only_workers(connection)
    for table in _RECORDS:
        _renew(connection, table, found, touched=touched)
    _renew(connection, "consent_event", found, touched=touched)
    for table in ("membership_spell", "member"):
        if touched:
            _delete_subjects(connection, table)
        _fill(connection, table, found, touched=touched)
    if not touched or _site_touched(connection):
        run(connection, "delete from mining_site")
        _fill(connection, "mining_site", found, touched=False)


def _renew(
    connection: Connection, table: str, found: dict[str, list[Source]], *, touched: bool
) -> None:
    """Replace the touched rows of a table (in a full refresh it is empty already)."""
    only = "touched_person" if table == "worker" else "touched"
    if touched:
        _note(connection, table, only)
        _delete(connection, table, only=only)
    _fill(connection, table, found, touched=touched)
    _note(connection, table, only if touched else None)


def _note(connection: Connection, table: str, only: str | None) -> None:
    """Remember which months and which members these rows count for."""
    if table == "consent_event":
        return
    where = "" if only is None else f"where {_within(only)}"
    _note_months(connection, table, where=where)
    if table == "membership_event":
        run(connection, f"insert into core_dirty select distinct '{JOINED}', w.month "
            "from membership_event as c join worker as w on w.person_id = c.person_id "
            f"{where or 'where 1 = 1'} and w.month is not null on conflict do nothing")  # fmt: skip
    if table == "membership_event" and only:
        run(connection, "insert into touched_subject select subject_id from membership_event as c "
            f"{where} on conflict do nothing")  # fmt: skip


def _note_months(connection: Connection, table: str, *, where: str) -> None:
    for column in MONTHS.get(table, ("month",)):
        run(
            connection,
            f"insert into core_dirty select distinct '{table}', {column} from {table} as c "
            f"{where or 'where 1 = 1'} and {column} is not null on conflict do nothing",
        )


def _within(only: str) -> str:
    if only == "touched_person":
        return "c.person_id in (select person_id from touched_person)"
    return "(c.project_id, c.instance_id) in (select project_id, instance_id from touched)"


def _delete(connection: Connection, table: str, *, only: str) -> None:
    run(connection, f"delete from {table} as c where {_within(only)}")


def _delete_subjects(connection: Connection, table: str) -> None:
    run(
        connection,
        f"delete from {table} where subject_id in (select subject_id from touched_subject)",
    )


def _fill(
    connection: Connection, table: str, found: dict[str, list[Source]], *, touched: bool
) -> None:
    sql = read_sql("pipelines.core", f"sql/{table}.sql")
    sql = _MARK.sub(r"\1" if touched else "", sql)
    insert_from(connection, table, sql, found, touched=touched)


def _scratch(connection: Connection, table: str, *, touched: bool) -> None:
    sql = _MARK.sub(r"\1" if touched else "", read_sql("pipelines.core", f"sql/{table}.sql"))
    run(connection, f"insert into {table}\n{sql}")
    run(connection, f"analyze {table}")


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


def _arrived(connection: Connection, run_id: int) -> int:
    s = submission.c
    new = (s.form_id.in_(FIELDS), s.run_id > run_id, s.revision == 1)
    return int(connection.scalar(select(func.count()).select_from(submission).where(*new)) or 0)


# -- where the last refresh ended


def _current(connection: Connection, found: dict[str, list[Source]]) -> _Mark:
    ended = select(func.max(sync_run.c.run_id)).where(sync_run.c.ended_at.is_not(None))
    run_id = connection.scalar(ended)
    newest = connection.exec_driver_sql("select max(updated_at) from person").scalar()
    count = 0
    if newest is not None:
        count = int(connection.exec_driver_sql(
            "select count(*) from person where updated_at = (select max(updated_at) from person)"
        ).scalar() or 0)  # fmt: skip
    held = select(func.count()).select_from(submission).where(submission.c.form_id.in_(FIELDS))
    return _Mark(
        int(run_id or 0), None if newest is None else str(newest), count,
        int(connection.scalar(held) or 0), _basis(connection, found), _forms(connection),
    )  # fmt: skip


def _basis(connection: Connection, found: dict[str, list[Source]]) -> str:
    """Digest of the reference files, of our own SQL and of which forms there are."""
    references = connection.execute(
        select(reference_file.c.table_name, reference_file.c.digest).order_by("table_name")
    )
    names = ("merged_person", "card_owner", "withdrawn", "record_card", "worker", "consent_event",
             "membership_spell", "member", "mining_site", *CORE)  # fmt: skip
    own = [read_sql("pipelines.core", f"sql/{name}.sql") for name in names]
    columns = sorted((n, s.table, *sorted(s.columns)) for n, ss in found.items() for s in ss)
    said = json.dumps([[list(r) for r in references], own, columns])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _forms(connection: Connection) -> str:
    """Digest of the published versions, whose labels are kept."""
    f = form.c
    rows = connection.execute(
        select(f.project_id, f.form_id, f.definition_hash).order_by(f.project_id, f.form_id)
    )
    said = json.dumps([list(row) for row in rows])
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _last(connection: Connection) -> _Mark | None:
    said = connection.scalar(select(core_state.c.value).where(core_state.c.name == "refresh"))
    return None if said is None else _Mark(**json.loads(said))


def _remember(connection: Connection, mark: _Mark) -> None:
    said = json.dumps({name: getattr(mark, name) for name in _Mark.__slots__})
    upsert(connection, "core_state", ("name", "value"), [("refresh", said)], key=("name",))
