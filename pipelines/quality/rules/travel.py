"""Two interviews in a row too far apart for the time between them."""

from itertools import pairwise

from pipelines.quality.moments import hours
from pipelines.quality.peers import by_enumerator, on
from pipelines.quality.place import kilometres
from pipelines.quality.rule import Fact, Finding, Rule, Window

_NEAR_KM = 5.0
_LEAST_HOURS = 0.1


def _gap(one: Fact, other: Fact) -> tuple[float, float] | None:
    """Kilometres for certain and hours between two interviews."""
    places = [(f.latitude, f.longitude) for f in (one, other)]
    if None in places[0] or None in places[1] or one.started_at is None or other.started_at is None:
        return None
    (a, b), (c, d) = places
    assert a is not None
    assert b is not None
    assert c is not None
    assert d is not None
    unsure = ((one.accuracy or 0) + (other.accuracy or 0)) / 1000
    ended = min(one.ended_at or one.started_at, other.started_at)
    return kilometres((a, b), (c, d)) - unsure, hours(ended, other.started_at)


def _check(window: Window) -> list[Finding]:
    found = []
    for facts in by_enumerator(f for f in window.facts if f.latitude is not None).values():
        for one, other in pairwise(facts):
            gap = _gap(one, other)
            if gap is None or gap[0] <= _NEAR_KM:
                continue
            speed = gap[0] / max(gap[1], _LEAST_HOURS)
            if speed > window.thresholds.travel_kmh:
                found.append(on(
                    other,
                    f"Au moins {gap[0]:.0f} km en {gap[1] * 60:.0f} minutes depuis l'entretien "
                    f"précédent ({one.site or '?'} → {other.site or '?'}).",
                    f"At least {gap[0]:.0f} km in {gap[1] * 60:.0f} minutes since the interview before "
                    f"({one.site or '?'} → {other.site or '?'}).",
                    speed / window.thresholds.travel_kmh,
                ))  # fmt: skip
    return found


RULE = Rule(
    "travel", 3,
    "Déplacement impossible entre deux entretiens du même enquêteur.",
    "Impossible travel between two interviews of the same enumerator.",
    "Vérifier le site choisi et l'horloge ; deux personnes se partagent-elles le téléphone ?",
    "Check the site chosen and the clock; do two people share the phone?",
    many=_check,
)  # fmt: skip
