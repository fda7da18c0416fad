"""Published figures as pages show them: every indicator, its periods and its breakdowns.

Only `published_cell` is read: what is hidden there is hidden here, and each audience has its own.
"""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from warehouse.casework_tables import indicator
from warehouse.core_tables import code_label
from warehouse.protection_tables import published_cell

Texts = tuple[str, str]
"""French and English."""

_I, _P = indicator.c, published_cell.c
KINDS = ("quarter", "year", "month")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of an indicator, with its definition in words."""

    indicator: str
    measure: str
    kind: str
    """count, sum, share, mean or median."""
    title: Texts
    words: Texts
    numerator: Texts
    denominator: Texts | None
    caution: Texts | None


@dataclass(frozen=True, slots=True)
class Value:
    """One published figure; `value` is None where it is hidden or has no denominator."""

    period: str
    value: float | None
    count: int | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a breakdown."""

    row: Texts
    column: Texts
    value: Value


@dataclass(slots=True)
class Breakdown:
    """The figures of one period by one or two dimensions."""

    dimensions: tuple[str, str]
    cells: list[Cell] = field(default_factory=list)


def measures(connection: Connection) -> list[Measure]:
    """All of them, in the order of the definitions."""
    return [
        Measure(
            row.indicator, row.measure, row.kind, (row.title_fr, row.title_en),
            (row.measure_fr, row.measure_en), (row.numerator_fr, row.numerator_en),
            _pair(row.denominator_fr, row.denominator_en), _pair(row.caution_fr, row.caution_en),
        )
        for row in connection.execute(select(indicator).order_by(_I.indicator, _I.position, _I.measure))
    ]  # fmt: skip


def periods(connection: Connection, audience: str, kind: str) -> list[str]:
    """Periods with published indicators, the newest first."""
    query = select(_P.period).where(_P.audience == audience, _P.period_kind == kind).distinct()
    return sorted(connection.execute(query).scalars(), reverse=True)


def totals(
    connection: Connection, audience: str, kind: str, some: list[str]
) -> dict[tuple[str, str], dict[str, Value]]:
    """Indicator and measure → period → the figure without any breakdown."""
    query = select(_P.publication, _P.measure, *_VALUE).where(
        _P.audience == audience, _P.period_kind == kind, _P.period.in_(some), *_WHOLE
    )
    found: dict[tuple[str, str], dict[str, Value]] = {}
    for row in connection.execute(query):
        value = Value(row.period, row.value, row.units, bool(row.suppressed))
        found.setdefault((row.publication, row.measure), {})[row.period] = value
    return found


def series(
    connection: Connection, audience: str, kind: str, name: str, measure: str
) -> list[Value]:
    """The figure without any breakdown, period by period, the oldest first."""
    query = select(*_VALUE).where(*_of(audience, kind, name, measure), *_WHOLE).order_by(_P.period)
    return [
        Value(row.period, row.value, row.units, bool(row.suppressed))
        for row in connection.execute(query)
    ]


def breakdowns(
    connection: Connection, audience: str, kind: str, name: str, measure: str, period: str
) -> list[Breakdown]:
    """Every breakdown of one period, with labels."""
    labels = {
        (row.dimension, row.code): (row.label_fr, row.label_en, row.position)
        for row in connection.execute(select(code_label))
    }
    query = (
        select(_P.row_dimension, _P.row_value, _P.column_dimension, _P.column_value, *_VALUE)
        .where(*_of(audience, kind, name, measure), _P.period == period, _P.row_dimension != "")
        .order_by(_P.row_dimension, _P.column_dimension)
    )
    rows = connection.execute(query).all()
    found = []
    for dimensions, some in groupby(rows, key=lambda r: (r.row_dimension, r.column_dimension)):
        cells = [
            (_place(labels, row), Cell(
                _label(labels, row.row_dimension, row.row_value),
                _label(labels, row.column_dimension, row.column_value),
                Value(row.period, row.value, row.units, bool(row.suppressed)),
            ))
            for row in some
            if row.row_value or row.column_value
        ]  # fmt: skip
        cells.sort(key=lambda placed: placed[0])
        found.append(Breakdown(dimensions, [cell for _, cell in cells]))
    return found


_VALUE = (_P.period, _P.value, _P.count.label("units"), _P.suppressed)
_WHOLE = (_P.row_dimension == "", _P.column_dimension == "")


def _of(audience: str, kind: str, name: str, measure: str) -> list[ColumnElement[bool]]:
    return [
        _P.audience == audience, _P.period_kind == kind, _P.publication == name, _P.measure == measure
    ]  # fmt: skip


def _place(labels: dict[tuple[str, str], tuple[str, str, int]], row: Any) -> tuple[Any, ...]:
    """Where a cell stands: in the order of the lists, then by code."""
    none = ("", "", 999)
    return (
        labels.get((row.row_dimension, row.row_value), none)[2], row.row_value,
        labels.get((row.column_dimension, row.column_value), none)[2], row.column_value,
    )  # fmt: skip


def _pair(fr: str | None, en: str | None) -> Texts | None:
    return (fr, en or fr) if fr else None


def _label(labels: dict[tuple[str, str], tuple[str, str, int]], dimension: str, code: str) -> Texts:
    if not code:
        return ("", "")
    fr, en, _ = labels.get((dimension, code), (code, code, 0))
    return fr, en
