"""Whose figures somebody reads: those of the unions' team, or those that may be published."""

from collections.abc import Collection

from kafo.web.rights import Right


def audience_of(rights: Collection[Right]) -> str:
    """`inside` for the unions and their team, else `outside`."""
    return "inside" if Right.INSIDE in rights else "outside"


def audiences_of(rights: Collection[Right]) -> tuple[str, ...]:
    """Those for whom somebody may make a report; the one that may leave the house first."""
    return ("outside", "inside") if Right.INSIDE in rights else ("outside",)
