"""Files to take along: tables as CSV that Excel opens rightly and as XLSX, and what is made elsewhere.

No cell of a table is ever taken for a formula.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """Semicolons and a byte order mark, as a French Excel wants it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return _attached(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}.csv")


def xlsx_file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """One sheet with a heading that stays in sight."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet("Kafo")
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
        sheet.autofit()
    return _attached(content.getvalue(), _XLSX, f"{name}.xlsx")


def pdf_file(name: str, content: bytes) -> Response:
    """A document that is ready."""
    return _attached(content, "application/pdf", f"{name}.pdf")


def workbook_file(name: str, content: bytes) -> Response:
    """A workbook that is ready."""
    return _attached(content, _XLSX, f"{name}.xlsx")


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return "'" + value
    return value


def _attached(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
