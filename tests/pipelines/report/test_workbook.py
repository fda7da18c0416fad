"""The workbook is opened as a reader's spreadsheet would: numbers are numbers, texts stay texts."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from pipelines.report.model import Cell, Line, Part, Query, Report, Section, Table, Words
from pipelines.report.numbers import HIDDEN, NONE
from pipelines.report.workbook import workbook

SQL = "select measure, value\nfrom published_cell\nwhere audience = 'outside'"
MARK = "Kafo · awa & co · 2026-10-05 09:00 UTC · outside"


def cell(value: float | None, kind: str = "count", *, hidden: bool = False) -> Cell:
    return Cell(value, hidden, kind, ())


def table(code: str, *lines: Line) -> Table:
    return Table(code, f"Table {code}", ("Cercle", "T3 2026", "T2 2026", "Écart"), lines, SQL)


def report(language: str = "fr") -> Report:
    lines = (
        Line("=cmd|'/c calc'!A0", (cell(1235), cell(None), cell(-20, "count change"))),
        Line(
            "Kayes", (cell(0.1234, "share"), cell(None, hidden=True), cell(0.021, "share change"))
        ),
        Line("Ensemble", (cell(12.34, "mean"), cell(5), cell(None))),
    )
    part = Part(
        "I-01", "Personnes identifiées", (Words("Personnes", "Personnes distinctes", None),),
        table("A2", *lines), (), (table("A3", lines[0]),), ("par sexe",), ("Pas un recensement.",),
    )  # fmt: skip
    sections = (Section("Travail : contrat / couverture [tous les secteurs]", (part,)),)
    return Report(
        language, "outside", "2026-T3", "3e trimestre 2026", "du 1er juillet au 30 septembre 2026",
        "5 octobre 2026, 09:00", "4 octobre 2026, 08:00", 200, 31,
        (table("A0", lines[1]),), table("A1", lines[2]), (), None, sections,
        ("Personnes rencontrées, pas un recensement.",),
        tuple(Query(f"A{n}", f"Table A{n}", SQL) for n in range(4)), MARK,
    )  # fmt: skip


@pytest.fixture(scope="module")
def read() -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(report())))


def line(sheet: Any, label: str) -> list[Any]:
    [found] = [
        row for row in sheet.iter_rows() if row[0].value == label and row[1].value is not None
    ]
    return list(found)


def test_numbers_are_numbers_as_the_report_rounds_them(read: Any) -> None:
    kayes, total = (line(read.worksheets[2], label) for label in ("Kayes", "Ensemble"))
    assert (kayes[1].value, kayes[1].number_format) == (0.123, "0.0%")
    assert kayes[3].value == 2.1
    assert "pt" in kayes[3].number_format
    assert (total[1].value, total[1].number_format) == (12.3, "#,##0.0")
    assert (total[2].value, total[2].number_format) == (5, "#,##0")


def test_hidden_and_empty_cells_say_so_and_hold_no_number(read: Any) -> None:
    assert line(read.worksheets[2], "Kayes")[2].value == "·"
    assert line(read.worksheets[2], "Ensemble")[3].value == "–"


def test_a_hidden_number_stands_nowhere_in_the_file() -> None:
    secret = table("A0", Line("Yélimané", (cell(7654321, hidden=True),)))
    made = workbook(replace(report(), key_figures=(secret,)))
    book = openpyxl.load_workbook(io.BytesIO(made))
    values = {one.value for sheet in book for row in sheet.iter_rows() for one in row}
    assert 7654321 not in values
    assert "Yélimané" in values


def test_what_is_withheld_is_named_as_such(read: Any) -> None:
    said = [row[0].value for row in read.worksheets[2].iter_rows()]
    assert "Trop peu de personnes pour être montré : par sexe" in said


def test_no_text_becomes_a_formula(read: Any) -> None:
    kinds = {one.data_type for sheet in read for row in sheet.iter_rows() for one in row}
    assert kinds <= {"s", "n"}
    assert any(row[0].value == "=cmd|'/c calc'!A0" for row in read.worksheets[2].iter_rows())


def test_every_sheet_is_marked_and_prints_on_a4_across(read: Any) -> None:
    assert [sheet.title for sheet in read][::3] == ["Résumé", "SQL"]
    for sheet in read:
        assert "awa && co" in (sheet.oddHeader.left.text or ""), sheet.title
        assert "awa && co" in (sheet.oddFooter.left.text or ""), sheet.title
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.freeze_panes == "A2"
    assert MARK in [row[1].value for row in read["Résumé"].iter_rows()]


def test_each_table_names_the_sql_of_the_annex(read: Any) -> None:
    rows = [[one.value for one in row] for row in read["SQL"].iter_rows(min_row=2)]
    assert [row[0] for row in rows] == ["A0", "A1", "A2", "A3"]
    assert {row[2] for row in rows} == {SQL}
    titles = {row[0].value for sheet in read.worksheets[1:3] for row in sheet.iter_rows()}
    assert {f"Table A{n} (SQL A{n})" for n in (1, 2, 3)} <= titles


def test_key_figures_stand_in_one_table_that_names_their_sql(read: Any) -> None:
    sheet = read["Chiffres clés"]
    assert [one.value for one in sheet[3]] == ["Cercle", "T3 2026", "T2 2026", "Écart", "SQL"]
    assert [one.value for one in sheet[4]] == ["Kayes", 0.123, "·", 2.1, "A0"]


def test_the_summary_says_for_whom_and_when(read: Any) -> None:
    said = " ".join(str(row[1].value) for row in read["Résumé"].iter_rows())
    assert "rien sous 10 personnes" in said
    assert "4 octobre 2026, 08:00" in said
    assert "pas un recensement" in said


def test_it_speaks_english_too() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report("en"))))
    assert book.sheetnames[:2] == ["Summary", "Key figures"]


def _charted(*figures: Cell) -> Any:
    lines = tuple(Line(f"C{n}", (one,)) for n, one in enumerate(figures))
    by_cercle = Table("A3", "Personnes, par cercle", ("Cercle", "Personnes"), lines, SQL)
    [section] = report().sections
    part = replace(section.parts[0], tables=(by_cercle, by_cercle))
    made = replace(report(), sections=(replace(section, parts=(part,)),))
    return openpyxl.load_workbook(io.BytesIO(workbook(made)))


def test_a_breakdown_has_one_chart_of_its_own_cells_that_covers_no_table() -> None:
    sheet = _charted(cell(15), cell(None, hidden=True), cell(40), cell(25)).worksheets[2]
    [chart] = sheet._charts
    [series] = chart.series
    refs = series.val.numRef.f, series.cat.strRef.f
    values, labels = (
        [r[0].value for r in sheet[ref.split("!")[1].replace("$", "")]] for ref in refs
    )
    assert values == [15, HIDDEN, 40, 25]
    assert [p.idx for p in series.dLbls.dLbl] == [1], "the hidden figure bears its sign, no bar"
    assert labels == ["C0", "C1", "C2", "C3"]
    end = chart.anchor.to.row
    covered = [sheet.cell(row + 1, 4).value for row in range(chart.anchor._from.row, end + 1)]
    assert not any(covered)


def test_no_chart_where_too_little_may_be_seen() -> None:
    hidden = cell(None, hidden=True)
    assert _charted(cell(15), hidden, cell(40), hidden).worksheets[2]._charts == []
    assert _charted(cell(15), cell(15), cell(15)).worksheets[2]._charts == []


def test_each_key_figure_of_several_quarters_has_its_columns() -> None:
    figures = (cell(10), cell(20), cell(None, hidden=True), cell(None))
    trend = Table("A1", "Derniers trimestres", ("", "T1", "T2", "T3", "T4"),
                  (Line("Personnes", figures), Line("Parts", figures[1:])), SQL)  # fmt: skip
    made = io.BytesIO(workbook(replace(report(), trend=trend)))
    book = openpyxl.load_workbook(made)
    [chart] = book["Chiffres clés"]._charts
    [series] = chart.series
    said = [
        c.value
        for c in book["Chiffres clés"][series.val.numRef.f.split("!")[1].replace("$", "")][0]
    ]
    assert said == [10, 20, HIDDEN, NONE]
    assert [point.idx for point in series.dLbls.dLbl] == [2, 3]
    with zipfile.ZipFile(made) as parts:  # openpyxl does not read the texts of labels
        drawn = parts.read("xl/charts/chart1.xml").decode()
    signs = re.findall(r"<c:dLbl>.*?<a:t>(.*?)</a:t>", drawn)
    assert signs == [HIDDEN, NONE], "a quarter without a figure bears its sign, not a nought"


def test_no_wrapped_text_covers_the_row_below(read: Any) -> None:
    wrapped = 0
    for sheet in read.worksheets:
        for row in sheet.iter_rows():
            for one in row:
                if not isinstance(one.value, str) or not one.alignment.wrap_text:
                    continue
                width = int(sheet.column_dimensions[one.column_letter].width)
                lines = sum(-(-len(line) // width) for line in one.value.splitlines())
                wrapped += lines > 1
                needed = min(14 * lines, 400) if lines > 1 else 0
                assert (sheet.row_dimensions[one.row].height or 15) >= needed, (
                    sheet.title,
                    one.value,
                )
    assert wrapped > 3
