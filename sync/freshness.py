"""How fresh the warehouse is, read from the run ledger; ages in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from warehouse.tables import sync_run, sync_run_form

Form = tuple[int, str]
"""Project number and form ID."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the ledger says; None when it never happened.

    `lag` is the age of the oldest picture among the forms: every form is at least as fresh.
    """

    last_success_at: str | None
    last_success_age: float | None
    lag: float | None
    forms: tuple[Form, ...] = ()
    failing: tuple[Form, ...] = ()


def read_freshness(connection: Connection, *, now: str) -> Freshness:
    """Read it. The forms are those of the last run that went through all of them."""
    r, f = sync_run.c, sync_run_form.c
    succeeded = _newest_run(connection, r.outcome.in_(("ok", "partial")))
    success = succeeded.started_at if succeeded else None
    # A run in which every form failed also went through all of them.
    through = and_(r.outcome == "failed", r.error.is_(None))
    listing = _newest_run(connection, or_(r.outcome.in_(("ok", "partial")), through))
    if listing is None:
        return Freshness(None, None, None)
    lines = connection.execute(
        select(f.project_id, f.form_id, f.outcome).where(f.run_id == listing.run_id)
    )
    outcomes = {(line.project_id, line.form_id): line.outcome for line in lines}
    return Freshness(
        last_success_at=success,
        last_success_age=age(success, now) if success else None,
        lag=_lag(connection, outcomes, listing.started_at, now),
        forms=tuple(sorted(outcomes)),
        failing=tuple(sorted(form for form, outcome in outcomes.items() if outcome != "ok")),
    )


def age(moment: str, now: str) -> float:
    """Seconds from `moment` to `now`; 0 when the clock was set back."""
    passed = datetime.fromisoformat(now) - datetime.fromisoformat(moment)
    return max(passed.total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class _Run:
    run_id: int
    started_at: str


def _newest_run(connection: Connection, condition: ColumnElement[bool]) -> _Run | None:
    r = sync_run.c
    query = select(r.run_id, r.started_at).where(condition)
    row = connection.execute(query.order_by(r.run_id.desc()).limit(1)).first()
    return None if row is None else _Run(*row)


def _lag(
    connection: Connection, outcomes: Mapping[Form, str], started_at: str, now: str
) -> float | None:
    oldest = started_at
    for form, outcome in outcomes.items():
        if outcome == "ok":
            continue
        moment = _last_success(connection, form)
        if moment is None:
            return None
        oldest = min(oldest, moment)
    return age(oldest, now) if outcomes else None


def _last_success(connection: Connection, form: Form) -> str | None:
    f, r = sync_run_form.c, sync_run.c
    query = (
        select(r.started_at)
        .join(sync_run_form, f.run_id == r.run_id)
        .where(f.project_id == form[0], f.form_id == form[1], f.outcome == "ok")
        .order_by(r.run_id.desc())
        .limit(1)
    )
    return connection.scalar(query)
