"""What waits for a person's decision, counted for whoever may decide it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from kafo.web.memory import Memory, state_of_register
from kafo.web.rights import Right
from pipelines.identity.work_list import waiting as pairs
from warehouse.quality_queries import open_by_severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """None where this person does not decide it."""

    problems: dict[int, int] | None = None
    """Severity (3 is the most serious) → open problems."""
    duplicates: int | None = None


def waiting(connection: Connection, rights: frozenset[Right], memory: Memory) -> Waiting:
    """Counts only: who and what is seen on the pages of the decisions."""
    return Waiting(
        open_by_severity(connection) if Right.REVIEW in rights else None,
        pairs_waiting(connection, memory) if Right.PEOPLE in rights else None,
    )


def pairs_waiting(connection: Connection, memory: Memory) -> int:
    """Pairs of registrations that nobody has decided."""
    state = state_of_register(connection)
    return memory.of("pairs", state, lambda: sum(pairs(connection).values()))
