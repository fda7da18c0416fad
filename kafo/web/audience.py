"""Whose figures somebody reads: those of the unions' team, or those that may be published."""

from collections.abc import Collection

from kafo.web.rights import Right

_TEAM = {Right.LOOK, Right.REVIEW, Right.SQL}


def audience_of(rights: Collection[Right]) -> str:
    """`inside` for the team that works with the data, else `outside`."""
    return "inside" if _TEAM & set(rights) else "outside"
