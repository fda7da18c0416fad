"""How the system is doing, read for the pages: arrivals, forms, runs, proofs, jobs. No answers.

Days are those of UTC, which is the time of Bamako all year.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, Text, case, cast, distinct, func, literal, select, text

from warehouse.tables import (
    BESIDE,
    attachment,
    job,
    load_problem,
    proof,
    submission,
    sync_run,
    sync_run_form,
)
from warehouse.types import Instant


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Submissions that Central received, without deleted ones."""

    today: int
    week: int
    submitters_week: int
    submitters_month: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The newest comparison of a form with ODK Central."""

    proven_at: str
    central: int
    warehouse: int
    missing: int
    stale: int
    equal: bool


@dataclass(frozen=True, slots=True)
class FormState:
    """Where one form stands."""

    project_id: int
    form_id: str
    title: str
    version: str
    submissions: int
    deleted: int
    last_success_at: str | None
    last_outcome: str | None
    last_error: str | None
    files_missing: int = 0
    misfits: int = 0
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class RunLine:
    """What one run did with one form."""

    project_id: int
    form_id: str
    outcome: str
    asked: str
    received: int
    new: int
    changed: int
    deleted: int
    bytes: int
    seconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One synchronisation; `lines` are those written so far."""

    run_id: int
    started_at: str
    ended_at: str | None
    outcome: str
    error: str | None
    lines: list[RunLine] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """Submissions that were new, changed or deleted."""
        return sum(line.new + line.changed + line.deleted for line in self.lines)


@dataclass(frozen=True, slots=True)
class JobState:
    """The last outcome of a job of the schedule."""

    name: str
    ended_at: str
    outcome: str
    error: str | None
    succeeded_at: str | None
    failures: int


def arrivals(connection: Connection, *, today: str, week: str, month: str) -> Arrivals:
    """Counts since these days (ISO dates)."""
    c = submission.c

    def since(what: Any, day: str) -> int:
        query = select(what).where(c.submitted_at >= _start(day), c.deleted_at.is_(None))
        return connection.scalar(query) or 0

    people = func.count(distinct(c.submitter_id))
    return Arrivals(
        since(func.count(), today), since(func.count(), week), since(people, week), since(people, month)
    )  # fmt: skip


def arrivals_by_day(connection: Connection, *, since: str) -> list[tuple[str, str, int]]:
    """Day, form, submissions; days without any are left out."""
    c = submission.c
    day = func.substr(cast(c.submitted_at, Text), 1, 10).label("day")
    query = (
        select(day, c.form_id, func.count())
        .where(c.submitted_at >= _start(since), c.deleted_at.is_(None))
        .group_by(day, c.form_id)
        .order_by(day, c.form_id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def form_states(connection: Connection) -> list[FormState]:
    """Every form, by project and form ID."""
    rows = connection.execute(
        text(
            "select s.project_id, s.form_id, f.title, s.version, s.submissions, s.deleted, "
            "s.last_success_at, s.last_outcome, s.last_error from sync_state as s "
            "join form as f on f.project_id = s.project_id and f.form_id = s.form_id "
            "order by s.project_id, s.form_id"
        ).columns(last_success_at=Instant)
    ).all()
    files = _by_form(connection, attachment, attachment.c.state != "stored")
    misfits = _by_form(connection, load_problem)
    proofs = newest_proofs(connection)
    return [_form_state(row, files, misfits, proofs) for row in rows]


def newest_proofs(connection: Connection) -> dict[tuple[int, str], Proof]:
    """The last comparison of each form."""
    p = proof.c
    newest = (
        select(p.project_id, p.form_id, func.max(p.run_id).label("run_id"))
        .group_by(p.project_id, p.form_id)
        .subquery()
    )
    query = select(proof).join(
        newest,
        (p.project_id == newest.c.project_id)
        & (p.form_id == newest.c.form_id)
        & (p.run_id == newest.c.run_id),
    )
    return {
        (row.project_id, row.form_id): Proof(
            row.proven_at, row.central_live, row.warehouse_live, row.missing, row.stale, row.equal
        )
        for row in connection.execute(query)
    }


def newest_runs(connection: Connection, limit: int, *, before: int | None = None) -> list[Run]:
    """Runs with their lines, the newest first."""
    query = select(sync_run).where(sync_run.c.outcome != BESIDE)
    query = query.order_by(sync_run.c.run_id.desc()).limit(limit)
    if before is not None:
        query = query.where(sync_run.c.run_id < before)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in connection.execute(query)]
    runs = [Run(*row) for row in rows]
    by_id = {run.run_id: run for run in runs}
    for run_id, line in _lines(connection, list(by_id)):
        by_id[run_id].lines.append(line)
    return runs


def find_run(connection: Connection, run_id: int) -> Run | None:
    """One run."""
    row = connection.execute(select(sync_run).where(sync_run.c.run_id == run_id)).first()
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    return replace(Run(*values), lines=[line for _, line in _lines(connection, [run_id])])


@dataclass(frozen=True, slots=True)
class Submitter:
    """What came from one phone or web account. Central's display names of phones are codes."""

    submitter_id: str
    name: str
    last_at: str
    week: int
    month: int


def submitters(connection: Connection, *, week: str, month: str) -> list[Submitter]:
    """Who sent anything since `month`, by name; counts since the two days (ISO dates)."""
    c = submission.c
    recent = case((c.submitted_at >= literal(_start(week), Instant), 1), else_=0)
    query = (
        select(
            c.submitter_id,
            func.max(c.submitter_name),
            func.max(c.submitted_at),
            func.sum(recent),
            func.count(),
        )
        .where(c.submitted_at >= _start(month), c.submitter_id.is_not(None))
        .group_by(c.submitter_id)
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in connection.execute(query)]
    found = [Submitter(row[0], row[1] or "", row[2], int(row[3]), row[4]) for row in rows]
    return sorted(found, key=lambda s: (s.name, s.submitter_id))


def job_states(connection: Connection) -> list[JobState]:
    """Every job that has run, by name."""
    c = job.c
    query = select(c.name, c.ended_at, c.outcome, c.error, c.succeeded_at, c.failures)
    return [JobState(*row) for row in connection.execute(query.order_by(c.name))]


def _lines(connection: Connection, run_ids: Sequence[int]) -> list[tuple[int, RunLine]]:
    c = sync_run_form.c
    query = select(c.run_id, c.project_id, c.form_id, c.outcome, c.asked, c.received, c.new,
                   c.changed, c.deleted, c.bytes, c.seconds, c.error)  # fmt: skip
    rows = connection.execute(query.where(c.run_id.in_(run_ids)).order_by(c.project_id, c.form_id))
    found: list[tuple[Any, ...]] = [tuple(row) for row in rows]
    return [(row[0], RunLine(*row[1:])) for row in found]


def _by_form(connection: Connection, table: Any, *where: Any) -> dict[tuple[int, str], int]:
    key = (table.c.project_id, table.c.form_id)
    rows = connection.execute(select(*key, func.count()).where(*where).group_by(*key))
    return {(row[0], row[1]): row[2] for row in rows}


def _form_state(
    row: Row[Any],
    files: dict[tuple[int, str], int],
    misfits: dict[tuple[int, str], int],
    proofs: dict[tuple[int, str], Proof],
) -> FormState:
    key = (row.project_id, row.form_id)
    values: tuple[Any, ...] = tuple(row)
    return replace(
        FormState(*values),
        files_missing=files.get(key, 0),
        misfits=misfits.get(key, 0),
        proof=proofs.get(key),
    )


def _start(day: str) -> str:
    return f"{day}T00:00:00.000Z"
