"""Months, quarters and years that figures are given for, and which of them must be computed again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.core.calendar import month_of, start_of

LATE = 31
"""Days after which a referral is judged, plus one: so far back the mere passing of time reaches."""


@dataclass(frozen=True, slots=True)
class Period:
    """`last` is the last month that can hold anything yet."""

    kind: str
    start: str
    first: int
    last: int


def periods_of(months: Iterable[int], now: str) -> list[Period]:
    """Every month, quarter and year that these months are in."""
    present = month_of(now)
    found = set()
    for month in months:
        for kind, length in (("month", 1), ("quarter", 3), ("year", 12)):
            first = month // length * length
            last = min(first + length - 1, present)
            found.add(Period(kind, start_of(first), first, last))
    return sorted(found, key=lambda p: (p.kind, p.first))


def moved_months(before: str | None, now: str) -> set[int]:
    """Months in which the passing of days since `before` may change something."""
    if before is None or before[:10] == now[:10]:
        return set()
    back = date.fromisoformat(before[:10]) - timedelta(days=LATE)
    return set(range(month_of(back.isoformat()), month_of(now) + 1))
