"""Every column says how sensitive it is and what it is for, and that decides where it may go."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from forms.compiler import question_notes
from warehouse.dictionary import (
    CLASSES,
    FORM_COLUMNS,
    FORM_TABLES,
    column_text,
    fixed_tables,
    open_columns,
    read_descriptions,
)
from warehouse.dictionary_page import dictionary_page
from warehouse.migrate import migrate
from warehouse.tables import schema_of

PAGE = Path(__file__).parents[2] / "docs" / "fr" / "dictionnaire.md"

FORM_OF = {
    "interview": "identification", "worker": "identification", "membership_event": "membership",
    "attendance": "training_attendance", "training_session": "training_attendance",
    "awareness_session": "awareness_session", "referral": "referral", "site_visit": "mining_site",
    "referral_follow_up": "referral", "labour_case": "labour_case", "mining_site": "mining_site",
    "labour_case_follow_up": "labour_case", "rights_request": "rights_request",
}  # fmt: skip
"""Core table → the form whose answers it holds."""


def test_every_column_of_every_fixed_table_has_class_purpose_and_both_languages() -> None:
    told = read_descriptions()[1]
    for table in fixed_tables():
        assert table.name in told, f"describe {table.name} in warehouse/descriptions"
        assert all((*told[table.name].text, *told[table.name].purpose)), table.name
        for column in table.columns:
            said = column_text(table.name, column.name)
            assert said is not None, f"describe {table.name}.{column.name}"
            assert said.sensitivity in CLASSES, f"{table.name}.{column.name}"
            assert all(said.text), f"{table.name}.{column.name}"
    for name in FORM_COLUMNS:
        assert column_text(FORM_TABLES, name) is not None, name


def test_nothing_is_described_that_is_not_there() -> None:
    there = {t.name: {c.name for c in t.columns} for t in fixed_tables()}
    there[FORM_TABLES] = set(FORM_COLUMNS)
    shared, told = read_descriptions()
    assert set(told) == set(there)
    for name, said in told.items():
        assert set(said.columns) <= there[name], name
    assert set(shared) <= set().union(*there.values())


def test_an_answer_in_core_is_classed_as_its_question_or_higher() -> None:
    order = "PICR"
    checked = 0
    for table, form_id in FORM_OF.items():
        questions = {p.rsplit("/", 1)[-1]: n for p, n in question_notes(form_id).items()}
        for column in next(t for t in fixed_tables() if t.name == table).columns:
            note, said = questions.get(column.name), column_text(table, column.name)
            if note is None or said is None:
                continue
            checked += 1
            assert order.index(said.sensitivity) >= order.index(note.sensitivity), (
                f"{table}.{column.name} is {said.sensitivity}, its question {note.sensitivity}"
            )
    assert checked > 80


@pytest.mark.parametrize(("schema", "allowed"), [("reporting", "P"), ("ops", "PI")])
def test_the_class_decides_which_schema_a_column_may_be_in(schema: str, allowed: str) -> None:
    for table in fixed_tables():
        for column in table.columns if schema_of(table) == schema else ():
            said = column_text(table.name, column.name)
            assert said is not None
            assert said.sensitivity in allowed, f"{table.name}.{column.name} must leave {schema}"


def test_a_column_that_nobody_described_is_not_open() -> None:
    assert open_columns("worker", ["sex", "birth_year", "union_interest", "never_heard_of"]) == [
        "sex"
    ]


def test_the_warehouse_holds_the_dictionary(engine: Engine, tmp_path: Path) -> None:
    bare = (
        "select object_name, column_name from data_dictionary where description_fr = '' "
        "or description_en = '' or purpose_fr is null or purpose_en is null "
        "or (column_name <> '' and sensitivity is null)"
    )
    known = (
        "select sensitivity, purpose_fr from data_dictionary "
        "where object_name = 'worker' and column_name = 'needs'"
    )
    columns = sum(len(table.columns) for table in fixed_tables())
    with engine.connect() as connection:
        assert connection.execute(text(bare)).all() == []
        sensitivity, purpose = connection.execute(text(known)).one()
        assert sensitivity == "I"
        assert "I-18" in purpose
        told = connection.scalar(text("select count(*) from dictionary"))
        assert told is not None
        assert told > columns
    with engine.begin() as connection:
        connection.execute(text("delete from dictionary where object_name = 'worker'"))
    migrate(engine, tmp_path)
    with engine.connect() as connection:
        assert connection.execute(text(known)).all() == [("I", purpose)]


def test_postgresql_shows_the_comments_of_tables(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        comment = "select col_description('core.worker'::regclass, 1)"
        with engine.connect() as connection:
            assert "random" in str(connection.scalar(text(comment)))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary_page(), (
        "run python -m warehouse.dictionary_page > docs/fr/dictionnaire.md"
    )
