"""Charts of the workbook: Excel's own, drawn from the cells beside them, so that they can be edited."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.report.model import Cell, Table
from pipelines.report.numbers import HIDDEN, NONE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_ROW = 20
"""Height in pixels of a row nobody changed."""
_WIDTH = 520
_TREND_ROWS = 11
_COLOUR = "#0b5563"
_MOST_BARS = 12


def bars(book: "Workbook", sheet: "Worksheet", row: int, table: Table) -> int:
    """Bars beside a table that stands at `row`; the rows they take with an empty one, 0 where no bars.

    Worth a chart are breakdowns by one thing with three to twelve lines, at least three of them
    shown and not all the same.
    """
    cells = [line.cells[0] for line in table.lines if len(line.cells) == 1]
    shown = [cell.value for cell in cells if _seen(cell)]
    if not 3 <= len(shown) <= len(cells) <= _MOST_BARS or len(set(shown)) < 2:
        return 0
    first, last = row + 2, row + 1 + len(table.lines)
    rows = len(table.lines) + 3
    chart = _chart(book, "bar", table.title, cells, (sheet.get_name(), first, 0, last, 0), (0, 1))
    chart.set_y_axis({"reverse": True})  # in the order of the table
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_size({"width": _WIDTH, "height": rows * _ROW})
    sheet.insert_chart(row, 3, chart, {"description": table.title, "object_position": 2})
    return rows + 1


def trends(book: "Workbook", sheet: "Worksheet", row: int, table: Table) -> None:
    """Under the table at `row`, columns for each figure that two quarters or more have."""
    place = row + 3 + len(table.lines)
    for at, line in enumerate(table.lines, row + 2):
        if sum(map(_seen, line.cells)) < 2:
            continue
        quarters = (sheet.get_name(), row + 1, 1, row + 1, len(line.cells))
        chart = _chart(book, "column", line.label, line.cells, quarters, (at - row - 1, 0))
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_size({"width": _WIDTH, "height": _TREND_ROWS * _ROW})
        sheet.insert_chart(place, 0, chart, {"description": line.label, "object_position": 2})
        place += _TREND_ROWS + 1


def _chart(
    book: "Workbook",
    kind: str,
    title: str,
    cells: Sequence[Cell],
    names: tuple[str, int, int, int, int],
    away: tuple[int, int],
) -> "Chart":
    """A chart of cells that stand `away` (rows, columns) from their names.

    A cell that shows no figure bears its sign in the chart as in the table, not a nought.
    """
    sheet, top, left, bottom, right = names
    down, over = away
    chart = book.add_chart({"type": kind})
    chart.add_series(
        {
            "name": title,
            "categories": list(names),
            "values": [sheet, top + down, left + over, bottom + down, right + over],
            "fill": {"color": _COLOUR},
            "gap": 40,
            "data_labels": {
                "value": True,
                "custom": [None if _seen(cell) else {"value": _sign(cell)} for cell in cells],
            },
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 10, "bold": False}})
    chart.set_legend({"none": True})
    return chart


def _seen(cell: Cell) -> bool:
    return cell.value is not None and not cell.hidden


def _sign(cell: Cell) -> str:
    return HIDDEN if cell.hidden else NONE
