"""Reads interviews and makes of each the facts that the checks need; keeps them in `quality_fact`."""

from collections.abc import Iterator
from datetime import datetime
from sys import intern
from typing import Any

from sqlalchemy import Connection, Row, delete, func, not_, or_, select, text

from pipelines.quality.place import kilometres
from pipelines.quality.rule import Fact
from pipelines.quality.sources import Source, is_unsure
from warehouse.bulk import upsert
from warehouse.quality_tables import quality_fact
from warehouse.tables import attachment, question_timing, submission

KEPT_DAYS = 400
"""A year with its neighbours, so that seasons can be compared."""

_PAGE = 5_000
_KEY = ("project_id", "form_id", "instance_id")
_COLUMNS = tuple(column.name for column in quality_fact.columns)
_REST = _COLUMNS[3:]
_SHARED = ("enumerator", "day", "form_version", "focal_point", "consent", "site")

Sites = dict[str, tuple[float, float, float]]
"""Latitude, longitude and uncertainty in kilometres."""


def live() -> Any:
    """The condition that a submission counts."""
    s = submission.c
    return s.deleted_at.is_(None) & s.purged_at.is_(None) & or_(
        s.quarantined.is_(None), not_(s.quarantined)
    )  # fmt: skip


def known_sites(connection: Connection) -> Sites:
    """Positions of the reference list of sites."""
    rows = connection.execute(
        text("select site, latitude, longitude, accuracy_km from ref_site_positions")
    )
    return {
        row.site: (float(row.latitude), float(row.longitude), float(row.accuracy_km or 0))
        for row in rows
    }


def forget(connection: Connection, *, before: str) -> None:
    """Remove facts of interviews that no longer count, or are too old."""
    s, f = submission.c, quality_fact.c
    same = (s.project_id == f.project_id, s.form_id == f.form_id, s.instance_id == f.instance_id)
    there = select(1).where(*same, live()).correlate(quality_fact).exists()
    connection.execute(delete(quality_fact).where(or_(f.received_at < before, ~there)))


def renew(
    connection: Connection, source: Source, sites: Sites, *, after_run: int, since: str, kept: str
) -> Iterator[list[Fact]]:
    """Make the facts of what changed after a run, or whose audit came after `since`; page by page."""
    s, a = submission.c, attachment.c
    mine = (s.project_id == source.project_id, s.form_id == source.form_id)
    audits = select(a.instance_id).where(
        a.project_id == source.project_id, a.form_id == source.form_id,
        a.name == "audit.csv", a.checked_at > since,
    )  # fmt: skip
    changed = or_(s.run_id > after_run, s.instance_id.in_(audits))
    rows = connection.execute(
        select(s.form_version, s.submitter_name, s.submitted_at, source.table)
        .join_from(submission, source.table, source.table.c.instance_id == s.instance_id)
        .where(*mine, live(), changed, s.submitted_at >= kept),
        execution_options={"stream_results": True},  # or PostgreSQL's driver takes them all at once
    )
    for page in rows.partitions(_PAGE):
        timings = _timings(connection, source, [row.instance_id for row in page])
        facts = [_fact(row, source, sites, timings.get(row.instance_id)) for row in page]
        upsert(connection, "quality_fact", _COLUMNS, [_row(f) for f in facts], key=_KEY)
        yield facts


def read_window(connection: Connection, since: str) -> list[Fact]:
    """Facts of interviews received since then, in the order they began."""
    f = quality_fact.c
    began = func.coalesce(f.started_at, f.received_at)
    rows = connection.execute(
        select(quality_fact).where(f.received_at >= since).order_by(began, f.instance_id)
    )
    return [_held(r) for r in rows]


def _held(row: Any) -> Fact:
    """A fact of the window; what many share (form, enumerator, day, site) is held once."""
    rest: dict[str, Any] = dict(zip(_REST, row[3:], strict=True))
    for name in _SHARED:
        if rest[name] is not None:
            rest[name] = intern(rest[name])
    return Fact((row[0], intern(row[1]), row[2]), **rest)


def _row(fact: Fact) -> tuple[Any, ...]:
    return (*fact.key, *(getattr(fact, name) for name in _REST))


def _timings(connection: Connection, source: Source, instances: list[str]) -> dict[str, float]:
    """Seconds with a question open; each sitting of the audit counts."""
    t = question_timing.c
    found: dict[str, float] = {}
    for start in range(0, len(instances), 500):
        some = instances[start : start + 500]
        rows = connection.execute(
            select(t.instance_id, func.sum(t.seconds)).where(
                t.project_id == source.project_id, t.form_id == source.form_id,
                t.path.is_not(None), t.instance_id.in_(some),
            ).group_by(t.instance_id)
        )  # fmt: skip
        found.update((row[0], row[1]) for row in rows if row[1] is not None)
    return found


def _fact(row: Row[Any], source: Source, sites: Sites, timed: float | None) -> Fact:
    answers = row._mapping
    began, ended = _moment(answers, "start"), _moment(answers, "end")
    clock = datetime.fromisoformat(began or row.submitted_at)
    asked = [name for name in source.unsure if answers[name] is not None]
    year = answers[source.year] if source.year else None
    position = _position(answers, source, sites)
    return Fact(
        (source.project_id, source.form_id, row.instance_id),
        enumerator=row.submitter_name or "?", received_at=row.submitted_at,
        day=clock.date().isoformat(), weekday=clock.isoweekday(), hour=clock.hour,
        form_version=row.form_version,
        focal_point=answers["focal_point"] if "focal_point" in source.names else None,
        started_at=began, ended_at=ended,
        seconds=timed if timed is not None else _between(began, ended), timed=timed is not None,
        answered=sum(answers[name] is not None for name in source.asked),
        unsure=sum(is_unsure(answers[name]) for name in asked), askable=len(asked),
        consent=answers[source.consent] if source.consent else None,
        rounded=None if year is None else year % 5 == 0,
        **position,
    )  # fmt: skip


def _moment(answers: Any, name: str) -> str | None:
    found: str | None = answers.get(name)
    return found


def _between(began: str | None, ended: str | None) -> float | None:
    if began is None or ended is None:
        return None
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def _position(answers: Any, source: Source, sites: Sites) -> dict[str, Any]:
    """Where it was: by the phone's own position, else by the site's."""
    site = answers["site"] if "site" in source.names else None
    known = sites.get(site) if site else None
    latitude = answers[f"{source.point}_latitude"] if source.point else None
    if latitude is None:
        here = {} if known is None else {
            "latitude": known[0], "longitude": known[1], "accuracy": known[2] * 1000,
        }  # fmt: skip
        return {"site": site, **here}
    longitude, accuracy = (answers[f"{source.point}_{part}"] for part in ("longitude", "accuracy"))
    away = None
    if known is not None:
        unsure = known[2] + (accuracy or 0) / 1000
        away = max(0.0, kilometres((latitude, longitude), known[:2]) - unsure)
    return {
        "site": site, "latitude": latitude, "longitude": longitude, "accuracy": accuracy,
        "measured": True, "site_km": away,
    }  # fmt: skip
