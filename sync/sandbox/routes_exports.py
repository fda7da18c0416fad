"""CSV exports, of the form alone or zipped with its repeats and files.

Sealed answers are opened by the passphrase of managed encryption, as Central does it: with the media
left out here, which no client of ours asks for.
"""

import io
import zipfile
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from sync.sandbox.audit import log
from sync.sandbox.call import Answer, Call, NotModified, Stream, unchanged
from sync.sandbox.encryption import unlocked
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entity_csv import CSV
from sync.sandbox.export_csv import Table, Values, add_submission, tables_of
from sync.sandbox.form_files import disposition
from sync.sandbox.forms_state import Form, merged_fields, read_form
from sync.sandbox.odata_query import Page
from sync.sandbox.odata_stream import ROWS, Selected, event_hash, has_data, selected
from sync.sandbox.problems import Problem
from sync.sandbox.routes_submissions import form_for, is_draft
from sync.sandbox.store import Row
from sync.sandbox.xml_tree import Node, parse_submission

if TYPE_CHECKING:
    from sync.private_key import PrivateKey

_SEALED_TOO = ", d.xml, (select keyId from form_defs k where k.id = d.formDefId) as formKeyId"


def _root(call: Call) -> Answer:
    return _export(call, zipped=False)


def _zip(call: Call) -> Answer:
    return _export(call, zipped=True)


def _export(call: Call, *, zipped: bool) -> Answer:
    form = form_for(call, "submission.read")
    page = Page(inf, 0, None, count=False, filter=call.query.get("$filter"), orderby=None)
    chosen = selected(call, form, page, draft=is_draft(call), table="Submissions")
    if unchanged(call, event_hash(call, chosen), weak=True):
        return NotModified()
    tables = _tables(call, form, chosen, _keys(call))
    files = zipped and call.query.get("attachments", "").lower() != "false"
    if not is_draft(call):
        log(call, "form.submission.export", form["acteeId"])
    ending = ("zip" if files else "csv.zip") if zipped else "csv"
    call.answer_headers["Content-Disposition"] = disposition(f"{form['xmlFormId']}.{ending}")
    if not zipped:
        return Stream(iter([tables[""].text()]), CSV)
    archive = _archive(call, form, chosen, tables, files=files)
    return Stream(iter([archive]), "application/zip")


def _keys(call: Call) -> "dict[int, PrivateKey]":
    """The keys whose passphrase was given; a wrong one is refused."""
    given = dict(call.query)
    if call.method == "POST":
        given = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    found = {}
    for number, passphrase in given.items():
        key = call.one("select * from keys where id = ? and managed", number)
        if not number.isdigit() or key is None:
            continue
        private = unlocked(str(key["private"]), passphrase)
        if private is None:
            text = (
                "Could not perform decryption. Double check your passphrase and your data and try "
                "again."
            )
            raise Problem(400.12, text)
        found[int(number)] = private
    return found


def _opened(call: Call, row: Row, keys: "dict[int, PrivateKey]") -> Node | None:
    """The answers of a sealed submission, if its key was given."""
    from sync.decryption import decrypt, read_envelope

    key = keys.get(int(str(row["formKeyId"] or 0)))
    if key is None:
        return None

    def fetch(name: str) -> bytes | None:
        sql = """select b.content from submission_attachments x join blobs b on b.id = x.blobId
          where x.submissionDefId = ? and x.name = ?"""
        found = call.one(sql, row["defId"], name)
        return None if found is None else bytes(found["content"])

    plain = decrypt(read_envelope(bytes(row["xml"])), key, fetch)
    return parse_submission(plain.xml)


def _tables(
    call: Call, form: Form, chosen: Selected, keys: "dict[int, PrivateKey]"
) -> dict[str, Table]:
    merged = call.flag("deletedFields")
    xform = read_form(str(form["xml"]))
    fields = merged_fields(call.db, form["id"]) if merged else xform.fields
    sql = f"{ROWS.format(more=_SEALED_TOO)} {chosen.clause} {chosen.order}"
    rows = call.all(sql, *chosen.values)
    values = _values(call, form, rows) if call.flag("splitSelectMultiples") else {}
    paths = call.query.get("groupPaths", "").lower() != "false"
    tables = tables_of(fields, str(form["xmlFormId"]), values, group_paths=paths)
    for row in rows:
        status, root = None, None
        if row["localKey"] is None:
            root = parse_submission(row["xml"])
        elif not has_data(call, row):
            status = "missing encrypted form data"
        else:
            root = _opened(call, row, keys)
            status = "not decrypted" if root is None else None
        add_submission(tables, row, root, status, values)
    return tables


def _values(call: Call, form: Form, rows: list[Row]) -> Values:
    """Each select_multiple's answers that occur, in order."""
    paths = [each.path for each in merged_fields(call.db, form["id"]) if each.select_multiple]
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["localKey"] is None:
            root = parse_submission(row["xml"])
            for path in paths:
                node = root.find(*path[1:].split("/"))
                found.setdefault(path, set()).update(node.text.split() if node else ())
    return {path: sorted(words) for path, words in found.items()}


def _archive(
    call: Call, form: Form, chosen: Selected, tables: dict[str, Table], *, files: bool
) -> bytes:
    """The tables in one file; repeats of one name are numbered."""
    names = [table.name for path, table in tables.items() if path]
    seen: dict[str, int] = {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, table in tables.items():
            name = str(form["xmlFormId"])
            if path:
                seen[table.name] = seen.get(table.name, 0) + 1
                many = names.count(table.name) > 1
                name += f"-{table.name}" + (f"~{seen[table.name]}" if many else "")
            archive.writestr(f"{name}.csv", table.text())
        for row in _media(call, chosen) if files else ():
            archive.writestr(f"media/{row['name']}", row["content"])
    return out.getvalue()


def _media(call: Call, chosen: Selected) -> list[Row]:
    sql = f"""
      select distinct x.name, b.content from submissions s
      join submission_defs d on d.id = s.currentDefId
      join submission_attachments x on x.submissionDefId = d.id
      join blobs b on b.id = x.blobId
      {chosen.clause} and s.deletedAt is null and not x.isClientAudit and d.localKey is null
      order by s.id, x.name"""
    return call.all(sql, *chosen.values)


ROUTES = tuple(
    endpoint
    for base in (
        "/projects/{project}/forms/{form}/draft/submissions",
        "/projects/{project}/forms/{form}/submissions",
    )
    for method in ("GET", "POST")
    for endpoint in (
        Endpoint(method, base + ".csv", _root, logs=True),
        Endpoint(method, base + ".csv.zip", _zip, logs=True),
    )
)
