"""Statistics that a few odd values cannot bend: medians, MAD, bounds for shares."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

_TO_SIGMA = 1.4826
"""MAD of a normal distribution → its standard deviation."""


def spread(values: Sequence[float], center: float) -> float:
    """The median absolute deviation as a standard deviation."""
    return _TO_SIGMA * median(abs(value - center) for value in values)


def distance(value: float, values: Sequence[float], *, least: float) -> float:
    """How many spreads a value lies above (below: negative) the median; `least`: smallest spread."""
    center = median(values)
    return (value - center) / max(spread(values, center), least)


def one_sided(value: float, values: Sequence[float]) -> float:
    """As `distance`, with the spread of that side only: for crooked distributions; 0 without spread."""
    center = median(values)
    side = [v for v in values if (v >= center) == (value >= center)]
    width = spread(side, center)
    return (value - center) / width if width else 0.0


def share_bounds(count: int, total: int, z: float = 3.0) -> tuple[float, float]:
    """Between which bounds the true share lies (Wilson's interval; z = 3: 99.7 %)."""
    if not total:
        return 0.0, 1.0
    share, square = count / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    return middle - half, middle + half
