"""A submission's XML as rows of OData, exactly as Central makes them.

Rules of values: Central's lib/data/odata.js and the recordings `drift-28`, `repeats-*`, `edit-03`.
"""

import hashlib
import re
from dataclasses import dataclass
from math import isfinite, isnan, nan

from sync.sandbox.escapes import encode_component
from sync.sandbox.schema import Column
from sync.sandbox.xml_tree import Node

Data = dict[str, object]
_FLOAT = re.compile(r"\s*([+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))")
_INT = re.compile(r"\s*([+-]?\d+)")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows are wanted."""

    table: str = "Submissions"
    wkt: bool = False
    expand: bool = False


@dataclass(slots=True)
class _Walk:
    shape: Shape
    instance_id: str
    rows: list[Data]


@dataclass(slots=True)
class _Step:
    """Where in the tree we are, for ids and links."""

    column: Column
    index: int
    """Which instance of a repeat; -1 for a group."""


def rows_of(root: Node, columns: Column, instance_id: str, shape: Shape, start: Data) -> list[Data]:
    """The rows that one submission gives to a table; `start` follows `__id` in the root row."""
    data = _frame(columns)
    data["__id"] = instance_id
    data |= start
    walk = _Walk(shape, instance_id, [data] if shape.table == "Submissions" else [])
    _fill(walk, root, columns, data, [], {})
    return walk.rows


def _frame(column: Column) -> Data:
    """All keys of a row, empty."""
    return {
        child.out: _frame(child) if child.type == "structure" else None
        for child in column.children.values()
        if child.type != "repeat"
    }


def _fill(
    walk: _Walk,
    node: Node,
    column: Column,
    data: Data | None,
    way: list[_Step],
    counters: dict[str, int],
) -> None:
    for child in node.children:
        known = column.children.get(child.name)
        if known is None:
            continue
        if known.type == "structure":
            inner = None if data is None else data.get(known.out)
            step = _Step(known, -1)
            target = inner if isinstance(inner, dict) else None
            _fill(walk, child, known, target, [*way, step], counters)
        elif known.type == "repeat":
            counters[known.path] = counters.get(known.path, -1) + 1
            _repeat(walk, child, known, data, [*way, _Step(known, counters[known.path])])
        elif data is not None and child.text and _branch(walk, way, known) == 1:
            data[known.out] = _value(child.text, known.type, data[known.out], wkt=walk.shape.wkt)


def _repeat(walk: _Walk, node: Node, column: Column, data: Data | None, way: list[_Step]) -> None:
    bag: Data | None = None
    if data is not None:
        data[f"{column.out}@odata.navigationLink"] = _link(walk.instance_id, way)
        branch = _branch(walk, way[:-1], column)
        if branch < 1 or walk.shape.expand:
            bag = _frame(column)
            bag["__id"] = _row_id(walk.instance_id, way)
            bags = data.setdefault(column.out, [])
            assert isinstance(bags, list)
            bags.append(bag)
            if branch == 0:
                walk.rows.append(bag)
                _point_to_parent(walk, bag, way)
    _fill(walk, node, column, bag, way, {})


def _branch(walk: _Walk, way: list[_Step], column: Column) -> int:
    """0: this is the wanted table; 1: it lies inside it; -1: neither."""
    if walk.shape.table == "Submissions":
        return 1
    name = ".".join(["Submissions", *(step.column.out for step in way), column.out])
    if name == walk.shape.table:
        return 0
    return 1 if name.startswith(walk.shape.table) else -1


def _point_to_parent(walk: _Walk, bag: Data, way: list[_Step]) -> None:
    above = next((i for i in range(len(way) - 2, -1, -1) if way[i].index >= 0), -1)
    parents = way[: above + 1]
    name = "-".join(["Submissions", *(step.column.out for step in parents)])
    bag[f"__{name}-id"] = _row_id(walk.instance_id, parents)


def _row_id(instance_id: str, way: list[_Step]) -> str:
    """Positional: a member put in front changes the ids of all behind it."""
    if not way:
        return instance_id
    parts = [f"Submissions#{instance_id}"]
    parts += [f"{step.column.name}#{step.index if step.index >= 0 else ''}" for step in way]
    return hashlib.sha1("%%".join(parts).encode(), usedforsecurity=False).hexdigest()


def _link(instance_id: str, way: list[_Step]) -> str:
    parts = [f"Submissions('{encode_component(instance_id)}')"]
    for position, step in enumerate(way):
        last = position == len(way) - 1
        key = "" if step.index < 0 or last else f"('{_row_id(instance_id, way[: position + 1])}')"
        parts.append(step.column.out + key)
    return "/".join(parts)


# -- values


def _value(text: str, kind: str, before: object, *, wkt: bool) -> object:
    if kind == "int":
        match = _INT.match(text)
        return js_number(float(match[1])) if match else None
    if kind == "decimal":
        return js_number(_float(text))
    if kind == "geopoint":
        return _point(text, wkt=wkt)
    if kind in ("geotrace", "geoshape"):
        return _line(text, kind, wkt=wkt)
    if kind == "dateTime":
        trimmed = text.strip()
        return trimmed + ":00" if re.search(r"[+-]\d\d$", trimmed) else trimmed
    return before + text if isinstance(before, str) else text


def _float(text: str) -> float:
    """As JavaScript's parseFloat: the longest number at the beginning, else NaN."""
    match = _FLOAT.match(text)
    return float(match[1]) if match else nan


def js_number(number: float) -> int | float | None:
    """The number that prints as in JSON from JavaScript: 5 not 5.0, null for NaN."""
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _print(number: float) -> str:
    return "NaN" if isnan(number) else str(js_number(number))


def _numbers(text: str) -> list[float]:
    return [_float(part) for part in re.split(r"\s+", text)]


def _point(text: str, *, wkt: bool) -> object:
    numbers = _numbers(text)
    if len(numbers) < 2 or isnan(numbers[0]) or isnan(numbers[1]):
        return None
    position = [numbers[1], numbers[0], *(n for n in numbers[2:3] if not isnan(n))]
    if wkt:
        return f"POINT ({' '.join(map(_print, position))})"
    point: Data = {"type": "Point", "coordinates": [js_number(n) for n in position]}
    if len(numbers) > 3 and not isnan(numbers[3]):
        point["properties"] = {"accuracy": js_number(numbers[3])}
    return point


def _line(text: str, kind: str, *, wkt: bool) -> object:
    parts = re.split(r"; ?", text)
    positions: list[list[float]] = []
    accuracies: list[int | float | None] = []
    for part in parts:
        numbers = _numbers(part)
        if len(numbers) < 2 and len(parts) == 1:
            return None
        if len(numbers) < 2 or isnan(numbers[0]) or isnan(numbers[1]):
            continue
        positions.append([numbers[1], numbers[0], *(n for n in numbers[2:3] if not isnan(n))])
        accuracy = numbers[3] if len(numbers) > 3 and numbers[3] else nan
        accuracies.append(js_number(accuracy))
    if wkt:
        points = ",".join(" ".join(map(_print, position)) for position in positions)
        return f"LINESTRING ({points})" if kind == "geotrace" else f"POLYGON (({points}))"
    coordinates = [[js_number(n) for n in position] for position in positions]
    line: Data = (
        {"type": "LineString", "coordinates": coordinates}
        if kind == "geotrace"
        else {"type": "Polygon", "coordinates": [coordinates]}
    )
    if any(accuracy is not None for accuracy in accuracies):
        line["properties"] = {"accuracies": accuracies}
    return line
