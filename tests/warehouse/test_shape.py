"""Tables and columns get readable names once, and keep them through every version."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, text

from warehouse.shape import RESERVED, Known, shape_form, table_name

Row = dict[str, Any]


def field(path: str, kind: str = "string") -> Row:
    return {"path": path, "name": path.rsplit("/", 1)[1], "type": kind}


def columns(fields: list[Row], known: list[Known] | None = None) -> list[str]:
    shape = shape_form(1, "f", name="form_f", fields=fields, known=known or [])
    return [c for q in shape.root.questions for c in q.columns]


def test_a_question_keeps_its_own_name_and_groups_join_only_twins() -> None:
    fields = [field("/age"), field("/mother/name"), field("/father/name"), field("/father/job")]
    assert columns(fields) == ["age", "mother_name", "father_name", "job"]


def test_a_question_called_like_our_own_columns_gets_out_of_the_way() -> None:
    assert columns([field("/instance_id"), field("/form_version")]) == [
        "q_instance_id",
        "q_form_version",
    ]


def test_three_questions_called_like_one_of_our_columns_have_three_names() -> None:
    fields = [field("/1/form_version"), field("/_/form_version"), field("/form_version")]
    assert len(set(columns(fields))) == 3


def test_a_position_has_four_columns() -> None:
    assert columns([field("/spot", "geopoint")]) == [
        "spot_latitude", "spot_longitude", "spot_altitude", "spot_accuracy",
    ]  # fmt: skip


def test_a_retyped_question_gets_a_new_column_and_a_moved_one_too() -> None:
    known = [Known("form_f", "age", "/age", "int"), Known("form_f", "job", "/job", "text")]
    assert columns([field("/age"), field("/work/job")], known) == ["age__text", "work_job"]


def test_nested_repeats_become_tables_under_their_parents() -> None:
    fields = [
        field("/member", "repeat"),
        field("/member/g/visit", "repeat"),
        field("/member/g/visit/day"),
    ]
    tables = shape_form(1, "f", name="form_f", fields=fields).tables
    assert [(t.name, t.parent) for t in tables] == [
        ("form_f", None), ("form_f__member", "form_f"), ("form_f__visit", "form_f__member"),
    ]  # fmt: skip


def test_two_projects_with_one_form_id_have_two_tables() -> None:
    assert table_name("visit", [], 1) == "form_visit"
    assert table_name("visit", ["form_visit"], 2) == "form_p2_visit"


_NAMES = st.text(st.sampled_from("abAB_1é-."), min_size=1, max_size=80) | st.sampled_from(
    sorted(RESERVED)
)


_KINDS = st.sampled_from(["string", "int", "geopoint"])
_QUESTIONS = st.tuples(st.lists(_NAMES, min_size=1, max_size=3), _KINDS)


@given(st.lists(_QUESTIONS, unique_by=lambda item: "/".join(item[0]), max_size=12))
def test_names_are_unique_short_and_stable(questions: list[tuple[list[str], str]]) -> None:
    fields = [field("/" + "/".join(steps), kind) for steps, kind in questions]
    first = columns(fields)
    assert len(set(first)) == len(first)
    assert all(len(name) <= 63 and name == name.lower() and name not in RESERVED for name in first)
    shape = shape_form(1, "f", name="form_f", fields=fields)
    known = [Known("form_f", q.column, q.path, q.kind) for q in shape.root.questions]
    assert columns(list(reversed(fields)), known) == [
        c for q in reversed(shape.root.questions) for c in q.columns
    ]


def test_a_new_version_adds_columns_and_old_answers_stay(
    engine: Engine, small_form: Any, small_row: Any, received: Any, small_fields: list[Row]
) -> None:
    from warehouse.load import load

    with engine.begin() as connection:
        load(connection, small_form(connection), received([small_row("uuid:1")]), run_id=1)
    changed = [f for f in small_fields if f["path"] != "/age"] + [field("/work", "int")]
    row = small_row("uuid:1", work=7)
    del row["age"]
    with engine.begin() as connection:
        shape = small_form(connection, fields=changed, version="2")
        load(connection, shape, received([row]), run_id=2)
        assert connection.execute(text("select age, work from form_small")).all() == [(30, 7)]
        current = text(
            "select column_name, current from question where path in ('/age', '/work') order by 1"
        )
        assert [(name, bool(now)) for name, now in connection.execute(current)] == [
            ("age", False), ("work", True),
        ]  # fmt: skip


def test_a_view_of_an_analyst_survives_a_new_version(
    engine: Engine, small_form: Any, small_fields: list[Row]
) -> None:
    with engine.begin() as connection:
        small_form(connection)
        connection.exec_driver_sql("create view mine as select name, age from form_small")
    with engine.begin() as connection:
        small_form(connection, fields=[*small_fields, field("/more", "decimal")], version="2")
        connection.execute(text("select * from mine"))
    assert "more" in {c["name"] for c in inspect(engine).get_columns("form_small")}


def test_labels_and_choices_are_in_sql_in_both_languages(engine: Engine, small_form: Any) -> None:
    with engine.begin() as connection:
        small_form(connection)
        labels = text("select language, label from question_label where path = '/name' order by 1")
        assert connection.execute(labels).all() == [
            ("English (en)", "Name"),
            ("Français (fr)", "Nom"),
        ]
        choices = text("select list_name, value, label_fr, label_en from choice")
        assert connection.execute(choices).all() == [("needs", "health", "Santé", "Health")]
        lists = text("select list_name, select_multiple from question where path = '/needs'")
        assert connection.execute(lists).all() == [("needs", True)]
