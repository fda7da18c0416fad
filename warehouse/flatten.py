"""From one OData row of Central to rows of tables: a cleared answer is NULL, nothing is guessed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from warehouse.shape import FormShape, FormTable
from warehouse.types import iso

Value = str | int | float | None
Cells = tuple[Value, ...]

_LARGEST = 2**63 - 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


@dataclass(slots=True)
class Flat:
    """The rows one batch of submissions makes, by table, and the answers that did not fit."""

    rows: dict[str, list[Cells]] = field(default_factory=dict)
    problems: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    """(instance_id, table, row_path, column, problem); never the answer itself."""


class _DoesNotFitError(Exception):
    """An answer that its column cannot hold; raw keeps it."""


Flatten = Callable[[Mapping[str, Any], Flat], None]


def flattener(shape: FormShape) -> Flatten:
    """A function that adds the rows of one submission to a batch; built once per run and form."""
    plans = [_Plan(table, shape) for table in shape.tables]
    root, repeats = plans[0], plans[1:]

    def flatten(row: Mapping[str, Any], flat: Flat) -> None:
        instance_id, system = row["__id"], row["__system"]
        head: Cells = (
            instance_id,
            system["submissionDate"],
            system["formVersion"],
            system["reviewState"],
            system["submitterName"],
        )
        cells = root.cells(row, flat, instance_id, "")
        flat.rows.setdefault(root.name, []).append(head + cells)
        for plan in repeats:
            rows = flat.rows.setdefault(plan.name, [])
            for row_path, parent_path, number, item in plan.walk(row):
                cells = plan.cells(item, flat, instance_id, row_path)
                rows.append((instance_id, row_path, parent_path, number, *cells))

    return flatten


def columns_of(table: FormTable) -> tuple[str, ...]:
    """The columns in the order in which `flattener` gives their values."""
    own: tuple[str, ...]
    if table.parent is None:
        own = ("instance_id", "submitted_at", "form_version", "review_state", "submitter_name")
    else:
        own = ("instance_id", "row_path", "parent_path", "row_number")
    return own + tuple(name for question in table.questions for name in question.columns)


_STRINGS = frozenset((str, type(None)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Questions side by side in one group: all text, read at once, or a single one."""

    groups: tuple[str, ...]
    kind: str
    leaves: list[str]
    columns: list[str]


class _Plan:
    """How to read one table's values out of the nested row."""

    def __init__(self, table: FormTable, shape: FormShape) -> None:
        self.name = table.name
        self.steps = _steps_to(table, shape)
        self.readers: list[_Reader] = []
        for found in table.questions:
            *steps, leaf = found.path.removeprefix(table.repeat).strip("/").split("/")
            groups = tuple(steps)
            last = self.readers[-1] if self.readers else None
            if last and last.kind == "text" == found.kind and last.groups == groups:
                last.leaves.append(leaf)
                last.columns.append(found.column)
            else:
                self.readers.append(_Reader(groups, found.kind, [leaf], [found.column]))

    def cells(self, row: Mapping[str, Any], flat: Flat, instance_id: str, row_path: str) -> Cells:
        """The values of one row, in the order of `columns_of`."""
        values: list[Value] = []
        for reader in self.readers:
            inside = _descend(row, reader.groups)
            answers = list(map(inside.get, reader.leaves))
            if reader.kind == "text" and _STRINGS.issuperset(map(type, answers)):
                values += answers
                continue
            for answer, column in zip(answers, reader.columns, strict=True):
                try:
                    values += _CONVERT[reader.kind](answer)
                except _DoesNotFitError as misfit:
                    flat.problems.append((instance_id, self.name, row_path, column, str(misfit)))
                    values += _EMPTY.get(reader.kind, (None,))
        return tuple(values)

    def walk(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, int, Mapping[str, Any]]]:
        """(row path, parent path, number, row) of every row of this repeat, in their order."""
        level: list[tuple[str, Mapping[str, Any]]] = [("", row)]
        for groups, leaf in self.steps[:-1]:
            level = [(path, item) for path, _, _, item in _rows(level, groups, leaf)]
        yield from _rows(level, *self.steps[-1])


def _rows(
    level: list[tuple[str, Mapping[str, Any]]], groups: tuple[str, ...], leaf: str
) -> Iterator[tuple[str, str, int, Mapping[str, Any]]]:
    for parent_path, parent in level:
        for number, item in enumerate(_descend(parent, groups).get(leaf) or (), start=1):
            yield (
                (f"{parent_path}.{number}" if parent_path else str(number)),
                parent_path,
                number,
                item,
            )


def _steps_to(table: FormTable, shape: FormShape) -> list[tuple[tuple[str, ...], str]]:
    """Groups and name of each repeat on the way from the submission to this table's rows."""
    by_name = {t.name: t for t in shape.tables}
    chain: list[FormTable] = []
    here: FormTable | None = table
    while here is not None and here.parent is not None:
        chain.append(here)
        here = by_name[here.parent]
    steps = []
    for inner in reversed(chain):
        outer = by_name[str(inner.parent)].repeat
        *groups, leaf = inner.repeat.removeprefix(outer).strip("/").split("/")
        steps.append((tuple(groups), leaf))
    return steps


def _descend(row: Mapping[str, Any], groups: tuple[str, ...]) -> Mapping[str, Any]:
    for group in groups:
        row = row.get(group) or {}
    return row


def _text(answer: Any) -> tuple[Value]:
    return (answer if answer is None or isinstance(answer, str) else json.dumps(answer),)


def _int(answer: Any) -> tuple[Value]:
    if answer is None:
        return (None,)
    if not isinstance(answer, int) or abs(answer) > _LARGEST:
        raise _DoesNotFitError("not a whole number the database can hold")
    return (int(answer),)


def _decimal(answer: Any) -> tuple[Value]:
    if answer is None:
        return (None,)
    if not isinstance(answer, int | float):
        raise _DoesNotFitError("not a number")
    return (float(answer),)


def _day(answer: Any) -> tuple[Value]:
    if answer is None:
        return (None,)
    try:
        if not _DAY.match(answer):
            raise ValueError
        date.fromisoformat(answer)
    except (TypeError, ValueError):
        raise _DoesNotFitError("not a date") from None
    return (answer,)


def _moment(answer: Any) -> tuple[Value]:
    if answer is None:
        return (None,)
    try:
        moment = datetime.fromisoformat(answer)
    except (TypeError, ValueError):
        raise _DoesNotFitError("not a date and time") from None
    if moment.tzinfo is None:
        raise _DoesNotFitError("a time without its zone")
    return (iso(moment),)


def _point(answer: Any) -> tuple[Value, ...]:
    """Central gives GeoJSON: longitude first, accuracy among the properties."""
    if answer is None:
        return _EMPTY["geopoint"]
    try:
        longitude, latitude, *rest = answer["coordinates"]
        accuracy = (answer.get("properties") or {}).get("accuracy")
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _DoesNotFitError("not a position") from None
    return (latitude, longitude, rest[0] if rest else None, accuracy)


def _geometry(answer: Any) -> tuple[Value]:
    """Lines and areas stay GeoJSON text, which every map tool reads."""
    return (None if answer is None else json.dumps(answer),)


_EMPTY: dict[str, tuple[Value, ...]] = {"geopoint": (None, None, None, None)}
_CONVERT: dict[str, Callable[[Any], tuple[Value, ...]]] = {
    "text": _text,
    "int": _int,
    "decimal": _decimal,
    "date": _day,
    "dateTime": _moment,
    "geopoint": _point,
    "geometry": _geometry,
}
