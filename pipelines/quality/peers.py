"""Interviews by enumerator, and one enumerator against the others: never on a few interviews."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from pipelines.quality.robust import distance, share_bounds
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


def clearly_more(
    counts: Mapping[str, tuple[int, int]], window: Window, *, limit: float, least: float
) -> list[tuple[str, int, int, float]]:
    """Enumerators whose share (how many of how many) is above the limit beyond doubt and far from the
    others': name, how many, of how many, spreads."""
    shares = {name: some / whole for name, (some, whole) in counts.items() if whole}
    found = []
    for name in shares:
        far, (low, _) = (
            far_from_peers(name, shares, window, least=least),
            share_bounds(*counts[name]),
        )
        if far is not None and far >= window.thresholds.peer_distance and low > limit:
            found.append((name, *counts[name], far))
    return found


def decimal(number: float) -> str:
    """One digit after the comma, as French readers write it."""
    return f"{number:.1f}".replace(".", ",")


def about(facts: Sequence[Fact], fr: str, en: str, weight: float, part: str = "") -> Finding:
    """A finding about an enumerator."""
    last = facts[-1]
    return Finding(
        fr, en, weight, enumerator=last.enumerator, focal_point=last.focal_point, part=part
    )


def on(fact: Fact, fr: str, en: str, weight: float, part: str = "") -> Finding:
    """A finding about one interview."""
    return Finding(fr, en, weight, fact.key, fact.enumerator, fact.focal_point, part)
