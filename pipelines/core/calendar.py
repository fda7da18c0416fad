"""The months that figures are given for, with their quarters and years."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from warehouse.bulk import Row, upsert
from warehouse.core_tables import calendar, core_dirty

FIRST = 2018 * 12
"""January 2018, the year the association began: older events count in stocks, but have no period."""

EVERY = "*"
"""Topic of a month that is new for every figure."""


def month_of(day: str) -> int:
    """The number of the month of an ISO day or stamp."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def note_months(connection: Connection, topic: str, months: Iterable[str]) -> None:
    """Figures made from a table (`topic`) must be computed again for these months, as ISO text."""
    rows: list[Row] = [(topic, month) for month in sorted({month_of(m) for m in months})]
    upsert(connection, "core_dirty", ("topic", "month"), rows, key=("topic", "month"))


def start_of(month: int) -> str:
    """The first day of a month, as ISO text."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}-01"


def extend_calendar(connection: Connection, now: str) -> None:
    """Add the months from the first with data to the present one; they are new to every figure."""
    oldest = select(func.min(core_dirty.c.month)).where(core_dirty.c.month >= FIRST)
    there = set(connection.scalars(select(calendar.c.month)))
    last = month_of(now)
    first = min(int(connection.scalar(oldest) or last), *there, last)
    new = [month for month in range(first, last + 1) if month not in there]
    rows: list[Row] = [
        (month, start_of(month), start_of(month // 3 * 3), start_of(month // 12 * 12))
        for month in new
    ]
    columns = ("month", "month_start", "quarter_start", "year_start")
    upsert(connection, "calendar", columns, rows, key=("month",))
    dirty: list[Row] = [(EVERY, month) for month in new]
    upsert(connection, "core_dirty", ("topic", "month"), dirty, key=("topic", "month"))
