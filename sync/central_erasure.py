"""Deletes in Central what was erased here; what cannot be reached now stays queued for the next run.

Central keeps what is deleted in its trash and purges it for good after 30 days (nightly job); no
endpoint does that sooner.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pyodk.client import Client
from sqlalchemy import Connection, Engine, RowMapping, delete, select, update

from forms.central_calls import RefusedError, ask, found, route
from sync.erasure_ledger import note_deleted
from warehouse.engine import reading, writing
from warehouse.protection_tables import central_erasure, erasure

_WHAT = ("effacer une personne", "erasing a person")


@dataclass(frozen=True, slots=True)
class Cleared:
    """How much Central has deleted, and how much is still to do."""

    deleted: int
    left: int


def waiting(engine: Engine) -> int:
    """How many submissions and entities Central still has to delete."""
    with reading(engine) as connection:
        return len(_queue(connection))


def clear_central(engine: Engine, client: Client, *, now: Callable[[], str]) -> Cleared:
    """Work off the queue; each confirmation is written down at once, so stopping loses nothing.

    Raises KafoError when Central does not answer or refuses; what was done stays done.
    """
    with reading(engine) as connection:
        todo = _queue(connection)
    for row in todo:
        deleted = _delete(client, row)
        with writing(engine) as connection:
            note_deleted(connection, row, deleted, now=now())
            _done(connection, row, now())
    return Cleared(len(todo), waiting(engine))


def _queue(connection: Connection) -> list[RowMapping]:
    order = (central_erasure.c.asked_at, central_erasure.c.kind, central_erasure.c.instance_id)
    return list(connection.execute(select(central_erasure).order_by(*order)).mappings())


def _delete(client: Client, row: RowMapping) -> list[str]:
    """Delete what one row of the queue asks for; the IDs that lie in Central's bin from now on."""
    project_id, name, identifier = row["project_id"], row["form_id"], row["instance_id"]
    place = place_of(project_id, "submission" if row["kind"] == "submission" else "entity", name)
    items = [identifier]
    if row["kind"] == "card":
        items = _labelled(client, place, identifier)
    for item in items:
        remove(client, place, item)
    return items


def place_of(project_id: int, kind: str, name: str) -> str:
    """The address of a form's submissions or of a list's entities."""
    if kind == "submission":
        return route("projects", project_id, "forms", name, "submissions")
    return route("projects", project_id, "datasets", name, "entities")


def _labelled(client: Client, place: str, label: str) -> list[str]:
    """The entities of a list with that label, in the bin too (deleted before, or by a round that was
    cut off): those must be seen gone as well. None when there is no such list."""
    answers = [found(client, place + part, what=_WHAT) for part in ("", "?deleted=true")]
    entities = [e for answer in answers if answer is not None for e in answer.json()]
    return [str(e["uuid"]) for e in entities if e["currentVersion"]["label"] == label]


def remove(client: Client, place: str, item: str) -> None:
    """Delete one submission or entity; nothing happens when it was deleted before, or purged."""
    try:
        ask(client, "DELETE", f"{place}/{route(item)}", what=_WHAT)
    except RefusedError as error:
        if error.status != 404:
            raise


def _done(connection: Connection, row: RowMapping, now: str) -> None:
    c = central_erasure.c
    connection.execute(
        delete(central_erasure).where(
            c.project_id == row["project_id"],
            c.kind == row["kind"],
            c.form_id == row["form_id"],
            c.instance_id == row["instance_id"],
        )
    )
    rest = select(c.instance_id).where(c.person_hash == row["person_hash"]).limit(1)
    if connection.execute(rest).first() is None:
        connection.execute(
            update(erasure)
            .where(erasure.c.person_hash == row["person_hash"])
            .values(central_on=now[:10])
        )
