"""Submissions over REST: listing, reading, sending, editing, reviewing, deleting."""

from math import inf
from urllib.parse import quote, urlsplit

from sync.sandbox.audit import log
from sync.sandbox.call import (
    JSON,
    SUCCESS,
    XML,
    Answer,
    Call,
    NotModified,
    Redirect,
    Reply,
    compact,
    unchanged,
)
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entity_worker import after_review, after_submission
from sync.sandbox.forms_state import ANY, DRAFT, PUBLISHED, Form, form_of, form_version, may
from sync.sandbox.odata_query import Page
from sync.sandbox.odata_stream import event_hash, selected
from sync.sandbox.problems import (
    Problem,
    missing_parameter,
    not_found,
    not_integer,
    not_unique,
    outdated_copy,
    unexpected_value,
)
from sync.sandbox.routes_collect import (
    draft_form,
    open_form,
    require_create,
    store_edit,
    taken,
    version_by_instance,
)
from sync.sandbox.store import Row, insert, next_event
from sync.sandbox.submission_json import SUBMISSIONS, person, submission_json, version_json
from sync.sandbox.submissions_state import Partial, create, read_partial, store_files

_STATES = (None, "hasIssues", "edited", "rejected", "approved")


def is_draft(call: Call) -> bool:
    """Whether the path is that of a draft's test submissions."""
    return "/draft/submissions" in call.original_url.split("?")[0]


def form_for(call: Call, *verbs: str) -> Form:
    """The form of the path, if the actor may do one of the verbs to it."""
    return may(call, form_of(call, DRAFT if is_draft(call) else PUBLISHED), *verbs)


def submission_of(call: Call, form: Form, *, deleted: bool = False) -> Row:
    """The submission of the path by the ID of its first version."""
    found = _submission(call, form, deleted=deleted)
    if found is None:
        raise not_found()
    return found


def _submission(call: Call, form: Form, *, deleted: bool = False) -> Row | None:
    gone = "not null" if deleted else "null"
    sql = f"{SUBMISSIONS} where s.formId = ? and s.draft = ? and s.instanceId = ? "
    sql += f"and s.deletedAt is {gone}"
    return call.one(sql, form["id"], int(is_draft(call)), call.path["instance"])


def or_redirect(call: Call, form: Form) -> Row | Redirect:
    """The submission, or the way to it when the path names a later version."""
    found = _submission(call, form)
    if found is not None:
        return found
    version = version_by_instance(call, form, call.path["instance"], draft=is_draft(call))
    if version is None:
        raise not_found()
    root = call.one("select instanceId from submissions where id = ?", version["submissionId"])
    assert root is not None
    parts = urlsplit(call.original_url)
    base, rest = parts.path.split("/submissions/", 1)
    target = f"{base}/submissions/{quote(root[0], safe='')}/versions/{rest}"
    return Redirect(target + (f"?{parts.query}" if parts.query else ""))


# -- reading


def _list(call: Call) -> Answer:
    form = form_for(call, "submission.list")
    limit, offset = _number(call, "limit"), _number(call, "offset")
    deleted = call.flag("deleted")
    rule = "not __system/deletedAt eq null" if deleted else "__system/deletedAt eq null"
    page = Page(inf if limit is None else limit, offset or 0, None, False, rule, None)
    chosen = selected(call, form, page, draft=is_draft(call), table="Submissions")
    if unchanged(call, event_hash(call, chosen), weak=True):
        return NotModified()
    sql = f"{SUBMISSIONS} {chosen.clause} {chosen.order} limit ? offset ?"
    rows = call.all(sql, *chosen.values, -1 if limit is None else limit, offset or 0)
    return [submission_json(call, row) for row in rows]


def _number(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if text is None:
        return None
    if not text.lstrip("-").isdigit():
        raise not_integer(name)
    return int(text)


def _get(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    found = or_redirect(call, form)
    return found if isinstance(found, Redirect) else submission_json(call, found)


def _xml(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    found = or_redirect(call, form)
    if isinstance(found, Redirect):
        return found
    row = call.one("select xml from submission_defs where id = ?", found["defId"])
    assert row is not None
    return Reply(row["xml"], XML)


def _versions(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    submission = submission_of(call, form)
    sql = "select * from submission_defs where submissionId = ? order by id desc"
    return [version_json(call, row) for row in call.all(sql, submission["id"])]


def version_of(call: Call, form: Form) -> Row:
    """The version of the path, which must belong to the submission of the path."""
    submission = submission_of(call, form)
    found = version_by_instance(call, form, call.path["version"], draft=is_draft(call))
    if found is None or found["submissionId"] != submission["id"]:
        raise not_found()
    return found


def _version(call: Call) -> Answer:
    return version_json(call, version_of(call, form_for(call, "submission.read")))


def _version_xml(call: Call) -> Answer:
    return Reply(version_of(call, form_for(call, "submission.read"))["xml"], XML)


def _submitters(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    sql = """
      select distinct a.id, a.displayName from actors a join submissions s on s.submitterId = a.id
      where s.formId = ? and s.deletedAt is null"""
    rows = call.all(sql + " order by a.displayName", form["id"])
    return [shown for row in rows if (shown := person(call, row["id"])) is not None]


def _keys(call: Call) -> Answer:
    """The keys of live encrypted submissions."""
    form = form_for(call, "submission.read")
    sql = """
      select distinct k.* from submissions s join submission_defs d on d.id = s.currentDefId
      join form_defs f on f.id = d.formDefId join keys k on k.id = f.keyId
      where s.formId = ? and s.draft = ? and s.deletedAt is null and d.localKey is not null
      order by k.id desc"""
    return [
        {
            "id": row["id"],
            "public": row["public"],
            "managed": bool(row["managed"]),
            "hint": row["hint"],
            "createdAt": row["createdAt"],
        }
        for row in call.all(sql, form["id"], int(is_draft(call)))
    ]


# -- writing


def _partial_for(call: Call) -> Partial:
    partial = read_partial(call.body)
    if partial.form_id != call.path["form"]:
        raise unexpected_value("form id", partial.form_id, "did not match the form ID in the URL")
    return partial


def _send(call: Call) -> Answer:
    partial = read_partial(call.body)
    draft = is_draft(call)
    form = draft_form(call, partial) if draft else _open(call, partial)
    if "key" not in call.path:
        require_create(call, form)
    partial = _partial_for(call)
    if taken(call, form, partial.instance_id, draft=draft):
        values = (str(form["id"]), partial.instance_id, "t" if draft else "f")
        raise not_unique(("formId", "instanceId", "draft"), values, "submissions")
    def_id = create(call, form, partial, draft=draft)
    store_files(call, form, partial, def_id)
    if not draft:
        after_submission(call, def_id)
    row = call.one(SUBMISSIONS + "where d.id = ?", def_id)
    assert row is not None
    shown = submission_json(call, row)
    for name in ("reviewState", "deletedAt"):
        del shown[name]
    return shown


def _open(call: Call, partial: Partial) -> Form:
    """The version that the submission names, of the form in the path."""
    if partial.form_id == call.path["form"]:
        return open_form(call, partial)
    found = form_version(call, call.path["form"], partial.version)
    return form_of(call, PUBLISHED) if found is None else found


def _edit(call: Call) -> Answer:
    partial = _partial_for(call)
    if partial.deprecated_id is None:
        text = (
            "This PUT endpoint expects a deprecatedID metadata tag pointing at the current "
            "version instanceID. I cannot find that tag in your request."
        )
        raise Problem(400.19, text)
    draft = is_draft(call)
    form = draft_form(call, partial) if draft else open_form(call, partial)
    require_create(call, form)
    submission = submission_of(call, form)
    before = call.one("select * from submission_defs where id = ?", submission["currentDefId"])
    assert before is not None
    if before["instanceId"] != partial.deprecated_id:
        raise outdated_copy(partial.deprecated_id)
    def_id = store_edit(call, form, partial, before, draft=draft)
    if not draft:
        after_submission(call, def_id)
    return submission_json(call, submission_of(call, form))


def _review(call: Call) -> Answer:
    form = form_for(call, "submission.update")
    submission = submission_of(call, form)
    body = call.json()
    state = body.get("reviewState")
    if state not in _STATES:
        raise unexpected_value("state", state, "not a recognized state name")
    details: dict[str, object] = {
        "submissionId": submission["id"],
        "submissionDefId": submission["defId"],
    }
    if "reviewState" in body:
        details["reviewState"] = state
        call.db.execute(
            "update submissions set reviewState = ?, updatedAt = ?, event = ? where id = ?",
            (state, call.now, next_event(call.db), submission["id"]),
        )
    log(call, "submission.update", form["acteeId"], details, submission=submission["id"])
    if state == "approved":
        after_review(call, submission["defId"])
    row = submission_of(call, form)
    names = [
        "instanceId",
        "submitterId",
        "deviceId",
        "createdAt",
        "updatedAt",
        "reviewState",
        "deletedAt",
    ]
    return {name: row[name] for name in names}


def _delete(call: Call) -> Answer:
    form = may(call, form_of(call, ANY), "submission.delete")
    submission = submission_of(call, form)
    _mark(call, form, submission, "submission.delete", call.now)
    return SUCCESS


def _restore(call: Call) -> Answer:
    """Only `deletedAt` goes back: no stamp tells of it [central.md §2]."""
    form = may(call, form_of(call, ANY), "submission.restore")
    submission = submission_of(call, form, deleted=True)
    _mark(call, form, submission, "submission.restore", None)
    return SUCCESS


def _mark(call: Call, form: Form, submission: Row, action: str, deleted: str | None) -> None:
    number = submission["id"]
    sql = "update submissions set deletedAt = ?, event = ? where id = ?"
    call.db.execute(sql, (deleted, next_event(call.db), number))
    details: dict[str, object] = {"submissionId": number, "instanceId": submission["instanceId"]}
    log(call, action, form["acteeId"], details, submission=number)


# -- comments


def _comments(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    submission = submission_of(call, form)
    sql = "select * from comments where submissionId = ? order by createdAt desc, id desc"
    found = []
    for row in call.all(sql, submission["id"]):
        shown = {name: row[name] for name in ("body", "actorId", "createdAt")}
        found.append(shown | ({"actor": person(call, row["actorId"])} if call.extended else {}))
    return found


def _comment(call: Call) -> Answer:
    """A comment moves no stamp of the submission."""
    form = form_for(call, "submission.read")
    submission = submission_of(call, form)
    body = call.json().get("body")
    if not body:
        raise missing_parameter("body")
    shown: dict[str, object] = {
        "body": str(body),
        "actorId": call.auth.actor_id,
        "createdAt": call.now,
    }
    insert(call.db, "comments", submissionId=submission["id"], **shown)
    return Reply(compact(shown).encode(), JSON)


_F = "/projects/{project}/forms/{form}"
_S = "/submissions/{instance}"
ROUTES = (
    Endpoint("PATCH", _F + _S, _review),
    Endpoint("DELETE", _F + _S, _delete),
    Endpoint("POST", _F + _S + "/restore", _restore),
    Endpoint("GET", _F + _S + "/comments", _comments),
    Endpoint("POST", _F + _S + "/comments", _comment),
    Endpoint("POST", "/test/{key}" + _F + "/draft/submissions", _send, anonymous=True),
    *(
        endpoint
        for base in (_F + "/draft", _F)
        for endpoint in (
            Endpoint("GET", base + "/submissions", _list),
            Endpoint("POST", base + "/submissions", _send, submits=True),
            Endpoint("GET", base + "/submissions/keys", _keys),
            Endpoint("GET", base + "/submissions/submitters", _submitters),
            Endpoint("GET", base + _S + "/versions", _versions),
            Endpoint("GET", base + _S + "/versions/{version}.xml", _version_xml),
            Endpoint("GET", base + _S + "/versions/{version}", _version),
            Endpoint("PUT", base + _S, _edit, submits=True),
            Endpoint("GET", base + _S + ".xml", _xml),
            Endpoint("GET", base + _S, _get),
        )
    ),
)
