"""The OData feed of a form: service document, metadata, tables, single submissions."""

import re
from math import inf
from urllib.parse import unquote, urlsplit

from sync.sandbox.call import (
    JSON,
    XML,
    Answer,
    Call,
    NotModified,
    Reply,
    Stream,
    compact,
    unchanged,
)
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_state import DRAFT, PUBLISHED, Form, columns, form_of, may, read_form
from sync.sandbox.odata_metadata import form_metadata
from sync.sandbox.odata_query import (
    Page,
    footer,
    lost_cursor,
    next_link,
    page_of,
    select,
    service_root,
)
from sync.sandbox.odata_rows import Data
from sync.sandbox.odata_stream import (
    ROWS,
    counts,
    event_hash,
    one_submission,
    refined,
    selected,
    shape_of,
    stream,
)
from sync.sandbox.problems import Problem, not_found
from sync.sandbox.schema import Column, odata_name

MINIMAL = "application/json; charset=utf-8; odata.metadata=minimal"
_PART = re.compile(r"^([^(]+)\('((?:uuid:)?[a-z0-9-]+)'\)$", re.IGNORECASE)
_ID = re.compile(r"^'((?:uuid:)?[a-z0-9-]+)'$", re.IGNORECASE)


def _form(call: Call) -> Form:
    return may(call, form_of(call, DRAFT if _draft(call) else PUBLISHED), "submission.read")


def _draft(call: Call) -> bool:
    return "/draft.svc" in call.original_url


def _service(call: Call) -> Answer:
    form = _form(call)
    path = urlsplit(call.original_url).path
    repeats = [f.path for f in read_form(str(form["xml"])).fields if f.type == "repeat"]
    names = ["Submissions"]
    names += ["Submissions." + ".".join(map(odata_name, each[1:].split("/"))) for each in repeats]
    tables = [{"name": name, "kind": "EntitySet", "url": name} for name in names]
    body = {"@odata.context": f"{call.world.domain}{path}/$metadata", "value": tables}
    return Reply(compact(body).encode(), MINIMAL)


def _metadata(call: Call) -> Answer:
    form = _form(call)
    text = form_metadata(str(form["xmlFormId"]), read_form(str(form["xml"])).fields)
    return Reply(text.encode(), XML)


def _table(call: Call) -> Answer:
    form, table = _form(call), call.path["table"]
    root = table == "Submissions"
    page = page_of(call.query) if root else _repeat_page(call)
    if root and page.limit == 0 and not page.count:
        return _count_only(call, table, None)
    chosen = selected(call, form, page, draft=_draft(call), table=table)
    if root and page.limit == 0:
        return _count_only(call, table, counts(call, chosen)[0])
    if unchanged(call, event_hash(call, chosen), weak=True):
        return NotModified()
    tree = columns(str(form["xml"]))
    selection = select(tree, table, call.query.get("$select"))
    _check_table(selection.columns, table)
    paging = root and (page.limit != inf or "$skip" in call.query or page.cursor is not None)
    total = counts(call, chosen) if paging else None
    pieces = stream(call, chosen, selection, shape_of(call, table), total)
    if root or page.cursor is None:
        return Stream(pieces)
    return Stream(iter([b"".join(pieces)]))  # so that a lost cursor can still be refused


def _repeat_page(call: Call) -> Page:
    """Central reads these numbers leniently, since no SQL sees them."""
    query = dict(call.query)
    for name in ("$top", "$skip"):
        match = re.match(r"\s*([+-]?\d+)", query.get(name, ""))
        query.pop(name, None)
        if match:
            query[name] = str(max(0, int(match[1])))
    return page_of(query)


def _check_table(tree: Column, table: str) -> None:
    steps = table.split(".")
    column: Column | None = tree if steps[0] == "Submissions" else None
    for step in steps[1:]:
        column = None if column is None else column.by_out(step)
    if column is None or (len(steps) > 1 and column.type != "repeat"):
        raise not_found()


def _count_only(call: Call, table: str, count: int | None) -> Answer:
    text = footer(service_root(call.original_url), call.world.domain, table, None, count)
    return Reply(('{"value":[],' + text).encode(), JSON)


# -- one submission


def _single(call: Call) -> Answer:
    """`Submissions('id')` and the tables below it."""
    form = _form(call)
    root = service_root(call.original_url)
    way = [_step(part) for part in urlsplit(call.original_url).path[len(root) + 1 :].split("/")]
    table = ".".join(name for name, _ in way)
    selection = select(columns(str(form["xml"])), table, call.query.get("$select"))
    match = _ID.match(call.path["id"])
    if match is None:
        raise not_found()
    page = Page(inf, 0, None, count=False, filter=None, orderby=None)
    chosen = selected(call, form, page, draft=_draft(call), table="Submissions")
    sql = ROWS.format(more=", d.xml") + chosen.clause + " and s.instanceId = ?"
    row = call.one(sql, *chosen.values, match[1])
    if row is None:
        raise not_found()
    _check_table(selection.columns, table)
    rows = one_submission(call, row, selection, shape_of(call, table))
    last = max(i for i, (_, key) in enumerate(way) if key is not None)
    if last > 0:
        parent = "__" + "-".join(name for name, _ in way[: last + 1]) + "-id"
        rows = [each for each in rows if each.get(parent) == way[last][1]]
    return _page_of_rows(call, table, match[1], rows, selection_of=refined(rows, selection))


def _step(part: str) -> tuple[str, str | None]:
    match = _PART.match(unquote(part))
    return (unquote(part), None) if match is None else (match[1], match[2])


def _page_of_rows(
    call: Call, table: str, instance_id: str, rows: list[Data], *, selection_of: list[Data]
) -> Answer:
    page = page_of(call.query)
    offset = page.offset
    if page.cursor is not None:
        wanted = page.cursor.get("repeatId")
        if not wanted:
            raise Problem(400.35, "Invalid $skiptoken")
        ids = [row.get("__id") for row in rows]
        if wanted not in ids:
            raise lost_cursor()
        offset = ids.index(wanted) + 1
    end = len(rows) if page.limit == inf else offset + int(page.limit)
    shown, link = selection_of[offset:end], None
    if shown and len(rows) > end:
        cursor = {"instanceId": instance_id}
        if table != "Submissions":
            cursor = {"repeatId": str(rows[end - 1]["__id"])}
        link = next_link(call.original_url, cursor)
    count = len(rows) if page.count else None
    text = footer(service_root(call.original_url), call.world.domain, table, link, count)
    return Reply(f'{{"value":{compact(shown)},{text}'.encode(), JSON)


ROUTES = tuple(
    endpoint
    for base in (
        "/projects/{project}/forms/{form}.svc",
        "/projects/{project}/forms/{form}/draft.svc",
    )
    for endpoint in (
        Endpoint("GET", base, _service, "odata"),
        Endpoint("GET", base + "/$metadata", _metadata, "odata xml"),
        Endpoint("GET", base + "/Submissions({id})", _single, "odata"),
        Endpoint("GET", base + "/Submissions({id})/{rest:path}", _single, "odata"),
        Endpoint("GET", base + "/{table}", _table, "odata"),
    )
)
