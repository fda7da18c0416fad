"""Turns a plain submission into the row that Central's OData would give, had Central read it.

So a submission opened on this computer loads as any other. Types, nesting, repeats, ids and links
follow Central's lib/data/odata.js; the field list is that of `/fields?odata=true`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from sync.submission_xml import local_name, parse_submission

Row = dict[str, Any]
_INT = re.compile(r"\s*([+-]?[0-9]+)")
_FLOAT = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_SHORT_ZONE = re.compile(r"[+-][0-9][0-9]\Z")
_URI_MARKS = "!*'()"
"""What JavaScript's encodeURIComponent leaves as it is and Python's quote does not."""


def submission_row(
    xml: bytes,
    fields: Iterable[Mapping[str, Any]],
    *,
    instance_id: str,
    system: Mapping[str, Any],
) -> Row:
    """The row of a plain submission, as with `$expand=*`; KafoError when the XML is not readable.

    `instance_id` is the `__id` and `system` the `__system` of the row that OData gave for the
    sealed submission (after an edit the XML has another instance ID). Its status becomes None,
    as of any row that can be read.
    """
    return row_of(parse_submission(xml), fields, instance_id=instance_id, system=system)


def row_of(
    root: Element,
    fields: Iterable[Mapping[str, Any]],
    *,
    instance_id: str,
    system: Mapping[str, Any],
) -> Row:
    """As `submission_row`, of parsed XML."""
    form = _tree(fields)
    row = _frame(form)
    row |= {"__id": instance_id, "__system": {**system, "status": None}}
    _fill(row, root, form, (_Step("", None, instance_id),), {})
    return row


def odata_name(name: str) -> str:
    """A name as OData allows it, made as Central makes it."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", name))


@dataclass(frozen=True, slots=True)
class _Field:
    kind: str
    children: "dict[str, _Field]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step down the tree: the XML name, the position in a repeat (None: a group), the link."""

    name: str
    position: int | None
    link: str


_Way = tuple[_Step, ...]


def _tree(fields: Iterable[Mapping[str, Any]]) -> _Field:
    root = _Field("structure")
    for each in fields:
        *above, name = (odata_name(part) for part in each["path"].split("/")[1:])
        parent = root
        for part in above:
            parent = parent.children[part]
        parent.children[name] = _Field(each["type"])
    return root


def _frame(form: _Field) -> Row:
    """All keys of a row: an unanswered question is null, a group is there, a repeat is not."""
    return {
        name: _frame(child) if child.kind == "structure" else None
        for name, child in form.children.items()
        if child.kind != "repeat"
    }


def _fill(row: Row, element: Element, form: _Field, way: _Way, seen: dict[_Way, int]) -> None:
    """`seen` counts the instances met so far of each repeat within the instance around it."""
    for child in element:
        raw = local_name(child)
        name = odata_name(raw)
        known = form.children.get(name)
        if known is None:
            continue
        if known.kind == "structure":
            _fill(row[name], child, known, (*way, _Step(raw, None, name)), seen)
        elif known.kind == "repeat":
            _add_instance(row, child, known, way, seen)
        elif text := _own_text(child):
            row[name] = _value(text, known.kind, row[name])


def _add_instance(
    row: Row, element: Element, form: _Field, way: _Way, seen: dict[_Way, int]
) -> None:
    raw = local_name(element)
    name = odata_name(raw)
    group = (*way, _Step(raw, None, name))
    seen[group] = seen.get(group, -1) + 1
    here = (*way, _Step(raw, seen[group], name))
    row[f"{name}@odata.navigationLink"] = _link(group)
    instance = _frame(form)
    instance["__id"] = _row_id(here)
    row.setdefault(name, []).append(instance)
    _fill(instance, element, form, here, seen)


def _row_id(way: _Way) -> str:
    """Positional, as Central's: `Submissions#<id>%%member#0%%group#%%visit#1`, hashed."""
    root, *steps = way
    parts = [f"Submissions#{root.link}"]
    parts += [f"{s.name}#{'' if s.position is None else s.position}" for s in steps]
    return hashlib.sha1("%%".join(parts).encode(), usedforsecurity=False).hexdigest()


def _link(way: _Way) -> str:
    root, *steps = way
    parts = [f"Submissions('{quote(root.link, safe=_URI_MARKS)}')"]
    for end, step in enumerate(steps, start=2):
        key = "" if step.position is None else f"('{_row_id(way[:end])}')"
        parts.append(step.link + key)
    return "/".join(parts)


# -- values


def _own_text(element: Element) -> str:
    """The text of the element without that of elements inside it, which no question has."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _value(text: str, kind: str, before: object) -> object:
    match kind:
        case "int":
            found = _INT.match(text)
            return _number(float(found[1])) if found else None
        case "decimal":
            return _number(_float(text))
        case "geopoint":
            return _point(text)
        case "geotrace" | "geoshape":
            return _line(text, kind)
        case "dateTime":
            trimmed = text.strip()
            return f"{trimmed}:00" if _SHORT_ZONE.search(trimmed) else trimmed
        case _:
            return before + text if isinstance(before, str) else text


def _float(text: str) -> float:
    """As JavaScript's parseFloat: the longest number at the beginning, else not a number."""
    found = _FLOAT.match(text)
    return float(found[1]) if found else nan


def _number(number: float) -> int | float | None:
    """As JavaScript writes numbers into JSON: 5, not 5.0; null for what is no number."""
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _numbers(text: str) -> list[float]:
    """Latitude, longitude, altitude, accuracy, as far as given."""
    return [_float(part) for part in re.split(r"\s+", text)]


def _position(numbers: list[float]) -> list[int | float | None] | None:
    """Longitude first, as GeoJSON wants it; None without both."""
    if len(numbers) < 2 or isnan(numbers[0]) or isnan(numbers[1]):
        return None
    height = [n for n in numbers[2:3] if not isnan(n)]
    return [_number(n) for n in (numbers[1], numbers[0], *height)]


def _point(text: str) -> Row | None:
    numbers = _numbers(text)
    position = _position(numbers)
    if position is None:
        return None
    point: Row = {"type": "Point", "coordinates": position}
    if len(numbers) > 3 and not isnan(numbers[3]):
        point["properties"] = {"accuracy": _number(numbers[3])}
    return point


def _line(text: str, kind: str) -> Row | None:
    parts = [_numbers(part) for part in re.split("; ?", text)]
    if len(parts) == 1 and len(parts[0]) < 2:
        return None
    found = [(at, numbers) for numbers in parts if (at := _position(numbers)) is not None]
    positions = [position for position, _ in found]
    accuracies = [_number(n[3]) or None if len(n) > 3 else None for _, n in found]
    line: Row = {"type": "LineString", "coordinates": positions}
    if kind == "geoshape":
        line = {"type": "Polygon", "coordinates": [positions]}
    if any(accuracy is not None for accuracy in accuracies):
        line["properties"] = {"accuracies": accuracies}
    return line
