"""Writes a compiled form as an XLSForm workbook that people like to read, for review and for Central.

Texts, which a reviewer may change, are dark; the form's mechanics are dimmed. Each question
carries its class and purpose as a comment. pyxform makes the same XForm of it as of the source.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from forms.compiler import CompiledForm, Sheet
from forms.source import TEXTS

_DEPTHS = ("#FFFFFF", "#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6")
"""Background of groups, by how deep they are nested."""
_WIDTHS = {"type": 30, "name": 20, "list_name": 16, "required": 9, "readonly": 9, "appearance": 12}
_TEXT_WIDTH, _OTHER_WIDTH = 46, 28
_PATHS = {"begin_group": 1, "begin_repeat": 1, "end_group": -1, "end_repeat": -1}


def write_workbook(form: CompiledForm, path: Path) -> None:
    """Write the workbook of a form; the same form gives the same bytes."""
    import xlsxwriter

    # Texts stay texts: Excel must not make numbers of codes nor formulas of «=».
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": form.title, "created": datetime(2026, 1, 1)})
        comments = {note.path: f"{note.sensitivity} : {note.purpose}" for note in form.notes}
        for name, rows in form.sheets.items():
            if rows:
                _write_sheet(book, name, rows, comments if name == "survey" else {})


def _write_sheet(book: Any, name: str, rows: Sheet, comments: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(name)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    header = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "font_color": "#FFFFFF",
            "bg_color": "#1F4E78",
            "border": 1,
        }
    )
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column))
        sheet.write_string(0, at, column, header)
    sheet.freeze_panes(1, 2 if "name" in columns[:2] else 0)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    formats = _Formats(book)
    for number, (row, path, depth) in enumerate(_places(rows), start=1):
        for at, column in enumerate(columns):
            style = formats.of(column, depth, begins=row.get("type", "").startswith("begin_"))
            sheet.write(number, at, row.get(column, ""), style)
        if path in comments:
            sheet.write_comment(number, columns.index("name"), comments[path])


def _places(rows: Sheet) -> Iterator[tuple[dict[str, str], str, int]]:
    """Each row with its path and how many groups it stands in, its own included."""
    inside: list[str] = []
    for row in rows:
        step = _PATHS.get(row.get("type", ""), 0)
        if step > 0:
            inside.append(row["name"])
            yield row, "", len(inside)
        elif step < 0:
            yield row, "", len(inside)
            inside.pop()
        else:
            yield row, "/".join(["", *inside, row.get("name", "")]), len(inside)


def _width(column: str) -> int:
    if column.split("::")[0] in TEXTS:
        return _TEXT_WIDTH
    return _WIDTHS.get(column, _OTHER_WIDTH)


class _Formats:
    """Formats of one workbook, made once each: Excel opens files with thousands of them slowly."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[bool, int, bool], Any] = {}

    def of(self, column: str, depth: int, *, begins: bool) -> Any:
        """The format of a cell: texts dark, mechanics dimmed, groups coloured."""
        key = (column.split("::")[0] in TEXTS, depth, begins)
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {
                    "text_wrap": True,
                    "valign": "top",
                    "bold": begins,
                    "border": 1,
                    "border_color": "#D0D0D0",
                    "font_color": "#000000" if key[0] else "#7F7F7F",
                    "bg_color": _DEPTHS[min(depth, len(_DEPTHS) - 1)],
                }
            )
        return self._made[key]
