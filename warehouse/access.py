"""The access log: whoever reads rows of people through Kafo leaves a line that nobody can remove."""

import re

from sqlalchemy import Connection, func, select

from forms.errors import UsageError
from warehouse.protection_tables import access_log

_SHORTEST = 8
_LONGEST = 200
_MANY_DIGITS = re.compile(r"(?:\d[ .-]?){8,}")

ALARMING = 50
"""Rows of people that one person may read in a day before somebody should ask why."""


def log_access(
    connection: Connection,
    *,
    now: str,
    who: str,
    action: str,
    what: str,
    rows: int,
    reason: str,
) -> None:
    """Note who read how many rows of people in what, and why; UsageError without a real reason.

    `rows` is 0 for figures and places, in which there are no people. Call it in the transaction that reads,
    before showing anything. `what` names a table, a view or a person ID, never a person.
    """
    values = {"at": now, "who": who, "action": action, "what": what, "row_count": rows}
    connection.execute(access_log.insert().values(**values, reason=checked_reason(reason)))


def checked_reason(reason: str) -> str:
    """The reason without blanks around it; UsageError when it says nothing or too much."""
    text = " ".join(reason.split())
    if len(text) < _SHORTEST:
        raise UsageError(
            "Dites pourquoi vous consultez ces données, en quelques mots : --reason « … ».",
            "Say why you look at these data, in a few words: --reason '…'.",
        )
    if len(text) > _LONGEST or _MANY_DIGITS.search(text):
        raise UsageError(
            "Le motif ne doit contenir ni numéro de téléphone ni code de carte, et 200 caractères au "
            "plus. Donnez le code de la demande (D-…) plutôt que la personne.",
            "The reason must hold no phone number or card code, and 200 characters at most. Give the "
            "code of the request (D-…) rather than the person.",
        )
    return text


def rows_read(connection: Connection, who: str, *, since: str) -> int:
    """How many rows of people somebody has read since then."""
    a = access_log.c
    total = select(func.coalesce(func.sum(a.row_count), 0)).where(a.who == who, a.at >= since)
    return int(connection.scalar(total) or 0)
