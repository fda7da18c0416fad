"""Entities over REST: one or many, changing with a base version, deleting, restoring."""

import json
from uuid import uuid4

from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call
from sync.sandbox.datasets_state import dataset_of, property_names
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entities_state import (
    ENTITY,
    Version,
    add_source,
    add_version,
    create_entity,
    entity_json,
    entity_of,
    entity_row,
)
from sync.sandbox.entity_data import normal_uuid
from sync.sandbox.entity_versions import audits, differences, versions
from sync.sandbox.problems import (
    Problem,
    invalid_entity,
    missing_parameter,
    unexpected_value,
)
from sync.sandbox.store import Row, update

_KEYS = ("label", "uuid", "data")


def _list(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.list")
    gone = "not null" if call.flag("deleted") else "null"
    sql = f"{ENTITY} where e.datasetId = ? and e.deletedAt is {gone} "
    rows = call.all(sql + "order by e.createdAt desc, e.id desc", dataset["id"])
    return [entity_json(call, row, whole=False) for row in rows]


def _get(call: Call) -> Answer:
    return entity_json(call, entity_of(call, dataset_of(call, "entity.read")))


# -- reading bodies


def _wrong_type(field: str, expected: str) -> Problem:
    text = f"Invalid input data type: expected ({field}) to be ({expected})"
    return Problem(400.11, text, {"field": field, "expected": expected})


def _check_keys(body: dict[str, object]) -> None:
    if set(body) - set(_KEYS):
        text = f"Expected parameters: ({', '.join(_KEYS)}). Got ({', '.join(body)})."
        raise Problem(400.31, text, {"expected": list(_KEYS), "actual": list(body)})


def _label(body: dict[str, object], old: str | None) -> str:
    label = body.get("label")
    if label is None:
        if old is None:
            raise missing_parameter("label")
        return old
    if not isinstance(label, str):
        raise _wrong_type("label", "string")
    if not label.strip():
        raise unexpected_value("label", "(empty string)", "Label cannot be blank.")
    return label


def _data(body: dict[str, object], names: list[str]) -> dict[str, str]:
    data = body.get("data")
    if data is None and body.get("label") is None:
        raise invalid_entity("No entity data or label provided.")
    found: dict[str, str] = {}
    for name, text in (data if isinstance(data, dict) else {}).items():
        if not isinstance(text, str):
            raise _wrong_type(name, "string")
        if name not in names:
            raise invalid_entity(
                f"You specified the dataset property [{name}] which does not exist."
            )
        found[name] = text
    return found


def _new_uuid(body: dict[str, object]) -> str:
    wanted = body.get("uuid")
    if not wanted:
        return str(uuid4())
    if not isinstance(wanted, str):
        raise _wrong_type("uuid", "string")
    return normal_uuid(wanted)


def _read(
    call: Call, body: dict[str, object], names: list[str], source: int
) -> tuple[str, Version]:
    """A new entity's ID and first version."""
    _check_keys(body)
    uuid = _new_uuid(body)
    label = _label(body, None)
    data = _data(body, names)
    return uuid, _version(call, label, data, {**data, "label": label}, source)


def _version(
    call: Call,
    label: str,
    data: dict[str, str],
    received: dict[str, str],
    source: int,
    base: int | None = None,
) -> Version:
    return Version(label, data, received, call.auth.actor_id, call.user_agent, source, base)


# -- creating


def _create(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.create")
    body = call.json()
    if "entities" in body:
        return _create_many(call, dataset, body)
    names = property_names(call.db, dataset["id"])
    uuid, version = _read(call, body, names, add_source(call))
    create_entity(call, dataset, uuid, version)
    entity = entity_row(call, dataset["id"], uuid)
    assert entity is not None
    _log(call, "entity.create", dataset, entity)
    return entity_json(call, entity)


def _create_many(call: Call, dataset: Row, body: dict[str, object]) -> Answer:
    entities, source = body["entities"], body.get("source")
    if not isinstance(source, dict):
        raise missing_parameter("source")
    if not source.get("name"):
        raise missing_parameter("source.name")
    if not isinstance(entities, list):
        raise _wrong_type("entities", "array")
    names = property_names(call.db, dataset["id"])
    details = {**source, "count": len(entities), "userAgent": call.user_agent}
    number = add_source(call, details=details)
    for each in entities:
        uuid, version = _read(call, each if isinstance(each, dict) else {}, names, number)
        create_entity(call, dataset, uuid, version)
    log(call, "entity.bulk.create", dataset["acteeId"], {"sourceId": number})
    return SUCCESS


def _log(call: Call, action: str, dataset: Row, entity: Row) -> None:
    details: dict[str, object] = {
        "entityId": entity["id"],
        "entityDefId": entity["defId"],
        "entity": {"uuid": entity["uuid"], "dataset": dataset["name"]},
    }
    log(call, action, dataset["acteeId"], details)


# -- changing


def _change(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.update")
    entity = entity_of(call, dataset)
    resolve = call.flag("resolve")
    if resolve and entity["conflict"] is None:
        raise Problem(400.32, "The Entity doesn't have any conflict")
    base = call.query.get("baseVersion")
    if base != str(entity["version"]) and not call.flag("force"):
        raise _stale(entity["version"], base)
    body = call.json()
    if not (resolve and not body):
        _check_keys(body)
        label, data = (
            _label(body, entity["label"]),
            _data(body, property_names(call.db, dataset["id"])),
        )
        received = data | ({"label": label} if body.get("label") is not None else {})
        whole = json.loads(entity["data"]) | data
        version = _version(call, label, whole, received, add_source(call), entity["version"])
        add_version(call, entity, version, entity["conflict"])
        entity = entity_of(call, dataset)
        _log(call, "entity.update.version", dataset, entity)
    if resolve:
        update(call.db, "entities", entity["id"], conflict=None, updatedAt=call.now)
        _log(call, "entity.update.resolve", dataset, entity)
    return entity_json(call, entity_of(call, dataset))


def _stale(current: int, provided: str | None) -> Problem:
    text = (
        f"Current version of the Entity is '{current}' and you provided "
        f"'{'undefined' if provided is None else provided}'. Please correct the version number or "
        "pass '?force=true' in the URL to forcefully update the Entity."
    )
    details = {"current": str(current)}
    return Problem(409.15, text, details | ({} if provided is None else {"provided": provided}))


# -- deleting


def _delete(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.delete")
    entity = entity_of(call, dataset)
    update(call.db, "entities", entity["id"], deletedAt=call.now)
    log(call, "entity.delete", dataset["acteeId"], {"entity": {"uuid": entity["uuid"]}})
    return SUCCESS


def _restore(call: Call) -> Answer:
    """Moves `updatedAt`, unlike restoring many at once [central.md §2]."""
    dataset = dataset_of(call, "entity.restore")
    entity = entity_of(call, dataset, deleted=True)
    update(call.db, "entities", entity["id"], deletedAt=None, updatedAt=call.now)
    log(call, "entity.restore", dataset["acteeId"], {"entity": {"uuid": entity["uuid"]}})
    return SUCCESS


def _delete_many(call: Call) -> Answer:
    return _mark_many(call, dataset_of(call, "entity.delete"), "delete", call.now)


def _restore_many(call: Call) -> Answer:
    return _mark_many(call, dataset_of(call, "entity.restore"), "restore", None)


def _mark_many(call: Call, dataset: Row, what: str, deleted: str | None) -> Answer:
    ids = call.json().get("ids")
    now = "null" if deleted is not None else "not null"
    done: list[str] = []
    for uuid in ids if isinstance(ids, list) else []:
        sql = f"update entities set deletedAt = ? where deletedAt is {now} and uuid = ? and datasetId = ?"
        if call.db.execute(sql, (deleted, uuid, dataset["id"])).rowcount:
            done.append(str(uuid))
    if len(done) == 1:
        log(call, f"entity.{what}", dataset["acteeId"], {"entity": {"uuid": done[0]}})
    elif done:
        log(call, f"entity.bulk.{what}", dataset["acteeId"], {"entityUuids": done})
    return {"count": len(done)}


_E = "/projects/{project}/datasets/{dataset}/entities"
ROUTES = (
    Endpoint("GET", _E, _list),
    Endpoint("POST", _E, _create),
    Endpoint("POST", _E + "/bulk-delete", _delete_many),
    Endpoint("POST", _E + "/bulk-restore", _restore_many),
    Endpoint("GET", _E + "/{uuid}/versions", versions),
    Endpoint("GET", _E + "/{uuid}/diffs", differences),
    Endpoint("GET", _E + "/{uuid}/audits", audits),
    Endpoint("POST", _E + "/{uuid}/restore", _restore),
    Endpoint("GET", _E + "/{uuid}", _get),
    Endpoint("PATCH", _E + "/{uuid}", _change),
    Endpoint("DELETE", _E + "/{uuid}", _delete),
)
