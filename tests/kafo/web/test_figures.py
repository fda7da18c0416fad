"""Reports and map: each audience reads its own published figures, and hidden ones from nowhere."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from kafo.web.site import Site
from warehouse.casework_tables import indicator, mining_site
from warehouse.protection_tables import published_cell

INSIDE, OUTSIDE, SECRET_SITE = "4117", "4230", "12.345678"


def fill(engine: Engine) -> None:
    rows: list[tuple[str, str]] = [("", ""), ("cercle", "kayes"), ("cercle", "kita")]
    texts = {
        name: f"{name} <b>"
        for name in (
            "title_fr", "title_en", "measure_fr", "measure_en", "numerator_fr", "numerator_en",
        )
    }  # fmt: skip
    with engine.begin() as connection:
        for name, kind in (("I-01", "count"), ("I-02", "share")):
            connection.execute(
                indicator.insert().values(
                    indicator=name, measure="people", kind=kind, unit="person", position=1,
                    disaggregations="cercle", **texts,
                )
            )  # fmt: skip
        for audience, number in (("inside", INSIDE), ("outside", OUTSIDE)):
            for period, value in (("2026-07-01", float(number)), ("2026-04-01", 2000.0)):
                for row in rows:
                    hidden = row[1] == "kita"
                    connection.execute(
                        published_cell.insert().values(
                            audience=audience, publication="I-01", measure="people",
                            period_kind="quarter", period=period, row_dimension=row[0], row_value=row[1],
                            column_dimension="", column_value="", suppressed=int(hidden),
                            count=None if hidden else int(value), value=None if hidden else value,
                        )
                    )  # fmt: skip
        connection.execute(
            mining_site.insert().values(
                site_key="s1",
                listed=0,
                visits=1,
                site_name="Site <b>",
                latitude=float(SECRET_SITE),
                longitude=-11.2,
            )
        )


@pytest.fixture
def filled(engine: Engine, make_site: Callable[[Engine], Site]) -> Site:
    fill(engine)
    return make_site(engine)


def digits(html: str) -> str:
    return html.replace("\u202f", "").replace("\xa0", "").replace(",", "")


PLACES = ("/reports", "/reports/indicators/I-01", "/map", "/map/data")


@pytest.mark.parametrize(("role", "own", "other"), [
    ("publisher", OUTSIDE, INSIDE), ("union_untm", INSIDE, OUTSIDE), ("analyst", INSIDE, OUTSIDE),
])  # fmt: skip
def test_each_audience_reads_its_own_figures(
    role: str, own: str, other: str, filled: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in(role, of=filled)
    for path in PLACES:
        html = digits(browser.get(path).text)
        assert own in html, path
        assert other not in html, path
        assert SECRET_SITE not in html, path


def test_hidden_cells_are_shown_as_hidden(filled: Site, log_in: Callable[..., TestClient]) -> None:
    browser = log_in("data_manager", of=filled)
    html = browser.get("/reports/indicators/I-01?kind=quarter").text
    row = html.split("kita</th>")[1].split("</tr>")[0]
    assert "·" in row
    data = browser.get("/map/data").json()
    [kita] = [cercle for cercle in data["cercles"] if cercle["label"] == "Kita"]
    assert kita["people"] == {"2026-07-01": None, "2026-04-01": None}
    assert data["periods"] == [["2026-04-01", "T2 2026"], ["2026-07-01", "T3 2026"]]


def test_periods_are_compared(filled: Site, log_in: Callable[..., TestClient]) -> None:
    html = digits(log_in("data_manager", of=filled).get("/reports?kind=quarter").text)
    assert "T3 2026" in html
    assert "+106%" in html
    assert "title_fr &lt;b&gt;" in html


def test_only_stewards_see_where_sites_are_and_it_is_noted(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    assert log_in("data_manager", of=filled).get("/map/sites").status_code == 403
    steward = log_in("steward", of=filled)
    assert steward.get("/map/sites").headers["location"].startswith("/reason")
    steward.post("/reason", data={"reason": "visite de terrain", "to": "/map"})
    [site] = [s for s in steward.get("/map/sites").json() if s["exact"]]
    assert site["at"] == [float(SECRET_SITE), -11.2]
    with filled.reader.connect() as connection:
        noted = connection.exec_driver_sql("select action, what, row_count from access_log").all()
    assert [tuple(line) for line in noted] == [("map", "mining_site", 0)]


def test_whoever_publishes_asks_ready_questions_of_the_outside_only(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    from warehouse.question import ask

    with filled.reader.connect() as connection:
        question = "select distinct audience from published_cell"
        answer = ask(connection, question, seconds=2, most=9, audience="outside")
    assert answer.rows == [("outside",)]
    html = log_in("publisher", of=filled).get("/reports/dictionary").text
    assert "published_cell" in html
    assert "directory_counts" not in html
