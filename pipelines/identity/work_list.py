"""What waits for a person's judgement, in the order of what a decision is worth.

First decisions that contradict each other, then sure pairs that were kept apart, then doubtful pairs:
the likelier they are one person, and the more registrations would come under one ID, the earlier.
Two persons stand in the list once, by their best pair.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, select

from pipelines.identity.decisions import DIFFERENT, LATER, SAME
from warehouse.identity_tables import (
    match_decision,
    match_pair,
    match_problem,
    person,
    person_registration,
)

_P, _B = match_pair.c, match_problem.c
_ORDER = {"conflict": 0, "kept_apart": 1, "pair": 2, "later": 3}


@dataclass(frozen=True, slots=True)
class Task:
    """Two registrations of two persons to look at."""

    kind: str
    """`conflict`, `kept_apart` (a sure pair, see `reason`), `pair`, or `later` (put off)."""
    instance_a: str
    instance_b: str
    person_a: str
    person_b: str
    weight: float | None
    probability: float | None
    worth: float
    """Registrations that the decision can be expected to bring under one ID."""
    reason: str


def work_list(connection: Connection, *, limit: int = 50) -> list[Task]:
    """The most worthwhile tasks, at most `limit`."""
    rows: list[Any] = [*connection.execute(_problems())]
    rows += connection.execute(_doubtful().limit(limit * 4))
    tasks = [Task(*row) for row in rows]
    tasks.sort(key=lambda t: (_ORDER[t.kind], -t.worth, t.instance_a, t.instance_b))
    best: dict[tuple[str, str], Task] = {}
    for task in tasks:
        one, other = sorted((task.person_a, task.person_b))
        best.setdefault((one, other), task)
    return list(best.values())[:limit]


def still_waits(connection: Connection, task: Task) -> bool:
    """Whether nobody has decided it, or put it off, since it was listed."""
    if task.kind in ("pair", "later"):
        mine = _doubtful().where(_P.instance_a == task.instance_a, _P.instance_b == task.instance_b)
        kind = connection.execute(mine).scalar()
        return kind is not None and str(kind) == task.kind
    known = _problems().where(_B.instance_a == task.instance_a, _B.instance_b == task.instance_b)
    return connection.execute(known).first() is not None


def waiting(connection: Connection) -> dict[str, int]:
    """How many pairs wait: `conflict`, `kept_apart`, `pair` (pairs of registrations)."""
    problems = select(_B.kind, func.count()).group_by(_B.kind)
    counts = {"conflict": 0, "kept_apart": 0}
    counts |= {str(kind): int(n) for kind, n in connection.execute(problems)}
    pairs = select(func.count()).select_from(_doubtful().order_by(None).subquery())
    return counts | {"pair": int(connection.scalar(pairs) or 0)}


_one = person_registration.alias("one")
_other = person_registration.alias("other")
_person_a = person.alias("person_a")
_person_b = person.alias("person_b")
_taken_back = match_decision.alias("taken_back")
_decided = match_decision.alias("decided")


def _verdict(*verdicts: str) -> ColumnElement[bool]:
    """Whether the pair has such a decision in force."""
    undone = select(literal(1)).where(_taken_back.c.undoes == _decided.c.decision_id).exists()
    return (
        select(literal(1))
        .where(
            _decided.c.instance_a == _P.instance_a,
            _decided.c.instance_b == _P.instance_b,
            _decided.c.verdict.in_(verdicts),
            ~undone,
        )
        .exists()
    )


def _doubtful() -> Select[tuple[str, str, str, str, str, float, float, float, str]]:
    """Pairs to review, of two persons, that nobody has decided."""
    worth = _P.probability * (_person_a.c.registrations + _person_b.c.registrations)
    put_off = _verdict(LATER)
    return (
        select(
            case((put_off, "later"), else_="pair"),
            _P.instance_a, _P.instance_b, _one.c.person_id, _other.c.person_id,
            _P.weight, _P.probability, worth.label("worth"), literal(""),
        )
        .join(_one, _one.c.instance_id == _P.instance_a)
        .join(_other, _other.c.instance_id == _P.instance_b)
        .join(_person_a, _person_a.c.person_id == _one.c.person_id)
        .join(_person_b, _person_b.c.person_id == _other.c.person_id)
        .where(
            _P.state == "review", _one.c.person_id != _other.c.person_id,
            ~_verdict(SAME, DIFFERENT),
        )
        .order_by(put_off, worth.desc(), _P.instance_a, _P.instance_b)
    )  # fmt: skip


def _problems() -> Select[tuple[str, str, str, str, str, float, float, float, str]]:
    """Conflicts of decisions, and sure pairs that were not joined."""
    worth = func.coalesce(_P.probability, 1.0) * (
        _person_a.c.registrations + _person_b.c.registrations
    )
    same_pair = and_(_P.instance_a == _B.instance_a, _P.instance_b == _B.instance_b)
    return (
        select(
            _B.kind, _B.instance_a, _B.instance_b, _one.c.person_id, _other.c.person_id,
            _P.weight, _P.probability, worth.label("worth"), _B.reason,
        )
        .select_from(match_problem)
        .outerjoin(match_pair, same_pair)
        .join(_one, _one.c.instance_id == _B.instance_a)
        .join(_other, _other.c.instance_id == _B.instance_b)
        .join(_person_a, _person_a.c.person_id == _one.c.person_id)
        .join(_person_b, _person_b.c.person_id == _other.c.person_id)
    )  # fmt: skip
