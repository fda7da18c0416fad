"""Files beside forms, the OpenRosa form list and manifests, workbooks."""

from sync.sandbox.accounts import dataset_actees, project_actees
from sync.sandbox.answers import TEXT_XML
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call, Reply
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.escapes import encode_component, mustache
from sync.sandbox.form_files import (
    XLSX,
    blob_answer,
    file_json,
    file_of,
    files_of,
    keep_blob,
    manifest,
    media_type,
    serve_file,
)
from sync.sandbox.forms_state import (
    DRAFT,
    PUBLISHED,
    Form,
    actees_of,
    find_form,
    form_of,
    may,
    project_of,
    read_form,
)
from sync.sandbox.problems import Problem, not_found
from sync.sandbox.routes_forms import readable, tested
from sync.sandbox.store import Row, one


def _list(call: Call) -> Answer:
    return [file_json(row) for row in files_of(call, readable(call)["defId"])]


def _serve(call: Call) -> Answer:
    return serve_file(call, file_of(call, readable(call)["defId"], call.path["name"]))


def _manifest(call: Call) -> Answer:
    return _xml(manifest(call, files_of(call, readable(call)["defId"])))


def _xml(text: str) -> Answer:
    return Reply(text.encode(), TEXT_XML)


def _workbook(call: Call) -> Answer:
    form = readable(call)
    blob = one(call.db, "select * from blobs where id = ?", form["xlsBlobId"])
    if blob is None or blob["contentType"] != XLSX:
        raise not_found()
    return blob_answer(call, f"{form['xmlFormId']}.xlsx", blob)


# -- files of a draft


def _draft(call: Call) -> Form:
    return may(call, form_of(call, DRAFT), "form.update")


def _set(call: Call, form: Form, row: Row, blob: int | None, dataset: int | None) -> Row:
    call.db.execute(
        "update form_attachments set blobId = ?, datasetId = ?, updatedAt = ? "
        "where formDefId = ? and name = ?",
        (blob, dataset, call.now, form["defId"], row["name"]),
    )
    details: dict[str, object] = {
        "formDefId": form["defId"],
        "name": row["name"],
        "oldBlobId": row["blobId"],
        "newBlobId": blob,
        "oldDatasetId": row["datasetId"],
        "newDatasetId": dataset,
    }
    log(call, "form.attachment.update", form["acteeId"], details)
    return file_of(call, form["defId"], row["name"])


def _upload(call: Call) -> Answer:
    form = _draft(call)
    row = file_of(call, form["defId"], call.path["name"])
    media = call.headers.get("content-type") or media_type(row["name"])
    return file_json(_set(call, form, row, keep_blob(call.db, call.body, media), None))


def _link(call: Call) -> Answer:
    """Let the entity list of the same name stand for the file, or no longer."""
    form, project = _draft(call), project_of(call)
    name = call.path["name"]
    sql = (
        "select * from datasets where projectId = ? and name = ? and publishedAt is not null "
        "and deletedAt is null"
    )
    dataset = call.one(sql, project["id"], name.removesuffix(".csv").removesuffix(".CSV"))
    if dataset is None:
        raise not_found()
    call.auth.require(dataset_actees(dataset, project), "entity.list")
    row = file_of(call, form["defId"], name)
    wanted = bool(call.json().get("dataset"))
    if wanted and row["type"] != "file":
        text = 'Dataset can only be linked to attachments with "Data File" type.'
        raise Problem(400.26, text)
    linked = _set(call, form, row, None, dataset["id"] if wanted else None)
    return file_json(linked, hashed=False)


def _clear(call: Call) -> Answer:
    form = _draft(call)
    row = file_of(call, form["defId"], call.path["name"])
    if row["blobId"] is None and row["datasetId"] is None:
        raise not_found()
    _set(call, form, row, None, None)
    return SUCCESS


# -- OpenRosa


def _form_list(call: Call) -> Answer:
    """The open forms that this actor may fill in."""
    project = project_of(call)
    wanted = call.query.get("formID")
    sql = """
      select xmlFormId from forms where projectId = ? and state = 'open'
      and currentDefId is not null and deletedAt is null and (? is null or xmlFormId = ?)"""
    rows = call.all(sql, project["id"], wanted, wanted)
    forms = [find_form(call, PUBLISHED, row[0]) for row in rows]
    seen = [
        form
        for form in forms
        if form is not None and call.auth.can(actees_of(call, form), "form.read", "open_form.read")
    ]
    seen.sort(key=lambda form: str(form["name"] or form["xmlFormId"]))
    base = call.original_url.split("?")[0].rpartition("/")[0]
    return _xml(_list_xml(call, seen, base, draft=False))


def _list_xml(call: Call, forms: list[Form], base: str, *, draft: bool) -> str:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    parts.append('  <xforms xmlns="http://openrosa.org/xforms/xformsList">\n')
    for form in forms:
        form_id = str(form["xmlFormId"])
        url = f"{call.world.domain}{base}/forms/{encode_component(form_id)}"
        url += "/draft" if draft else ""
        parts.append("    <xform>\n")
        parts.append(f"      <formID>{mustache(form_id)}</formID>\n")
        parts.append(f"      <name>{mustache(str(form['name'] or form_id))}</name>\n")
        parts.append(f"      <version>{mustache(str(form['version']))}</version>\n")
        parts.append(f"      <hash>md5:{form['hash']}</hash>\n")
        parts.append(f"      <downloadUrl>{url}.xml</downloadUrl>\n")
        if files_of(call, form["defId"]):
            parts.append(f"      <manifestUrl>{url}/manifest</manifestUrl>\n")
        parts.append("    </xform>\n")
    return "".join([*parts, "  </xforms>"])


def _test_list(call: Call) -> Answer:
    try:
        form = tested(call)
    except Problem:
        text = (
            "You tried to access a draft testing endpoint, but it does not exist anymore or your "
            "access is no longer valid. If the form has been published and you would like to "
            "submit to it, you should configure your device with an App User token. If there is a "
            "new draft, you may have to reconfigure your device from the draft settings."
        )
        raise Problem(404.4, text) from None
    base = call.original_url.split("/forms/")[0]
    return _xml(_list_xml(call, [form], base, draft=True))


def _test_manifest(call: Call) -> Answer:
    return _xml(manifest(call, files_of(call, tested(call)["defId"])))


def _test_serve(call: Call) -> Answer:
    return serve_file(call, file_of(call, tested(call)["defId"], call.path["name"]))


def _dataset_diff(call: Call) -> Answer:
    """What publishing the draft would do to entity lists."""
    form, project = readable(call), project_of(call)
    call.auth.require(project_actees(project), "dataset.list")
    if form["keyId"] is not None:
        return []
    sql = """
      select d.* from datasets d join dataset_form_defs x on x.datasetId = d.id
      where x.formDefId = ? order by d.name"""
    return [_diff(call, form, dataset) for dataset in call.all(sql, form["defId"])]


def _diff(call: Call, form: Form, dataset: Row) -> dict[str, object]:
    sql = """
      select p.id, p.name, p.publishedAt is null as isNew, f.path from ds_properties p
      left join ds_property_fields f on f.dsPropertyId = p.id and f.formDefId = ?
      where p.datasetId = ? and (p.publishedAt is not null or f.path is not null)"""
    draft, xform = form["publishedAt"] is None, read_form(str(form["xml"]))
    found: list[tuple[bool, int, dict[str, object]]] = []
    for row in call.all(sql, form["defId"], dataset["id"]):
        field = None if row["path"] is None else xform.field(row["path"])
        shown: dict[str, object] = {"name": row["name"]}
        shown |= {"isNew": bool(row["isNew"])} if draft else {}
        shown["inForm"] = field is not None
        found.append((field is not None, row["id"] if field is None else field.order, shown))
    found.sort(key=lambda each: each[:2])
    properties = [shown for _, _, shown in found]
    new = {"isNew": dataset["publishedAt"] is None} if draft else {}
    return {"name": dataset["name"]} | new | {"properties": properties}


_F = "/projects/{project}/forms/{form}"
_T = "/test/{key}" + _F + "/draft"
ROUTES = (
    Endpoint("GET", "/projects/{project}/formList", _form_list, "openrosa"),
    Endpoint("GET", _T + "/formList", _test_list, "openrosa", anonymous=True),
    Endpoint("GET", _T + "/manifest", _test_manifest, "openrosa", anonymous=True),
    Endpoint("GET", _T + "/attachments/{name}", _test_serve, anonymous=True),
    Endpoint("POST", _F + "/draft/attachments/{name}", _upload),
    Endpoint("PATCH", _F + "/draft/attachments/{name}", _link),
    Endpoint("DELETE", _F + "/draft/attachments/{name}", _clear),
    Endpoint("GET", _F + "/draft/dataset-diff", _dataset_diff),
    Endpoint("GET", _F + "/dataset-diff", _dataset_diff),
    *(
        endpoint
        for base in (_F + "/versions/{version}", _F + "/draft", _F)
        for endpoint in (
            Endpoint("GET", base + ".xlsx", _workbook),
            Endpoint("GET", base + "/manifest", _manifest, "openrosa"),
            Endpoint("GET", base + "/attachments", _list),
            Endpoint("GET", base + "/attachments/{name}", _serve),
        )
    ),
)
