"""Entity lists: how forms declare and publish them, their properties, their change hash."""

import re

from forms.xform import EntityList, XForm
from sync.sandbox.accounts import dataset_actees, new_actee
from sync.sandbox.audit import log
from sync.sandbox.call import Call
from sync.sandbox.forms_state import Form, project_of, read_form
from sync.sandbox.problems import Problem, invalid_entity_form, not_found
from sync.sandbox.store import Database, Row, insert, one, update, value

_NAME = re.compile(r"^(?!__)[^\W\d][\w:-]*$|^:[\w:-]*$")
_PROPERTY = re.compile(r"^(?!__)(?!name$)(?!label$)[^\W\d][\w.-]*$|^_(?!_)[\w.-]*$")
_VERSIONS = re.compile(r"^202[2-5]\.1\.\d+$")


def properties_of_form(form: XForm, declared: EntityList) -> dict[str, str]:
    """Property -> path. Central drops them all when the root is not <data> [central.md §7]."""
    return declared.save_to if form.root == "data" else {}


def check_entities(form: XForm) -> list[object]:
    """400.25 for a declaration that Central refuses; warnings for one it only dislikes."""
    if not form.entity_lists or form.public_key is not None:
        return []
    version = form.entities_version
    if version is None:
        raise invalid_entity_form("Entities specification version is missing.")
    if not _VERSIONS.match(version):
        raise invalid_entity_form(f"Entities specification version [{version}] is not supported.")
    for declared in form.entity_lists:
        _check_declaration(declared)
    if version >= "2024.1":
        return []
    reason = (
        f"Entities specification version [{version}] is not compatible with Offline Entities. "
        "Please use version 2024.1.0 or later."
    )
    return [{"type": "oldEntityVersion", "details": {"version": version}, "reason": reason}]


def _check_declaration(declared: EntityList) -> None:
    if not declared.dataset:
        raise invalid_entity_form("Dataset name is missing.")
    if not _NAME.match(declared.dataset):
        raise invalid_entity_form("Invalid dataset name.")
    if not declared.create and not declared.update:
        reason = "The form must specify at least one entity action, for example, create or update."
        raise invalid_entity_form(reason)
    if any(not _PROPERTY.match(name.lower()) for name in declared.save_to):
        raise invalid_entity_form("Invalid entity property name.")


def valid_list_name(name: str) -> bool:
    """Whether an entity list may have this name."""
    return _NAME.match(name) is not None


def valid_property(name: str) -> bool:
    """Whether a property may have this name."""
    return _PROPERTY.match(name.lower()) is not None


def declare(call: Call, form: Form, def_id: int) -> None:
    """Keep what a new version says about entity lists; they stay drafts until it is published."""
    xform = read_form(str(value(call.db, "select xml from form_defs where id = ?", def_id)))
    if xform.public_key is not None:
        return
    for declared in xform.entity_lists:
        dataset = _ensure_dataset(call, form, declared.dataset)
        actions = [name for name in ("create", "update") if getattr(declared, name)]
        call.db.execute(
            "insert or ignore into dataset_form_defs values (?, ?, ?, ?)",
            (dataset, def_id, ",".join(actions), declared.path),
        )
        for name, path in properties_of_form(xform, declared).items():
            call.db.execute(
                "insert or ignore into ds_property_fields values (?, ?, ?)",
                (ensure_property(call.db, dataset, name), def_id, path),
            )


def _ensure_dataset(call: Call, form: Form, name: str) -> int:
    project = form["projectId"]
    sql = "select id from datasets where projectId = ? and name = ? and deletedAt is null"
    found = value(call.db, sql, project, name)
    if isinstance(found, int):
        return found
    sql = (
        "select name from datasets where projectId = ? and lower(name) = lower(?) "
        "and publishedAt is not null and deletedAt is null"
    )
    similar = value(call.db, sql, project, name)
    if similar is not None:
        raise name_conflict(str(similar), name)
    return insert(
        call.db, "datasets", projectId=project, name=name, acteeId=new_actee(), createdAt=call.now
    )


def name_conflict(current: str, provided: str) -> Problem:
    """409.16"""
    text = (
        f"A dataset named '{current}' exists and you provided '{provided}' with the same name but "
        "different capitalization."
    )
    return Problem(409.16, text, {"current": current, "provided": provided})


def ensure_property(db: Database, dataset: int, name: str) -> int:
    """The id of a property, new or known."""
    sql = "insert or ignore into ds_properties (datasetId, name) values (?, ?)"
    db.execute(sql, (dataset, name))
    found = value(
        db, "select id from ds_properties where datasetId = ? and name = ?", dataset, name
    )
    assert isinstance(found, int)
    return found


def publish_declared(call: Call, def_id: object, published: str) -> None:
    """With the form its entity lists and properties become real."""
    sql = """
      select d.* from datasets d join dataset_form_defs x on x.datasetId = d.id
      where x.formDefId = ?"""
    for dataset in call.all(sql, def_id):
        sql = """
          select p.id, p.name from ds_properties p
          join ds_property_fields f on f.dsPropertyId = p.id
          where f.formDefId = ? and p.datasetId = ? and p.publishedAt is null"""
        new = call.all(sql, def_id, dataset["id"])
        for row in new:
            update(call.db, "ds_properties", row["id"], publishedAt=published)
        created = dataset["publishedAt"] is None
        if created:
            update(call.db, "datasets", dataset["id"], publishedAt=published)
            _link_files(call, def_id, dataset)
        if created or new:
            names: list[str] = [row["name"] for row in new]
            action = "dataset.create" if created else "dataset.update"
            log(call, action, dataset["acteeId"], {"properties": names})


def _link_files(call: Call, def_id: object, dataset: Row) -> None:
    sql = """
      update form_attachments set datasetId = ?, updatedAt = ?
      where formDefId = ? and name = ? and type = 'file' and blobId is null and datasetId is null"""
    call.db.execute(sql, (dataset["id"], call.now, def_id, f"{dataset['name']}.csv"))


# -- reading


def dataset_of(call: Call, *verbs: str) -> Row:
    """The published entity list of the path; 403 unless one of the verbs, if any, is allowed."""
    project = project_of(call)
    sql = (
        "select * from datasets where projectId = ? and name = ? and publishedAt is not null "
        "and deletedAt is null"
    )
    found = call.one(sql, project["id"], call.path["dataset"])
    if found is None:
        raise not_found()
    if verbs:
        call.auth.require(dataset_actees(found, project), *verbs)
    return found


def property_names(db: Database, dataset: object) -> list[str]:
    """The published properties in Central's order: publication, place in the form, id."""
    sql = """
      select p.id, p.name, p.publishedAt, f.path, d.xml from ds_properties p
      left join ds_property_fields f on f.dsPropertyId = p.id
      left join form_defs d on d.id = f.formDefId
      where p.datasetId = ? and p.publishedAt is not null"""
    best: dict[str, tuple[str, int, int]] = {}
    for row in db.execute(sql, (dataset,)):
        field = None if row["xml"] is None else read_form(row["xml"]).field(row["path"])
        key = (row["publishedAt"], 10**6 if field is None else field.order, row["id"])
        best[row["name"]] = min(key, best.get(row["name"], key))
    return sorted(best, key=best.__getitem__)


def last_change(db: Database, dataset: object) -> str | None:
    """When the list last changed: its newest audit entry."""
    row = one(
        db,
        "select max(a.loggedAt) from audits a join datasets d on d.acteeId = a.acteeId "
        "where d.id = ?",
        dataset,
    )
    return None if row is None else row[0]
