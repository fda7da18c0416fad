"""Problems open, stay, close by themselves and stay ignored, in a real warehouse."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pipelines.quality.catalogue import rules
from pipelines.quality.check import run
from pipelines.quality.peers import on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.sources import find_sources
from pipelines.quality.thresholds import Thresholds
from warehouse.load import load
from warehouse.tables import choice, question

NOW = "2026-11-01T12:00:00.000Z"
LATER = "2026-11-05T12:00:00.000Z"


def _all(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _do(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def _submission(engine: Engine, instance: str, present: int) -> None:
    _do(
        engine,
        "insert into submission (project_id, form_id, instance_id, submitted_at, submitter_name, "
        "attachments_present, attachments_expected, run_id) values "
        f"(1, 'f', '{instance}', '2026-11-01T10:00:00.000Z', 'PF-01', {present}, 1, 1)",
    )


def test_a_problem_opens_once_and_closes_by_itself(engine: Engine) -> None:
    _submission(engine, "uuid:1", 0)
    _submission(engine, "uuid:2", 1)
    assert run(engine, now=NOW).open == 0  # it may still arrive
    assert run(engine, now=LATER).opened == 1
    found = _all(engine, "select rule, instance_id, state, first_seen from quality_problem")
    assert [row[:3] for row in found] == [("missing_attachment", "uuid:1", "open")]
    assert run(engine, now="2026-11-05T14:00:00.000Z").opened == 0
    _do(engine, "update submission set attachments_present = 1, run_id = 2")
    assert run(engine, now="2026-11-05T15:00:00.000Z").closed == 1
    assert _all(engine, "select state, state_by from quality_problem") == [("closed", None)]


def test_what_people_ignored_stays_ignored(engine: Engine) -> None:
    _submission(engine, "uuid:1", 0)
    run(engine, now=LATER)
    _do(engine, "update quality_problem set state = 'ignored', state_by = 'a', state_why = 'w'")
    report = run(engine, now="2026-11-06T12:00:00.000Z")
    assert (report.opened, report.closed, report.open) == (0, 0, 0)
    assert _all(engine, "select state, state_why from quality_problem") == [("ignored", "w")]


def test_problems_of_a_deleted_record_close(engine: Engine) -> None:
    _submission(engine, "uuid:1", 0)
    run(engine, now=LATER)
    _do(engine, "update submission set deleted_at = '2026-11-05T13:00:00.000Z', run_id = 2")
    assert run(engine, now="2026-11-06T12:00:00.000Z").open == 0


def test_every_rule_is_defined_in_both_languages() -> None:
    found = rules()
    assert len({rule.code for rule in found}) == len(found)
    for rule in found:
        assert all((rule.fr, rule.en, rule.action_fr, rule.action_en)), rule.code
        assert rule.severity in (1, 2, 3), rule.code


def test_facts_come_from_the_answers_of_any_form(
    engine: Engine,
    small_form: Callable[..., Any],
    small_row: Callable[..., Any],
    received: Callable[..., Any],
) -> None:
    with engine.begin() as connection:
        shape = small_form(connection)
        row = small_row("uuid:1")
        load(connection, shape, received([row]), run_id=1)
    assert run(engine, now=NOW).checked == 1
    assert run(engine, now=NOW).checked == 0
    assert (
        _all(engine, "select enumerator, answered, hour, weekday from quality_fact")[0][0]
        == "PF-01"
    )


def test_grids_and_lists_with_other_are_found_in_any_form(
    engine: Engine, small_form: Callable[..., Any]
) -> None:
    common = {"project_id": 1, "form_id": "small"}
    scales = ["s", "s", "s", "s", "t", "t", "t", "u"]
    with engine.begin() as connection:
        shape = small_form(connection)
        for n, scale in enumerate(scales):
            connection.execute(question.insert().values(
                **common, path=f"/q{n}", position=100 + n, table_name=shape.tables[0].name,
                column_name=f"q{n}", type="string", list_name=scale, select_multiple=n == 7, current=True,
            ))  # fmt: skip
        for scale in ("t", "u"):
            connection.execute(choice.insert().values(
                **common, list_name=scale, value="other", position=1, current=True
            ))  # fmt: skip
        [source] = find_sources(connection)
    assert source.grids == (("q0", "q1", "q2", "q3"),)
    assert source.other == {"q4", "q5", "q6"}


def test_a_synchronisation_that_brought_nothing_costs_no_check(
    engine: Engine,
    small_form: Callable[..., Any],
    small_row: Callable[..., Any],
    received: Callable[..., Any],
) -> None:
    def synchronised(number: int, *instances: str) -> None:
        stamp = f"2026-11-01T11:0{number}:00.000Z"
        _do(engine, "insert into sync_run (run_id, started_at, ended_at, outcome) values "
                    f"({number}, '{stamp}', '{stamp}', 'ok')")  # fmt: skip
        with engine.begin() as connection:
            rows = received([small_row(instance) for instance in instances])
            load(connection, small_form(connection), rows, run_id=number)

    def checked(minute: int) -> int:
        return run(engine, now=f"2026-11-01T12:{minute:02}:00.000Z").checked

    synchronised(1, "uuid:1")
    assert checked(0) == 1
    synchronised(2)
    seen = _all(engine, "select checked_at from quality_run")
    assert checked(1) == 0
    assert _all(engine, "select checked_at from quality_run") == seen
    synchronised(3, "uuid:2")
    assert checked(2) == 1


def test_rules_about_one_interview_see_every_page(
    engine: Engine,
    small_form: Callable[..., Any],
    small_row: Callable[..., Any],
    received: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {f"uuid:{n}" for n in range(5)}

    def one(fact: Fact, _limits: Thresholds) -> Finding | None:
        return on(fact, "Faux.", "Wrong.", 1.0) if fact.key[2] in wrong else None

    rule = Rule("wrong", 1, "Faux.", "Wrong.", "Voir.", "Look.", one=one)
    monkeypatch.setattr("pipelines.quality.check.rules", lambda: [rule])
    monkeypatch.setattr("pipelines.quality.facts._PAGE", 2)
    with engine.begin() as connection:
        shape = small_form(connection)
        load(connection, shape, received([small_row(name) for name in sorted(wrong)]), run_id=1)
    first = run(engine, now=NOW)
    assert (first.checked, first.opened, first.open) == (5, 5, 5)
    wrong -= {"uuid:0", "uuid:4"}  # of the first page and of the last
    again = run(engine, now=LATER, thresholds=Thresholds(window_days=31))
    assert (again.checked, again.closed, again.open) == (5, 2, 3)
