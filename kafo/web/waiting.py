"""What waits for a person's decision, counted for whoever may decide it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from kafo.web.rights import Right
from pipelines.identity.work_list import waiting as pairs
from warehouse.quality_queries import open_by_severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """None where this person does not decide it."""

    problems: dict[int, int] | None = None
    """Severity (3 is the most serious) → open problems."""
    duplicates: int | None = None


def waiting(connection: Connection, rights: frozenset[Right]) -> Waiting:
    """Counts only: who and what is seen on the pages of the decisions."""
    return Waiting(
        open_by_severity(connection) if Right.REVIEW in rights else None,
        sum(pairs(connection).values()) if Right.PEOPLE in rights else None,
    )
