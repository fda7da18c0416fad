"""Differences between ISO moments. Bamako is on UTC all year: no time zones here."""

from datetime import datetime, timedelta

from warehouse.types import iso


def hours(earlier: str, later: str) -> float:
    """Hours from one moment to another; negative when the order is wrong."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 3600


def before(moment: str, *, days: float) -> str:
    """The moment so many days earlier."""
    return iso(datetime.fromisoformat(moment) - timedelta(days=days))
