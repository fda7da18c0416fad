"""Whose figures somebody reads: those of the unions' team, or those that may be published."""

from collections.abc import Collection

from kafo.web.rights import Right


def audience_of(rights: Collection[Right]) -> str:
    """`inside` for the unions and their team, else `outside`."""
    return "inside" if Right.INSIDE in rights else "outside"
