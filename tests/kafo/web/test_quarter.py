"""The quarterly report's page: both files, for whom the role may see, and a line in the log."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from kafo.web.site import Site

PATH = "/reports/quarter"


@pytest.fixture
def published(
    engine: Engine, make_site: Callable[[Engine], Site], publish_quarter: Callable[[Engine], None]
) -> Site:
    publish_quarter(engine)
    return make_site(engine)


def numbers(content: bytes) -> set[object]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {one.value for sheet in book for row in sheet.iter_rows() for one in row}


def asked(file: str, audience: str = "outside", quarter: str = "2026-T3") -> dict[str, str]:
    return {"quarter": quarter, "audience": audience, "file": file}


def test_both_files_are_given_and_noted(published: Site, log_in: Callable[..., TestClient]) -> None:
    browser = log_in("data_manager", of=published)
    assert '<option value="2026-T3" selected>T3 2026</option>' in browser.get(PATH).text
    pages, sheets = (browser.post(PATH, data=asked(file)) for file in ("pdf", "xlsx"))
    assert pages.content.startswith(b"%PDF")
    assert 'filename="kafo-rapport-2026-T3-outside.pdf"' in pages.headers["content-disposition"]
    assert sheets.content.startswith(b"PK")
    assert 1235 in numbers(sheets.content)
    with published.reader.connect() as connection:
        noted = connection.exec_driver_sql("select who, action, reason from access_log").all()
    line = ("data-manager-only", "report", "Rapport trimestriel 2026-T3, outside")
    assert [tuple(row) for row in noted] == [line, line]


def test_only_those_of_the_house_get_the_inside_figures(
    published: Site, log_in: Callable[..., TestClient]
) -> None:
    union, publisher = (log_in(role, of=published) for role in ("union_untm", "publisher"))
    assert 1237 in numbers(union.post(PATH, data=asked("xlsx", "inside")).content)
    assert "les syndicats : rien" not in publisher.get(PATH).text
    assert publisher.post(PATH, data=asked("xlsx", "inside")).status_code == 403
    given = numbers(publisher.post(PATH, data=asked("xlsx")).content)
    assert 1235 in given
    assert 1237 not in given


def test_the_report_speaks_the_language_of_the_page(
    published: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("analyst", of=published)
    browser.get("/language/en")
    given = browser.post(PATH, data=asked("xlsx"))
    assert "kafo-report-2026-T3" in given.headers["content-disposition"]
    assert "Summary" in openpyxl.load_workbook(io.BytesIO(given.content)).sheetnames


@pytest.mark.parametrize("quarter", ["", "2019-T1", "été"])
def test_a_quarter_that_was_not_published_is_told(
    quarter: str, published: Site, log_in: Callable[..., TestClient]
) -> None:
    answer = log_in("data_manager", of=published).post(PATH, data=asked("pdf", quarter=quarter))
    assert answer.status_code == 409
    assert "trimestre" in answer.text.split("<main")[1]
    assert "--quarter" not in answer.text  # a page speaks of no command


def test_nothing_published_yet_is_said(site: Site, log_in: Callable[..., TestClient]) -> None:
    assert "Aucun chiffre n'est encore publié" in log_in("publisher", of=site).get(
        PATH
    ).text.replace("&#39;", "'")
