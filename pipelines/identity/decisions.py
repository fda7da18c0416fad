"""What people decided about pairs of registrations; nothing here is ever changed.

A decision names two instance IDs, so it outlives every rebuild and every person ID. Taking one
back is another row. What was decided at once (a merge, a split) is one action, undone at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from forms.errors import KafoError
from pipelines.identity.registrations import batches
from warehouse.identity_tables import match_decision

SAME, DIFFERENT, LATER, UNDONE = "same", "different", "later", "undone"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on one pair, `instance_a` being the smaller."""

    decision_id: int
    action_id: int
    instance_a: str
    instance_b: str
    verdict: str
    decided_by: str
    decided_at: str
    note: str | None

    @property
    def pair(self) -> Pair:
        """Both registrations."""
        return self.instance_a, self.instance_b


def pair_of(one: str, other: str) -> Pair:
    """Two instance IDs in the order that all tables keep."""
    return (one, other) if one < other else (other, one)


_D = match_decision.c
_taken_back = match_decision.alias()
_ACTIVE = (
    select(
        _D.decision_id, _D.action_id, _D.instance_a, _D.instance_b, _D.verdict, _D.decided_by,
        _D.decided_at, _D.note,
    )
    .where(
        _D.verdict != UNDONE,
        ~select(_taken_back.c.decision_id).where(_taken_back.c.undoes == _D.decision_id).exists(),
    )
    .order_by(_D.decision_id)
)  # fmt: skip
_TOUCHING = _ACTIVE.where(
    or_(
        _D.instance_a.in_(bindparam("a", expanding=True)),
        _D.instance_b.in_(bindparam("b", expanding=True)),
    )
)


def active(connection: Connection, instance_ids: Iterable[str] | None = None) -> list[Decision]:
    """Decisions in force, oldest first: all, or those that touch one of the registrations."""
    if instance_ids is None:
        return [Decision(*row) for row in connection.execute(_ACTIVE)]
    found: dict[int, Decision] = {}
    for some in batches(sorted(instance_ids), 400):
        for row in connection.execute(_TOUCHING, {"a": some, "b": some}):
            found[row.decision_id] = Decision(*row)
    return [found[number] for number in sorted(found)]


def on_pair(connection: Connection, pair: Pair) -> Decision | None:
    """The decision in force on this very pair; the newest if there are several."""
    mine = _ACTIVE.where(_D.instance_a == pair[0], _D.instance_b == pair[1])
    rows = connection.execute(mine).all()
    return Decision(*rows[-1]) if rows else None


def since(connection: Connection, decision_id: int) -> set[str]:
    """The registrations that decisions, and takings back, after this one speak of."""
    rows = connection.execute(
        select(_D.instance_a, _D.instance_b).where(_D.decision_id > decision_id)
    )
    return {instance for row in rows for instance in row}


def newest(connection: Connection) -> int:
    """The number of the last decision, 0 before the first."""
    return int(connection.scalar(select(func.max(_D.decision_id))) or 0)


def record(
    connection: Connection,
    pairs: Sequence[Pair],
    verdict: str,
    *,
    who: str,
    now: str,
    note: str | None = None,
) -> int:
    """Write one verdict on these pairs as one action; returns its number.

    A pair decided the same way keeps its decision, one put off loses that. Raises KafoError when
    a pair was decided the other way: who changes their mind takes the first decision back.
    """
    fresh: list[Pair] = []
    put_off: list[Decision] = []
    action = newest(connection) + 1
    for pair in dict.fromkeys(pair_of(*p) for p in pairs):
        known = on_pair(connection, pair)
        if known is not None and known.verdict == LATER:
            put_off.append(known)
        elif known is not None and known.verdict != verdict:
            raise _already(known)
        if known is None or known.verdict != verdict:
            fresh.append(pair)
        elif len(pairs) == 1:
            return known.action_id
    _take_back(connection, put_off, action, who=who, now=now)
    _write(
        connection,
        [(*pair, verdict, None) for pair in fresh],
        action,
        who=who,
        now=now,
        note=note,
    )
    return action


def take_back(connection: Connection, action_id: int, *, who: str, now: str) -> set[str]:
    """Undo an action; returns the registrations it spoke of. Raises KafoError if there is none."""
    rows = connection.execute(_ACTIVE.where(_D.action_id == action_id)).all()
    if not rows:
        raise KafoError(
            f"La décision n° {action_id} n’existe pas ou est déjà annulée. La liste : "
            "« kafo people decisions ».",
            f"Decision no. {action_id} does not exist or is undone already. For the list: "
            "`kafo people decisions`.",
        )
    decided = [Decision(*row) for row in rows]
    _take_back(connection, decided, newest(connection) + 1, who=who, now=now)
    return {instance for decision in decided for instance in decision.pair}


def _take_back(
    connection: Connection, decisions: Sequence[Decision], action: int, *, who: str, now: str
) -> None:
    rows = [(*d.pair, UNDONE, d.decision_id) for d in decisions]
    _write(connection, rows, action, who=who, now=now, note=None)


def _write(
    connection: Connection,
    rows: Sequence[tuple[str, str, str, int | None]],
    action: int,
    *,
    who: str,
    now: str,
    note: str | None,
) -> None:
    first = newest(connection) + 1
    written: list[dict[str, Any]] = [
        {
            "decision_id": first + n, "action_id": action, "instance_a": a, "instance_b": b,
            "verdict": verdict, "undoes": undoes, "decided_by": who, "decided_at": now,
            "note": note,
        }
        for n, (a, b, verdict, undoes) in enumerate(rows)
    ]  # fmt: skip
    if written:
        connection.execute(match_decision.insert(), written)


def _already(known: Decision) -> KafoError:
    day = known.decided_at[:10]
    fr = {SAME: "la même personne", DIFFERENT: "deux personnes"}[known.verdict]
    en = {SAME: "the same person", DIFFERENT: "two persons"}[known.verdict]
    return KafoError(
        f"{known.decided_by} a décidé le {day} : {fr} (décision n° {known.action_id}). Pour décider "
        f"autrement, annulez-la d’abord : « kafo people undo {known.action_id} ».",
        f"{known.decided_by} decided on {day}: {en} (decision no. {known.action_id}). To decide "
        f"otherwise, undo it first: `kafo people undo {known.action_id}`.",
    )
