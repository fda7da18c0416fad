"""The query options of OData: which are known, paging, skip tokens, `$select`."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from urllib.parse import parse_qsl, quote_plus, urlsplit

from sync.sandbox.problems import (
    Crash,
    Problem,
    not_found,
    not_implemented,
    property_not_found,
    unsupported_select,
    wrong_type,
)
from sync.sandbox.schema import Column

_KNOWN = frozenset(
    {"$format", "$count", "$skip", "$top", "$filter", "$wkt"}
    | {"$expand", "$select", "$skiptoken", "$orderby", "$search"}
)
_JSON = re.compile(r"(^|,)(application/json|json)($|;|,)", re.IGNORECASE)
_XML = re.compile(r"(^|,)(application/(atom(svc)?\+)?xml|atom|xml)($|;|,)", re.IGNORECASE)
_ALLOWED = {"json": ["application/json", "json"], "xml": ["application/xml", "atom"]}
_SYSTEM = (
    *("submissionDate", "updatedAt", "submitterId", "submitterName", "attachmentsPresent"),
    *("attachmentsExpected", "status", "reviewState", "deviceId", "edits", "formVersion"),
    "deletedAt",
)
SYSTEM_FIELDS = frozenset(["__system", *(f"__system/{name}" for name in _SYSTEM)])


def check_odata(kind: str, query: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """What Central refuses before it looks at anything else."""
    form = "xml" if kind == "odata xml" else "json"
    wanted = query.get("$format") or headers.get("accept") or ""
    if (_JSON.search(wanted) and form == "xml") or (_XML.search(wanted) and form == "json"):
        allowed = _ALLOWED[form]
        text = f"Requested format not acceptable; this resource allows: {','.join(allowed)}."
        raise Problem(406.1, text, {"allowed": allowed, "got": wanted})
    for name in query:
        if name not in _KNOWN:
            raise not_implemented(name)
    expand = query.get("$expand")
    if expand and expand != "*":
        text = (
            f'The given OData expand expression is not supported by this server: "{expand}". '
            'Currently, only "$expand=*" is supported.'
        )
        raise Problem(501.6, text, {"text": expand})
    if expand and query.get("$select"):
        text = "This server doesn't support $select query parameter with $expand."
        raise Problem(501.11, text)


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of the table are wanted."""

    limit: float
    offset: int
    cursor: dict[str, object] | None
    count: bool
    filter: str | None
    orderby: str | None


def page_of(query: Mapping[str, str]) -> Page:
    """The paging options; refusals and crashes as in Central."""
    token = query.get("$skiptoken")
    cursor = None if token is None else _parse_token(token)
    orderby = query.get("$orderby")
    if orderby is not None and cursor is not None:
        raise not_implemented("using $orderby and $skiptoken together")
    offset = 0 if token or "$skip" not in query else _integer(query["$skip"])
    return Page(
        limit=_integer(query["$top"]) if "$top" in query else inf,
        offset=offset,
        cursor=cursor,
        count=query.get("$count", "").lower() == "true",
        filter=query.get("$filter"),
        orderby=orderby,
    )


def _integer(text: str) -> int:
    match = re.match(r"\s*([+-]?\d+)", text)
    if match is None:
        raise wrong_type("NaN", "type bigint")
    if int(match[1]) < 0:
        raise Crash
    return int(match[1])


def _parse_token(token: str) -> dict[str, object]:
    try:
        if not token.startswith("01"):
            raise ValueError
        found = json.loads(b64decode(token[2:] + "=="))
        if not isinstance(found, dict):
            raise ValueError
    except ValueError:
        raise Problem(400.35, "Invalid $skiptoken") from None
    return found


def lost_cursor() -> Problem:
    """400.34: the row at which the page should begin is not there."""
    return Problem(400.34, "Record associated with the provided $skiptoken not found.")


def next_link(original_url: str, cursor: Mapping[str, object]) -> str:
    """The path of the next page: all other options kept, written as browsers write them."""
    parts = urlsplit(original_url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    token = "01" + b64encode(json.dumps(cursor, separators=(",", ":")).encode()).decode()
    kept = [(name, text) for name, text in pairs if name not in ("$skip", "$skiptoken")]
    at = next((i for i, pair in enumerate(pairs) if pair[0] == "$skiptoken"), len(kept))
    kept.insert(min(at, len(kept)), ("$skiptoken", token))
    query = "&".join(f"{_encode(name)}={_encode(text)}" for name, text in kept)
    return f"{parts.path}?{query}"


def _encode(text: str) -> str:
    return quote_plus(text, safe="*-._")


def service_root(original_url: str) -> str:
    """The path up to and with `.svc`."""
    match = re.search(r"\.svc/", original_url)
    if match is None:
        raise not_found()
    return original_url[: match.start() + 4]


def footer(root: str, domain: str, table: str, next_url: str | None, count: int | None) -> str:
    """What follows the rows."""
    text = f'"@odata.context":"{domain}{root}/$metadata#{table}"'
    if next_url is not None:
        text += f',"@odata.nextLink":"{domain}{next_url}"'
    if count is not None:
        text += f',"@odata.count":{count}'
    return text + "}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What `$select` leaves of a row."""

    columns: Column
    system: frozenset[str] | None
    """Names of `__…` members that were asked for; None = all of them."""


def select(columns: Column, table: str, wanted: str | None) -> Selection:
    """Keep only the selected fields (with all inside selected groups)."""
    if not wanted or wanted == "*":
        return Selection(columns, None)
    base, ids = _table_column(columns, table)
    names = [name.strip() for name in wanted.split(",")]
    kept: set[str] = {column.path for column in base}
    for name in names:
        if name in ids or (table == "Submissions" and name in SYSTEM_FIELDS):
            continue
        kept |= _paths(base[-1], name)
    system = frozenset(name for name in names if name.startswith("__"))
    return Selection(columns.only(kept), system)


def _table_column(columns: Column, table: str) -> tuple[list[Column], set[str]]:
    """The columns down to the table, and the names of its id members."""
    way, ids, parent = [columns], {"__id"}, "__Submissions"
    steps = table.split(".")[1:]
    for position, step in enumerate(steps):
        found = way[-1].by_out(step)
        if found is None:
            raise not_found()
        way.append(found)
        if found.type == "repeat" and position < len(steps) - 1:
            parent = "__Submissions" + "".join(f"-{each}" for each in steps[: position + 1])
    if steps:
        ids.add(parent + "-id")
    return way, ids


def _paths(base: Column, name: str) -> set[str]:
    """The paths that one selected name keeps."""
    column, kept = base, set[str]()
    steps = name.split("/")
    for position, step in enumerate(steps):
        found = column.by_out(step)
        if found is None:
            raise property_not_found(name)
        if found.type == "repeat" and position < len(steps) - 1:
            raise unsupported_select(name)
        kept.add(found.path)
        column = found
    return kept | (set(_inside(column)) if column.type == "structure" else set())


def _inside(column: Column) -> Iterable[str]:
    for child in column.children.values():
        yield child.path
        if child.type == "structure":
            yield from _inside(child)
