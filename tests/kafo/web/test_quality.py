"""Problems on the page: ranked, ignored with a reason, opened again, never lost when Central is away."""

from collections.abc import Callable
from dataclasses import fields

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from kafo.web.site import Site
from pipelines.quality.thresholds import MEANINGS, Thresholds
from warehouse.quality_tables import quality_fact, quality_problem

NOW = "2026-11-22T10:00:00.000Z"


@pytest.fixture
def filled(engine: Engine, make_site: Callable[[Engine], Site]) -> Site:
    common = {"first_seen": NOW, "last_seen": NOW, "state": "open", "project_id": 1, "form_id": "f"}
    texts = {
        "evidence_fr": "preuve <i>",
        "evidence_en": "e",
        "action_fr": "faire",
        "action_en": "do",
    }
    with engine.begin() as connection:
        for n, (severity, who) in enumerate([(1, "PF-01"), (3, "PF-02"), (2, "PF-01")]):
            connection.execute(
                quality_problem.insert().values(
                    problem_id=f"p{n}", rule="night", severity=severity, weight=1.0, enumerator=who,
                    instance_id=f"uuid:{n}", **common, **texts,
                )
            )  # fmt: skip
        for n in range(30):
            connection.execute(
                quality_fact.insert().values(
                    project_id=1, form_id="f", instance_id=f"uuid:{n}", enumerator=f"PF-0{n % 2 + 1}",
                    received_at="2026-11-22T10:00:00.000Z", day="2026-11-20", weekday=5, hour=9 + n % 2,
                    ended_at="2026-11-10T10:00:00.000Z" if n < 4 else NOW, seconds=60.0 * (n + 1),
                    timed=True, answered=10, unsure=4 * (n % 2), askable=10, consent="yes",
                    measured=False,
                )
            )  # fmt: skip
    return make_site(engine)


def state(site: Site, problem: str) -> tuple[str, str | None]:
    with site.reader.connect() as connection:
        query = text("select state, state_why from quality_problem where problem_id = :p")
        row = connection.execute(query, {"p": problem}).one()
    return row.state, row.state_why


def test_the_most_serious_stands_first_and_filters_narrow(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("data_manager", of=filled)
    html = browser.get("/quality").text
    order = [html.index(f"/quality/problems/p{n}") for n in (1, 2, 0)]
    assert order == sorted(order)
    assert "preuve &lt;i&gt;" in html
    mine = browser.get("/quality?enumerator=PF-01&severity=2").text
    assert "/quality/problems/p2" in mine
    assert "/quality/problems/p0" not in mine
    assert "/quality/problems/p1" not in mine


def test_a_problem_is_ignored_with_a_reason_and_opened_again(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("data_manager", of=filled)
    assert browser.post("/quality/problems/p1/ignore", data={"why": ""}).status_code == 409
    assert state(filled, "p1") == ("open", None)
    assert (
        browser.post("/quality/problems/p1/ignore", data={"why": "marché de nuit"}).status_code
        == 303
    )
    assert state(filled, "p1") == ("ignored", "marché de nuit")
    assert "/quality/problems/p1" not in browser.get("/quality").text
    assert "marché de nuit" in browser.get("/quality/problems/p1").text
    assert browser.post("/quality/problems/p1/ignore").status_code == 303
    assert state(filled, "p1") == ("open", None)


def test_without_central_nothing_is_said_to_be_done(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("data_manager", of=filled)
    data = {"state": "hasIssues", "comment": "à revoir"}
    answer = browser.post("/quality/problems/p1/review", data=data)
    assert answer.status_code == 409
    assert "ne répond pas" in answer.text
    for wrong in ({"state": "deleted", "comment": "x"}, {"state": "", "comment": "x"}):
        assert browser.post("/quality/problems/p1/review", data=wrong).status_code == 409
    assert browser.post("/quality/problems/none/review", data=data).status_code == 409
    with filled.reader.connect() as connection:
        assert connection.execute(text("select count(*) from review_action")).scalar() == 0


def test_enumerators_are_counted_the_same_on_both_databases(
    filled: Site, log_in: Callable[..., TestClient]
) -> None:
    html = log_in("data_manager", of=filled).get("/quality/enumerators").text
    row = html.split('enumerator=PF-02#hours">PF-02</a>')[1].split("</tr>")[0]
    cells = [cell.split(">", 1)[1].split("</td>")[0] for cell in row.split("<td")[1:]]
    assert cells[0] == "15"
    assert cells[1] == "15"
    assert cells[3] == "1"
    assert cells[4].replace("\xa0", " ") == "16 minutes"
    assert "badge warn" in cells[5]
    assert "40" in cells[5]
    assert cells[7] == "2"
    heat = html.split('<table class="heat">')[1]
    assert '<td class="h4">15</td><td class="h4">15</td>' in heat.replace("h3", "h4")
    assert "PF-03" not in html


def test_hours_are_counted_anew_after_a_check_and_for_one_person(
    filled: Site, log_in: Callable[..., TestClient], engine: Engine
) -> None:
    browser = log_in("data_manager", of=filled)

    def heat(query: str = "") -> list[str]:
        html = browser.get(f"/quality/enumerators{query}").text.split('<table class="heat">')[1]
        cells = html.split("</table>")[0].split("<td")[1:]
        return [said for c in cells if (said := c.split(">", 1)[1].split("</td>")[0].strip())]

    assert heat() == ["15", "15"]
    assert heat("?enumerator=PF-01") == ["15"]
    with engine.begin() as connection:
        connection.execute(text("delete from quality_fact where instance_id = 'uuid:0'"))
        connection.execute(text(
            "insert into quality_run (part, run_id, basis, checked_at) "
            "values ('all', 1, '', '2026-11-22T10:00:00.000Z')"
        ))  # fmt: skip
    assert heat() == ["14", "15"]


def test_thresholds_and_schedule_are_shown_with_units_and_where_to_change_them(
    log_in: Callable[..., TestClient],
) -> None:
    html = log_in("data_manager").get("/settings/rules").text
    assert "config.yaml" in html
    for name, value, unit in (
        ("quality.travel_kmh", "120.0", "km/h"), ("quality.night_from", "21", "h (Bamako)"),
        ("schedule.sync_minutes", "15", "minutes"), ("alarms.disk_free_gb", "2.0", "Go"),
    ):  # fmt: skip
        assert f"<code>{name}</code></dt><dd>{value} {unit}</dd>" in html
    assert "smtp" not in html


def test_every_threshold_has_its_meaning_and_unit() -> None:
    assert set(MEANINGS) == {field.name for field in fields(Thresholds)}
    assert all(len(words) == 4 and all(words) for words in MEANINGS.values())
