"""What phones do: send submissions (OpenRosa), once, again, with later files, as edits."""

from sync.sandbox.accounts import form_actees
from sync.sandbox.answers import TEXT_XML, openrosa_message
from sync.sandbox.call import Answer, Call, Reply
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entity_worker import after_submission
from sync.sandbox.forms_state import DRAFT, Form, form_of, form_version, project_of
from sync.sandbox.problems import (
    Problem,
    authentication_failed,
    deleted_submission,
    insufficient_rights,
    not_found,
    not_unique,
    outdated_copy,
    unexpected_value,
    xml_conflict,
)
from sync.sandbox.store import Row
from sync.sandbox.submissions_state import (
    Partial,
    add_files,
    create,
    create_version,
    read_partial,
    store_files,
)

_FIELD = "xml_submission_file"


def _ready(call: Call) -> Answer:
    """HEAD: Collect asks whether it may send here."""
    project_of(call)
    return Reply(b"", "", 204)


def _receive(call: Call) -> Answer:
    """A submission to whichever published version it names."""
    partial = _partial(call)
    return _take(call, open_form(call, partial), partial, draft=False)


def _receive_draft(call: Call) -> Answer:
    """A test submission, by a user or by the draft's token."""
    partial = _partial(call)
    form = draft_form(call, partial)
    if "key" not in call.path:
        require_create(call, form)
    return _take(call, form, partial, draft=True)


def _partial(call: Call) -> Partial:
    found = next((upload for upload in call.uploads if upload.name == _FIELD), None)
    if found is None:
        text = f"Required multipart POST field {_FIELD} missing."
        raise Problem(400.7, text, {"field": _FIELD})
    return read_partial(found.content)


def open_form(call: Call, partial: Partial) -> Form:
    """The version that the submission names, if it still takes submissions from this actor."""
    form = form_version(call, partial.form_id, partial.version)
    if form is None:
        text = f"The form version specified in this submission '{partial.version}' does not exist."
        raise Problem(404.6, text, {"formVersion": partial.version})
    if form["state"] not in ("open", "closing"):
        text = (
            "This form is not currently accepting submissions. Please talk to your program staff "
            "if this is unexpected."
        )
        raise Problem(409.2, text)
    require_create(call, form)
    return form


def require_create(call: Call, form: Form) -> None:
    """OpenRosa clients are told 401 instead of 403, so that they ask for a password."""
    if call.auth.can(form_actees(form, project_of(call)), "submission.create"):
        return
    raise authentication_failed() if call.uploads else insufficient_rights()


def draft_form(call: Call, partial: Partial) -> Form:
    """The draft of the path, which must be the submission's form."""
    if call.path["form"] != partial.form_id:
        raise unexpected_value("form id", partial.form_id, "did not match the form ID in the URL")
    form = form_of(call, DRAFT)
    if "key" in call.path and form["draftToken"] != call.path["key"]:
        raise not_found()
    return form


def _take(call: Call, form: Form, partial: Partial, *, draft: bool) -> Answer:
    if partial.deprecated_id is not None:
        def_id = _edit(call, form, partial, draft=draft)
    else:
        def_id = _first(call, form, partial, draft=draft)
    if def_id is not None and not draft:
        after_submission(call, def_id)
    message = openrosa_message("", "full submission upload was successful!")
    return Reply(message.encode(), TEXT_XML, 201)


def version_by_instance(call: Call, form: Form, instance_id: str, *, draft: bool) -> Row | None:
    """A version of a live submission by its own instance ID."""
    sql = """
      select d.* from submission_defs d join submissions s on s.id = d.submissionId
      where s.formId = ? and s.draft = ? and s.deletedAt is null and d.instanceId = ?"""
    return call.one(sql, form["id"], int(draft), instance_id)


def _first(call: Call, form: Form, partial: Partial, *, draft: bool) -> int | None:
    """A new submission, or a known one sent again with more files."""
    extant = version_by_instance(call, form, partial.instance_id, draft=draft)
    if extant is not None:
        if not extant["current"]:
            raise outdated_copy(None)
        _again(call, form, partial, extant)
        return None
    if taken(call, form, partial.instance_id, draft=draft):
        raise deleted_submission()
    def_id = create(call, form, partial, draft=draft)
    store_files(call, form, partial, def_id)
    return def_id


def _again(call: Call, form: Form, partial: Partial, extant: Row) -> None:
    """The same XML, with or without more files; other XML is refused."""
    if partial.xml != extant["xml"]:
        raise xml_conflict()
    add_files(call, form, partial.instance_id, extant["id"])


def taken(call: Call, form: Form, instance_id: str, *, draft: bool) -> bool:
    """Whether a submission, deleted ones too, has this instance ID."""
    sql = "select 1 from submissions where formId = ? and draft = ? and instanceId = ?"
    return call.one(sql, form["id"], int(draft), instance_id) is not None


def _edit(call: Call, form: Form, partial: Partial, *, draft: bool) -> int | None:
    """An edit of the current version, or one that arrived before."""
    assert partial.deprecated_id is not None
    before = version_by_instance(call, form, partial.deprecated_id, draft=draft)
    if before is None:
        text = (
            "You tried to update an existing submission, but we can't find that submission to "
            f"update ({partial.deprecated_id})"
        )
        raise Problem(404.5, text, {"deprecatedId": partial.deprecated_id})
    if not before["current"]:
        usurper = version_by_instance(call, form, partial.instance_id, draft=draft)
        if usurper is None or not usurper["current"]:
            raise outdated_copy(partial.deprecated_id)
        _again(call, form, partial, usurper)
        return None
    return store_edit(call, form, partial, before, draft=draft)


def store_edit(call: Call, form: Form, partial: Partial, before: Row, *, draft: bool) -> int:
    """Keep an edit; its instance ID must be new."""
    if taken(call, form, partial.instance_id, draft=draft) or version_by_instance(
        call, form, partial.instance_id, draft=draft
    ):
        raise not_unique(("instanceID",), (partial.instance_id,), "submission_defs")
    def_id = create_version(call, form, partial, before)
    store_files(call, form, partial, def_id, before=before["id"])
    return def_id


_P = "/projects/{project}"
_D = "/projects/{project}/forms/{form}/draft/submission"
ROUTES = (
    Endpoint("GET", _P + "/submission", _ready, "openrosa"),
    Endpoint("POST", _P + "/submission", _receive, "openrosa", submits=True),
    Endpoint("GET", _D, _ready, "openrosa"),
    Endpoint("POST", _D, _receive_draft, "openrosa"),
    Endpoint("GET", "/test/{key}" + _D, _ready, "openrosa", anonymous=True),
    Endpoint("POST", "/test/{key}" + _D, _receive_draft, "openrosa", anonymous=True),
)
