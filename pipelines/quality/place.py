"""Distances on the Earth."""

from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371.0


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two positions (latitude, longitude in degrees)."""
    a, b, c, d = (radians(degree) for degree in (*one, *other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))
