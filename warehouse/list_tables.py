"""Entity lists in the warehouse: every entity with its versions in raw, the living in a table each."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, select, update

from warehouse.bulk import upsert
from warehouse.form_tables import create_or_widen
from warehouse.shape import plain_name
from warehouse.tables import entity, entity_list, entity_version

OWN = ("entity_id", "entity_label")
"""Kafo's own columns of a list's table; a property of that name gets `q_` in front."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list's table and its properties: OData name → column."""

    project_id: int
    name: str
    table: str
    columns: dict[str, str]


def adopt_list(
    connection: Connection, project_id: int, name: str, properties: Sequence[str], *, now: str
) -> ListShape:
    """Take a list into the warehouse; its table keeps every column it ever had."""
    mine = (entity_list.c.project_id == project_id, entity_list.c.list_name == name)
    taken = set(connection.scalars(select(entity_list.c.table_name)))
    held = connection.execute(
        select(entity_list.c.table_name, entity_list.c.properties).where(*mine)
    ).first()
    table = held.table_name if held else _table_name(project_id, name, taken)
    columns: dict[str, str] = json.loads(held.properties) if held else {}
    for each in properties:
        if each not in columns:
            columns[each] = _column(each, {*OWN, *columns.values()})
    values = {"properties": json.dumps(columns), "seen_at": now}
    if held:
        connection.execute(update(entity_list).where(*mine).values(**values))
    else:
        key = {"project_id": project_id, "list_name": name, "table_name": table}
        connection.execute(entity_list.insert().values(**key, **values))
    own = [Column("entity_id", Text, primary_key=True), Column("entity_label", Text)]
    answers = [Column(column, Text) for column in columns.values()]
    create_or_widen(connection, Table(table, MetaData(), *own, *answers, info={"schema": "forms"}))
    return ListShape(project_id, name, table, columns)


def _table_name(project_id: int, name: str, taken: Collection[str]) -> str:
    plain = f"list_{plain_name(name)}"[:50]
    return plain if plain not in taken else f"list_p{project_id}_{plain_name(name)}"[:55]


def _column(name: str, taken: set[str]) -> str:
    plain = plain_name(name)[:55]
    wishes = [plain, f"q_{plain}", *(f"q_{plain}_{n}" for n in range(2, 1000))]
    return next(wish for wish in wishes if wish not in taken)


def load_entities(
    connection: Connection,
    shape: ListShape,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    run_id: int,
) -> int:
    """Write the living entities of Central's answer (text and parsed); how many changed."""
    rows = list(rows)
    e = entity.c
    mine = (e.project_id == shape.project_id, e.list_name == shape.name)
    held: dict[str, tuple[str, bool]] = {}
    ids = [str(row["__id"]) for _, row in rows]
    for start in range(0, len(ids), 500):
        query = select(e.entity_id, e.digest, e.deleted_at).where(
            *mine, e.entity_id.in_(ids[start : start + 500])
        )
        for i, digest, deleted in connection.execute(query):
            held[i] = (digest, deleted is not None)
    raw, typed, versions = [], [], []
    for text, row in rows:
        entity_id, system = str(row["__id"]), row["__system"]
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        if held.get(entity_id) == (digest, False):
            continue
        key = (shape.project_id, shape.name, entity_id)
        raw.append((
            *key, row["label"], system["version"], system["createdAt"], system["updatedAt"], None,
            system["creatorId"], system["creatorName"], system["conflict"], digest, run_id, text,
        ))  # fmt: skip
        # Central gives a missing property as "": no answer is NULL here.
        values = [row.get(name) or None for name in shape.columns]
        typed.append((entity_id, row["label"], *values))
        if int(system["version"]) == 1:
            versions.append((
                *key, 1, row["label"], system["createdAt"], system["creatorId"], None, text,
            ))  # fmt: skip
    columns = tuple(c.name for c in entity.columns)
    upsert(connection, "entity", columns, raw, key=columns[:3])
    upsert(connection, shape.table, (*OWN, *shape.columns.values()), typed, key=OWN[:1])
    if versions:
        names = tuple(c.name for c in entity_version.columns)
        upsert(connection, "entity_version", names, versions, key=names[:4])
    return len(raw)


def delete_entities(connection: Connection, shape: ListShape, deleted: Mapping[str, str]) -> int:
    """Mark entities (ID → stamp of deletion) as deleted and take them out of the list's table."""
    e, gone = entity.c, 0
    mine = (e.project_id == shape.project_id, e.list_name == shape.name)
    table = Table(shape.table, MetaData(), Column("entity_id", Text))
    for entity_id, stamp in deleted.items():
        done = connection.execute(
            update(entity)
            .where(*mine, e.entity_id == entity_id, e.deleted_at.is_(None))
            .values(deleted_at=stamp)
        )
        if done.rowcount:
            connection.execute(delete(table).where(table.c.entity_id == entity_id))
            gone += 1
    return gone


def without_versions(connection: Connection, shape: ListShape) -> list[str]:
    """The entities whose newest version is not among the versions held."""
    e, v = entity.c, entity_version.c
    held = select(v.version).where(
        v.project_id == e.project_id,
        v.list_name == e.list_name,
        v.entity_id == e.entity_id,
        v.version == e.version,
    )
    query = select(e.entity_id).where(
        e.project_id == shape.project_id,
        e.list_name == shape.name,
        e.deleted_at.is_(None),
        ~held.exists(),
    )
    return list(connection.scalars(query))


def write_versions(
    connection: Connection, shape: ListShape, entity_id: str, versions: Iterable[Mapping[str, Any]]
) -> None:
    """Keep all versions of an entity as Central lists them."""
    rows = []
    for version in versions:
        source = (version.get("source") or {}).get("submission") or {}
        rows.append((
            shape.project_id, shape.name, entity_id, version["version"], version["label"],
            version["createdAt"],
            None if version["creatorId"] is None else str(version["creatorId"]),
            source.get("instanceId"), json.dumps(version["data"], ensure_ascii=False),
        ))  # fmt: skip
    columns = tuple(c.name for c in entity_version.columns)
    upsert(connection, "entity_version", columns, rows, key=columns[:4])
