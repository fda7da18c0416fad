"""Decisions on problems: with a reason, logged, reversible, and one at a time."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from forms.errors import KafoError, UsageError
from pipelines.quality.check import run
from pipelines.quality.decide import decisions, find, ignore, reopen, undo
from warehouse.engine import reading, writing

NOW = "2026-11-05T12:00:00.000Z"


@pytest.fixture
def problem(engine: Engine) -> str:
    """A problem that the check found."""
    with engine.begin() as connection:
        connection.execute(text(
            "insert into submission (project_id, form_id, instance_id, submitted_at, submitter_name, "
            "attachments_present, attachments_expected, run_id) values "
            "(1, 'f', 'uuid:1', '2026-11-01T10:00:00.000Z', 'PF-01', 0, 1, 1)"
        ))  # fmt: skip
    run(engine, now=NOW)
    with engine.begin() as connection:
        return str(connection.scalar(text("select problem_id from quality_problem")))


@pytest.fixture
def state(engine: Engine) -> Callable[[], tuple[Any, ...]]:
    def read() -> tuple[Any, ...]:
        with reading(engine) as connection:
            query = "select state, state_by, state_why from quality_problem"
            return tuple(connection.execute(text(query)).one())

    return read


def test_every_decision_is_logged_and_can_be_taken_back(
    engine: Engine, problem: str, state: Callable[[], tuple[Any, ...]]
) -> None:
    with writing(engine) as connection:
        first = ignore(connection, problem, who="a", why=" photo au bureau ", now=NOW)
    assert state() == ("ignored", "a", "photo au bureau")
    with writing(engine) as connection:
        second = reopen(connection, problem, who="b", why="perdue", now=NOW)
    assert state() == ("open", "b", "perdue")
    with writing(engine) as connection:
        third = undo(connection, second, who="c", now=NOW)
    assert state() == ("ignored", "c", "photo au bureau")
    with writing(engine) as connection:
        undo(connection, third, who="c", now=NOW)
        log = [(d.actor, d.before, d.after, d.undoes) for d in decisions(connection, limit=9)]
    assert state() == ("open", "c", None)
    assert log == [
        ("c", "ignored", "open", third), ("c", "open", "ignored", second),
        ("b", "ignored", "open", None), ("a", "open", "ignored", None),
    ]  # fmt: skip
    with writing(engine) as connection, pytest.raises(KafoError, match="actions"):
        undo(connection, first, who="a", now=NOW)


def test_only_the_first_of_two_people_decides(engine: Engine, problem: str) -> None:
    with writing(engine) as connection:
        ignore(connection, problem, who="a", why="x", now=NOW)
    with writing(engine) as connection, pytest.raises(UsageError, match="déjà"):
        ignore(connection, problem, who="b", why="y", now=NOW)
    with reading(engine) as connection:
        assert [d.actor for d in decisions(connection, limit=9)] == ["a"]


def test_ignoring_needs_a_reason(
    engine: Engine, problem: str, state: Callable[[], tuple[Any, ...]]
) -> None:
    with writing(engine) as connection, pytest.raises(UsageError, match="pourquoi"):
        ignore(connection, problem, who="a", why="  ", now=NOW)
    assert state() == ("open", None, None)


def test_a_problem_is_named_by_the_beginning_of_its_number(engine: Engine, problem: str) -> None:
    with reading(engine) as connection:
        assert find(connection, problem[:6]) == problem
        for wrong in ("", problem[:3], "%%%%", "none-such"):
            with pytest.raises(UsageError, match="kafo quality list"):
                find(connection, wrong)
