"""The files of submissions: list, download, upload, clear."""

from sync.sandbox.call import SUCCESS, Answer, Call, Redirect
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.form_files import blob_answer, keep_blob, media_type
from sync.sandbox.forms_state import DRAFT, PUBLISHED, Form, actees_of, form_of
from sync.sandbox.problems import insufficient_rights, not_found
from sync.sandbox.routes_submissions import (
    form_for,
    is_draft,
    or_redirect,
    submission_of,
    version_of,
)
from sync.sandbox.store import Row
from sync.sandbox.submissions_state import log_file, set_file


def _names(call: Call, def_id: object) -> Answer:
    sql = "select name, blobId from submission_attachments where submissionDefId = ? order by name"
    rows = call.all(sql, def_id)
    return [{"name": row["name"], "exists": row["blobId"] is not None} for row in rows]


def _list(call: Call) -> Answer:
    found = or_redirect(call, form_for(call, "submission.read"))
    return found if isinstance(found, Redirect) else _names(call, found["defId"])


def _list_version(call: Call) -> Answer:
    return _names(call, version_of(call, form_for(call, "submission.read"))["id"])


def _bytes(call: Call, def_id: object) -> Answer:
    sql = """
      select b.* from blobs b join submission_attachments a on a.blobId = b.id
      where a.submissionDefId = ? and a.name = ?"""
    blob = call.one(sql, def_id, call.path["name"])
    if blob is None:
        raise not_found()
    return blob_answer(call, call.path["name"], blob, inline=True)


def _get(call: Call) -> Answer:
    found = or_redirect(call, form_for(call, "submission.read"))
    return found if isinstance(found, Redirect) else _bytes(call, found["defId"])


def _get_version(call: Call) -> Answer:
    return _bytes(call, version_of(call, form_for(call, "submission.read"))["id"])


def _upload(call: Call) -> Answer:
    """By who may change submissions; the submitter may fill in a file that is still missing."""
    form = form_of(call, DRAFT if is_draft(call) else PUBLISHED)
    actees = actees_of(call, form)
    call.auth.require(actees, "submission.update", "submission.create")
    submission = submission_of(call, form)
    old = _file(call, submission["defId"])
    own = submission["dSubmitterId"] == call.auth.actor_id and submission["edits"] == 0
    missing = own and old["blobId"] is None
    if not missing and not call.auth.can(actees, "submission.update"):
        raise insufficient_rights()
    name = call.path["name"]
    media = call.headers.get("content-type") or media_type(name)
    blob = keep_blob(call.db, call.body, media)
    set_file(call.db, submission["defId"], name, blob)
    _log(call, form, submission["defId"], old["blobId"], blob)
    return SUCCESS


def _file(call: Call, def_id: int) -> Row:
    sql = "select * from submission_attachments where submissionDefId = ? and name = ?"
    found = call.one(sql, def_id, call.path["name"])
    if found is None:
        raise not_found()
    return found


def _log(call: Call, form: Form, def_id: int, old: int | None, new: int | None) -> None:
    instance, name = call.path["instance"], call.path["name"]
    log_file(call, form, instance, def_id, name, new=new, old=old, direct=True)


def _clear(call: Call) -> Answer:
    form = form_for(call, "submission.update")
    return _take_away(call, form, submission_of(call, form)["defId"])


def _clear_version(call: Call) -> Answer:
    form = form_for(call, "submission.update")
    return _take_away(call, form, version_of(call, form)["id"])


def _take_away(call: Call, form: Form, def_id: int) -> Answer:
    old = _file(call, def_id)
    set_file(call.db, def_id, call.path["name"], None)
    _log(call, form, def_id, old["blobId"], None)
    return SUCCESS


ROUTES = tuple(
    endpoint
    for base in (
        "/projects/{project}/forms/{form}/draft/submissions/{instance}",
        "/projects/{project}/forms/{form}/submissions/{instance}",
    )
    for endpoint in (
        Endpoint("GET", base + "/attachments", _list),
        Endpoint("GET", base + "/attachments/{name}", _get),
        Endpoint("POST", base + "/attachments/{name}", _upload),
        Endpoint("DELETE", base + "/attachments/{name}", _clear),
        Endpoint("GET", base + "/versions/{version}/attachments", _list_version),
        Endpoint("GET", base + "/versions/{version}/attachments/{name}", _get_version),
        Endpoint("DELETE", base + "/versions/{version}/attachments/{name}", _clear_version),
    )
)
