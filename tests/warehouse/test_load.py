"""What arrives is what Central holds: new, edited, cleared, deleted, restored, with its history."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import StaticPool

from warehouse.load import Counts, load

Make = Callable[..., Any]


def read(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def put(
    engine: Engine, form: Make, received: Make, rows: list[dict[str, Any]], run: int = 1
) -> Counts:
    with engine.begin() as connection:
        return load(connection, form(connection), received(rows), run_id=run)


def test_a_new_submission_fills_its_tables(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    spot = {"type": "Point", "coordinates": [-11.4, 13.9, 120.5], "properties": {"accuracy": 4.5}}
    child = [{"name": "B", "g": {"visit": [{"note": "x"}, {"note": "y"}]}}, {"name": "C", "g": {}}]
    row = small_row("uuid:1", contact={"village": "Kita", "spot": spot}, child=child)
    counts = put(engine, small_form, received, [row])
    assert (counts.received, counts.new, counts.changed) == (1, 1, 0)
    assert counts.latest == "2026-11-01T10:00:00.123Z"
    columns = "instance_id, name, age, village, spot_latitude, spot_longitude, spot_altitude, spot_accuracy"
    assert read(engine, f"select {columns} from form_small") == [
        ("uuid:1", "A", 30, "Kita", 13.9, -11.4, 120.5, 4.5)
    ]
    assert read(engine, "select row_path, name from form_small__child order by 1") == [
        ("1", "B"), ("2", "C"),
    ]  # fmt: skip
    assert read(engine, "select row_path, parent_path, row_number, note from form_small__visit order by 1") == [
        ("1.1", "1", 1, "x"), ("1.2", "1", 2, "y"),
    ]  # fmt: skip


def test_loading_the_same_twice_changes_nothing(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    rows = [small_row(f"uuid:{n}") for n in range(5)]
    put(engine, small_form, received, rows)
    again = put(engine, small_form, received, rows, run=2)
    assert (again.new, again.changed, again.deleted) == (0, 0, 0)
    assert read(engine, "select count(*), max(run_id) from submission") == [(5, 1)]
    assert read(engine, "select count(*) from submission_history") == [(0,)]


def test_an_edit_clears_answers_and_removes_repeat_rows(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    put(
        engine,
        small_form,
        received,
        [small_row("uuid:1", child=[{"name": "B", "g": {}}, {"name": "C", "g": {}}])],
    )
    edited = small_row(
        "uuid:1", age=None, child=[{"name": "C", "g": {}}],
        system={"updatedAt": "2026-11-02T00:00:00.000Z", "edits": 1},
    )  # fmt: skip
    counts = put(engine, small_form, received, [edited], run=2)
    assert (counts.new, counts.changed) == (0, 1)
    assert read(engine, "select age from form_small") == [(None,)]
    assert read(engine, "select name from form_small__child") == [("C",)]
    assert read(engine, "select revision, edits from submission") == [(2, 1)]
    assert read(
        engine, "select revision, edits, run_id, replaced_by_run_id from submission_history"
    ) == [(1, 0, 1, 2)]


def test_a_deleted_submission_leaves_the_tables_and_comes_back_when_restored(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    child = [{"name": "B", "g": {}}]
    put(engine, small_form, received, [small_row("uuid:1", child=child), small_row("uuid:2")])
    gone = small_row("uuid:1", child=child, system={"deletedAt": "2026-11-03T00:00:00.000Z"})
    assert put(engine, small_form, received, [gone], run=2).deleted == 1
    assert read(engine, "select instance_id from form_small") == [("uuid:2",)]
    assert read(engine, "select count(*) from form_small__child") == [(0,)]
    assert read(engine, "select count(*) from submission") == [(2,)]
    put(engine, small_form, received, [small_row("uuid:1", child=child)], run=3)
    assert read(engine, "select count(*) from form_small") == [(2,)]
    assert read(engine, "select count(*) from form_small__child") == [(1,)]


def test_an_answer_that_does_not_fit_is_null_and_named_without_its_value(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    odd = small_row("uuid:1", age=10**20, seen_on="2026-13-45", begun="2026-11-20:00")
    put(engine, small_form, received, [odd])
    assert read(engine, "select age, seen_on, begun from form_small") == [(None, None, None)]
    problems = read(engine, "select column_name, problem from load_problem order by 1")
    assert [column for column, _ in problems] == ["age", "begun", "seen_on"]
    assert not any("2026-13" in problem or "1000" in problem for _, problem in problems)
    put(engine, small_form, received, [small_row("uuid:1")], run=2)
    assert read(engine, "select count(*) from load_problem") == [(0,)]


def test_a_row_that_central_cannot_show_is_kept_raw_only(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    row = small_row("uuid:1", system={"status": "notDecrypted"})
    sealed = {"__id": row["__id"], "__system": row["__system"]}
    put(engine, small_form, received, [sealed])
    assert read(engine, "select status from submission") == [("notDecrypted",)]
    assert read(engine, "select count(*) from form_small") == [(0,)]


def test_moments_are_stored_in_utc_to_the_millisecond(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    put(engine, small_form, received, [small_row("uuid:1", begun="2026-11-01T12:00:00.250+02:00")])
    from sqlalchemy import MetaData, Table, select

    from warehouse.types import Instant

    table = Table("form_small", MetaData())
    from sqlalchemy import Column

    table.append_column(Column("begun", Instant))
    with engine.connect() as connection:
        assert connection.scalar(select(table.c.begun)) == "2026-11-01T10:00:00.250Z"


def test_the_newest_stamp_is_the_cursor_whichever_it_is(
    engine: Engine, small_form: Make, small_row: Make, received: Make
) -> None:
    rows = [
        small_row("uuid:1", system={"updatedAt": "2026-11-05T00:00:00.001Z"}),
        small_row("uuid:2", system={"deletedAt": "2026-11-06T00:00:00.001Z"}),
        small_row("uuid:3"),
    ]
    assert put(engine, small_form, received, rows).latest == "2026-11-06T00:00:00.001Z"


_ANSWERS = st.fixed_dictionaries({
    "name": st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    "age": st.none() | st.integers(-(2**70), 2**70),
    "child": st.lists(st.fixed_dictionaries({"name": st.text("ab", max_size=2)}), max_size=3),
})  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    states=st.lists(st.tuples(st.integers(0, 3), _ANSWERS, st.booleans()), min_size=1, max_size=12)
)
def test_any_history_of_loads_equals_loading_the_last_states_at_once(
    states: list[tuple[int, dict[str, Any], bool]],
    small_form: Make,
    small_row: Make,
    received: Make,
) -> None:
    def row(edits: int, state: tuple[int, dict[str, Any], bool]) -> Any:
        number, answers, gone = state
        deleted = "2026-11-09T00:00:00.000Z" if gone else None
        system = {"deletedAt": deleted, "edits": edits}  # answers change by edits only
        return small_row(f"uuid:{number}", system=system, **answers)

    def tables(batches: list[list[dict[str, Any]]]) -> list[Any]:
        fresh = create_engine("sqlite://", poolclass=StaticPool)
        from warehouse.tables import metadata

        metadata.create_all(fresh)
        with fresh.begin() as connection:
            shape = small_form(connection)
            for run, batch in enumerate(batches):
                load(connection, shape, received(batch), run_id=run)
            queries = [f"select * from {t.name} order by 1, 2" for t in shape.tables]
            queries.append("select instance_id, payload from submission order by 1")
            found = [[tuple(r) for r in connection.execute(text(q))] for q in queries]
        fresh.dispose()
        return found

    history = [[row(*state)] for state in enumerate(states)]
    last = {state[0]: row(edits, state) for edits, state in enumerate(states)}
    assert tables(history) == tables([list(last.values())])
