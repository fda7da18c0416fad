"""From a card to its person, however often cards were lost and replaced; never a guess.

In SQL the same is the view `card_person`; cards of several persons are in `card_unclear`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from pipelines.identity.registrations import batches
from warehouse.identity_tables import person, person_card


@dataclass(frozen=True, slots=True)
class Cards:
    """Card code → person, for cards of one person; card code → persons, for those of several."""

    owner: dict[str, str]
    unclear: dict[str, list[str]]


def owners(connection: Connection, card_codes: Iterable[str]) -> Cards:
    """Whose cards these are; a card that no registration gave is in neither."""
    mine = (
        select(person_card.c.card_code, person_card.c.person_id)
        .where(person_card.c.card_code.in_(bindparam("codes", expanding=True)))
        .order_by(person_card.c.person_id)
    )
    persons: dict[str, list[str]] = {}
    for some in batches(sorted(set(card_codes))):
        for code, person_id in connection.execute(mine, {"codes": some}):
            persons.setdefault(code, []).append(person_id)
    return Cards(
        {code: ids[0] for code, ids in persons.items() if len(ids) == 1},
        {code: ids for code, ids in persons.items() if len(ids) > 1},
    )


def present_id(connection: Connection, person_id: str) -> str | None:
    """The ID a person bears now: their own, or that of the person they were merged into.

    None for one that is unknown, retired or erased.
    """
    columns = select(person.c.state, person.c.merged_into)
    row = connection.execute(columns.where(person.c.person_id == person_id)).first()
    if row is None:
        return None
    if row.state == "merged" and row.merged_into:
        return present_id(connection, row.merged_into)
    return person_id if row.state == "active" else None
