"""What was received is enough to make a form's tables again, whatever happened to them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text

from warehouse.load import load
from warehouse.rebuild import rebuild

Make = Callable[..., Any]
TABLES = ("form_small", "form_small__child", "form_small__visit", "load_problem")


def put(engine: Engine, form: Make, received: Make, rows: list[dict[str, Any]], run: int) -> None:
    with engine.begin() as connection:
        load(connection, form(connection), received(rows), run_id=run)


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, map(tuple, connection.execute(text(f"select * from {name}")))))
            for name in TABLES
        }


def filled(engine: Engine, form: Make, row: Make, received: Make) -> None:
    child = [{"name": "B", "g": {"visit": [{"note": "x"}, {"note": "y"}]}}, {"name": "C", "g": {}}]
    first = [row(f"uuid:{n:02}", child=child) for n in range(12)]
    put(engine, form, received, [*first, row("uuid:bad", age="many")], 1)
    edited = row("uuid:03", child=child[1:])
    edited["__system"] = {**edited["__system"], "edits": 1}
    gone = row("uuid:04")
    gone["__system"] = {**gone["__system"], "deletedAt": "2026-11-03T10:00:00.000Z"}
    put(engine, form, received, [edited, gone], 2)


def break_(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in (
            "delete from form_small where instance_id < 'uuid:03'",
            "update form_small set name = 'Wrong', age = null",
            "delete from form_small__child where instance_id = 'uuid:05'",
            "insert into form_small__child (instance_id, row_path, parent_path, row_number, name) "
            "values ('uuid:06', '9', '', 9, 'Never sent')",
            "insert into form_small (instance_id, name) values ('uuid:04', 'Deleted')",
            "insert into form_small (instance_id, name) values ('uuid:none', 'Nobody')",
            "delete from load_problem",
        ):
            connection.execute(text(statement))


def test_tables_are_made_again_as_they_were(
    engine: Engine, small_form: Make, small_row: Make, received: Make, monkeypatch: Any
) -> None:
    monkeypatch.setattr("warehouse.rebuild._BATCH", 5)
    filled(engine, small_form, small_row, received)
    before = contents(engine)
    assert len(before["load_problem"]) == 1
    break_(engine)
    assert contents(engine) != before
    assert rebuild(engine) == {(1, "small"): 12}
    assert contents(engine) == before
    rebuild(engine)
    assert contents(engine) == before


def test_an_answer_to_a_dropped_question_stays(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    put(engine, small_form, received, [small_row("uuid:1", name="Kept")], 1)
    with engine.begin() as connection:
        connection.execute(text("alter table form_small add column old_question text"))
        connection.execute(text("update form_small set old_question = 'said once', name = 'X'"))
    rebuild(engine)
    with engine.connect() as connection:
        row = connection.execute(text("select name, old_question from form_small")).one()
    assert tuple(row) == ("Kept", "said once")
