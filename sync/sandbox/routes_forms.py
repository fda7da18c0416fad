"""Forms, drafts, publication, versions, fields."""

from typing import cast

from sync.sandbox.accounts import actor_json, project_actees
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, XML, Answer, Call, Reply
from sync.sandbox.datasets_state import check_entities, declare
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.form_files import XLSX, expect_files, keep_blob
from sync.sandbox.forms_publish import drop_draft_submissions, new_draft, publish
from sync.sandbox.forms_state import (
    ANY,
    DRAFT,
    PUBLISHED,
    Form,
    actees_of,
    find_form,
    form_json,
    form_of,
    form_version,
    insert_form,
    integer,
    may,
    may_read,
    project_of,
    read_definition,
    read_form,
    with_def,
)
from sync.sandbox.keys import managed_version
from sync.sandbox.problems import Problem, missing_parameter, not_found
from sync.sandbox.schema import field_json
from sync.sandbox.store import one, update
from sync.sandbox.xlsform import convert_workbook, set_version

_EXCEL = (XLSX, "application/vnd.ms-excel")


# -- reading


def _list(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "form.list", "open_form.list")
    verbs = call.auth.verbs(project_actees(project))
    deleted = "not null" if call.flag("deleted") else "null"
    sql = f"select * from forms where projectId = ? and deletedAt is {deleted}"
    forms = [with_def(call, row) for row in call.all(sql, project["id"])]
    forms.sort(key=lambda form: str(form["name"] or form["xmlFormId"]))
    return [
        shown_form(call, form)
        for form in forms
        if (form["publishedAt"] is not None or "form.update" in verbs)
        and (form["state"] != "closed" or "form.read" in verbs)
    ]


def shown_form(call: Call, form: Form, *, notes: bool = False) -> dict[str, object]:
    """A form, with statistics when the client asked for extended metadata."""
    return form_json(form) | (_extended(call, form, notes=notes) if call.extended else {})


def _extended(call: Call, form: Form, *, notes: bool) -> dict[str, object]:
    draft = form["publishedAt"] is None
    stats = call.one(
        """select count(*) as n, max(createdAt) as last,
          coalesce(sum(reviewState is null), 0) as received,
          coalesce(sum(reviewState = 'hasIssues'), 0) as hasIssues,
          coalesce(sum(reviewState = 'edited'), 0) as edited
        from submissions where formId = ? and draft = ? and deletedAt is null""",
        form["id"],
        int(draft),
    )
    assert stats is not None
    creator = call.one(
        "select a.* from audits x join actors a on a.id = x.actorId "
        "where x.action = 'form.create' and x.acteeId = ?",
        form["acteeId"],
    )
    states = {name: stats[name] for name in ("received", "hasIssues", "edited")}
    related = call.one("select 1 from dataset_form_defs where formDefId = ?", form["defId"])
    shown: dict[str, object] = {
        "submissions": stats["n"],
        "entityRelated": related is not None,
        "reviewStates": states,
        "lastSubmission": stats["last"],
        "excelContentType": _excel_type(call, form),
        "publicLinks": 0,
        "createdBy": None if creator is None else actor_json(creator),
    }
    return shown | ({"publishNotes": form["publishNotes"]} if notes else {})


def _excel_type(call: Call, form: Form) -> str | None:
    found = call.one("select contentType from blobs where id = ?", form["xlsBlobId"])
    return None if found is None else found[0]


def instance(call: Call) -> Form:
    """The form of the path: a version, the draft, or what is published (a draft if nothing is)."""
    if "version" in call.path:
        name = call.path["version"]
        form = form_version(call, call.path["form"], "" if name == "___" else name)
        if form is None:
            raise not_found()
        return form
    draft = call.original_url.split("?")[0].split("/forms/")[1].split("/")[1:2] == ["draft"]
    return form_of(call, DRAFT if draft else ANY)


def readable(call: Call) -> Form:
    """`instance`, if the actor may read it."""
    return may_read(call, instance(call))


def _get(call: Call) -> Answer:
    form = readable(call)
    return shown_form(call, form, notes=call.auth.can(actees_of(call, form), "form.update"))


def _fields(call: Call) -> Answer:
    fields = read_form(str(readable(call)["xml"])).fields
    return [field_json(each, odata=call.flag("odata")) for each in fields]


def _versions(call: Call) -> Answer:
    form = may_read(call, form_of(call, ANY))
    sql = """
      select * from form_defs where formId = ? and publishedAt is not null
      order by publishedAt desc, id desc"""
    base = call.one("select * from forms where id = ?", form["id"])
    assert base is not None
    found = []
    for row in call.all(sql, form["id"]):
        version: Form = {**dict(row), **dict(base), "defId": row["id"]}
        shown = form_json(version)
        if call.extended:
            shown |= _published(call, version)
        found.append(shown)
    return found


def _published(call: Call, version: Form) -> dict[str, object]:
    by = call.one("select * from actors where id = ?", version["publishedBy"])
    return {
        "excelContentType": _excel_type(call, version),
        "publishedBy": None if by is None else actor_json(by),
        "publishNotes": version["publishNotes"],
    }


# -- writing


def _definition(call: Call) -> tuple[str, int | None, list[object]]:
    """The XForm in the body, the workbook it came from, and warnings not to be ignored."""
    media = call.headers.get("content-type", "").split(";")[0]
    if media not in _EXCEL:
        return call.body.decode("utf-8", "replace"), None, []
    xml, found = convert_workbook(call.body, call.headers.get("x-xlsform-formid-fallback"))
    blob = keep_blob(call.db, call.body, media)
    return xml, blob, [] if call.flag("ignoreWarnings") else list(found)


def _create(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "form.create")
    xml, blob, found = _definition(call)
    read_definition(xml)
    xml, key = managed_version(call, project, xml)
    entities = check_entities(read_form(xml))
    if "ignoreWarnings" not in call.query:
        found = [*found, *entities]
    def_id = insert_form(call, xml, blob, key, found)
    form = form_of(call, DRAFT, read_form(xml).form_id)
    expect_files(call, form, def_id, before=None)
    declare(call, form, def_id)
    log(call, "form.create", form["acteeId"])
    if call.flag("publish"):
        publish(call, form, at_creation=True)
        form = form_of(call, PUBLISHED, read_form(xml).form_id)
    return form_json(form)


def _set_draft(call: Call) -> Answer:
    project = project_of(call)
    form = may(call, _current(call), "form.update")
    found: list[object] = []
    if call.body:
        xml, blob, found = _definition(call)
        xls: object = blob
    else:
        published = find_form(call, PUBLISHED)
        if published is None:
            raise missing_parameter("xml")
        xml, xls = str(published["xml"]), published["xlsBlobId"]
    read_definition(xml)
    xml, key = managed_version(call, project, xml)
    new_draft(call, form, xml, xls=xls, key=key, found=found)
    return SUCCESS


def _current(call: Call) -> Form:
    """The form with its draft when it has one."""
    return find_form(call, DRAFT) or form_of(call, ANY)


def _publish(call: Call) -> Answer:
    form = may(call, form_of(call, DRAFT), "form.update")
    version = call.query.get("version")
    if version:
        xml = set_version(str(form["xml"]), version)
        key = cast("int | None", form["keyId"])
        new_draft(call, form, xml, xls=form["xlsBlobId"], key=key, silent=True)
        form = form_of(call, DRAFT)
    publish(call, form)
    return SUCCESS


def _delete_draft(call: Call) -> Answer:
    form = may(call, form_of(call, ANY), "form.update")
    if form["currentDefId"] is None:
        text = (
            "Could not delete draft, because the form has not been published. Either delete the "
            "whole form, or replace the draft."
        )
        raise Problem(409.7, text)
    if form["draftDefId"] is None:
        raise not_found()
    form_id = cast("int", form["id"])
    update(call.db, "forms", form_id, draftDefId=None, updatedAt=call.now)
    drop_draft_submissions(call, form_id)
    details: dict[str, object] = {"oldDraftDefId": form["draftDefId"]}
    log(call, "form.update.draft.delete", form["acteeId"], details)
    return SUCCESS


_STATES = ("open", "closing", "closed")


def _change(call: Call) -> Answer:
    form = may(call, form_of(call, ANY), "form.update")
    changes = {k: v for k, v in call.json().items() if k in ("state", "webformsEnabled")}
    state = changes.get("state", "open")
    if state not in _STATES:
        reason = "not a recognized state name"
        details = {"field": "state", "value": state, "reason": reason}
        raise Problem(400.8, f"Unexpected state value {state}; {reason}", details)
    update(call.db, "forms", cast("int", form["id"]), **changes, updatedAt=call.now)
    log(call, "form.update", form["acteeId"], {"data": changes})
    return form_json(form_of(call, ANY))


def _delete(call: Call) -> Answer:
    form = may(call, form_of(call, ANY), "form.delete")
    update(call.db, "forms", cast("int", form["id"]), deletedAt=call.now)
    log(call, "form.delete", form["acteeId"])
    return SUCCESS


def _restore(call: Call) -> Answer:
    """By the form's number, since several deleted forms may share one form ID."""
    project = project_of(call)
    number = integer(call.path["form"])
    sql = "select * from forms where projectId = ? and id = ? and deletedAt is not null"
    form = one(call.db, sql, project["id"], number)
    if form is None:
        raise not_found()
    call.auth.require((form["acteeId"], "form", *project_actees(project)), "form.restore")
    update(call.db, "forms", number, deletedAt=None)
    log(call, "form.restore", form["acteeId"])
    return SUCCESS


def _xml(call: Call) -> Answer:
    return Reply(str(readable(call)["xml"]).encode(), XML)


def _test_xml(call: Call) -> Answer:
    return Reply(str(tested(call)["xml"]).encode(), XML)


def tested(call: Call) -> Form:
    """The draft, for whoever has its token."""
    form = form_of(call, DRAFT)
    if form["draftToken"] != call.path["key"]:
        raise not_found()
    return form


_F = "/projects/{project}/forms/{form}"
ROUTES = (
    Endpoint("GET", "/projects/{project}/forms", _list),
    Endpoint("POST", "/projects/{project}/forms", _create),
    Endpoint("POST", _F + "/restore", _restore),
    Endpoint("POST", _F + "/draft", _set_draft),
    Endpoint("POST", _F + "/draft/publish", _publish),
    Endpoint("DELETE", _F + "/draft", _delete_draft),
    Endpoint("GET", _F + "/versions", _versions),
    Endpoint("GET", "/test/{key}" + _F + "/draft.xml", _test_xml, anonymous=True),
    *(
        endpoint
        for base in (_F + "/versions/{version}", _F + "/draft", _F)
        for endpoint in (
            Endpoint("GET", base + ".xml", _xml),
            Endpoint("GET", base + "/fields", _fields),
        )
    ),
)
LATE_ROUTES = (
    Endpoint("GET", _F + "/versions/{version}", _get),
    Endpoint("GET", _F + "/draft", _get),
    Endpoint("GET", _F, _get),
    Endpoint("PATCH", _F, _change),
    Endpoint("DELETE", _F, _delete),
)
"""Routes whose last part would also take what others end with (`.xml`, `.svc`)."""
