"""What costs much to count and changes rarely, kept while the state it was counted in lasts.

A register of a million submissions takes a quarter of a second to count; the page that stays open
asks every 30 seconds, and synchronisations bring news every quarter of an hour.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import Connection, func, select

from warehouse.identity_tables import match_decision, match_run
from warehouse.quality_tables import quality_decision, quality_run
from warehouse.tables import sync_run

T = TypeVar("T")
_RUNNING = "running"
_TEN_SECONDS = len("2026-11-23T15:00:0")


class Memory:
    """The newest value of each name, with the state that it belongs to."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Hashable, object]] = {}

    def of(self, name: str, state: Hashable, count: Callable[[], T]) -> T:
        """The value in this state; counted when another state, or none, was kept."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != state:
            kept = (state, count())
            self._kept[name] = kept
        value: T = kept[1]  # type: ignore[assignment] # each name has values of one kind
        return value

    def forget(self, name: str) -> None:
        """Count it anew next time."""
        self._kept.pop(name, None)


def state_of_runs(connection: Connection, *, now: str) -> Hashable:
    """Changes with every run of the synchronisation and every ten seconds during one."""
    r = sync_run.c
    newest = select(r.run_id, r.ended_at, r.outcome).order_by(r.run_id.desc()).limit(2)
    rows = [tuple(row) for row in connection.execute(newest)]
    running = any(row[2] == _RUNNING for row in rows)
    return (*rows, now[:_TEN_SECONDS] if running else now[:10])


def state_of_checks(connection: Connection) -> Hashable:
    """Changes with every check of the data and every decision about a problem."""
    q = quality_run.c
    checks = connection.execute(select(q.part, q.run_id, q.checked_at).order_by(q.part))
    decided = connection.scalar(select(func.max(quality_decision.c.decision_id)))
    return (*(tuple(row) for row in checks), decided)


def state_of_register(connection: Connection) -> Hashable:
    """Changes with every comparison of registrations and every decision."""
    row = connection.execute(
        select(
            select(func.max(match_run.c.run_id)).scalar_subquery(),
            select(func.max(match_decision.c.decision_id)).scalar_subquery(),
        )
    ).one()
    return tuple(row)
