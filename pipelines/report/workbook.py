"""The report as a workbook: its numbers as numbers, to calculate with, and the SQL behind each.

Texts are written as texts only, so that no label of a form can become a formula.
"""

import io
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from pipelines.report.model import Cell, Line, Part, Report, Section, Table
from pipelines.report.numbers import HIDDEN, NONE, scaled
from pipelines.report.themes import Texts
from pipelines.report.workbook_charts import bars, trends

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
_LONGEST_NAME = 31
_LONGEST_HEADER = 255
"""What Excel takes as name of a sheet and as header of a page."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LABEL_WIDTH, _CELL_WIDTH = 46, 14
_TITLE_WIDTH, _TEXT_WIDTH = 40, 100
_LINE, _HIGHEST = 15, 409
"""Height in points of a line of text, and of the highest row that Excel has."""

_NUMBERS = {
    "count": "#,##0",
    "sum": "#,##0",
    "share": "0.0%",
    "mean": "#,##0.0",
    "median": "#,##0.0",
    "count change": "+#,##0;-#,##0;0",
    "sum change": "+#,##0;-#,##0;0",
    "share change": '+0.0" pt";-0.0" pt";0.0" pt"',
    "mean change": "+#,##0.0;-#,##0.0;0.0",
    "median change": "+#,##0.0;-#,##0.0;0.0",
}
"""Kind of a cell → how a spreadsheet shows it; the separators are those of the reader's Excel."""

_SUMMARY: Texts = ("Résumé", "Summary")
_KEY_FIGURES: Texts = ("Chiffres clés", "Key figures")
_REPORT: Texts = ("Rapport trimestriel", "Quarterly report")
_AUDIENCES: dict[str, Texts] = {
    "outside": (
        "Pour tous : rien sous 10 personnes, nombres arrondis à 5.",
        "For everybody: nothing under 10 people, numbers rounded to 5.",
    ),
    "inside": (
        "Pour les syndicats seulement : rien sous 5 personnes. Ne pas transmettre.",
        "For the unions only: nothing under 5 people. Do not pass on.",
    ),
}
_SIGNS: Texts = (
    f"« {HIDDEN} » : masqué. « {NONE} » : rien à compter.",
    f"'{HIDDEN}': hidden. '{NONE}': nothing to count.",
)

_WITHHELD: Texts = ("Trop peu de personnes pour être montré :", "Too few people to be shown:")


@dataclass(frozen=True, slots=True)
class _Pen:
    """A workbook under way, with its formats by name."""

    book: "Workbook"
    report: Report
    formats: "dict[str, Format]"

    def of(self, texts: Texts) -> str:
        return texts[self.report.language == "en"]

    def sheet(self, name: str) -> "Worksheet":
        """A new sheet that prints on A4 across, with the mark on every page."""
        made = self.book.add_worksheet(name.translate(_FORBIDDEN)[:_LONGEST_NAME].strip())
        made.set_landscape()
        made.set_paper(_A4)
        made.fit_to_pages(1, 0)
        mark = self.report.mark.replace("&", "&&")
        made.set_header(f"&L&8{mark}"[:_LONGEST_HEADER])
        made.set_footer(f"&L&8{mark}"[: _LONGEST_HEADER - 12] + "&R&8&P / &N")
        made.freeze_panes(1, 0)
        return made


def workbook(report: Report) -> bytes:
    """The report as XLSX."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties(
            {
                "title": f"{_REPORT[report.language == 'en']} {report.period}",
                "comments": report.mark,
            }
        )
        pen = _Pen(book, report, _formats(book))
        _summary(pen)
        _key_figures(pen)
        for number, section in enumerate(report.sections, 1):
            _section(pen, number, section)
        _annex(pen)
    return content.getvalue()


def _formats(book: "Workbook") -> "dict[str, Format]":
    wrapped = {"text_wrap": True, "valign": "top"}
    above = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
    found = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "heading": book.add_format({"bold": True, "font_size": 12}),
        "head": book.add_format(above),
        "number head": book.add_format({"align": "right", **above}),
        "label": book.add_format(wrapped),
        "strong": book.add_format({"bold": True}),
        "label strong": book.add_format({"bold": True, **wrapped}),
        "quiet": book.add_format({"font_color": "#595959", "italic": True}),
        "note": book.add_format(wrapped),
        "code": book.add_format({"font_name": "Courier New", "font_size": 9, **wrapped}),
        "sign": book.add_format({"align": "right", "valign": "top"}),
    }
    for kind, shown in _NUMBERS.items():
        found[kind] = book.add_format({"num_format": shown, "valign": "top"})
    return found


def _summary(pen: _Pen) -> None:
    report, sheet = pen.report, pen.sheet(pen.of(_SUMMARY))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.write_string(0, 0, pen.of(_REPORT), pen.formats["title"])
    facts: list[tuple[Texts, str]] = [
        (("Période", "Period"), f"{report.period} ({report.days})"),
        (("Lecteurs", "Readers"), pen.of(_AUDIENCES[report.audience])),
        (("Chiffres publiés", "Figures published"), report.published_at),
        (("Rapport fait", "Report made"), report.made_at),
        (
            ("Masqués", "Hidden"),
            pen.of(
                (
                    f"{report.hidden} des {report.figures} chiffres du trimestre",
                    f"{report.hidden} of the quarter's {report.figures} figures",
                )
            ),
        ),
        (("Signes", "Signs"), pen.of(_SIGNS)),
        *((("À savoir", "To know"), caution) for caution in report.cautions),
        (("Marque", "Mark"), report.mark),
    ]
    for row, (name, value) in enumerate(facts, 2):
        sheet.write_string(row, 0, pen.of(name), pen.formats["label strong"])
        sheet.write_string(row, 1, value, pen.formats["note"])
        _high(sheet, row, (value, _TEXT_WIDTH))


def _key_figures(pen: _Pen) -> None:
    sheet, trend = pen.sheet(pen.of(_KEY_FIGURES)), pen.report.trend
    sheet.write_string(0, 0, pen.of(_KEY_FIGURES), pen.formats["title"])
    row = 2
    for table in pen.report.key_figures:
        if row == 2:
            _head(pen, sheet, row, (*table.head, "SQL"))
        for line in table.lines:
            row += 1
            _line(pen, sheet, row, line)
            sheet.write_string(row, len(table.head), table.code, pen.formats["sign"])
    _table(pen, sheet, row + 2, trend)
    trends(pen.book, sheet, row + 2, trend)
    _widths(sheet, (*pen.report.key_figures, trend))


def _section(pen: _Pen, number: int, section: Section) -> None:
    sheet = pen.sheet(f"{number} {section.title}")
    sheet.write_string(0, 0, section.title, pen.formats["title"])
    row = 3
    for part in section.parts:
        row = _part(pen, sheet, row, part)
    _widths(sheet, [table for part in section.parts for table in _tables(part)])


def _part(pen: _Pen, sheet: "Worksheet", row: int, part: Part) -> int:
    sheet.write_string(row, 0, f"{part.indicator} {part.title}", pen.formats["heading"])
    notes = [
        f"{words.name} : {words.numerator}"
        + (f" / {words.denominator}" if words.denominator else "")
        for words in part.words
    ]
    withheld = [f"{pen.of(_WITHHELD)} {text}" for text in part.withheld]
    for text in (*notes, *part.cautions, *withheld):
        row += 1
        sheet.write_string(row, 0, text, pen.formats["quiet"])
    row += 2
    charted = 0
    for table in _tables(part):
        # One chart a part, as in the PDF.
        high = 0 if charted or table is part.totals else bars(pen.book, sheet, row, table)
        charted += high
        row = max(_table(pen, sheet, row, table), row + high)
    return row


def _tables(part: Part) -> tuple[Table, ...]:
    return (part.totals, *part.tables) if part.totals else part.tables


def _table(pen: _Pen, sheet: "Worksheet", row: int, table: Table) -> int:
    """Write it with the code of its SQL; the row after it and an empty one."""
    sheet.write_string(row, 0, f"{table.title} (SQL {table.code})", pen.formats["strong"])
    _head(pen, sheet, row + 1, table.head)
    for at, line in enumerate(table.lines, row + 2):
        _line(pen, sheet, at, line)
    return row + 3 + len(table.lines)


def _head(pen: _Pen, sheet: "Worksheet", row: int, names: tuple[str, ...]) -> None:
    _high(
        sheet,
        row,
        *((n, _CELL_WIDTH if column else _LABEL_WIDTH) for column, n in enumerate(names)),
    )
    for column, name in enumerate(names):
        sheet.write_string(row, column, name, pen.formats["number head" if column else "head"])


def _high(sheet: "Worksheet", row: int, *texts: tuple[str, int]) -> None:
    """As high as texts of these widths need; not every program sees to it when it opens the file."""
    lines = max(
        sum(max(len(wrap(line, width)), 1) for line in text.splitlines() or [""])
        for text, width in texts
    )
    if lines > 1:
        sheet.set_row(row, min(_LINE * lines, _HIGHEST))


def _line(pen: _Pen, sheet: "Worksheet", row: int, line: Line) -> None:
    sheet.write_string(row, 0, line.label, pen.formats["label"])
    _high(sheet, row, (line.label, _LABEL_WIDTH))
    for column, cell in enumerate(line.cells, 1):
        _cell(pen, sheet, (row, column), cell)


def _cell(pen: _Pen, sheet: "Worksheet", at: tuple[int, int], cell: Cell) -> None:
    if cell.hidden or cell.value is None:
        sheet.write_string(*at, HIDDEN if cell.hidden else NONE, pen.formats["sign"])
        return
    number = scaled(cell.value, cell.kind)
    if cell.kind == "share":  # Excel's percent is a fraction
        number = round(number / 100, 3)
    sheet.write_number(*at, number, pen.formats[cell.kind])


def _widths(sheet: "Worksheet", tables: "list[Table] | tuple[Table, ...]") -> None:
    sheet.set_column(0, 0, _LABEL_WIDTH)
    widest = max((len(table.head) for table in tables), default=1)
    if widest > 1:
        sheet.set_column(1, widest, _CELL_WIDTH)


def _annex(pen: _Pen) -> None:
    sheet = pen.sheet("SQL")
    heads: tuple[Texts, ...] = (
        ("Code", "Code"),
        ("Ce qu'il donne", "What it gives"),
        ("SQL", "SQL"),
    )
    for column, (texts, width) in enumerate(
        zip(heads, (10, _TITLE_WIDTH, _TEXT_WIDTH), strict=True)
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, pen.of(texts), pen.formats["head"])
    sheet.repeat_rows(0)
    for row, query in enumerate(pen.report.queries, 1):
        sheet.write_string(row, 0, query.code, pen.formats["label"])
        sheet.write_string(row, 1, query.title, pen.formats["label"])
        sheet.write_string(row, 2, query.sql, pen.formats["code"])
        _high(sheet, row, (query.title, _TITLE_WIDTH), (query.sql, _TEXT_WIDTH))
