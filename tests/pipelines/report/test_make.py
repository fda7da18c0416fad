"""The report that leaves: both files, marked, and a line in the log that exports leave too."""

import io
import sys
from collections.abc import Callable

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import Engine, text

from forms.errors import KafoError
from pipelines.report.make import Made, make
from pipelines.report.quarter import Quarter

NOW = "2026-10-05T08:00:00.000Z"


def made(
    engine: Engine, audience: str = "outside", *, language: str = "fr", year: int = 2026
) -> Made:
    return make(engine, engine, quarter=Quarter(year, 3), audience=audience, language=language,
                now=NOW, who="awa", outline={"features": []})  # fmt: skip


def log(engine: Engine) -> list[tuple[str | int, ...]]:
    with engine.connect() as connection:
        query = "select who, action, what, reason, row_count from access_log order by entry_id"
        return [tuple(row) for row in connection.execute(text(query))]


def words_of(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return " ".join(str(one.value) for sheet in book for row in sheet.iter_rows() for one in row)


def test_both_files_say_the_same_and_who_made_them_when(
    engine: Engine, publish_quarter: Callable[[Engine], None]
) -> None:
    publish_quarter(engine)
    found = made(engine)
    assert found.name == "kafo-rapport-2026-T3-outside"
    assert "typst" not in sys.modules  # its 65 MB stay in the process that sets the pages
    pages = pypdfium2.PdfDocument(found.pdf)
    printed = "".join(page.get_textpage().get_text_range() for page in pages)
    written = words_of(found.xlsx)
    for text_ in (printed, written):
        assert "awa · 2026-10-05 08:00 UTC · outside" in text_
        assert "1235" in "".join(text_.replace("\u202f", "").split())
    assert "1237" not in written


def test_the_making_is_noted_for_whom_and_which_quarter(
    engine: Engine, publish_quarter: Callable[[Engine], None]
) -> None:
    publish_quarter(engine)
    made(engine, "inside", language="en")
    name = "kafo-report-2026-T3-inside"
    assert log(engine) == [("awa", "report", name, "Rapport trimestriel 2026-T3, inside", 0)]


def test_a_quarter_without_figures_makes_and_notes_nothing(
    engine: Engine, publish_quarter: Callable[[Engine], None]
) -> None:
    publish_quarter(engine)
    with pytest.raises(KafoError, match="2019-T3"):
        made(engine, year=2019)
    assert log(engine) == []


def test_the_mark_speaks_the_language_of_the_report(
    engine: Engine, publish_quarter: Callable[[Engine], None]
) -> None:
    publish_quarter(engine)
    marks = {}
    for language in ("fr", "en"):
        book = openpyxl.load_workbook(io.BytesIO(made(engine, language=language).xlsx))
        marks[language] = book.worksheets[0].oddFooter.left.text or ""
    assert "à détruire avant le" in marks["fr"]
    assert "destroy before" in marks["en"]
    assert "détruire" not in marks["en"]
