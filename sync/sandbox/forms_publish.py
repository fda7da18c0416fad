"""New drafts and their publication; answers are then shown through the new version."""

from sync.sandbox.accounts import create_actor, grant, new_token
from sync.sandbox.audit import log
from sync.sandbox.call import Call
from sync.sandbox.datasets_state import check_entities, declare, publish_declared
from sync.sandbox.form_files import expect_files
from sync.sandbox.forms_state import (
    Form,
    check_changes,
    insert_def,
    published_fields,
    read_definition,
    read_form,
    reject_warnings,
    same_version,
)
from sync.sandbox.problems import Problem, unexpected_value
from sync.sandbox.roles import FORM_VIEW
from sync.sandbox.row_cache import rebuild_rows
from sync.sandbox.schema import same_schema
from sync.sandbox.store import update


def new_draft(
    call: Call,
    form: Form,
    xml: str,
    *,
    xls: object = None,
    key: int | None = None,
    found: list[object] | None = None,
    silent: bool = False,
) -> int:
    """Set the draft of a form; its test submissions go. The id of the version."""
    after = read_definition(xml)
    if after.form_id != form["xmlFormId"]:
        reason = "does not match the form you are updating"
        raise unexpected_value("xmlFormId", after.form_id, reason)
    changes = check_changes(call, form, after, silent=silent)
    check_entities(after)
    reject_warnings([*(found or []), *changes])
    form_id = form["id"]
    assert isinstance(form_id, int)
    token = form["draftToken"] if form["defId"] == form["draftDefId"] else None
    blob = xls if isinstance(xls, int) else None
    def_id = insert_def(
        call, form_id, xml, xls=blob, key=key, token=str(token) if token else new_token()
    )
    before = form["draftDefId"] or form["currentDefId"]
    expect_files(call, form, def_id, before=before if isinstance(before, int) else None)
    declare(call, form, def_id)
    old = form["draftDefId"]
    update(call.db, "forms", form_id, draftDefId=def_id, updatedAt=call.now)
    drop_draft_submissions(call, form_id)
    details: dict[str, object] = {"oldDraftDefId": old, "newDraftDefId": def_id}
    log(call, "form.update.draft.set", form["acteeId"], details)
    return def_id


def publish(call: Call, form: Form, *, at_creation: bool = False) -> None:
    """Make the draft the version that phones get; 409.6 when its name was used before."""
    def_id, form_id = form["draftDefId"], form["id"]
    assert isinstance(def_id, int)
    assert isinstance(form_id, int)
    if same_version(call.db, form_id, form["version"]):
        text = (
            f"You tried to publish the form '{form['xmlFormId']}' with version "
            f"'{form['version']}', but a published form has already existed in this project with "
            "those identifiers."
        )
        details = {"xmlFormId": form["xmlFormId"], "version": form["version"]}
        raise Problem(409.6, text, details)
    before = published_fields(call.db, form)
    changed = None if at_creation else call.now
    update(call.db, "forms", form_id, currentDefId=def_id, draftDefId=None, updatedAt=changed)
    update(
        call.db,
        "form_defs",
        def_id,
        draftToken=None,
        publishedAt=call.now,
        publishedBy=call.auth.actor_id,
        publishNotes=call.headers.get("x-action-notes"),
    )
    _sync_token(call, form)
    publish_declared(call, def_id, call.now)
    details = {"oldDefId": form["currentDefId"], "newDefId": def_id}
    log(call, "form.update.publish", form["acteeId"], details)
    drop_draft_submissions(call, form_id)
    xml = str(form["xml"])
    if before is not None and not same_schema(before, read_form(xml).fields):
        rebuild_rows(call.db, form_id, xml)


def _sync_token(call: Call, form: Form) -> None:
    """Central lets its web form server read the form through an actor made for this once."""
    name = f"Enketo sync token for {form['acteeId']}"
    grant(
        call.db, create_actor(call.db, "singleUse", name, call.now), FORM_VIEW, str(form["acteeId"])
    )


def drop_draft_submissions(call: Call, form_id: int) -> None:
    """Test submissions do not survive their draft."""
    sql = "update submissions set deletedAt = ? where formId = ? and draft and deletedAt is null"
    call.db.execute(sql, (call.now, form_id))
