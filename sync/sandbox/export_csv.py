"""Submissions as CSV tables: one for the form, one for each repeat, as Central exports them."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from forms.xform import Field
from sync.sandbox.store import Row
from sync.sandbox.xml_tree import Node

_META = (
    *("KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"),
    *("Status", "ReviewState", "DeviceID", "Edits", "FormVersion"),
)
Values = dict[str, list[str]]
"""Path of a select_multiple -> the answers that get a column of their own."""


@dataclass(slots=True)
class Table:
    """A CSV table: where its columns come from, and its lines."""

    path: str
    name: str
    header: list[str] = field(default_factory=list)
    places: dict[str, tuple[int, Field]] = field(default_factory=dict)
    rows: list[list[object]] = field(default_factory=list)

    def text(self) -> bytes:
        """The file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue().encode()


def tables_of(
    fields: Iterable[Field], form_id: str, values: Values, *, group_paths: bool
) -> dict[str, Table]:
    """The empty tables by the path of their repeat; "" is the form itself."""
    root = Table("", form_id, ["SubmissionDate"])
    tables = {"": root}
    for each in fields:
        table = tables[each.repeat or ""]
        if each.type == "repeat":
            tables[each.path] = Table(each.path, each.name)
        elif each.type != "structure":
            table.places[each.path] = (len(table.header), each)
            inside = each.path[len(table.path) + 1 :].replace("/", "-")
            base = inside if group_paths else each.name
            table.header += _columns(each, base, values)
    for path, table in tables.items():
        table.header += ["PARENT_KEY", "KEY"] if path else _META
    return tables


def _columns(each: Field, base: str, values: Values) -> list[str]:
    if each.type == "geopoint":
        return [f"{base}-{part}" for part in ("Latitude", "Longitude", "Altitude", "Accuracy")]
    if each.select_multiple:
        return [base, *(f"{base}/{value}" for value in values.get(each.path, []))]
    return [base]


def add_submission(
    tables: dict[str, Table], row: Row, root: Node | None, status: str | None, values: Values
) -> None:
    """Write one submission into its tables; `root` is None while it is sealed."""
    table = tables[""]
    line = _empty(table)
    if root is not None:
        _fill(tables, table, line, root, "", [row["instanceId"]], {}, values)
    line[0] = row["createdAt"]
    line[-len(_META) :] = [
        row["instanceId"],
        row["submitterId"],
        row["displayName"],
        row["present"],
        row["expected"],
        status,
        row["reviewState"],
        row["deviceId"],
        row["edits"],
        row["formVersion"],
    ]
    table.rows.append(line)


def _empty(table: Table) -> list[object]:
    return [0 if "/" in name else None for name in table.header]


def _fill(
    tables: dict[str, Table],
    table: Table,
    line: list[object],
    node: Node,
    path: str,
    key: list[str],
    counters: dict[str, int],
    values: Values,
) -> None:
    for child in node.children:
        at = f"{path}/{child.name}"
        if at in tables:
            counters[at] = counters.get(at, 0) + 1
            inner = tables[at]
            row = _empty(inner)
            own = [*key, f"{child.name}[{counters[at]}]"]
            _fill(tables, inner, row, child, at, own, {}, values)
            row[-2:] = ["/".join(_parent(own)), "/".join(own)]
            inner.rows.append(row)
        elif at in table.places:
            _answer(line, *table.places[at], child.text, values)
        else:
            _fill(tables, table, line, child, at, [*key, child.name], counters, values)


def _parent(key: list[str]) -> list[str]:
    """The key up to the repeat around, else the submission's."""
    outer = [i for i, part in enumerate(key[:-1]) if part.endswith("]")]
    return key[: outer[-1] + 1] if outer else key[:1]


def _answer(line: list[object], place: int, each: Field, text: str, values: Values) -> None:
    if not text:
        return
    if each.type == "geopoint":
        parts = re.split(r"\s+", text)[:4]
        line[place : place + len(parts)] = parts
        return
    line[place] = text
    for offset, value in enumerate(values.get(each.path, []) if each.select_multiple else []):
        if value in text.split():
            line[place + 1 + offset] = 1
