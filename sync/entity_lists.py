"""Brings the entity lists: what is new or changed by stamps, what is deleted or restored by the list.

Central's OData never tells when an entity was deleted, and a bulk restoration changes no stamp;
the REST list of deleted entities shows both, so it is read in every round.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Connection, Engine, select, update

from sync.central import Account, explained, get_json
from sync.feed import overlapping, spooled
from sync.json_stream import Item, items
from warehouse.engine import writing
from warehouse.list_tables import (
    ListShape,
    adopt_list,
    delete_entities,
    load_entities,
    without_versions,
    write_versions,
)
from warehouse.tables import entity, entity_list

_PARALLEL = 6
_TOGETHER = 80


@dataclass(slots=True)
class EntityCounts:
    """What a round did with one list."""

    project_id: int
    list_name: str
    changed: int = 0
    deleted: int = 0
    restored: int = 0


def pull_entities(
    engine: Engine,
    client: Client,
    account: Account,
    projects: Sequence[int],
    *,
    run_id: int,
    overlap: timedelta,
    folder: Path,
    now: Callable[[], str],
    whole: bool = False,
) -> list[EntityCounts]:
    """Bring every list of the projects up to date; `whole` reads all of them, as the daily proof
    does. Raises CentralError."""
    found = []
    for project_id in projects:
        with explained(account, what=f"les listes du projet {project_id}"):
            lists = get_json(client, f"projects/{project_id}/datasets")
        for name in (str(item["name"]) for item in lists):
            at = now()
            found.append(
                _pull_list(
                    engine,
                    client,
                    account,
                    project_id,
                    name,
                    run_id=run_id,
                    overlap=overlap,
                    folder=folder,
                    now=at,
                    whole=whole,
                )
            )
    return found


def _pull_list(
    engine: Engine,
    client: Client,
    account: Account,
    project_id: int,
    name: str,
    *,
    run_id: int,
    overlap: timedelta,
    folder: Path,
    now: str,
    whole: bool,
) -> EntityCounts:
    base = f"projects/{project_id}/datasets/{quote(name, safe='')}"
    with explained(account, what=name):
        properties = [p["odataName"] for p in get_json(client, base)["properties"]]
        gone = {
            str(item["uuid"]): str(item["deletedAt"])
            for item in get_json(client, f"{base}/entities?deleted=true")
        }
    counts = EntityCounts(project_id, name)
    with writing(engine) as connection:
        widened = _columns(connection, project_id, name) != set(properties)
        shape = adopt_list(connection, project_id, name, properties, now=now)
        stamp = _stamp(connection, shape)
        returned = sorted(_held(connection, shape, deleted=True) - gone.keys())
        counts.deleted = delete_entities(connection, shape, gone)
    since = None if whole or widened else overlapping(stamp, overlap)
    seen: set[str] = set()
    for question in [_since(since), *_by_id(returned)]:
        _read(engine, client, account, base, shape, question, run_id, folder, counts, seen)
    _versions(engine, client, account, base, shape)
    counts.restored = len(seen & set(returned))
    with writing(engine) as connection:
        if since is None:
            lost = _held(connection, shape, deleted=False) - seen
            counts.deleted += delete_entities(connection, shape, dict.fromkeys(lost, now))
        newest = _newest(connection, shape)
        connection.execute(
            update(entity_list)
            .where(entity_list.c.project_id == project_id, entity_list.c.list_name == name)
            .values(stamp=newest)
        )
    return counts


def _read(
    engine: Engine,
    client: Client,
    account: Account,
    base: str,
    shape: ListShape,
    question: str,
    run_id: int,
    folder: Path,
    counts: EntityCounts,
    seen: set[str],
) -> None:
    with explained(account, what=shape.name):
        spool = spooled(client, f"{base}.svc/Entities{question}", what=shape.name, folder=folder)
    with spool:
        for _ in items(spool, shape.name):  # prove it whole before the first is written
            pass
        spool.rewind()
        for batch in _batches(items(spool, shape.name)):
            seen.update(str(row["__id"]) for _, row in batch)
            with writing(engine) as connection:
                changed = load_entities(connection, shape, batch, run_id=run_id)
            counts.changed += changed


def _versions(
    engine: Engine, client: Client, account: Account, base: str, shape: ListShape
) -> None:
    """An entity that was changed has earlier versions, which only their own list shows."""
    with writing(engine) as connection:
        entity_ids = without_versions(connection, shape)

    def read(entity_id: str) -> Any:
        with explained(account, what=shape.name):
            return get_json(client, f"{base}/entities/{quote(entity_id, safe='')}/versions")

    with ThreadPoolExecutor(_PARALLEL) as pool:
        found = list(pool.map(read, entity_ids))
    if found:
        with writing(engine) as connection:
            for entity_id, versions in zip(entity_ids, found, strict=True):
                write_versions(connection, shape, entity_id, versions)


def _batches(found: Iterator[Item], size: int = 1000) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in found:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _since(stamp: str | None) -> str:
    if stamp is None:
        return ""
    clauses = f"__system/createdAt ge {stamp} or __system/updatedAt ge {stamp}"
    return "?$filter=" + quote(clauses, safe="/$:")


def _by_id(ids: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(ids), _TOGETHER):
        wanted = " or ".join(f"__id eq '{i}'" for i in ids[start : start + _TOGETHER])
        yield "?$filter=" + quote(wanted, safe="/$:'")


def _columns(connection: Connection, project_id: int, name: str) -> set[str] | None:
    query = select(entity_list.c.properties).where(
        entity_list.c.project_id == project_id, entity_list.c.list_name == name
    )
    held = connection.scalar(query)
    return None if held is None else set(json.loads(held))


def _stamp(connection: Connection, shape: ListShape) -> str | None:
    return connection.scalar(
        select(entity_list.c.stamp).where(
            entity_list.c.project_id == shape.project_id, entity_list.c.list_name == shape.name
        )
    )


def _held(connection: Connection, shape: ListShape, *, deleted: bool) -> set[str]:
    e = entity.c
    state = e.deleted_at.is_not(None) if deleted else e.deleted_at.is_(None)
    mine = (e.project_id == shape.project_id, e.list_name == shape.name)
    return set(connection.scalars(select(e.entity_id).where(*mine, state)))


def _newest(connection: Connection, shape: ListShape) -> str | None:
    """The newest stamp in the data; never a clock's time."""
    e = entity.c
    mine = (e.project_id == shape.project_id, e.list_name == shape.name)
    newest = [
        connection.scalar(
            select(column).where(*mine, column.is_not(None)).order_by(column.desc()).limit(1)
        )
        for column in (e.created_at, e.updated_at)
    ]
    return max((stamp for stamp in newest if stamp), default=None)
