"""What is counted rarely is counted again as soon as something happened."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from kafo.web.memory import Memory, state_of_checks, state_of_register, state_of_runs

NOW = "2026-11-23T15:00:00.000Z"
RUN = ("insert into sync_run (run_id, started_at, ended_at, outcome) values "
       "(1, '2026-11-23T14:59:00.000Z', {ended}, '{outcome}')")  # fmt: skip
DECISION = ("insert into match_decision (decision_id, action_id, instance_a, instance_b, verdict, "
            "decided_by, decided_at) values "
            "(1, 1, 'a', 'b', 'same', 'x', '2026-11-23T14:00:00.000Z')")  # fmt: skip
IGNORED = ("insert into quality_decision (problem_id, rule, actor, acted_at, before, after, why) values "
           "('q1', 'fast', 'x', '2026-11-23T14:00:00.000Z', 'open', 'ignored', 'w')")  # fmt: skip


def test_a_value_is_counted_once_a_state_and_again_when_it_is_forgotten() -> None:
    memory, counted = Memory(), iter(range(9))
    found = [memory.of("a", state, lambda: next(counted)) for state in (1, 1, 2, 2, 1)]
    memory.forget("a")
    assert [*found, memory.of("a", 1, lambda: next(counted))] == [0, 0, 1, 1, 2, 3]


@pytest.mark.parametrize(
    ("state", "news"),
    [
        (lambda c: state_of_runs(c, now=NOW), RUN.format(ended=f"'{NOW}'", outcome="ok")),
        (state_of_register, DECISION),
        (state_of_checks, IGNORED),
    ],
    ids=["run", "decision about a pair", "decision about a problem"],
)
def test_news_make_another_state(state: Callable[..., object], news: str, engine: Engine) -> None:
    with engine.begin() as connection:
        before, again = state(connection), state(connection)
        connection.execute(text(news))
        assert before == again != state(connection)


def test_during_a_run_numbers_are_ten_seconds_old_at_most(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(RUN.format(ended="null", outcome="running")))
        states = [state_of_runs(connection, now=f"2026-11-23T15:00:{s}.000Z") for s in (11, 19, 20)]
    assert states[0] == states[1] != states[2]
