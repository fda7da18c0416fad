"""What waits for a person's decision, counted for whoever may decide it."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from kafo.web.rights import Right


@dataclass(frozen=True, slots=True)
class Waiting:
    """None where this person does not decide it."""

    problems: dict[str, int] | None = field(default=None)
    """Severity → open problems."""
    duplicates: int | None = None


def waiting(connection: Connection, rights: frozenset[Right]) -> Waiting:
    """Counts only: who and what is seen on the pages of the decisions."""
    assert connection is not None
    assert rights
    return Waiting()
