"""Forms: finding them, creating, publishing, and what each version says."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import md5, sha1, sha256

from forms.errors import FormError
from forms.xform import Field, XForm, read_xform
from sync.sandbox.accounts import form_actees, new_actee, new_token, project_actees
from sync.sandbox.call import Call
from sync.sandbox.problems import (
    Problem,
    missing_parameter,
    not_found,
    not_unique,
    out_of_range,
    type_conflict,
    unexpected_value,
    warnings,
    wrong_type,
)
from sync.sandbox.schema import Column, columns_of, merged, same_schema
from sync.sandbox.store import Database, Row, insert, one, update, value

Form = dict[str, object]
"""A form with the columns of one of its versions (`defId` and so on)."""

_COLUMNS = """
  f.id, f.projectId, f.xmlFormId, f.state, f.acteeId, f.currentDefId, f.draftDefId, f.createdAt,
  f.updatedAt, f.deletedAt, f.webformsEnabled, d.id as defId, d.name, d.version, d.hash, d.sha,
  d.sha256, d.draftToken, d.keyId, d.xlsBlobId, d.publishedAt, d.publishNotes, d.xml
"""
ANY, PUBLISHED, DRAFT = "coalesce(f.currentDefId, f.draftDefId)", "f.currentDefId", "f.draftDefId"


# -- finding


def integer(text: str) -> int:
    """A number in a path, refused as PostgreSQL refuses it."""
    if not text.lstrip("-").isdigit():
        raise wrong_type(text, "type integer")
    if abs(int(text)) > 2**31 - 1:
        raise out_of_range(text, "integer")
    return int(text)


def project_of(call: Call) -> Row:
    """The project of the path; 404 when there is none."""
    project_id = integer(call.path["project"])
    found = call.one("select * from projects where id = ? and deletedAt is null", project_id)
    if found is None:
        raise not_found()
    return found


def form_of(call: Call, which: str = ANY, form_id: str | None = None) -> Form:
    """The form of the path in its published, draft or whichever version; 404 without one."""
    found = find_form(call, which, form_id)
    if found is None:
        raise not_found()
    return found


def find_form(call: Call, which: str, form_id: str | None = None) -> Form | None:
    """As `form_of`, None without one."""
    row = call.one(
        f"select {_COLUMNS} from forms f join form_defs d on d.id = {which} "
        "where f.projectId = ? and f.xmlFormId = ? and f.deletedAt is null",
        integer(call.path["project"]),
        call.path["form"] if form_id is None else form_id,
    )
    return None if row is None else dict(row)


def form_version(call: Call, form_id: str, version: str) -> Form | None:
    """A published version by its name; None without it, 404 without the form."""
    row = call.one(
        f"select {_COLUMNS} from forms f join form_defs d on d.formId = f.id "
        "where f.projectId = ? and f.xmlFormId = ? and f.deletedAt is null and d.version = ? "
        "and d.publishedAt is not null",
        integer(call.path["project"]),
        form_id,
        version,
    )
    if row is None and find_form(call, ANY, form_id) is None:
        raise not_found()
    return None if row is None else dict(row)


def may(call: Call, form: Form, *verbs: str) -> Form:
    """The form, if the actor may do one of the verbs to it; 403 otherwise."""
    call.auth.require(actees_of(call, form), *verbs)
    return form


def actees_of(call: Call, form: Form) -> tuple[str, ...]:
    """The form and what stands above it."""
    project = call.one("select * from projects where id = ?", form["projectId"])
    assert project is not None
    return form_actees(form, project)


def may_read(call: Call, form: Form) -> Form:
    """Drafts need form.update, closed forms form.read, open ones less."""
    if form["publishedAt"] is None:
        return may(call, form, "form.update")
    if form["state"] == "closed":
        return may(call, form, "form.read")
    return may(call, form, "open_form.read", "form.read")


def actees_for_project(call: Call) -> tuple[str, ...]:
    """The project of the path and what stands above it."""
    return project_actees(project_of(call))


def with_def(call: Call, row: Row) -> Form:
    """A form's row with the version that is published, else its draft."""
    wanted = row["currentDefId"] or row["draftDefId"]
    found = call.one("select * from form_defs where id = ?", wanted)
    version: Form = {} if found is None else dict(found)
    return {**version, **dict(row), "defId": wanted}


# -- what a version says


@lru_cache(maxsize=64)
def read_form(xml: str) -> XForm:
    """A form as read; versions are read once."""
    return read_xform(xml)


@lru_cache(maxsize=64)
def columns(xml: str) -> Column:
    """The column tree of a version."""
    return columns_of(read_form(xml).fields)


def merged_fields(db: Database, form_id: object) -> list[Field]:
    """The fields of all published versions."""
    sql = "select xml from form_defs where formId = ? and publishedAt is not null order by id"
    return merged(read_form(row["xml"]).fields for row in db.execute(sql, (form_id,)))


def form_json(form: Form) -> dict[str, object]:
    """A form as Central shows it."""
    shown: dict[str, object] = {name: form[name] for name in ("projectId", "xmlFormId", "state")}
    shown |= {"enketoId": None, "enketoOnceId": None}
    shown |= {"createdAt": form["createdAt"], "updatedAt": form["updatedAt"]}
    shown["webformsEnabled"] = bool(form["webformsEnabled"])
    names = ("keyId", "version", "hash", "sha", "sha256", "draftToken", "publishedAt", "name")
    shown |= {name: form[name] for name in names}
    if form["deletedAt"] is not None:
        shown |= {"deletedAt": form["deletedAt"], "id": form["id"]}
    return shown


# -- creating


def read_definition(xml: str) -> XForm:
    """The form in an XML body; 400.2 when there is no form ID in it."""
    try:
        form = read_form(xml)
    except FormError:
        raise missing_parameter("formId") from None
    if not form.form_id:
        raise missing_parameter("formId")
    if form.form_id.endswith((".xls", ".xlsx", ".xml")):
        reason = (
            "The Form ID cannot end in .xls, .xlsx, or .xml. Please either specify an allowed ID "
            "in the form itself, or rename the file (eg change form.xls.xls to form.xls)."
        )
        raise unexpected_value("formId", form.form_id, reason)
    return form


def insert_form(call: Call, xml: str, xls: int | None, key: int | None, found: list[object]) -> int:
    """A new form with its first draft; the id of the draft."""
    form = read_definition(xml)
    project = integer(call.path["project"])
    if not any(f.name == "meta" and f.type == "structure" for f in form.fields):
        raise Problem(400.27, "The form does not contain a 'meta' group.")
    sql = "select 1 from forms where projectId = ? and xmlFormId = ? and deletedAt is not null"
    if "ignoreWarnings" not in call.query and call.one(sql, project, form.form_id):
        again = {"type": "deletedFormExists", "details": {"xmlFormId": form.form_id}}
        found = [*found, again]
    reject_warnings(found)
    sql = "select 1 from forms where projectId = ? and xmlFormId = ? and deletedAt is null"
    if call.one(sql, project, form.form_id):
        raise not_unique(("projectId", "xmlFormId"), (str(project), form.form_id), "forms")
    form_id = insert(
        call.db,
        "forms",
        projectId=project,
        xmlFormId=form.form_id,
        state="open",
        acteeId=new_actee(),
        createdAt=call.now,
        webformsEnabled=1,
    )
    def_id = insert_def(call, form_id, xml, xls=xls, key=key, token=new_token())
    update(call.db, "forms", form_id, draftDefId=def_id)
    return def_id


def reject_warnings(found: list[object]) -> None:
    """400.16 when there are warnings: XLSForm's are text, Central's own are objects."""
    sheet = [each for each in found if isinstance(each, str)]
    flow = [each for each in found if not isinstance(each, str)]
    if found:
        told: dict[str, object] = {"xlsFormWarnings": sheet} if sheet else {}
        raise warnings(told | ({"workflowWarnings": flow} if flow else {}))


def insert_def(
    call: Call, form_id: int, xml: str, *, xls: int | None, key: int | None, token: str | None
) -> int:
    """A new version, not yet published."""
    form, raw = read_form(xml), xml.encode()
    return insert(
        call.db,
        "form_defs",
        formId=form_id,
        xml=xml,
        name=form.title or None,
        version=form.version,
        hash=md5(raw, usedforsecurity=False).hexdigest(),
        sha=sha1(raw, usedforsecurity=False).hexdigest(),
        sha256=sha256(raw).hexdigest(),
        draftToken=token,
        keyId=key,
        xlsBlobId=xls,
        createdAt=call.now,
    )


def check_changes(call: Call, form: Form, after: XForm, *, silent: bool) -> list[object]:
    """400.17 for a changed type; a warning for questions that go."""
    before = published_fields(call.db, form)
    if before is None or same_schema(before, after.fields):
        return []
    known = {each.path: each.type for each in merged_fields(call.db, form["id"])}
    for each in after.fields:
        old = known.get(each.path, each.type)
        if old != each.type and (each.type != "string" or old in ("structure", "repeat")):
            raise type_conflict(each.path, old)
    if silent or "ignoreWarnings" in call.query:
        return []
    paths = {each.path for each in after.fields}
    kept = ("/meta", "/meta/entity", "/meta/entity/label")
    gone = [f.name for f in before if f.path not in paths and not f.path.endswith(kept)]
    return [{"type": "structureChanged", "details": gone}] if gone else []


def published_fields(db: Database, form: Form) -> Iterable[Field] | None:
    """The fields of the version that is published now."""
    xml = value(db, "select xml from form_defs where id = ?", form["currentDefId"])
    return None if xml is None else read_form(str(xml)).fields


def same_version(db: Database, form_id: object, version: object) -> bool:
    """Whether a published version of that name exists."""
    sql = "select 1 from form_defs where formId = ? and version = ? and publishedAt is not null"
    return one(db, sql, form_id, version) is not None
