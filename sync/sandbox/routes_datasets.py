"""Entity lists over REST: listing, describing, creating, settings, CSV, phones' integrity check."""

import csv
import io
import json
from collections.abc import Iterator

from sync.sandbox.accounts import actor_json, new_actee, project_actees
from sync.sandbox.answers import TEXT_XML
from sync.sandbox.audit import log
from sync.sandbox.call import (
    SUCCESS,
    Answer,
    Call,
    NotModified,
    Reply,
    Stream,
    unchanged,
)
from sync.sandbox.datasets_state import (
    dataset_of,
    ensure_property,
    last_change,
    name_conflict,
    property_names,
    valid_list_name,
    valid_property,
)
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entity_csv import CSV, ENTITIES, list_hash
from sync.sandbox.escapes import mustache
from sync.sandbox.form_files import disposition
from sync.sandbox.forms_state import PUBLISHED, actees_of, find_form, project_of
from sync.sandbox.odata_filter import ENTITY_FIELDS, where
from sync.sandbox.problems import insufficient_rights, not_unique, unexpected_value
from sync.sandbox.schema import odata_name
from sync.sandbox.store import Row, insert, one, update

_STATS = """
  select count(*) as entities, max(createdAt) as lastEntity,
    coalesce(sum(conflict is not null), 0) as conflicts
  from entities where datasetId = ? and deletedAt is null
"""


def dataset_json(dataset: Row) -> dict[str, object]:
    """An entity list as Central shows it."""
    return {
        "name": dataset["name"],
        "createdAt": dataset["createdAt"],
        "projectId": dataset["projectId"],
        "approvalRequired": bool(dataset["approvalRequired"]),
        "ownerOnly": bool(dataset["ownerOnly"]),
        "deletedAt": dataset["deletedAt"],
    }


def _list(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "dataset.list")
    sql = """
      select * from datasets where projectId = ? and publishedAt is not null and deletedAt is null
      order by name"""
    found = []
    for dataset in call.all(sql, project["id"]):
        shown = dataset_json(dataset)
        if call.extended:
            stats = one(call.db, _STATS, dataset["id"])
            assert stats is not None
            shown |= {name: stats[name] for name in ("entities", "lastEntity", "conflicts")}
        found.append(shown)
    return found


def _get(call: Call) -> Answer:
    return _described(call, dataset_of(call, "dataset.read"))


def _described(call: Call, dataset: Row) -> dict[str, object]:
    """A list with its forms and properties."""
    shown = dataset_json(dataset)
    shown["lastUpdate"] = last_change(call.db, dataset["id"])
    for name, link, version in (
        ("linkedForms", "form_attachments", "currentDefId"),
        ("sourceForms", "dataset_form_defs", "currentDefId"),
        ("draftLinkedForms", "form_attachments", "draftDefId"),
        ("draftSourceForms", "dataset_form_defs", "draftDefId"),
    ):
        shown[name] = _forms(call, dataset, link, version)
    del shown["projectId"]
    named = property_names(call.db, dataset["id"])
    described = [_property(call, dataset, name) for name in named]
    return shown | {"properties": described, "projectId": dataset["projectId"]}


def _forms(call: Call, dataset: Row, link: str, version: str) -> list[dict[str, object]]:
    sql = f"""
      select distinct f.xmlFormId, d.name from forms f join form_defs d on d.id = f.{version}
      join {link} x on x.formDefId = d.id
      where x.datasetId = ? and f.deletedAt is null order by d.name"""
    return [
        {"name": row["name"], "xmlFormId": row["xmlFormId"]} for row in call.all(sql, dataset["id"])
    ]


def _property(call: Call, dataset: Row, name: str) -> dict[str, object]:
    sql = """
      select distinct p.publishedAt, f.xmlFormId, d.name as formName from ds_properties p
      left join ds_property_fields x on x.dsPropertyId = p.id
      left join forms f on f.currentDefId = x.formDefId and f.deletedAt is null
      left join form_defs d on d.id = f.currentDefId
      where p.datasetId = ? and p.name = ? order by d.name"""
    rows = call.all(sql, dataset["id"], name)
    forms = [{"xmlFormId": r["xmlFormId"], "name": r["formName"]} for r in rows if r["xmlFormId"]]
    return {
        "name": name,
        "publishedAt": rows[0]["publishedAt"],
        "odataName": odata_name(name),
        "forms": forms,
    }


def _create(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "dataset.create")
    body = call.json()
    name = body.get("name")
    if not isinstance(name, str) or not valid_list_name(name):
        raise unexpected_value("name", name, "This is not a valid dataset name.")
    sql = "select name from datasets where projectId = ? and lower(name) = lower(?)"
    known = call.one(sql, project["id"], name)
    if known is not None and known["name"] != name:
        raise name_conflict(known["name"], name)
    if known is not None:
        raise not_unique(("name", "projectId"), (name, str(project["id"])), "datasets")
    number = insert(
        call.db,
        "datasets",
        projectId=project["id"],
        name=name,
        acteeId=new_actee(),
        createdAt=call.now,
        publishedAt=call.now,
        approvalRequired=int(bool(body.get("approvalRequired"))),
        ownerOnly=int(bool(body.get("ownerOnly"))),
    )
    dataset = one(call.db, "select * from datasets where id = ?", number)
    assert dataset is not None
    log(call, "dataset.create", dataset["acteeId"], {"properties": []})
    return _described(call, dataset)


def _change(call: Call) -> Answer:
    dataset = dataset_of(call, "dataset.update")
    changes = {
        name: int(bool(wanted))
        for name, wanted in call.json().items()
        if name in ("approvalRequired", "ownerOnly")
    }
    if changes:
        update(call.db, "datasets", dataset["id"], **changes, updatedAt=call.now)
        data = {name: bool(flag) for name, flag in changes.items()}
        log(call, "dataset.update", dataset["acteeId"], {"data": data})
    return _described(call, dataset_of(call, "dataset.update"))


def _add_property(call: Call) -> Answer:
    dataset = dataset_of(call, "dataset.update")
    name = call.json().get("name")
    if not isinstance(name, str) or not valid_property(name):
        raise unexpected_value("name", name, "This is not a valid property name.")
    if name in property_names(call.db, dataset["id"]):
        values = (name, str(dataset["id"]))
        raise not_unique(("name", "datasetId"), values, "ds_properties")
    number = ensure_property(call.db, dataset["id"], name)
    update(call.db, "ds_properties", number, publishedAt=call.now)
    log(call, "dataset.update", dataset["acteeId"], {"properties": [name]})
    return SUCCESS


def _csv(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.list")
    rule = call.query.get("$filter")
    if rule is None and unchanged(call, list_hash(call.db, dataset["id"]), weak=False):
        return NotModified()
    call.answer_headers["Content-Disposition"] = disposition(f"{dataset['name']}.csv")
    return Stream(_csv_rows(call, dataset, rule), CSV)


def _csv_rows(call: Call, dataset: Row, rule: str | None) -> Iterator[bytes]:
    names = property_names(call.db, dataset["id"])
    system = ("createdAt", "creatorId", "creatorName", "updates", "updatedAt", "version")
    yield _line(["__id", "label", *names, *(f"__{each}" for each in system)])
    chosen = where(rule, ENTITY_FIELDS, call.now)
    sql = f"{ENTITIES} and {chosen.sql} order by e.createdAt desc, e.id desc"
    for row in call.db.execute(sql, (dataset["id"], *chosen.values)):
        data = json.loads(row["data"])
        values = [data.get(name, "") for name in names]
        stamps = (row["createdAt"], row["creatorId"], row["creatorName"], row["version"] - 1)
        line = [row["uuid"], row["label"], *values, *stamps, row["updatedAt"], row["version"]]
        yield _line(line)


def _line(values: list[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue().encode()


def _integrity(call: Call) -> Answer:
    """Phones ask which of the entities they hold are gone."""
    dataset = _readable(call)
    wanted = [each.strip() for each in call.query.get("id", "").split(",") if each.strip()]
    marks = ", ".join("?" * len(wanted))
    clause = f"and uuid in ({marks})" if wanted else ""
    sql = f"select uuid, deletedAt from entities where datasetId = ? {clause} order by uuid"
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n  <data>\n    <entities>\n']
    for row in call.all(sql, dataset["id"], *wanted):
        gone = "false" if row["deletedAt"] is None else "true"
        parts.append(f'      <entity id="{mustache(row["uuid"])}">\n')
        parts.append(f"        <deleted>{gone}</deleted>\n      </entity>\n")
    parts.append("    </entities>\n  </data>")
    return Reply("".join(parts).encode(), TEXT_XML)


def _readable(call: Call) -> Row:
    """The list, for who may list it or may read a form that it is linked to."""
    dataset = dataset_of(call)
    if call.auth.can(project_actees(project_of(call)), "entity.list"):
        return dataset
    forms = [
        find_form(call, PUBLISHED, str(f["xmlFormId"]))
        for f in _forms(call, dataset, "form_attachments", "currentDefId")
    ]
    for form in forms:
        if (
            form is not None
            and form["state"] != "closed"
            and call.auth.can(actees_of(call, form), "form.read", "open_form.read")
        ):
            return dataset
    raise insufficient_rights()


def _creators(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.list")
    sql = """
      select distinct a.* from actors a join entities e on e.creatorId = a.id
      where e.datasetId = ? and e.deletedAt is null order by a.displayName"""
    return [actor_json(row) for row in call.all(sql, dataset["id"])]


_D = "/projects/{project}/datasets/{dataset}"
ROUTES = (
    Endpoint("GET", "/projects/{project}/datasets", _list),
    Endpoint("POST", "/projects/{project}/datasets", _create),
    Endpoint("POST", _D + "/properties", _add_property),
    Endpoint("GET", _D + "/entities.csv", _csv),
    Endpoint("GET", _D + "/integrity", _integrity, "openrosa"),
    Endpoint("GET", _D + "/entities/creators", _creators),
    Endpoint("GET", _D, _get),
    Endpoint("PATCH", _D, _change),
)
