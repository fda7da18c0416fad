"""The audit log over REST: the server's, and that of one submission."""

import json

from sync.sandbox.accounts import actor_json
from sync.sandbox.call import Answer, Call
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_state import Form, form_json
from sync.sandbox.problems import not_integer
from sync.sandbox.routes_projects import project_json
from sync.sandbox.routes_submissions import form_for, submission_of
from sync.sandbox.store import Row
from sync.sandbox.submission_json import person

_SUBMISSION = (
    "submission.create submission.update submission.update.version submission.attachment.update "
    "submission.backlog.hold submission.backlog.reprocess submission.backlog.force "
    "submission.delete submission.restore"
)
_ENTITY = (
    "entity.create entity.bulk.create entity.error entity.update.version entity.update.resolve "
    "entity.delete entity.restore entity.purge"
)
_GROUPS = {
    "user": "user.create user.update user.delete user.assignment.create user.assignment.delete "
    "user.session.create",
    "field_key": "field_key.create field_key.assignment.create field_key.assignment.delete "
    "field_key.session.end field_key.delete field_key.property.set",
    "public_link": "public_link.create public_link.assignment.create "
    "public_link.assignment.delete public_link.session.end public_link.delete",
    "project": "project.create project.update project.delete actor_property.create",
    "form": "form.create form.update form.delete form.restore form.purge form.attachment.update "
    "form.submission.export form.update.draft.set form.update.draft.delete "
    "form.update.draft.replace form.update.publish",
    "submission": _SUBMISSION + " submission.purge",
    "dataset": "dataset.create dataset.update entity.bulk.delete entity.bulk.restore "
    "dataset.delete",
    "entity": _ENTITY + " entity.bulk.delete entity.bulk.restore",
    "config": "config.set",
}
_VERBOSE = (
    _ENTITY + " " + _SUBMISSION + " user.preference.update user.preference.delete backup analytics"
)


def _server(call: Call) -> Answer:
    call.auth.require(("audit", "*"), "audit.read")
    clauses, values = ["1"], list[object]()
    for name, rule in (("start", "loggedAt >= ?"), ("end", "loggedAt < ?")):
        if name in call.query:
            clauses.append(rule)
            values.append(call.query[name])
    action = call.query.get("action")
    if action is not None:
        clauses.append(_actions(action))
    sql = f"select * from audits where {' and '.join(clauses)} order by loggedAt desc, id desc"
    limit, offset = _number(call, "limit", -1), _number(call, "offset", 0)
    rows = call.all(sql + " limit ? offset ?", *values, limit, offset)
    return [_with_people(call, row) for row in rows]


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.lstrip("-").isdigit():
        raise not_integer(name)
    return int(text)


def _actions(action: str) -> str:
    if action == "nonverbose":
        return f"action not in ({_quoted(_VERBOSE)})"
    return f"action in ({_quoted(_GROUPS.get(action, action))})"


def _quoted(words: str) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words.split())


def audit_json(row: Row) -> dict[str, object]:
    """An entry as Central shows it; keys of details in the order in which PostgreSQL keeps them."""
    details = None if row["details"] is None else jsonb(json.loads(row["details"]))
    return {
        "actorId": row["actorId"],
        "action": row["action"],
        "acteeId": row["acteeId"],
        "details": details,
        "loggedAt": row["loggedAt"],
        "notes": row["notes"],
    }


def jsonb(thing: object) -> object:
    """Objects with their keys by length, then by letters."""
    if isinstance(thing, list):
        return [jsonb(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    return {key: jsonb(thing[key]) for key in sorted(thing, key=lambda key: (len(key), key))}


def _with_people(call: Call, row: Row) -> dict[str, object]:
    shown = audit_json(row)
    if not call.extended:
        return shown
    people = {"actor": person(call, row["actorId"]), "actee": _actee(call, row["acteeId"])}
    return shown | people


def _actee(call: Call, actee: object) -> dict[str, object] | None:
    """The thing to which something was done."""
    actor = call.one("select * from actors where acteeId = ?", actee)
    if actor is not None:
        return actor_json(actor)
    form = call.one("select * from forms where acteeId = ?", actee)
    if form is not None:
        version = call.one("select * from form_defs where id = ?", form["currentDefId"])
        both: Form = {**(dict(version) if version else {}), **dict(form)}
        return form_json(both) if version else None
    project = call.one("select * from projects where acteeId = ?", actee)
    if project is not None:
        return project_json(project)
    dataset = call.one("select * from datasets where acteeId = ?", actee)
    return None if dataset is None else {"name": dataset["name"]}


def _submission(call: Call) -> Answer:
    form = form_for(call, "submission.read")
    submission = submission_of(call, form)
    sql = "select * from audits where submissionId = ? order by loggedAt desc, id desc"
    return [_of_submission(call, row) for row in call.all(sql, submission["id"])]


def _of_submission(call: Call, row: Row) -> dict[str, object]:
    shown = audit_json(row)
    if not call.extended:
        return shown
    details = shown["details"]
    if isinstance(details, dict):
        entity = details.get("entity")
        details["entity"] = {"entityAvailable": _available(call, entity)} | (entity or {})
    actor = person(call, row["actorId"])
    return shown | ({} if actor is None else {"actor": actor})


def _available(call: Call, entity: object) -> bool:
    uuid = entity.get("uuid") if isinstance(entity, dict) else None
    sql = "select 1 from entities where uuid = ? and deletedAt is null"
    return call.one(sql, uuid) is not None


_S = "/projects/{project}/forms/{form}/submissions/{instance}/audits"
ROUTES = (
    Endpoint("GET", "/audits", _server),
    Endpoint("GET", _S, _submission),
)
