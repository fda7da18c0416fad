"""Who may do what: the one table that the navigation, the checks and the tests read.

Roles are those of the warehouse. There is none for police, gendarmerie, town hall, employers or
funders, and there must not be: nobody outside the team logs in.
"""

from enum import StrEnum


class Right(StrEnum):
    """What a page asks of the person who opens it."""

    OPEN = "open"  # nobody needs to be logged in
    OWN = "own"  # own password and second factor
    LOOK = "look"  # how the system is doing: counts, ages, errors
    SYNC = "sync"  # start a synchronisation
    REVIEW = "review"  # see problems of submissions and send them back
    PEOPLE = "people"  # names, phones, cards: duplicates, directory, exact points
    MAP = "map"  # counts by cercle
    REPORT = "report"  # indicators and reports
    INSIDE = "inside"  # figures as the unions read them, not only what may be published
    SQL = "sql"  # questions in SQL on the reporting views
    FIELD = "field"  # phones of enumerators, plan targets
    LOG = "log"  # who did what, and who read which personal records
    ADMIN = "admin"  # accounts, alarms


_EVERYONE = frozenset({Right.OPEN, Right.OWN})
_FIGURES = _EVERYONE | {Right.MAP, Right.REPORT}
_INSIDE = _FIGURES | {Right.INSIDE}

ROLES: dict[str, frozenset[Right]] = {
    "none": _EVERYONE,
    "union_untm": _INSIDE,
    "union_cstm": _INSIDE,
    "publisher": _FIGURES,
    "analyst": _INSIDE | {Right.LOOK, Right.SQL},
    "data_manager": _INSIDE | {Right.LOOK, Right.SYNC, Right.REVIEW, Right.FIELD},
    "steward": _INSIDE
    | {Right.LOOK, Right.SYNC, Right.REVIEW, Right.FIELD, Right.PEOPLE, Right.SQL, Right.LOG},
}

_ADMINISTRATOR = frozenset({Right.ADMIN, Right.LOOK, Right.LOG})
"""What the administrator right adds to a role. It opens no personal record."""


def rights_of(role: str, *, administrator: bool) -> frozenset[Right]:
    """All rights of an account; an unknown role has none but its own password."""
    found = ROLES.get(role, _EVERYONE)
    return found | _ADMINISTRATOR if administrator else found
