"""Streams the rows of a form's OData tables from one snapshot, newest first."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from sync.sandbox.call import Call, compact
from sync.sandbox.forms_state import Form
from sync.sandbox.odata_filter import REPEAT_FIELDS, SUBMISSION_FIELDS, Where, order_by, where
from sync.sandbox.odata_query import Page, Selection, footer, lost_cursor, next_link, service_root
from sync.sandbox.odata_rows import Data, Shape, rows_of
from sync.sandbox.store import Row, one
from sync.sandbox.xml_tree import parse_submission

_PIECE = 64 * 1024
ROWS = """
  select s.id, s.instanceId, s.createdAt, s.updatedAt, s.submitterId, s.reviewState, s.deviceId,
    s.edits, s.deletedAt, a.displayName, f.version as formVersion, d.present, d.expected,
    d.localKey, d.encDataAttachmentName, d.id as defId{more}
  from submissions s
  join submission_defs d on d.id = s.currentDefId
  join form_defs f on f.id = s.formDefId
  left join actors a on a.id = s.submitterId
  left join rows r on r.submissionId = s.id
"""
_CACHED = ", r.head, r.tail, r.wideHead, r.wideTail"


@dataclass(frozen=True, slots=True)
class Selected:
    """Which submissions of a form a request means."""

    form: Form
    draft: bool
    page: Page
    rows: Where
    order: str
    paged: bool
    """Pages are cut in SQL for the root table only; Central reads repeat tables whole."""

    @property
    def clause(self) -> str:
        """The condition, with `formId` and `draft` first."""
        return f"where s.formId = ? and s.draft = ? and {self.rows.sql}"

    @property
    def values(self) -> tuple[object, ...]:
        """The values of `clause`."""
        return (self.form["id"], int(self.draft), *self.rows.values)


def selected(call: Call, form: Form, page: Page, *, draft: bool, table: str) -> Selected:
    """Read the filter and the order; refusals as in Central."""
    root = table == "Submissions"
    fields = SUBMISSION_FIELDS if root else REPEAT_FIELDS
    rows = where(page.filter, fields, call.now)
    order = order_by(page.orderby, SUBMISSION_FIELDS, "s.id")
    return Selected(form, draft, page, rows, order, paged=root)


def _after_cursor(call: Call, chosen: Selected) -> Where:
    """Rows behind the row that the skip token names; none when that row is gone."""
    cursor = chosen.page.cursor
    if cursor is None or not chosen.paged:
        return Where("")
    sql = "select createdAt, id from submissions where formId = ? and draft = ? and instanceId = ?"
    found = call.one(sql, chosen.form["id"], int(chosen.draft), cursor.get("instanceId"))
    if found is None:
        return Where(" and 0")
    text = " and (s.createdAt < ? or (s.createdAt = ? and s.id < ?))"
    return Where(text, (found["createdAt"], found["createdAt"], found["id"]))


def _query(call: Call, chosen: Selected, head: str) -> Iterator[Row]:
    after = _after_cursor(call, chosen)
    sql, values = f"{head} {chosen.clause}{after.sql} {chosen.order}", chosen.values + after.values
    page = chosen.page
    if chosen.paged and (page.limit != inf or page.offset):
        sql += " limit ? offset ?"
        values = (*values, -1 if page.limit == inf else page.limit, page.offset)
    return iter(call.db.execute(sql, values))


def event_hash(call: Call, chosen: Selected) -> str:
    """Central's ETag: a hash over the change stamps of the rows. It cannot see late files,
    renamed submitters or a new version of the form [central.md §2]."""
    state = "0" * 32
    for row in _query(call, chosen, "select s.event from submissions s"):
        state = _md5(state + _md5(str(row[0])))
    return f"eventhash:{state}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def counts(call: Call, chosen: Selected) -> tuple[int, int]:
    """All rows that the filter lets through, and those behind the cursor."""
    after = _after_cursor(call, chosen)
    everything = one(call.db, f"select count(*) from submissions s {chosen.clause}", *chosen.values)
    rest = one(
        call.db,
        f"select count(*) from submissions s {chosen.clause}{after.sql}",
        *chosen.values,
        *after.values,
    )
    assert everything is not None
    assert rest is not None
    return everything[0], rest[0]


def system_json(call: Call, row: Row) -> str:
    """The `__system` part of a row."""
    name = row["displayName"]
    status = "null"
    if row["localKey"] is not None:
        status = '"notDecrypted"' if has_data(call, row) else '"missingEncryptedFormData"'
    submitter = "null" if row["submitterId"] is None else f'"{row["submitterId"]}"'
    return (
        f'{{"submissionDate":"{row["createdAt"]}","updatedAt":{_text(row["updatedAt"])},'
        f'"submitterId":{submitter},"submitterName":{_text(name)},'
        f'"attachmentsPresent":{row["present"]},"attachmentsExpected":{row["expected"]},'
        f'"status":{status},"reviewState":{_text(row["reviewState"])},'
        f'"deviceId":{_text(row["deviceId"])},"edits":{row["edits"]},'
        f'"formVersion":{_text(row["formVersion"])},"deletedAt":{_text(row["deletedAt"])}}}'
    )


def _text(text: str | None) -> str:
    return "null" if text is None else json.dumps(text, ensure_ascii=False)


def has_data(call: Call, row: Row) -> bool:
    """Whether the file with the sealed answers has arrived."""
    sql = "select blobId from submission_attachments where submissionDefId = ? and name = ?"
    found = call.one(sql, row["defId"], row["encDataAttachmentName"])
    return found is not None and found[0] is not None


# -- rows of a table


def table_rows(
    call: Call, chosen: Selected, selection: Selection, shape: Shape
) -> Iterator[tuple[str, str | None, str]]:
    """Each row as JSON, with its `__id` if it is a repeat's, and its submission's ID."""
    plain = not shape.wkt and selection.system is None and shape.table == "Submissions"
    if plain:
        for row in _query(call, chosen, ROWS.format(more=_CACHED)):
            yield _cached(call, row, wide=shape.expand), None, row["instanceId"]
        return
    for row in _query(call, chosen, ROWS.format(more=", d.xml")):
        for data in one_submission(call, row, selection, shape):
            row_id = data.get("__id")
            shown = _refined(data, selection)
            key = None if shape.table == "Submissions" else str(row_id)
            yield compact(shown), key, row["instanceId"]


def _cached(call: Call, row: Row, *, wide: bool) -> str:
    if wide and row["wideHead"] is not None:
        head, tail = row["wideHead"], row["wideTail"]
    else:
        head, tail = row["head"], row["tail"]
    return f'{head},"__system":{system_json(call, row)}{tail}'


def one_submission(call: Call, row: Row, selection: Selection, shape: Shape) -> list[Data]:
    """The rows that one submission gives, made from its XML."""
    start = _system(call, row, selection) if shape.table == "Submissions" else {}
    if row["localKey"] is not None:
        root = shape.table == "Submissions"
        return [{"__id": row["instanceId"]} | start] if root else []
    if shape.table == "Submissions" and not selection.columns.children:
        return [{"__id": row["instanceId"]} | start]
    root_node = parse_submission(row["xml"])
    return rows_of(root_node, selection.columns, row["instanceId"], shape, start)


def _system(call: Call, row: Row, selection: Selection) -> Data:
    names = selection.system
    if names is not None and not any(name.startswith("__system") for name in names):
        return {}
    system = json.loads(system_json(call, row))
    if names is not None and "__system" not in names:
        system = {name: part for name, part in system.items() if f"__system/{name}" in names}
    return {"__system": system}


def _refined(data: Data, selection: Selection) -> Data:
    """Ids that `$select` did not name are left out."""
    names = selection.system
    if names is None:
        return data
    return {
        key: part
        for key, part in data.items()
        if not (key == "__id" or (key.startswith("__") and key.endswith("-id"))) or key in names
    }


def refined(rows: Iterable[Data], selection: Selection) -> list[Data]:
    """Rows as `$select` leaves them."""
    return [_refined(data, selection) for data in rows]


# -- the stream


def stream(
    call: Call, chosen: Selected, selection: Selection, shape: Shape, total: tuple[int, int] | None
) -> Iterator[bytes]:
    """The whole answer in pieces that end at row ends."""
    page, root = chosen.page, chosen.paged
    cut = _Cut(page, root=root)
    buffer, added, last = ['{"value":['], 0, ""
    size = 0
    for text, row_id, instance_id in table_rows(call, chosen, selection, shape):
        if not cut.wants(row_id):
            continue
        buffer.append(text if added == 0 else "," + text)
        added, last, size = added + 1, row_id or instance_id, size + len(text)
        if size > _PIECE:
            yield "".join(buffer).encode()
            buffer, size = [], 0
    cut.finish()
    rest = cut.left if total is None else total[1] - added
    name = "instanceId" if root else "repeatId"
    link = next_link(call.original_url, {name: last}) if rest > 0 else None
    count = (total[0] if total else cut.seen) if page.count else None
    text = footer(service_root(call.original_url), call.world.domain, shape.table, link, count)
    buffer.append("]," + text)
    yield "".join(buffer).encode()


class _Cut:
    """Cuts pages of repeat tables row by row, as Central does; lets root rows through."""

    def __init__(self, page: Page, *, root: bool) -> None:
        self._limit: float = inf if root else page.limit
        self._offset = 0 if root else page.offset
        cursor = None if root or page.cursor is None else page.cursor.get("repeatId")
        self._cursor, self._open = cursor, root or page.cursor is None
        self._added = 0
        self.seen = 0
        self.left = 0

    def wants(self, row_id: str | None) -> bool:
        """Whether the next row belongs to the page."""
        wanted = self._open and self.seen >= self._offset
        if self._added == self._limit:
            self.left += 1
            wanted = False
        self._open = self._open or row_id == self._cursor
        self.seen += 1
        self._added += int(wanted)
        return wanted

    def finish(self) -> None:
        """400.34 when the row of the skip token never came."""
        if not self._open:
            raise lost_cursor()


def shape_of(call: Call, table: str) -> Shape:
    """How the rows are wanted."""
    return Shape(table, call.flag("$wkt"), call.query.get("$expand") == "*")
