"""A question in SQL that reads rows of people is recognised; one that counts is not."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from warehouse.personal import personal_relations


@pytest.fixture
def asked(engine: Engine, small_form: Callable[..., Any]) -> Callable[[str], list[str]]:
    with engine.begin() as connection:
        small_form(connection)
        mark = "update question set sensitivity = case when column_name in ('name') then 'C' else 'I' end"
        connection.execute(text(mark))

    def read(statement: str) -> list[str]:
        with engine.connect() as connection:
            return personal_relations(connection, statement)

    return read


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("select last_name from person", ["person"]),
        ("SELECT * FROM Person p", ["person"]),
        ("select count(*) from person", ["person"]),
        ("select name from form_small", ["form_small"]),
        ("select s.* from form_small as s", ["form_small"]),
        ("select to_json(s) from form_small as s", ["form_small"]),
        ("select payload from submission", ["submission"]),
        ("with a as (select * from submission) select 1 from a", ["submission"]),
        ("select reason from access_log", ["access_log"]),
        ("select age from form_small", []),
        ("select count(*), count( * ) from form_small", []),
        ("select count(*), max(revision) from submission", []),
        ("select * from sync_state", []),
        ("select * from ref_countries", []),
        ("select * from published_cell", []),
    ],
)
def test_reading_people_is_recognised(
    asked: Callable[[str], list[str]], statement: str, found: list[str]
) -> None:
    assert asked(statement) == found
