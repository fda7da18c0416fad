"""Compares Central's list of a form with the warehouse, inside the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    func,
    or_,
    select,
)

from sync.listing import Listed
from warehouse.erasure import erased
from warehouse.tables import submission
from warehouse.types import Instant

_BATCH = 2000

_listed = Table(
    "listed_by_central",
    MetaData(),
    Column("instance_id", Text, primary_key=True),
    Column("updated_at", Instant),
    Column("deleted", Boolean, nullable=False),
    Column("review_state", Text),
    Column("present", Integer),
    Column("expected", Integer),
    prefixes=["TEMPORARY"],
)


@dataclass(slots=True)
class Difference:
    """What differs, by instance ID, and how many submissions each side has.

    missing: listed, not held. stale: held in an older state than listed. purged: held as deleted
    and no longer listed. vanished: held as living and no longer listed.
    """

    central_live: int = 0
    central_deleted: int = 0
    warehouse_live: int = 0
    warehouse_deleted: int = 0
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Submitter ID → the name that Central shows now."""

    @property
    def none(self) -> bool:
        """Whether both sides are the same."""
        return not (self.missing or self.stale or self.purged or self.vanished)


def compare(
    connection: Connection, project_id: int, form_id: str, listed: Iterable[Listed]
) -> Difference:
    """Find the differences; the temporary table is gone afterwards."""
    found = Difference()
    _listed.create(connection, checkfirst=False)
    try:
        _fill(connection, listed, found)
        _differences(connection, project_id, form_id, found)
        _count(connection, project_id, form_id, found)
    finally:
        _listed.drop(connection, checkfirst=False)
    return found


def _fill(connection: Connection, listed: Iterable[Listed], found: Difference) -> None:
    feed = iter(listed)
    while batch := list(islice(feed, _BATCH)):
        for item in batch:
            if item.submitter_id is not None and item.submitter_name is not None:
                found.names[item.submitter_id] = item.submitter_name
        forgotten = erased(connection, [item.instance_id for item in batch])
        kept = {item.instance_id: item for item in batch if item.instance_id not in forgotten}
        found.central_deleted += sum(item.deleted_at is not None for item in kept.values())
        found.central_live += sum(item.deleted_at is None for item in kept.values())
        if kept:
            connection.execute(_listed.insert(), [_values(item) for item in kept.values()])


def _values(item: Listed) -> dict[str, object]:
    return {
        "instance_id": item.instance_id,
        "updated_at": item.updated_at,
        "deleted": item.deleted_at is not None,
        "review_state": item.review_state,
        "present": item.present,
        "expected": item.expected,
    }


def _differences(connection: Connection, project_id: int, form_id: str, found: Difference) -> None:
    s, c = submission.c, _listed.c
    mine = and_(s.project_id == project_id, s.form_id == form_id)
    both = and_(mine, s.instance_id == c.instance_id)
    here = select(s.instance_id).where(both).exists()
    there = select(c.instance_id).where(c.instance_id == s.instance_id).exists()
    gone = select(s.instance_id).where(mine, s.purged_at.is_(None), ~there)
    found.missing = _ids(connection, select(c.instance_id).where(~here))
    found.stale = _ids(connection, select(s.instance_id).join(_listed, both).where(_older(), mine))
    found.purged = _ids(connection, gone.where(s.deleted_at.is_not(None)))
    found.vanished = _ids(connection, gone.where(s.deleted_at.is_(None)))


def _older() -> ColumnElement[bool]:
    """Held in another state than listed, unless what is held is newer than the list."""
    s, c = submission.c, _listed.c
    held_later = or_(
        and_(s.updated_at.is_not(None), c.updated_at.is_(None)), s.updated_at > c.updated_at
    )
    updated = or_(
        and_(s.updated_at.is_(None), c.updated_at.is_not(None)), s.updated_at < c.updated_at
    )
    deleted = s.deleted_at.is_not(None) != c.deleted
    reviewed = func.coalesce(s.review_state, "") != func.coalesce(c.review_state, "")
    media = and_(
        c.present.is_not(None),
        or_(s.attachments_present != c.present, s.attachments_expected != c.expected),
    )
    return and_(
        or_(updated, deleted, reviewed, media, s.purged_at.is_not(None)),
        case((held_later, False), else_=True),
    )


def _ids(connection: Connection, query: Select[tuple[str]]) -> list[str]:
    return list(connection.scalars(query))


def _count(connection: Connection, project_id: int, form_id: str, found: Difference) -> None:
    s = submission.c
    mine = (s.project_id == project_id, s.form_id == form_id, s.purged_at.is_(None))
    live = func.coalesce(func.sum(case((s.deleted_at.is_(None), 1), else_=0)), 0)
    query = select(live, func.count()).select_from(submission).where(*mine)
    alive, all_of_them = connection.execute(query).one()
    found.warehouse_live, found.warehouse_deleted = int(alive), int(all_of_them - alive)
