"""The files beside a form: which are expected, which are there, and their bytes."""

import hashlib
from urllib.parse import quote

from forms.xform import MediaFile
from sync.sandbox.call import Answer, Call, NotModified, Reply, unchanged
from sync.sandbox.entity_csv import list_csv, list_hash
from sync.sandbox.escapes import encode_component, mustache
from sync.sandbox.forms_state import Form, read_form
from sync.sandbox.problems import not_found
from sync.sandbox.store import Database, Row, insert, one, value

_INLINE = {"image/jpeg", "image/png", "image/gif"}
_TYPES = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".xml": "application/xml",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
XLSX = _TYPES[".xlsx"]


def keep_blob(db: Database, content: bytes, media: str | None) -> int:
    """The id of these bytes; the same bytes of one type are kept once."""
    sha = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    media = media or "application/octet-stream"
    found = value(db, "select id from blobs where sha = ? and contentType = ?", sha, media)
    if isinstance(found, int):
        return found
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return insert(db, "blobs", sha=sha, md5=md5, content=content, contentType=media)


def media_type(name: str) -> str:
    """The type of a file that came without one."""
    suffix = "." + name.rpartition(".")[2].lower()
    return _TYPES.get(suffix, "application/octet-stream")


def blob_answer(call: Call, name: str, blob: Row, *, inline: bool = False) -> Answer:
    """The bytes with their ETag, or 304."""
    if unchanged(call, blob["md5"], weak=False):
        return NotModified()
    way = "inline" if inline and blob["contentType"] in _INLINE else "attachment"
    call.answer_headers["Content-Disposition"] = disposition(name, way)
    return Reply(blob["content"], with_charset(blob["contentType"] or media_type(name)))


def with_charset(media: str) -> str:
    """Express adds the character set to text."""
    text = media.startswith("text/") or media in ("application/json", "application/xml")
    return f"{media}; charset=utf-8" if text and "charset" not in media else media


def disposition(name: str, way: str = "attachment") -> str:
    """A file name for every browser."""
    ascii_name = "".join(c if ord(c) < 128 else "-" for c in name)
    return f"{way}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='!~')}"


def expect_files(call: Call, form: Form, def_id: int, *, before: int | None) -> None:
    """List the files of a new version; what an older version `before` has is kept."""
    xml = str(value(call.db, "select xml from form_defs where id = ?", def_id))
    for file in read_form(xml).files:
        old = one(
            call.db,
            "select * from form_attachments where formDefId = ? and name = ? and type = ?",
            before,
            file.name,
            file.type,
        )
        if before is not None and old is not None:
            blob, dataset, changed = old["blobId"], old["datasetId"], old["updatedAt"]
        else:
            blob, dataset, changed = None, _dataset_for(call, form, file, before), None
        call.db.execute(
            "insert or ignore into form_attachments values (?, ?, ?, ?, ?, ?)",
            (def_id, file.name, file.type, blob, dataset, changed),
        )


def _dataset_for(call: Call, form: Form, file: MediaFile, before: int | None) -> object:
    """A new form's CSV links itself to the entity list of that name."""
    if before is not None or file.type != "file" or not file.name.endswith(".csv"):
        return None
    sql = "select id from datasets where projectId = ? and name = ? and publishedAt is not null"
    return value(call.db, sql, form["projectId"], file.name[:-4])


FILE_COLUMNS = """
  select a.*, b.md5, length(b.content) as size from form_attachments a
  left join blobs b on b.id = a.blobId where a.formDefId = ?
"""


def files_of(call: Call, def_id: object) -> list[Row]:
    """The files of a version by name."""
    return call.all(FILE_COLUMNS + "order by a.name", def_id)


def file_of(call: Call, def_id: object, name: str) -> Row:
    """One file of a version; 404 when the form does not expect it."""
    found = call.one(FILE_COLUMNS + "and a.name = ?", def_id, name)
    if found is None:
        raise not_found()
    return found


def file_json(row: Row, *, hashed: bool = True) -> dict[str, object]:
    """A file as Central lists it."""
    shown: dict[str, object] = {"name": row["name"], "type": row["type"]}
    if hashed:
        shown["hash"] = row["md5"]
    blob, dataset = row["blobId"] is not None, row["datasetId"] is not None
    shown |= {"exists": blob or dataset, "blobExists": blob, "datasetExists": dataset}
    if row["updatedAt"] is not None:
        shown["updatedAt"] = row["updatedAt"]
    return shown | ({"size": row["size"]} if blob else {})


def serve_file(call: Call, row: Row) -> Answer:
    """The bytes of a file, or the entity list that stands for it."""
    if row["blobId"] is not None:
        blob = one(call.db, "select * from blobs where id = ?", row["blobId"])
        assert blob is not None
        return blob_answer(call, row["name"], blob)
    if row["datasetId"] is None:
        raise not_found()
    if unchanged(call, list_hash(call.db, row["datasetId"]), weak=False):
        return NotModified()
    call.answer_headers["Content-Disposition"] = disposition(row["name"])
    return list_csv(call.db, row["datasetId"])


def manifest(call: Call, rows: list[Row]) -> str:
    """The OpenRosa manifest: files that are there, with the hashes that phones compare."""
    base = call.original_url.split("?")[0].rpartition("/")[0]
    project = base[: base.index("/forms/")]
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    parts.append('  <manifest xmlns="http://openrosa.org/xforms/xformsManifest">\n')
    for row in rows:
        if row["blobId"] is None and row["datasetId"] is None:
            continue
        dataset = row["blobId"] is None
        digest = list_hash(call.db, row["datasetId"]) if dataset else row["md5"]
        name, domain = row["name"], call.world.domain
        kind = ' type="entityList"' if dataset else ""
        parts.append(f"    <mediaFile{kind}>\n")
        parts.append(f"      <filename>{mustache(name)}</filename>\n")
        parts.append(f"      <hash>md5:{digest}</hash>\n")
        url = f"{domain}{base}/attachments/{encode_component(name)}"
        parts.append(f"      <downloadUrl>{url}</downloadUrl>\n")
        if dataset:
            url = f"{domain}{project}/datasets/{quote(name[:-4], safe='')}/integrity"
            parts.append(f"      <integrityUrl>{url}</integrityUrl>\n")
        parts.append("    </mediaFile>\n")
    return "".join([*parts, "  </manifest>"])
