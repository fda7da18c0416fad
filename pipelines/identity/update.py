"""Brings persons up to date after a synchronisation; cheap when nothing changed.

Either only what changed is compared with the register (incremental), or everything anew (full).
Both give the same persons: pairs depend on who is registered now, clusters on pairs and decisions,
and only clusters that a change can touch are made again.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from time import perf_counter

from sqlalchemy import Connection, Engine, func, select

from pipelines.directory.heard import HEARD_VERSION
from pipelines.identity import decisions
from pipelines.identity.all_pairs import rebuild
from pipelines.identity.changes import take_changes
from pipelines.identity.current import current_matcher
from pipelines.identity.matcher import Matcher
from pipelines.identity.pairs import repair
from pipelines.identity.persons import Regrouped, Run, regroup
from pipelines.identity.registrations import newest_run, sources
from warehouse.engine import writing
from warehouse.identity_tables import match_run, registration
from warehouse.types import iso

_M = match_run.c
_LOCK = 5_005
"""Number of PostgreSQL's advisory lock on the identity part; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in numbers only. `kind` is `nothing`, `incremental` or `full`."""

    kind: str
    changed: int = 0
    gone: int = 0
    pairs: int = 0
    persons: int = 0
    created: int = 0
    merged: int = 0
    split: int = 0
    retired: int = 0
    problems: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to where the last run has read."""

    version: str
    seen_run_id: int
    seen_decision_id: int
    started_at: str


def run(engine: Engine, *, now: str, full: bool = False, matcher: Matcher | None = None) -> Report:
    """Compare what changed since the last run, or everything, and renew the persons it touches.

    One transaction: stopped anywhere, nothing has happened. A new model or new rules of reading
    names make the next run a full one. Raises WarehouseError when the database refuses.
    """
    started = perf_counter()
    with writing(engine) as connection:
        alone(connection)
        using = matcher or current_matcher(connection)
        last = watermark(connection)
        whole = full or last is None or last.version != _version(using)
        if last is None or whole:
            return _full(connection, using, now, started)
        return _incremental(connection, using, now, started, last)


def alone(connection: Connection) -> None:
    """Wait until nobody else changes persons, until the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")


def watermark(connection: Connection) -> Watermark | None:
    """Where the last run ended; None before the first."""
    last = _M.run_id.desc()
    columns = select(_M.model_version, _M.seen_run_id, _M.seen_decision_id)
    row = connection.execute(columns.order_by(last).limit(1)).first()
    # Deciding reads no submissions.
    read_at = select(_M.started_at).where(_M.kind != "decision").order_by(last).limit(1)
    return None if row is None else Watermark(*row, connection.scalar(read_at) or "")


def begin(connection: Connection, kind: str, mark: Watermark, *, threshold: float) -> Run:
    """Open a line in `match_run`."""
    run_id = int(connection.scalar(select(func.max(_M.run_id))) or 0) + 1
    nothing = dict.fromkeys(
        ("changed", "gone", "pairs", "persons", "merged", "split", "problems"), 0
    )
    connection.execute(
        match_run.insert().values(
            run_id=run_id,
            kind=kind,
            started_at=mark.started_at,
            model_version=mark.version,
            seen_run_id=mark.seen_run_id,
            seen_decision_id=mark.seen_decision_id,
            seconds=0.0,
            **nothing,
        )
    )
    return Run(run_id, mark.started_at, threshold)


def end(connection: Connection, run: Run, report: Report) -> Report:
    """Write into that line what happened."""
    names = ("changed", "gone", "pairs", "persons", "merged", "split", "problems", "seconds")
    connection.execute(
        match_run.update()
        .where(_M.run_id == run.run_id)
        .values(**{name: getattr(report, name) for name in names})
    )
    return report


def _incremental(
    connection: Connection, matcher: Matcher, now: str, started: float, last: Watermark
) -> Report:
    mark = _mark(connection, matcher, now)
    changes = take_changes(
        connection,
        sources(connection),
        matcher,
        since=last.seen_run_id,
        purged_since=_day_before(last.started_at),
    )
    decided = decisions.since(connection, last.seen_decision_id)
    if not changes and not decided:
        return Report("nothing")
    run = begin(connection, "incremental", mark, threshold=matcher.threshold)
    ends, pairs = repair(connection, matcher, changes.compare, changes.gone)
    seeds = ends | decided | changes.said | changes.gone.keys()
    done = regroup(connection, run, seeds, changes.said)
    counts = {"changed": len(changes.said), "gone": len(changes.gone), "pairs": pairs}
    seconds = perf_counter() - started
    return end(connection, run, report("incremental", done, **counts, seconds=seconds))


def _full(connection: Connection, matcher: Matcher, now: str, started: float) -> Report:
    mark = _mark(connection, matcher, now)
    connection.execute(registration.delete())
    changes = take_changes(connection, sources(connection), matcher)
    run = begin(connection, "full", mark, threshold=matcher.threshold)
    pairs = rebuild(connection, matcher)
    done = regroup(connection, run, None)
    return end(
        connection,
        run,
        report(
            "full", done, changed=len(changes.said), pairs=pairs, seconds=perf_counter() - started
        ),
    )


def _mark(connection: Connection, matcher: Matcher, now: str) -> Watermark:
    return Watermark(_version(matcher), newest_run(connection), decisions.newest(connection), now)


def _day_before(moment: str) -> str:
    """Who purges takes the time before they write it, so a little is read twice."""
    return iso(datetime.fromisoformat(moment) - timedelta(days=1))


def _version(matcher: Matcher) -> str:
    return f"{matcher.model_version}/{matcher.norm_version}/{HEARD_VERSION}"


def report(
    kind: str,
    done: Regrouped,
    *,
    changed: int = 0,
    gone: int = 0,
    pairs: int = 0,
    seconds: float = 0.0,
) -> Report:
    """What was done to persons, as a report."""
    return Report(kind, changed, gone, pairs, **asdict(done), seconds=seconds)
