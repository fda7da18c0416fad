"""Reads an XLSForm that a reviewer edited, and lines its rows up with those of the compiled form.

A row is known by what does not change in a review: the path of a question, the list and code of an
answer. Cells are texts; numbers and truth values that Excel made of them are turned back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from forms.errors import FormError

Row = dict[str, str]
Sheets = Mapping[str, Sequence[Mapping[str, str]]]

SHEETS = ("survey", "choices", "settings", "entities")


@dataclass(frozen=True, slots=True)
class Place:
    """A row: `/group/question` of the survey, `list/code` of the choices."""

    sheet: str
    name: str

    def __str__(self) -> str:
        return self.name or self.sheet


def read_review(path: Path) -> dict[str, list[Row]]:
    """The sheets of an XLSForm as rows of texts; FormError when the file is not a workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FormError(
            "ce n’est pas un classeur Excel lisible ; enregistrez-le au format .xlsx, puis relancez.",
            "this is not a readable Excel workbook; save it as .xlsx, then run again.",
            file=path,
        ) from error
    try:
        return {name: list(_rows(book[name])) for name in SHEETS if name in book.sheetnames}
    finally:
        book.close()


def by_place(sheets: Sheets) -> dict[Place, Mapping[str, str]]:
    """Every row under its place; of two rows with the same place the first counts."""
    found: dict[Place, Mapping[str, str]] = {}
    for name in SHEETS:
        rows = sheets.get(name, ())
        places = _survey_places(rows) if name == "survey" else _other_places(name, rows)
        for place, row in zip(places, rows, strict=True):
            found.setdefault(place, row)
    return found


def _rows(sheet: Any) -> Iterator[Row]:
    rows = sheet.iter_rows(values_only=True)
    header = [_text(cell) for cell in next(rows, ())]
    for cells in rows:
        row = {key: _text(cell) for key, cell in zip(header, cells, strict=False) if key}
        row = {key: value for key, value in row.items() if value}
        if row:
            yield row


def _text(cell: object) -> str:
    """What the reviewer sees, without the spaces and line ends that Excel adds."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("_x000D_", "").replace("\r\n", "\n").strip()


def _survey_places(rows: Sequence[Mapping[str, str]]) -> Iterator[Place]:
    inside: list[str] = []
    for row in rows:
        kind, name = row.get("type", "").replace(" ", "_"), row.get("name", "")
        if kind in ("end_group", "end_repeat"):
            yield Place("survey", "/".join(["", *inside, "end"]))
            inside = inside[:-1]
            continue
        yield Place("survey", "/".join(["", *inside, name]))
        if kind in ("begin_group", "begin_repeat"):
            inside.append(name)


def _other_places(sheet: str, rows: Sequence[Mapping[str, str]]) -> Iterator[Place]:
    for number, row in enumerate(rows):
        if sheet == "choices":
            yield Place(sheet, f"{row.get('list_name', '')}/{row.get('name', '')}")
        else:
            yield Place(sheet, row.get("list_name", "") or str(number or ""))
