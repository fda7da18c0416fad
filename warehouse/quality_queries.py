"""Problems found in the data and how enumerators work, read for the pages.

Counts, times and codes only: no answers, no positions.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from warehouse.quality_tables import quality_fact, quality_problem
from warehouse.tables import submission

_P, _F = quality_problem.c, quality_fact.c


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `review_state` is that of its submission in ODK Central."""

    problem_id: str
    rule: str
    severity: int
    project_id: int | None
    form_id: str | None
    instance_id: str | None
    enumerator: str | None
    evidence: tuple[str, str]
    action: tuple[str, str]
    first_seen: str
    state: str
    state_by: str | None
    state_why: str | None
    review_state: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; empty means all."""

    state: str = "open"
    rule: str = ""
    enumerator: str = ""
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class Enumerator:
    """How somebody worked in the window."""

    name: str
    interviews: int
    this_week: int
    week_before: int
    days: int
    median_seconds: float | None
    unsure_share: float | None
    consent_share: float | None
    late: int
    problems: int


def problems(connection: Connection, wanted: Filter, *, limit: int) -> tuple[list[Problem], int]:
    """The most serious first, and how many fit the filter."""
    where = [_P.state == wanted.state]
    where += [_P.rule == wanted.rule] if wanted.rule else []
    where += [_P.enumerator == wanted.enumerator] if wanted.enumerator else []
    where += [_P.severity == wanted.severity] if wanted.severity else []
    total = connection.scalar(select(func.count()).select_from(quality_problem).where(*where)) or 0
    query = _listed().where(*where).order_by(_P.severity.desc(), _P.weight.desc(), _P.first_seen.desc(),
                                             _P.problem_id).limit(limit)  # fmt: skip
    return [_problem(row) for row in connection.execute(query)], total


def find_problem(connection: Connection, problem_id: str) -> Problem | None:
    """One of them."""
    row = connection.execute(_listed().where(_P.problem_id == problem_id)).first()
    return None if row is None else _problem(row)


def open_by_severity(connection: Connection) -> dict[int, int]:
    """How many wait."""
    query = select(_P.severity, func.count()).where(_P.state == "open").group_by(_P.severity)
    return {row[0]: row[1] for row in connection.execute(query)}


def choices(connection: Connection, state: str) -> tuple[list[str], list[str]]:
    """Rules and enumerators that have problems in this state."""
    rules = select(_P.rule).where(_P.state == state).distinct().order_by(_P.rule)
    names = select(_P.enumerator).where(_P.state == state, _P.enumerator.is_not(None)).distinct()
    return list(connection.execute(rules).scalars()), sorted(
        str(name) for name in connection.execute(names).scalars()
    )


def enumerators(
    connection: Connection, *, since: str, week: str, week_before: str, late_hours: int
) -> list[Enumerator]:
    """Everybody who worked since then (ISO days), by name."""
    base = select(
        _F.enumerator, func.count(), func.sum(_one(_F.day >= week)),
        func.sum(_one(and_(_F.day >= week_before, _F.day < week))),
        func.count(_F.day.distinct()), func.sum(_F.unsure), func.sum(_F.askable),
        func.sum(_one(_F.consent == "yes")), func.sum(_one(_F.consent.is_not(None))),
    ).where(_F.day >= since).group_by(_F.enumerator).order_by(_F.enumerator)  # fmt: skip
    medians, late = _medians(connection, since), _late(connection, since, late_hours)
    waiting = select(_P.enumerator, func.count()).where(_P.state == "open").group_by(_P.enumerator)
    found = {row[0]: row[1] for row in connection.execute(waiting)}
    return [
        Enumerator(
            row[0], row[1], int(row[2] or 0), int(row[3] or 0), row[4], medians.get(row[0]),
            _share(row[5], row[6]), _share(row[7], row[8]), late.get(row[0], 0), found.get(row[0], 0),
        )
        for row in connection.execute(base)
    ]  # fmt: skip


def hours(
    connection: Connection, *, since: str, enumerator: str = ""
) -> dict[tuple[int, int], int]:
    """Weekday (1 Monday) and hour → interviews that began then."""
    query = select(_F.weekday, _F.hour, func.count()).where(_F.day >= since)
    if enumerator:
        query = query.where(_F.enumerator == enumerator)
    rows = connection.execute(query.group_by(_F.weekday, _F.hour))
    return {(row[0], row[1]): row[2] for row in rows}


def _listed() -> Any:
    s = submission.c
    mine = and_(
        s.project_id == _P.project_id, s.form_id == _P.form_id, s.instance_id == _P.instance_id
    )
    return select(quality_problem, s.review_state).outerjoin(submission, mine)


def _problem(row: Any) -> Problem:
    return Problem(
        row.problem_id, row.rule, row.severity, row.project_id, row.form_id, row.instance_id,
        row.enumerator, (row.evidence_fr, row.evidence_en), (row.action_fr, row.action_en),
        row.first_seen, row.state, row.state_by, row.state_why, row.review_state,
    )  # fmt: skip


def _medians(connection: Connection, since: str) -> dict[str, float]:
    placed = (
        select(
            _F.enumerator,
            _F.seconds,
            func.row_number().over(partition_by=_F.enumerator, order_by=_F.seconds).label("place"),
            func.count().over(partition_by=_F.enumerator).label("n"),
        )
        .where(_F.day >= since, _F.seconds.is_not(None))
        .subquery()
    )
    p = placed.c
    middle = and_(p.place * 2 >= p.n, p.place * 2 <= p.n + 2)
    query = select(p.enumerator, func.avg(p.seconds)).where(middle).group_by(p.enumerator)
    return {row[0]: float(row[1]) for row in connection.execute(query)}


def _late(connection: Connection, since: str, hours_late: int) -> dict[str, int]:
    """Interviews that Central received so many hours after their end; counted here because the two
    databases subtract stamps in different ways."""
    query = select(_F.enumerator, _F.ended_at, _F.received_at).where(
        _F.day >= since, _F.ended_at.is_not(None)
    )
    found: dict[str, int] = {}
    for name, ended, received in connection.execute(query):
        passed = datetime.fromisoformat(received) - datetime.fromisoformat(ended)
        if passed.total_seconds() > hours_late * 3600:
            found[name] = found.get(name, 0) + 1
    return found


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _share(part: Any, whole: Any) -> float | None:
    return float(part or 0) / float(whole) if whole else None
