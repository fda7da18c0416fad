"""Entities and their versions: storing, finding, showing."""

import json
from dataclasses import dataclass

from sync.sandbox.call import Call, compact
from sync.sandbox.problems import Problem, not_found, not_unique
from sync.sandbox.store import Row, insert, one, update
from sync.sandbox.submission_json import person


@dataclass(frozen=True, slots=True)
class Version:
    """What a new version of an entity says, and who says it."""

    label: str
    data: dict[str, str]
    received: dict[str, str]
    creator: int | None
    agent: str | None
    source: int | None
    base: int | None = None
    conflicting: list[str] | None = None
    branch: str | None = None
    trunk: int | None = None
    branch_base: int | None = None


ENTITY = """
  select e.*, d.id as defId, d.version, d.label, d.data, d.dataReceived from entities e
  join entity_defs d on d.entityId = e.id and d.current
"""


def entity_row(call: Call, dataset: object, uuid: str, *, deleted: bool = False) -> Row | None:
    """A live (or deleted) entity with its current version."""
    gone = "not null" if deleted else "null"
    sql = f"{ENTITY} where e.datasetId = ? and e.uuid = ? and e.deletedAt is {gone}"
    return call.one(sql, dataset, uuid)


def entity_of(call: Call, dataset: Row, *, deleted: bool = False) -> Row:
    """The entity of the path; 404 without one."""
    found = entity_row(call, dataset["id"], call.path["uuid"], deleted=deleted)
    if found is None:
        raise not_found()
    return found


def add_source(
    call: Call,
    *,
    submission_def: int | None = None,
    audit: int | None = None,
    details: object = None,
) -> int:
    """Where versions come from: a submission's event, or the API."""
    kind = "api" if submission_def is None else "submission"
    text = None if details is None else compact(details)
    return insert(
        call.db,
        "entity_def_sources",
        type=kind,
        submissionDefId=submission_def,
        auditId=audit,
        details=text,
    )


def create_entity(call: Call, dataset: Row, uuid: str, version: Version) -> int:
    """A new entity; its ID must be new on the whole server, also among the deleted."""
    known = call.one("select deletedAt from entities where uuid = ?", uuid)
    if known is not None and known["deletedAt"] is not None:
        text = (
            "The following UUID(s) cannot be used because they are associated with deleted "
            f"Entities: ({uuid})."
        )
        raise Problem(409.19, text, {"entityUuids": [uuid]})
    if known is not None:
        raise not_unique(("uuid",), (uuid,), "entities")
    entity = insert(
        call.db,
        "entities",
        uuid=uuid,
        datasetId=dataset["id"],
        createdAt=call.now,
        creatorId=version.creator,
    )
    _insert_version(call, entity, version, number=1)
    return entity


def add_version(call: Call, entity: Row, version: Version, conflict: str | None) -> None:
    """The next version of an entity."""
    sql = "update entity_defs set current = 0 where entityId = ? and current"
    call.db.execute(sql, (entity["id"],))
    _insert_version(call, entity["id"], version, number=entity["version"] + 1)
    update(call.db, "entities", entity["id"], updatedAt=call.now, conflict=conflict)


def _insert_version(call: Call, entity: int, version: Version, *, number: int) -> None:
    conflicting = None if version.conflicting is None else compact(version.conflicting)
    insert(
        call.db,
        "entity_defs",
        entityId=entity,
        sourceId=version.source,
        root=int(number == 1),
        current=1,
        version=number,
        label=version.label,
        data=compact(version.data),
        createdAt=call.now,
        creatorId=version.creator,
        userAgent=version.agent,
        baseVersion=version.base,
        dataReceived=compact(version.received),
        conflictingProperties=conflicting,
        branchId=version.branch,
        trunkVersion=version.trunk,
        branchBaseVersion=version.branch_base,
    )


# -- showing


def entity_json(call: Call, entity: Row, *, whole: bool = True) -> dict[str, object]:
    """An entity with its current version; lists leave the data out."""
    shown: dict[str, object] = {
        name: entity[name]
        for name in ("uuid", "creatorId", "conflict", "createdAt", "updatedAt", "deletedAt")
    }
    row = one(call.db, "select * from entity_defs where id = ?", entity["defId"])
    assert row is not None
    current = version_json(row, whole=whole)
    if call.extended:
        current["creator"] = person(call, row["creatorId"])
    shown["currentVersion"] = current
    return shown | ({"creator": person(call, entity["creatorId"])} if call.extended else {})


def version_json(row: Row, *, whole: bool = True) -> dict[str, object]:
    """One version."""
    shown: dict[str, object] = {
        "current": bool(row["current"]),
        "label": row["label"],
        "creatorId": row["creatorId"],
        "userAgent": row["userAgent"],
    }
    shown |= {"data": json.loads(row["data"])} if whole else {}
    shown |= {"version": row["version"], "baseVersion": row["baseVersion"]}
    shown |= {"dataReceived": json.loads(row["dataReceived"])} if whole else {}
    found = row["conflictingProperties"]
    shown["conflictingProperties"] = None if found is None else json.loads(found)
    names = ("createdAt", "branchId", "trunkVersion", "branchBaseVersion")
    return shown | {name: row[name] for name in names}


def differing(received: dict[str, str], other: dict[str, str]) -> list[str]:
    """The keys whose values differ from another version's."""
    return [key for key, text in received.items() if other.get(key) != text]
