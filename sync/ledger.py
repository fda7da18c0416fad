"""The run ledger: what every run asked, received and changed, form by form, with its errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, delete, select, update

from warehouse.engine import writing
from warehouse.load import Counts
from warehouse.tables import BESIDE, form, submission, sync_run, sync_run_form


@dataclass(frozen=True, slots=True)
class FormReport:
    """What a run did with one form. `asked` is `all`, `changes` or `nothing` (304 or failed early)."""

    project_id: int
    form_id: str
    outcome: str
    asked: str
    counts: Counts
    since: str | None = None
    size: int = 0
    seconds: float = 0.0
    error: str | None = None


@dataclass(slots=True)
class RunReport:
    """A whole run; `failed` decides the exit code."""

    run_id: int
    forms: list[FormReport] = field(default_factory=list)

    @property
    def failed(self) -> list[FormReport]:
        """The forms that could not be brought up to date."""
        return [report for report in self.forms if report.outcome == "failed"]


def begin_run(engine: Engine, now: Callable[[], str]) -> int:
    """Open a run; earlier ones that never ended were killed, and are marked so."""
    with writing(engine) as connection:
        connection.execute(
            update(sync_run).where(sync_run.c.outcome == "running").values(outcome="interrupted")
        )
        done = connection.execute(sync_run.insert().values(started_at=now(), outcome="running"))
        assert done.inserted_primary_key is not None
        return int(done.inserted_primary_key[0])


@contextmanager
def beside(engine: Engine, now: Callable[[], str]) -> Iterator[Callable[[], int]]:
    """Gives the number for what is loaded besides the feeds, on demand and before the transaction
    that loads it: later than every run the pipelines have seen, so that they notice.

    Such a run is no success and no failure of the synchronisation. It is forgotten if nothing came.
    """
    numbers: list[int] = []

    def number() -> int:
        if not numbers:
            numbers.append(begin_run(engine, now))
        return numbers[0]

    try:
        yield number
    finally:
        if numbers:
            with writing(engine) as connection:
                _end_beside(connection, numbers[0], now())


def _end_beside(connection: Connection, run_id: int, at: str) -> None:
    s, mine = submission.c, sync_run.c.run_id == run_id
    loaded = select(s.run_id).where(s.form_id.in_(select(form.c.form_id)), s.run_id == run_id)
    if connection.execute(loaded.limit(1)).first() is None:
        connection.execute(delete(sync_run).where(mine))
    else:
        values = {"ended_at": at, "outcome": BESIDE}
        connection.execute(update(sync_run).where(mine).values(**values))


def end_run(
    engine: Engine,
    report: RunReport,
    now: Callable[[], str],
    error: str | None = None,
    *,
    alone: bool = False,
) -> None:
    """Close a run with its outcome: ok, partial (some forms failed) or failed; `one_form` for one that
    was asked for alone and says nothing of the others."""
    outcome = "one_form" if alone else "ok"
    if alone and report.failed:
        error = report.failed[0].error
    if error or report.failed:
        outcome = "partial" if not error and len(report.failed) < len(report.forms) else "failed"
    with writing(engine) as connection:
        connection.execute(
            update(sync_run)
            .where(sync_run.c.run_id == report.run_id)
            .values(ended_at=now(), outcome=outcome, error=error)
        )


def note_form(connection: Connection, run_id: int, report: FormReport) -> None:
    """Write one form's line; in the transaction of its rows, so that both are true or neither.

    A form that fails after its rows came (at the proof) gets its line anew.
    """
    line = sync_run_form.c
    connection.execute(
        delete(sync_run_form).where(
            line.run_id == run_id,
            line.project_id == report.project_id,
            line.form_id == report.form_id,
        )
    )
    connection.execute(
        sync_run_form.insert().values(
            run_id=run_id,
            project_id=report.project_id,
            form_id=report.form_id,
            outcome=report.outcome,
            asked=report.asked,
            since=report.since,
            received=report.counts.received,
            new=report.counts.new,
            changed=report.counts.changed,
            deleted=report.counts.deleted,
            bytes=report.size,
            seconds=round(report.seconds, 3),
            error=report.error,
        )
    )


def last_run_id(connection: Connection) -> int | None:
    """The newest run, or None before the first."""
    query = select(sync_run.c.run_id).order_by(sync_run.c.run_id.desc()).limit(1)
    return connection.scalar(query)
