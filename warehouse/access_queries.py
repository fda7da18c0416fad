"""The access log as its readers see it. It is written in `warehouse.access` and never changed."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from warehouse.protection_tables import access_log


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody read rows of people."""

    at: str
    who: str
    action: str
    what: str
    rows: int
    reason: str


def newest_looks(connection: Connection, limit: int) -> list[Look]:
    """The newest first."""
    a = access_log.c
    query = select(a.at, a.who, a.action, a.what, a.row_count, a.reason)
    rows = connection.execute(query.order_by(a.entry_id.desc()).limit(limit))
    return [Look(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]
