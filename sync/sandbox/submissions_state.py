"""Submissions: how they are read, stored, edited, and which files they expect."""

from dataclasses import dataclass
from uuid import uuid4

from sync.sandbox.audit import log
from sync.sandbox.call import Call, Upload
from sync.sandbox.form_files import keep_blob, media_type
from sync.sandbox.forms_state import Form, columns
from sync.sandbox.problems import missing_parameter, too_long
from sync.sandbox.row_cache import cache_row
from sync.sandbox.schema import Column
from sync.sandbox.store import Database, Row, insert, next_event, one, value
from sync.sandbox.xml_tree import Node, parse_submission


@dataclass(frozen=True, slots=True)
class Partial:
    """What the XML says before the server adds who and when."""

    xml: bytes
    root: Node
    form_id: str
    version: str
    instance_id: str
    deprecated_id: str | None
    instance_name: str | None
    local_key: str | None
    data_file: str | None
    """The encrypted answers."""
    signature: str | None


def read_partial(xml: bytes) -> Partial:
    """400.2 without a form ID; a missing instance ID is made up."""
    root = parse_submission(xml)
    form_id = root.attributes.get("id", "").strip()
    if not form_id:
        raise missing_parameter("form ID xml attribute")
    instance_id = root.text_at("meta", "instanceID") or root.text_at("instanceID")
    local_key = root.text_at("base64EncryptedKey")
    if instance_id is None and local_key is not None:
        raise missing_parameter("instanceId (required for encrypted submissions)")
    return Partial(
        xml=xml,
        root=root,
        form_id=form_id,
        version=root.attributes.get("version", ""),
        instance_id=instance_id or str(uuid4()),
        deprecated_id=root.text_at("meta", "deprecatedID"),
        instance_name=root.text_at("meta", "instanceName"),
        local_key=local_key,
        data_file=root.text_at("encryptedXmlFile"),
        signature=root.text_at("base64EncryptedElementSignature"),
    )


def create(call: Call, form: Form, partial: Partial, *, draft: bool) -> int:
    """Store a new submission with its first version; the version's id."""
    if len(partial.instance_id) > 64:
        raise too_long()
    device = (call.query.get("deviceID") or "")[:255] or None
    agent = (call.user_agent or "")[:255] or None
    submission = insert(
        call.db,
        "submissions",
        formId=form["id"],
        instanceId=partial.instance_id,
        draft=int(draft),
        submitterId=call.auth.actor_id,
        deviceId=device,
        userAgent=agent,
        createdAt=call.now,
        event=next_event(call.db),
        formDefId=form["defId"],
    )
    def_id = _insert_def(call, form, partial, submission, root=True)
    _show(call.db, form, partial, submission, partial.instance_id)
    details: dict[str, object] = {
        "instanceId": partial.instance_id,
        "submissionId": submission,
        "submissionDefId": def_id,
    }
    log(call, "submission.create", form["acteeId"], details, submission=submission)
    return def_id


def create_version(call: Call, form: Form, partial: Partial, before: Row) -> int:
    """Store an edit; the version's id. Who and when of the original stay."""
    if len(partial.instance_id) > 64:
        raise too_long()
    submission = before["submissionId"]
    call.db.execute(
        "update submissions set reviewState = 'edited', updatedAt = ?, edits = edits + 1, "
        "event = ? where id = ?",
        (call.now, next_event(call.db), submission),
    )
    sql = "update submission_defs set current = 0 where submissionId = ? and current"
    call.db.execute(sql, (submission,))
    def_id = _insert_def(call, form, partial, submission, root=False)
    root_id = value(call.db, "select instanceId from submissions where id = ?", submission)
    _show(call.db, form, partial, submission, str(root_id))
    details: dict[str, object] = {
        "instanceId": partial.instance_id,
        "submissionId": submission,
        "submissionDefId": def_id,
    }
    log(call, "submission.update.version", form["acteeId"], details, submission=submission)
    return def_id


def _insert_def(call: Call, form: Form, partial: Partial, submission: int, *, root: bool) -> int:
    def_id = insert(
        call.db,
        "submission_defs",
        submissionId=submission,
        formDefId=form["defId"],
        instanceId=partial.instance_id,
        instanceName=partial.instance_name,
        submitterId=call.auth.actor_id,
        deviceId=(call.query.get("deviceID") or "")[:255] or None,
        userAgent=(call.user_agent or "")[:255] or None,
        createdAt=call.now,
        root=int(root),
        current=1,
        xml=partial.xml,
        localKey=partial.local_key,
        encDataAttachmentName=partial.data_file,
        signature=partial.signature,
    )
    call.db.execute("update submissions set currentDefId = ? where id = ?", (def_id, submission))
    return def_id


def _show(db: Database, form: Form, partial: Partial, submission: int, root_id: str) -> None:
    """Make the OData row, through the version that is published now (a draft through itself)."""
    shown = form["xml"]
    if form["publishedAt"] is not None and form["defId"] != form["currentDefId"]:
        shown = value(db, "select xml from form_defs where id = ?", form["currentDefId"])
    tree, encrypted = columns(str(shown)), partial.local_key is not None
    cache_row(db, submission, root_id, partial.root, tree, encrypted=encrypted)


# -- files


def expected_files(form: Form, partial: Partial) -> list[str]:
    """The files that the answers name, in their order, each once."""
    if partial.local_key is not None:
        media = [child for child in partial.root.children if child.name == "media"]
        names = [f.text.strip() for each in media for f in each.children if f.name == "file"]
        return [*names, (partial.data_file or "").strip()]
    names = []
    _binary_answers(partial.root, columns(str(form["xml"])), names)
    return list(dict.fromkeys(names))


def _binary_answers(node: Node, tree: Column, names: list[str]) -> None:
    for child in node.children:
        column = tree.children.get(child.name)
        if column is None:
            continue
        if column.binary and child.text.strip():
            names.append(child.text.strip())
        _binary_answers(child, column, names)


def store_files(
    call: Call, form: Form, partial: Partial, def_id: int, *, before: object = None
) -> None:
    """Note the expected files of a new version, with those that came or were there before."""
    given = {upload.name: upload for upload in call.uploads}
    kept: dict[str, int | None] = {}
    if before is not None:
        sql = "select name, blobId from submission_attachments where submissionDefId = ?"
        kept = {row["name"]: row["blobId"] for row in call.all(sql, before)}
    for position, name in enumerate(expected_files(form, partial)):
        upload = given.get(name)
        blob = kept.get(name) if upload is None else _keep(call, upload)
        call.db.execute(
            "insert or ignore into submission_attachments values (?, ?, ?, ?, ?)",
            (def_id, name, blob, position, int(name.startswith("audit.csv"))),
        )
        if blob is not None:
            log_file(call, form, partial.instance_id, def_id, name, new=blob)
    count_files(call.db, def_id)


def _keep(call: Call, upload: Upload) -> int:
    return keep_blob(call.db, upload.content, upload.media or media_type(upload.name))


def add_files(call: Call, form: Form, instance_id: str, def_id: int) -> None:
    """Files that come with a repeated submission; those that nothing names are dropped."""
    for upload in call.uploads:
        sql = "select blobId from submission_attachments where submissionDefId = ? and name = ?"
        found = one(call.db, sql, def_id, upload.name)
        if found is None:
            continue
        blob = _keep(call, upload)
        if found["blobId"] != blob:
            set_file(call.db, def_id, upload.name, blob)
            log_file(call, form, instance_id, def_id, upload.name, new=blob)


def set_file(db: Database, def_id: int, name: str, blob: int | None) -> None:
    """Attach the bytes of one file, or take them away; no stamp of the submission moves."""
    sql = "update submission_attachments set blobId = ? where submissionDefId = ? and name = ?"
    db.execute(sql, (blob, def_id, name))
    count_files(db, def_id)


def count_files(db: Database, def_id: int) -> None:
    """Keep the numbers that OData shows."""
    sql = """
      update submission_defs set
        expected = (select count(*) from submission_attachments where submissionDefId = ?1),
        present = (select count(blobId) from submission_attachments where submissionDefId = ?1)
      where id = ?1"""
    db.execute(sql, (def_id,))


def log_file(
    call: Call,
    form: Form,
    instance_id: str,
    def_id: int,
    name: str,
    *,
    new: int | None = None,
    old: int | None = None,
    direct: bool = False,
) -> None:
    """The audit entry of a file."""
    details: dict[str, object] = {"name": name}
    if direct or old is not None:
        details["oldBlobId"] = old
    if new is not None:
        details["newBlobId"] = new
    details |= {"instanceId": instance_id, "submissionDefId": def_id}
    log(call, "submission.attachment.update", form["acteeId"], details)
