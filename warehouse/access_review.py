"""The monthly review of the access log: who read how much, and who has looked at that since.

A review is itself a line of the log (`review_month`, with the month), which nobody can change or remove.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from forms.errors import UsageError
from warehouse.access import log_access
from warehouse.protection_tables import access_log

ACTION = "review_month"
_A = access_log.c


@dataclass(frozen=True, slots=True)
class Looks:
    """What one account did in a month: how often it looked at people, how many rows it saw, how many
    named exports it made, and the most rows in a day."""

    who: str
    looks: int
    rows: int
    exports: int
    most_in_a_day: int


def month_before(day: str) -> str:
    """The month (2026-10) before the one of a day or stamp."""
    first = date.fromisoformat(day[:10]).replace(day=1)
    return (first - timedelta(days=1)).isoformat()[:7]


def looks_of(connection: Connection, month: str) -> list[Looks]:
    """Every account that looked at people in the month, by name."""
    looks: Counter[str] = Counter()
    exports: Counter[str] = Counter()
    daily: Counter[tuple[str, str]] = Counter()
    columns = select(_A.who, _A.at, _A.action, _A.row_count)
    for who, at, action, rows in connection.execute(columns.where(*_in(month), _A.row_count > 0)):
        looks[who] += 1
        exports[who] += action == "export"
        daily[who, str(at)[:10]] += rows
    return [
        Looks(who, count, sum(own), exports[who], max(own))
        for who, count in sorted(looks.items())
        for own in [[rows for (name, _), rows in daily.items() if name == who]]
    ]


def reviewed_on(connection: Connection, month: str) -> str | None:
    """When somebody reviewed the month; None if nobody did."""
    mine = select(func.max(_A.at)).where(_A.action == ACTION, _A.what == month)
    found = connection.scalar(mine)
    return None if found is None else str(found)


def is_over(month: str, now: str) -> bool:
    """Whether nothing can be added to the month any more, so that it can be reviewed as a whole."""
    return now >= _bounds(month)[1]


def note_review(connection: Connection, month: str, *, who: str, reason: str, now: str) -> None:
    """Somebody has looked through the month; UsageError when it is not over, or when they do not say
    what they found."""
    if not is_over(month, now):
        raise UsageError(
            f"{month} n'est pas fini : relisez-le le mois suivant, quand il est complet.",
            f"{month} is not over: review it the month after, when it is complete.",
        )
    log_access(connection, now=now, who=who, action=ACTION, what=month, rows=0, reason=reason)


def _in(month: str) -> tuple[ColumnElement[bool], ...]:
    begins, ends = _bounds(month)
    return _A.at >= begins, _A.at < ends


def _bounds(month: str) -> tuple[str, str]:
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return f"{first.isoformat()}T00:00:00.000Z", f"{following.isoformat()}T00:00:00.000Z"
