"""`$filter` and `$orderby` as SQL: what Central understands, refuses and trips over.

Facts: Central's lib/data/odata-filter.js and the recordings `filter-*`, `entities-filter-*`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.sandbox.odata_filter_parser import Expression, parse_filter
from sync.sandbox.problems import Crash, unsupported_expression, unsupported_field, wrong_type

_ROOT = "$root/Submissions/"
_SUBMISSION = {
    "__id": ("s.instanceId", "text"),
    "__system/submissionDate": ("s.createdAt", "stamp"),
    "__system/updatedAt": ("s.updatedAt", "stamp"),
    "__system/submitterId": ("s.submitterId", "int"),
    "__system/reviewState": ("s.reviewState", "text"),
    "__system/deletedAt": ("s.deletedAt", "stamp"),
}
Fields = Mapping[str, tuple[str, str]]
"""OData name -> SQL column and its kind."""
REPEAT_FIELDS: Fields = {_ROOT + name: column for name, column in _SUBMISSION.items()}
SUBMISSION_FIELDS: Fields = {**_SUBMISSION, **REPEAT_FIELDS}
ENTITY_FIELDS: Fields = {
    "__id": ("e.uuid", "text"),
    "__system/createdAt": ("e.createdAt", "stamp"),
    "__system/updatedAt": ("e.updatedAt", "stamp"),
    "__system/deletedAt": ("e.deletedAt", "stamp"),
    "__system/creatorId": ("e.creatorId", "int"),
    "__system/conflict": ("e.conflict", "enum"),
}
_DELETED = {"__system/deletedAt", _ROOT + "__system/deletedAt"}
_PARTS = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M"}
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ENUM = {"soft", "hard"}


@dataclass(frozen=True, slots=True)
class Where:
    """A piece of SQL, its values, and what kind of thing it yields."""

    sql: str
    values: tuple[object, ...] = ()
    kind: str = "bool"


def where(expression: str | None, fields: Fields, now: str) -> Where:
    """The rows that a filter lets through; deleted ones only when the filter speaks of deletion."""
    deleted = next(column for name, (column, _) in fields.items() if name.endswith("deletedAt"))
    if expression is None:
        return Where(f"{deleted} is null")
    tree = parse_filter(expression)
    found = _compile(tree, fields, now)
    if found.kind != "bool":
        raise Crash
    if _mentions_deletion(tree):
        return found
    return Where(f"{found.sql} and {deleted} is null", found.values)


def order_by(expression: str | None, fields: Fields, stable: str) -> str:
    """The order of rows: newest first unless told otherwise."""
    created = "s.createdAt" if stable == "s.id" else "e.createdAt"
    if expression is None:
        return f"order by {created} desc, {stable} desc"
    clauses, first = [], ""
    for part in expression.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in fields:
            raise unsupported_field(name)
        if direction.strip().lower() not in ("", "asc", "desc"):
            raise unsupported_field(direction.strip())
        order = "desc nulls last" if direction.strip().lower() == "desc" else "asc nulls first"
        first = first or order
        clauses.append(f"{fields[name][0]} {order}")
    return f"order by {', '.join(clauses)}, {stable} {first}"


def _mentions_deletion(tree: Expression) -> bool:
    """Central looks into the first argument of every call; `now()` has none, and it crashes."""
    if tree.type in ("FirstMemberExpression", "RootExpression"):
        return tree.raw in _DELETED
    if tree.type == "MethodCallExpression":
        if not tree.parts:
            raise Crash
        return _mentions_deletion(tree.parts[0])
    if tree.type == "Literal" or tree.type.startswith(("Add", "Sub", "Mul", "Div", "Mod")):
        return False
    return any(_mentions_deletion(part) for part in tree.parts)


def _compile(tree: Expression, fields: Fields, now: str) -> Where:
    if tree.type in ("FirstMemberExpression", "RootExpression"):
        if tree.raw not in fields:
            raise unsupported_field(tree.raw, tree.start)
        column, kind = fields[tree.raw]
        return Where(column, (), kind)
    if tree.type == "Literal":
        return _literal(tree.raw)
    if tree.type == "MethodCallExpression":
        return _call(tree, fields, now)
    if tree.type == "BoolParenExpression":
        return _compile(tree.parts[0], fields, now)
    if tree.type == "NotExpression":
        inner = _truth(_compile(tree.parts[0], fields, now))
        return Where(f"(not {inner.sql})", inner.values)
    if tree.type not in ("Compare", "Logic"):
        raise unsupported_expression(tree.start, tree.type, tree.raw)
    left = _compile(tree.parts[0], fields, now)
    right = _compile(tree.parts[1], fields, now)
    if tree.type == "Logic":
        left, right = _truth(left), _truth(right)
        return Where(f"({left.sql} {tree.operator} {right.sql})", left.values + right.values)
    return _comparison(tree.operator, left, right)


def _truth(found: Where) -> Where:
    if found.kind != "bool":
        raise Crash
    return found


def _literal(raw: str) -> Where:
    if raw == "null":
        return Where("null", (), "null")
    text = raw[1:-1] if raw.startswith("'") else raw
    return Where("?", (text,), "literal")


def _call(tree: Expression, fields: Fields, now: str) -> Where:
    if tree.operator == "now":
        return Where("?", (now,), "stamp")
    if tree.operator not in (*_PARTS, "second"):
        raise unsupported_expression(tree.start, tree.type, tree.raw)
    inner = _compile(tree.parts[0], fields, now)
    if inner.kind != "stamp":
        raise Crash
    if tree.operator == "second":
        return Where(f"cast(strftime('%f', {inner.sql}) as real)", inner.values, "number")
    sql = f"cast(strftime('{_PARTS[tree.operator]}', {inner.sql}) as integer)"
    return Where(sql, inner.values, "number")


def _comparison(operator: str, left: Where, right: Where) -> Where:
    left, right = _fit(left, right.kind), _fit(right, left.kind)
    values = left.values + right.values
    if operator == "eq":
        return Where(f"({left.sql} is {right.sql})", values)
    if operator == "ne":
        return Where(f"(not ({left.sql} is {right.sql}))", values)
    return Where(f"({left.sql} {_COMPARE[operator]} {right.sql})", values)


def _fit(side: Where, other: str) -> Where:
    """A literal in the type of what it is compared with, as PostgreSQL would read it."""
    if side.kind != "literal":
        return side
    text = str(side.values[0])
    if other == "stamp":
        return Where("?", (_stamp(text),), "stamp")
    if other in ("int", "number"):
        if not re.fullmatch(r"\s*[+-]?\d+(\.\d+)?\s*", text) or (other == "int" and "." in text):
            raise wrong_type(text, "type integer" if other == "int" else "type numeric")
        return Where("?", (float(text) if "." in text else int(text),), other)
    if other == "enum" and text not in _ENUM:
        raise Crash
    return side


def _stamp(text: str) -> str:
    """A date in the form in which stamps are stored; finer than milliseconds it sorts between."""
    match = re.fullmatch(r"(.*?\d{2}:\d{2}:\d{2}\.\d{3})(\d+)(.*)", text)
    finer = "" if match is None else match[2].rstrip("0")
    try:
        moment = datetime.fromisoformat(text if match is None else match[1] + match[3])
    except ValueError:
        raise Crash from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    base = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{base}~{finer}" if finer else base
