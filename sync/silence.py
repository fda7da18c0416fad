"""Who used to send and sends no more: the failure that no error message ever reports.

A phone, a form or a cercle is silent when nothing came from it for some days though it had sent on several
days of the 30 before. What counts is when Central received it, up to the last successful run: days
without a synchronisation are not days of silence. After 30 days nobody expects it any more and
the silence ends by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    column,
    distinct,
    func,
    select,
    table,
    type_coerce,
)

from warehouse.tables import form, question, submission
from warehouse.types import Instant, iso

BEFORE = 30
"""Days in which someone must have been sending to be missed."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing from `who` since `last` (a day), after `days` days with submissions."""

    project_id: int
    who: str
    name: str
    last: str
    days: int


def silent_forms(
    connection: Connection, *, as_of: str, silent_days: int, sending_days: int
) -> list[Silence]:
    """The forms that used to be filled in."""
    c = submission.c
    return _silent(connection, c.form_id, c.form_id, as_of, silent_days, sending_days)


def silent_submitters(
    connection: Connection, *, as_of: str, silent_days: int, sending_days: int
) -> list[Silence]:
    """The phones (and web accounts) that used to send; `name` is what Central shows."""
    c = submission.c
    return _silent(connection, c.submitter_id, c.submitter_name, as_of, silent_days, sending_days)


def silent_cercles(
    connection: Connection, *, as_of: str, silent_days: int, sending_days: int
) -> list[Silence]:
    """The cercles that used to be worked in: what forms with a question `cercle` say, taken together."""
    edge, since = _before(as_of, silent_days), _before(as_of, silent_days + BEFORE)
    found: dict[tuple[int, str], set[str]] = {}
    last: dict[tuple[int, str], str] = {}
    for project_id, name in _tables_with_cercle(connection):
        asked = table(name, column("cercle"), column("submitted_at")).c
        day = func.substr(cast(asked.submitted_at, Text), 1, 10)
        newest = func.max(type_coerce(asked.submitted_at, Instant))
        query = select(asked.cercle, day, newest).where(
            type_coerce(asked.submitted_at, Instant) >= since, asked.cercle.is_not(None)
        )
        for cercle, on, stamp in connection.execute(query.group_by(asked.cercle, day)):
            key = (project_id, str(cercle))
            found.setdefault(key, set()).add(str(on))
            last[key] = max(last.get(key, ""), str(stamp))
    return [
        Silence(key[0], key[1], key[1], last[key][:10], len(days))
        for key, days in sorted(found.items())
        if last[key] < edge and len(days) >= sending_days
    ]


def _tables_with_cercle(connection: Connection) -> list[tuple[int, str]]:
    q = question.c
    asked = select(q.project_id, q.table_name).join(
        form, (form.c.project_id == q.project_id) & (form.c.table_name == q.table_name)
    )
    rows = connection.execute(asked.where(q.column_name == "cercle").order_by(q.table_name))
    return [(row.project_id, row.table_name) for row in rows]


def _silent(
    connection: Connection,
    who: ColumnElement[Any],
    name: ColumnElement[Any],
    as_of: str,
    silent_days: int,
    sending_days: int,
) -> list[Silence]:
    c = submission.c
    edge = _before(as_of, silent_days)
    # Bamako is on UTC all year: the first ten characters are its calendar day, on both databases.
    days = func.count(distinct(func.substr(cast(c.submitted_at, Text), 1, 10)))
    last = func.max(c.submitted_at).label("last")
    rows = connection.execute(
        select(func.max(c.project_id), who, func.max(name), last, days)
        .where(c.submitted_at >= _before(as_of, silent_days + BEFORE), who.is_not(None))
        # Not the plain column: SQLite would walk the primary key, that is, the whole table.
        .group_by(c.project_id + 0, who)
        .having(func.max(c.submitted_at) < edge, days >= sending_days)
        .order_by(func.max(c.project_id), who)
    )
    return [_silence(row) for row in rows]


def _silence(row: Sequence[Any]) -> Silence:
    project_id, who, name, last, days = row
    return Silence(project_id, str(who), str(name or ""), str(last)[:10], int(days))


def _before(moment: str, days: int) -> str:
    return iso(datetime.fromisoformat(moment) - timedelta(days=days))
