"""One position to the last digit in several interviews: copied, because receivers never repeat."""

from collections import defaultdict

from pipelines.quality.moments import hours
from pipelines.quality.peers import about, by_enumerator
from pipelines.quality.rule import Fact, Finding, Rule, Window

_TIMES = 3
_APART_HOURS = 0.5
"""A phone may hand out its last position again for some minutes."""


def _apart(facts: list[Fact]) -> list[Fact]:
    """Those that began well after the one before."""
    kept: list[Fact] = []
    for fact in facts:
        if fact.started_at is None:
            continue
        if not kept or hours(kept[-1].started_at or "", fact.started_at) >= _APART_HOURS:
            kept.append(fact)
    return kept


def _check(window: Window) -> list[Finding]:
    places: defaultdict[tuple[float, float], list[Fact]] = defaultdict(list)
    for fact in window.facts:
        if fact.measured and fact.latitude is not None and fact.longitude is not None:
            places[fact.latitude, fact.longitude].append(fact)
    times: defaultdict[str, int] = defaultdict(int)
    for facts in places.values():
        if len(_apart(facts)) >= _TIMES:
            for fact in facts:
                times[fact.enumerator] += 1
    groups = by_enumerator(window.facts)
    return [
        about(
            groups[name],
            f"{count} entretiens avec une position répétée au chiffre près, à des heures différentes.",
            f"{count} interviews with a position repeated to the last digit, at different times.",
            float(count),
        )
        for name, count in times.items()
    ]


RULE = Rule(
    "same_point", 3,
    "Même position au chiffre près dans plusieurs entretiens.",
    "The same position to the last digit in several interviews.",
    "Demander où les entretiens ont eu lieu ; refaire une visite avec un second enquêteur.",
    "Ask where the interviews took place; repeat a visit with a second enumerator.",
    many=_check,
)  # fmt: skip
