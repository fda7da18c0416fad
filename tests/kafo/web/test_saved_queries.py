"""Saved questions: each can be asked on both databases, by those it is for, with what is typed checked."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from kafo.web.site import Site
from pipelines.indicators.definition import read_definitions
from warehouse.question import OPS, ask
from warehouse.saved_queries import SavedQuery, saved_queries

Browser = Callable[..., TestClient]
TODAY = date(2026, 11, 23)
CELL = text(
    "insert into published_cell (audience, publication, measure, period_kind, period, row_dimension, "
    "row_value, column_dimension, column_value, count, value, suppressed) values (:audience, "
    ":publication, :measure, 'month', '2026-10-01', :dimension, 'x', '', '', :n, :n, 0)"
)
FORMS_OF = {"directory_table", "interview_results"}
"""Questions on views that exist once the form of interviews is there; the demo asks those."""


def cell_of(query: SavedQuery) -> dict[str, str] | None:
    found = dict(re.findall(r"published_cell\.(\w+) = '(\w[\w-]*)'", query.sql))
    return found or None


@pytest.mark.parametrize("name", sorted(set(saved_queries()) - FORMS_OF))
def test_a_saved_question_is_answered_on_both_databases(name: str, engine: Engine) -> None:
    query = saved_queries()[name]
    cell = cell_of(query)
    with engine.begin() as connection:
        for audience, n in (("inside", 40), ("outside", 30)):
            if cell is not None:
                for other in ("I-99", cell["publication"]):
                    connection.execute(CELL, {
                    "audience": audience, "n": n, "publication": other,
                    "measure": cell["measure"], "dimension": cell["row_dimension"],
                })  # fmt: skip
        bound = {p.name: p.usual(TODAY) for p in query.parameters}
        audience = OPS if query.readers else "inside"
        answer = ask(
            connection,
            query.sql,
            seconds=20,
            most=100,
            parameters=bound,
            audience=audience,
            publication=query.publication,
            only=query.only,
        )
    assert len(answer.columns) == len(set(answer.columns)) > 1
    if cell is not None:
        assert [row[3] for row in answer.rows] == [40]
    assert all(query.title + query.answers), "a title and what it answers, in both languages"


def test_every_cell_that_is_asked_for_is_one_that_the_indicators_make() -> None:
    asked = {
        (c["publication"], c["measure"]) for q in saved_queries().values() if (c := cell_of(q))
    }
    made = {(one.indicator, one.measure) for one in read_definitions()}
    assert len(asked) >= 9
    assert asked <= made


def test_rows_that_are_not_fetched_are_those_the_question_itself_leaves_out() -> None:
    found = [(q, *each) for q in saved_queries().values() for each in q.only.items()]
    assert found
    for query, view, condition in found:
        said = " ".join(line for line in query.sql.splitlines() if not line.startswith("--"))
        assert f"from {view} where {condition} group" in " ".join(said.split()), query.name
        assert {p.kind for p in query.parameters if f":{p.name}" in condition} == {"day"}


def test_questions_about_the_system_are_for_those_who_look_after_it(log_in: Browser) -> None:
    union, analyst = log_in("union_untm"), log_in("analyst")
    assert "sync_lag" not in union.get("/reports/queries").text
    assert union.get("/reports/queries/sync_lag").status_code == 404
    assert analyst.get("/reports/queries/sync_lag").status_code == 200


def test_others_never_reach_what_a_question_about_the_system_reaches(site: Site) -> None:
    with site.reader.connect() as connection, pytest.raises(Exception, match="no such table"):
        ask(connection, "select * from quality_problem", seconds=2, most=10)


def test_a_parameter_that_does_not_fit_is_said_and_bound_ones_stay_values(log_in: Browser) -> None:
    analyst = log_in("analyst")
    for day in ("hier", "2026-02-31"):
        for name in ("registrations_by_cercle", "enumerators_active"):
            wrong = analyst.get(f"/reports/queries/{name}?since={day}")
            assert wrong.status_code == 409
            assert day in wrong.text
    tried = analyst.get("/reports/queries/sites_to_visit", params={"least": "1 or 1=1"})
    assert tried.status_code == 409
