"""Charts of the workbook: Excel's own, drawn from the cells beside them, so that they can be edited."""

from typing import TYPE_CHECKING

from pipelines.report.model import Cell, Line, Table
from pipelines.report.numbers import HIDDEN

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_ROW = 20
"""Height in pixels of a row nobody changed."""
_WIDTH = 520
_TREND_ROWS = 11
_COLOUR = "#0b5563"
_MOST_BARS = 12


def bars(book: "Workbook", sheet: "Worksheet", row: int, table: Table) -> int:
    """Bars beside a table that stands at `row`; how many rows they take, 0 where nothing is worth a chart.

    Worth one are breakdowns by one thing with at least three figures that are not all the same. A
    hidden figure has its sign instead of a bar, not a bar of nought.
    """
    cells = [line.cells[0] for line in table.lines if len(line.cells) == 1]
    shown = [cell.value for cell in cells if _seen(cell)]
    if not 3 <= len(shown) <= len(cells) <= _MOST_BARS or len(set(shown)) < 2:
        return 0
    first, last = row + 2, row + 1 + len(table.lines)
    rows = len(table.lines) + 3
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": table.title,
            "categories": [sheet.get_name(), first, 0, last, 0],
            "values": [sheet.get_name(), first, 1, last, 1],
            "fill": {"color": _COLOUR},
            "gap": 40,
            "data_labels": {
                "value": True,
                "custom": [None if _seen(cell) else {"value": HIDDEN} for cell in cells],
            },
        }
    )
    chart.set_y_axis({"reverse": True})  # in the order of the table
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    _finish(chart, table.title, rows)
    sheet.insert_chart(row, 3, chart, {"description": table.title, "object_position": 2})
    return rows


def trends(book: "Workbook", sheet: "Worksheet", row: int, table: Table) -> None:
    """Under the table at `row`, one line for each figure that two quarters or more have."""
    place = row + 3 + len(table.lines)
    for at, line in enumerate(table.lines, row + 2):
        if sum(map(_seen, line.cells)) < 2:
            continue
        chart = book.add_chart({"type": "line"})
        chart.add_series(
            {
                "name": line.label,
                "categories": [sheet.get_name(), row + 1, 1, row + 1, len(line.cells)],
                "values": [sheet.get_name(), at, 1, at, len(line.cells)],
                "line": {"color": _COLOUR, "width": 2},
                "marker": {"type": "circle", "size": 6, "fill": {"color": _COLOUR}},
                "data_labels": {"value": True, "position": "above"},
                "points": _gaps(line),
            }
        )
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        _finish(chart, line.label, _TREND_ROWS)
        sheet.insert_chart(place, 0, chart, {"description": line.label, "object_position": 2})
        place += _TREND_ROWS + 1


def _seen(cell: Cell) -> bool:
    return cell.value is not None and not cell.hidden


def _gaps(line: Line) -> list[dict[str, object] | None]:
    """No line to or from a quarter without a figure: Excel would draw it down to nought."""
    nothing: dict[str, object] = {"line": {"none": True}}
    cells = line.cells
    return [
        None if _seen(cell) and (at == 0 or _seen(cells[at - 1])) else nothing
        for at, cell in enumerate(cells)
    ]


def _finish(chart: object, title: str, rows: int) -> None:
    chart.set_title({"name": title, "name_font": {"size": 10, "bold": False}})  # type: ignore[attr-defined]
    chart.set_legend({"none": True})  # type: ignore[attr-defined]
    chart.set_size({"width": _WIDTH, "height": rows * _ROW})  # type: ignore[attr-defined]
