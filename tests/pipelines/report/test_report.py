"""The quarterly report says what is published, no more; every number comes from the SQL it prints."""

import re
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import Engine, text

from forms.errors import KafoError
from pipelines.indicators.compute import compute
from pipelines.report.gather import gather, published_quarters
from pipelines.report.model import Cell, Report, Table
from pipelines.report.numbers import show
from pipelines.report.pdf import pdf
from pipelines.report.quarter import Quarter
from pipelines.report.statements import Asked

NOW = "2026-10-05T08:00:00.000Z"
QUARTER = Quarter(2026, 3)
OUTLINE: dict[str, Any] = {"type": "FeatureCollection", "features": []}
NOBODY = ("", "", "", "")

CELLS = [
    # publication, measure, period, row, row value, column, column value, value, denominator, hidden
    ("I-01", "people", "2026-07-01", *NOBODY, 1235, None, 0),
    ("I-01", "people", "2026-04-01", *NOBODY, 1000, None, 0),
    ("I-01", "people", "2026-07-01", "cercle", "kayes", "", "", 800, None, 0),
    ("I-01", "people", "2026-07-01", "cercle", "kenieba", "", "", 425, None, 0),
    ("I-01", "people", "2026-07-01", "cercle", "yelimane", "", "", None, None, 1),
    ("I-01", "people", "2026-07-01", "sex", "female", "cercle", "kayes", 270, None, 0),
    ("I-01", "people", "2026-07-01", "sex", "male", "cercle", "kayes", 530, None, 0),
    ("I-01", "people", "2026-07-01", "sex", "female", "cercle", "kenieba", None, None, 1),
    ("I-01", "people", "2026-07-01", "sex", "male", "cercle", "kenieba", None, None, 1),
    ("I-05", "women", "2026-07-01", *NOBODY, 0.337, 1235, 0),
    ("I-05", "women", "2026-04-01", *NOBODY, None, None, 1),
    ("I-05", "women", "2026-07-01", "sector", "trade", "", "", None, None, 1),
    ("I-02", "consent", "2026-07-01", "team", "PF-01", "", "", 0.5, 10, 0),
    ("I-23", "resolved", "2026-07-01", *NOBODY, None, 0, 0),
]  # fmt: skip


@pytest.fixture
def published(engine: Engine) -> Engine:
    """Figures of two quarters, some of them hidden."""
    compute(engine, now=NOW)  # writes the definitions
    with engine.begin() as connection:
        for cell in CELLS:
            names = ("publication", "measure", "period", "row_dimension", "row_value",
                     "column_dimension", "column_value", "value", "denominator", "suppressed")  # fmt: skip
            marks = ", ".join(f":{name}" for name in names)
            connection.execute(
                text(f"insert into published_cell (audience, period_kind, {', '.join(names)}) "
                     f"values ('outside', 'quarter', {marks})"),
                dict(zip(names, cell, strict=True)),
            )  # fmt: skip
        connection.execute(
            text("insert into publication_state (audience, publication, digest, seconds, published_at) "
                 "values ('outside', 'I-01', 'x', 1, '2026-10-04T09:30:00.000Z')")
        )  # fmt: skip
    return engine


def made(engine: Engine, language: str = "fr") -> Report:
    return gather(
        engine, Asked("outside", QUARTER), language=language, now=NOW, mark="essai", outline=OUTLINE
    )


def tables(report: Report) -> list[Table]:
    parts = [part for section in report.sections for part in section.parts]
    found = [table for part in parts for table in (part.totals, *part.tables) if table]
    return [*found, report.trend]


def given(rows: list[dict[str, Any]], cell: Cell) -> tuple[Any, bool]:
    """The number and whether it is hidden, found in the rows of the table's statement by its key."""
    if cell.key[-1] in ("value", "value_before", "change"):
        [row] = [row for row in rows if row["measure"] == cell.key[1]]
        if cell.key[-1] == "change":
            return row["change"], bool(row["hidden"]) or bool(row["hidden_before"])
        return row[cell.key[-1]], bool(row[cell.key[-1].replace("value", "hidden")])
    if rows and "period" in rows[0]:
        match = [
            r for r in rows if (r["publication"], r["measure"], str(r["period"])[:10]) == cell.key
        ]
    else:
        wanted = {value for value in cell.key[3:] if value}
        match = [
            row for row in rows
            if {v for v in (row["row_value"], row["column_value"]) if v} == wanted
        ]  # fmt: skip
    return (match[0]["value"], bool(match[0]["hidden"])) if match else (None, False)


def test_every_printed_number_is_what_the_statement_in_the_annex_gives(published: Engine) -> None:
    report = made(published)
    statements = {query.code: query.sql for query in report.queries}
    checked = 0
    with published.connect() as connection:
        for table in tables(report):
            assert statements[table.code] == table.sql
            rows = [dict(row._mapping) for row in connection.execute(text(statements[table.code]))]
            for line in table.lines:
                for cell in line.cells:
                    assert (cell.value, cell.hidden) == given(rows, cell), (table.code, cell)
                    checked += cell.value is not None
    assert checked >= 10


def test_the_pdf_prints_them_with_their_labels_and_the_annex(published: Engine) -> None:
    report = made(published)
    document = pypdfium2.PdfDocument(pdf(report))
    pages = [page.get_textpage().get_text_range() for page in document]
    plain = re.sub(r"\s+", " ", " ".join(pages))
    for table in tables(report):
        for line in table.lines:
            shown = [show(cell, "fr") for cell in line.cells]
            wanted = re.sub(r"\s+", " ", " ".join([line.label, *shown]))
            assert wanted in plain, wanted
    assert "1 235" in plain
    assert "33,7 %" in plain
    assert "+235" in plain
    assert "pas un recensement" in plain
    assert "Chiffres publiés le 4 octobre 2026, 09:30 UTC" in plain
    for query in report.queries:
        assert query.code in plain
    assert plain.count("from published_cell") == len(report.queries)
    assert document.get_metadata_dict()["Title"] == "Rapport trimestriel"


def test_what_is_hidden_or_about_single_enumerators_is_not_in_it(published: Engine) -> None:
    report = made(published)
    shown = [(t.title, line.label) for t in tables(report) for line in t.lines]
    assert not [label for _, label in shown if "PF-01" in label]
    [sector] = [p.withheld for s in report.sections for p in s.parts if p.indicator == "I-05"]
    assert sector == ("Part des femmes parmi les personnes identifiées : par secteur",)
    by_cercle = next(t for t in tables(report) if t.title.endswith("par cercle"))
    assert [show(line.cells[0], "fr") for line in by_cercle.lines] == ["800", "425", "·"]
    women = next(t for t in tables(report) if t.title == "Part des femmes")
    assert [show(cell, "fr") for cell in women.lines[0].cells] == ["33,7\u202f%", "·", "·"]


def test_a_quarter_of_which_nothing_is_published_says_what_to_do(published: Engine) -> None:
    assert published_quarters(published, "outside") == [QUARTER, Quarter(2026, 2)]
    with pytest.raises(KafoError, match="kafo publish"):
        gather(
            published,
            Asked("outside", Quarter(2025, 1)),
            language="fr",
            now=NOW,
            mark="essai",
            outline=OUTLINE,
        )
    with pytest.raises(KafoError, match="2026-T3"):
        gather(
            published,
            Asked("inside", QUARTER),
            language="fr",
            now=NOW,
            mark="essai",
            outline=OUTLINE,
        )


def test_it_speaks_english_too(published: Engine) -> None:
    report = made(published, "en")
    plain = " ".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf(report))
    )
    assert "Quarterly report" in plain
    assert "1,235" in plain
    assert "33.7%" in plain
