"""Everything the warehouse holds of one person: which persons, cards, submissions, entities, files."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, column, or_, select, table

from forms.errors import KafoError
from pipelines.protection.relations import some
from warehouse.identity_tables import person, person_card, person_registration
from warehouse.tables import entity, entity_version, form, question, submission

Of = tuple[int, str, str]
"""Project, form (or entity list), instance ID (or entity UUID)."""

_CODES = {"new_code": ("referral_code", "case_code")}
"""A follow-up names its request by the code that the request was given."""


@dataclass(slots=True)
class Footprint:
    """What is found of one person. `own` submissions speak of this person only; `shared` are lists of
    several people, with the card in one of their repeats."""

    persons: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    own: set[Of] = field(default_factory=set)
    shared: set[Of] = field(default_factory=set)
    entities: set[Of] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.persons or self.own or self.shared or self.entities)


def footprint(connection: Connection, who: str) -> Footprint:
    """By person ID, by card code, or by the code of a request (D-…); KafoError when unknown."""
    found = Footprint()
    if who.startswith("D-"):
        who = _card_of_request(connection, who)
    found.persons = _persons(connection, who)
    if not found.persons:
        found.cards.add(who)
    _grow(connection, found)
    if found.empty:
        raise KafoError(
            "Rien n'est enregistré sous ce code. Vérifiez le code de la carte, de la demande (D-…) ou "
            "de la personne.",
            "Nothing is recorded under this code. Check the code of the card, the request (D-…) or "
            "the person.",
        )
    return found


def _grow(connection: Connection, found: Footprint) -> None:
    """Registrations give cards, cards give submissions, until nothing new turns up."""
    before = -1
    while before != len(found.own) + len(found.cards) + len(found.persons):
        before = len(found.own) + len(found.cards) + len(found.persons)
        found.persons |= _merged(connection, found.persons)
        _registrations(connection, found)
        _submissions(connection, found)
        _follow_ups(connection, found)
    _entities(connection, found)


def _persons(connection: Connection, who: str) -> set[str]:
    by_id = select(person.c.person_id).where(
        or_(person.c.person_id == who, person.c.card_code == who)
    )
    by_card = select(person_card.c.person_id).where(person_card.c.card_code == who)
    return {*connection.scalars(by_id), *connection.scalars(by_card)}


def _merged(connection: Connection, persons: set[str]) -> set[str]:
    """Those that were merged with them, in both directions."""
    p, found = person.c, set[str]()
    for ids in some(persons):
        into = select(p.merged_into).where(p.person_id.in_(ids), p.merged_into.is_not(None))
        found |= {*connection.scalars(into)}
        found |= {*connection.scalars(select(p.person_id).where(p.merged_into.in_(ids)))}
    return found


def _registrations(connection: Connection, found: Footprint) -> None:
    r, c = person_registration.c, person_card.c
    for ids in some(found.persons):
        rows = select(r.project_id, r.form_id, r.instance_id).where(r.person_id.in_(ids))
        found.own |= {(int(p), str(f), str(i)) for p, f, i in connection.execute(rows)}
        found.cards |= {*connection.scalars(select(c.card_code).where(c.person_id.in_(ids)))}
    # A card seen with two persons is decided by the pages for duplicates, not by an erasure.
    foreign = select(c.card_code).where(c.person_id.not_in(found.persons)).distinct()
    if found.persons:
        found.cards -= {*connection.scalars(foreign)}


def _submissions(connection: Connection, found: Footprint) -> None:
    """Rows with one of the cards, and the cards that the own submissions name."""
    for project_id, form_id, table_name, root in _card_tables(connection):
        rows = table(table_name, column("instance_id"), column("card_code"))
        for cards in some(found.cards):
            with_card = select(rows.c.instance_id).where(rows.c.card_code.in_(cards))
            keys = {(project_id, form_id, str(i)) for i in connection.scalars(with_card)}
            (found.own if root else found.shared).update(keys)
        if root and form_id == "identification":
            mine = {i for _, f, i in found.own if f == form_id}
            for ids in some(mine):
                query = select(rows.c.card_code).where(
                    rows.c.instance_id.in_(ids), rows.c.card_code.is_not(None)
                )
                found.cards |= {*connection.scalars(query)} - _others(connection, found)
    found.shared -= found.own


def _others(connection: Connection, found: Footprint) -> set[str]:
    c = person_card.c
    if not found.persons:
        return set()
    return {*connection.scalars(select(c.card_code).where(c.person_id.not_in(found.persons)))}


def _card_tables(connection: Connection) -> Iterable[tuple[int, str, str, bool]]:
    """Form tables with a card column, and whether it is the form's own table (not a repeat's)."""
    q = question.c
    rows = (
        select(q.project_id, q.form_id, q.table_name, form.c.table_name)
        .join(form, (form.c.project_id == q.project_id) & (form.c.form_id == q.form_id))
        .where(q.column_name == "card_code")
        .distinct()
    )
    return [(p, f, name, name == own) for p, f, name, own in connection.execute(rows)]


def _follow_ups(connection: Connection, found: Footprint) -> None:
    q = question.c
    for code, references in _CODES.items():
        asked = select(q.project_id, q.form_id, q.table_name, q.column_name)
        for project_id, form_id, name, reference in connection.execute(
            asked.where(q.column_name.in_(references))
        ).all():
            rows = table(name, column("instance_id"), column(code), column(reference))
            mine = {i for p, f, i in found.own if (p, f) == (project_id, form_id)}
            for ids in some(mine):
                # From a request to its follow-ups, and from a follow-up back to its request.
                codes = select(rows.c[code]).where(rows.c.instance_id.in_(ids))
                query = select(rows.c.instance_id).where(rows.c[reference].in_(codes))
                found.own |= {(project_id, form_id, i) for i in connection.scalars(query)}


def _entities(connection: Connection, found: Footprint) -> None:
    """Entities made by the submissions, and those whose properties name a card."""
    e, v = entity.c, entity_version.c
    for ids in some({instance for _, _, instance in found.own}):
        query = select(v.project_id, v.list_name, v.entity_id).where(v.source_instance_id.in_(ids))
        found.entities |= {(int(p), str(n), str(i)) for p, n, i in connection.execute(query)}
    for card in found.cards:
        query = select(e.project_id, e.list_name, e.entity_id).where(
            or_(e.payload.contains(f'"{card}"'), e.label == card)
        )
        found.entities |= {(int(p), str(n), str(i)) for p, n, i in connection.execute(query)}


def _card_of_request(connection: Connection, code: str) -> str:
    requests = table("form_rights_request", column("request_code"), column("card_code"))
    known = select(form.c.form_id).where(form.c.table_name == "form_rights_request")
    card = None
    if connection.execute(known).first():
        card = connection.scalar(
            select(requests.c.card_code).where(requests.c.request_code == code)
        )
    if card is None:
        raise KafoError(
            f"La demande {code} n'est pas arrivée ou n'a pas de carte. Lancez « kafo sync », ou donnez "
            "le code de la carte ou de la personne.",
            f"The request {code} has not arrived or has no card. Run 'kafo sync', or give the code of "
            "the card or of the person.",
        )
    return str(card)


def held(connection: Connection, keys: set[Of]) -> set[Of]:
    """Those of the submissions of which raw still holds anything."""
    s = submission.c
    found: set[Of] = set()
    for ids in some({instance for _, _, instance in keys}):
        query = select(s.project_id, s.form_id, s.instance_id).where(s.instance_id.in_(ids))
        found |= {(int(p), str(f), str(i)) for p, f, i in connection.execute(query)}
    return found & keys
