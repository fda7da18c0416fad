"""Keeps the entity list `cards` in Central true, from which phones warn of double registrations.

Central makes an entity of each registration by itself, but only from open forms, and it learns of
no merge, correction or withdrawal. After every synchronisation the list is compared with the
warehouse and only what differs is sent; sending again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyodk.client import Client
from sqlalchemy import Connection, Engine, select

from forms.central_calls import ask, ask_json, found, route
from sync.known_cards import Properties, changes, wanted_rows
from warehouse.engine import reading
from warehouse.tables import sync_cursor

LIST = "cards"
_FORM = "identification"
_TOGETHER = 200
"""Entities in one request: about 40 KB, which a weak line carries."""
_READ = ("lire la liste des cartes", "reading the list of cards")
_WRITE = ("mettre à jour la liste des cartes", "updating the list of cards")


@dataclass(frozen=True, slots=True)
class Refilled:
    """What was sent to one project's list."""

    project_id: int
    created: int = 0
    changed: int = 0
    removed: int = 0


def refill(engine: Engine, client: Client, projects: Sequence[int], *, salt: str) -> list[Refilled]:
    """Make the list of every project that has one say what the warehouse knows.

    Raises RefusedError when the account may not write entities, KafoError when Central is away;
    what was sent stays sent, and the next time goes on.
    """
    with reading(engine) as connection:
        wanted = wanted_rows(connection, salt)
        read_until = {p: _read_until(connection, p) for p in projects}
    lists = [
        p for p in projects if found(client, route("projects", p, "datasets", LIST), what=_READ)
    ]
    if not lists:
        return []
    me = str(ask_json(client, "users/current", what=_READ)["id"])
    return [_refill(client, p, wanted, me=me, until=read_until[p]) for p in lists]


def _read_until(connection: Connection, project_id: int) -> str:
    """The newest stamp of Central's that the registrations in the warehouse bear."""
    c = sync_cursor.c
    mine = select(c.stamp).where(c.project_id == project_id, c.form_id == _FORM)
    return connection.scalar(mine) or ""


def _refill(
    client: Client,
    project_id: int,
    wanted: Mapping[str, list[Properties]],
    *,
    me: str,
    until: str,
) -> Refilled:
    # Whole, without $top: Central's paging can lose rows that two writers made at once.
    path = route("projects", project_id, "datasets", f"{LIST}.svc", "Entities")
    there: dict[str, list[Mapping[str, Any]]] = {}
    for entity in ask_json(client, path, what=_READ)["value"]:
        there.setdefault(entity["label"], []).append(entity)
    created: list[tuple[str, Properties]] = []
    changed: list[tuple[Mapping[str, Any], Properties]] = []
    surplus: list[Mapping[str, Any]] = []
    for code in sorted(wanted.keys() | there.keys()):
        missing, other, left = changes(wanted.get(code, []), there.get(code, []))
        created += [(code, row) for row in missing]
        changed += other
        surplus += left
    # A phone may have sent a registration that the warehouse has not read yet: its card stays.
    removed = [e for e in surplus if e["label"] in wanted or _is_old(e, me, until)]
    place = route("projects", project_id, "datasets", LIST, "entities")
    _create(client, place, created)
    for entity, row in changed:
        _change(client, place, entity, row)
    _remove(client, place, [e["__id"] for e in removed])
    return Refilled(project_id, len(created), len(changed), len(removed))


def _is_old(entity: Mapping[str, Any], me: str, until: str) -> bool:
    """Made by Kafo, or from a submission that the warehouse has read, if it is still there."""
    system = entity["__system"]
    return str(system["creatorId"]) == me or str(system["createdAt"]) <= until


def _create(client: Client, place: str, rows: Sequence[tuple[str, Properties]]) -> None:
    for start in range(0, len(rows), _TOGETHER):
        entities = [{"label": code, "data": row} for code, row in rows[start : start + _TOGETHER]]
        body = {"entities": entities, "source": {"name": "kafo", "size": len(entities)}}
        ask(client, "POST", place, what=_WRITE, json=body)


def _change(client: Client, place: str, entity: Mapping[str, Any], row: Properties) -> None:
    base = entity["__system"]["version"]
    path = f"{place}/{route(entity['__id'])}?baseVersion={base}"
    differing = {name: value for name, value in row.items() if entity.get(name) != value}
    ask(client, "PATCH", path, what=_WRITE, json={"data": differing})


def _remove(client: Client, place: str, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _TOGETHER):
        body = {"ids": list(ids[start : start + _TOGETHER])}
        ask(client, "POST", f"{place}/bulk-delete", what=_WRITE, json=body)
