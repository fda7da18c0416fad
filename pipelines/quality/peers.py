"""Interviews by enumerator, and one enumerator against the others: never on a few interviews."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from pipelines.quality.robust import distance
from pipelines.quality.rule import Fact, Finding, Window


def by_enumerator(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Facts of each enumerator, in their order."""
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.enumerator].append(fact)
    return dict(found)


def by_form_and_enumerator(
    facts: Iterable[Fact],
) -> dict[tuple[int, str], dict[str, list[Fact]]]:
    """Facts of each form and enumerator: different forms cannot be compared."""
    forms: defaultdict[tuple[int, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        forms[fact.key[:2]].append(fact)
    return {form: by_enumerator(some) for form, some in forms.items()}


def typical(
    groups: Mapping[str, Sequence[Fact]], value: Callable[[Fact], float | None], least: int
) -> dict[str, tuple[float, int]]:
    """Median of a value and how many, for enumerators with at least `least` of them."""
    found = {}
    for name, facts in groups.items():
        values = [v for fact in facts if (v := value(fact)) is not None]
        if len(values) >= least:
            found[name] = (median(values), len(values))
    return found


def far_from_peers(
    name: str, values: Mapping[str, float], window: Window, *, least: float
) -> float | None:
    """Spreads between one enumerator and the others; None with too few others to judge."""
    others = [value for other, value in values.items() if other != name]
    if len(others) < window.thresholds.min_peers:
        return None
    return distance(values[name], others, least=least)


def about(facts: Sequence[Fact], fr: str, en: str, weight: float, part: str = "") -> Finding:
    """A finding about an enumerator."""
    last = facts[-1]
    return Finding(
        fr, en, weight, enumerator=last.enumerator, focal_point=last.focal_point, part=part
    )


def on(fact: Fact, fr: str, en: str, weight: float, part: str = "") -> Finding:
    """A finding about one interview."""
    return Finding(fr, en, weight, fact.key, fact.enumerator, fact.focal_point, part)
