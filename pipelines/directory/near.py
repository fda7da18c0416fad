"""Who else may be the person of a doubtful pair: other persons that resemble either of the two."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from pipelines.identity import decisions
from warehouse.identity_tables import match_pair, person_registration

_P, _L = match_pair.c, person_registration.c
_MOST = 4
"""More beside the two would not fit on a screen."""


def near_registrations(connection: Connection, instance_ids: Sequence[str]) -> list[str]:
    """Of each other person that resembles the persons of these registrations (a pair to review or a
    sure one that was not joined, and nobody said that they are two) the registration that does most;
    the likeliest first."""
    members = _members(connection, instance_ids)
    apart = {
        d.pair for d in decisions.active(connection, members) if d.verdict == decisions.DIFFERENT
    }
    best: dict[str, tuple[float, str]] = {}
    for mine, other in ((_P.instance_a, _P.instance_b), (_P.instance_b, _P.instance_a)):
        found = (
            select(other, _L.person_id, _P.probability, _P.instance_a, _P.instance_b)
            .join(person_registration, _L.instance_id == other)
            .where(
                mine.in_(bindparam("ids", expanding=True)), _P.state.in_(("review", "same")),
            )
        )  # fmt: skip
        for instance, person, likely, a, b in connection.execute(found, {"ids": members}):
            if instance not in members and (a, b) not in apart:
                best[person] = max(best.get(person, (0.0, "")), (likely, instance))
    ordered = sorted(best.values(), key=lambda each: (-each[0], each[1]))
    return [instance for _, instance in ordered[:_MOST]]


def _members(connection: Connection, instance_ids: Sequence[str]) -> list[str]:
    persons = select(_L.person_id).where(_L.instance_id.in_(instance_ids))
    mine = select(_L.instance_id).where(_L.person_id.in_(persons)).order_by(_L.instance_id)
    return list(dict.fromkeys(connection.execute(mine).scalars()))
