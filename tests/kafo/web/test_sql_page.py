"""The SQL page: what it answers, and everything it must not."""

import io
from collections.abc import Callable
from time import perf_counter

import openpyxl
import pytest
from sqlalchemy import Engine, event, text
from starlette.testclient import TestClient

from kafo.web.site import Site
from warehouse.protection_tables import published_cell
from warehouse.question import QuestionError, ask, relations

Browser = Callable[..., TestClient]
SECRET = "Coulibaly-Secret"

ESCAPES = [
    "select * from submission", "select * from person", "select * from web_account",
    "select payload from submission", "select * from form_small", "select * from sqlite_master",
    "select sql from sqlite_schema", "select * from main.submission", "select * from raw.submission",
    "attach database 'kafo.db' as k", "attach database ':memory:' as k", "pragma table_info(person)",
    "select * from pragma_table_info('person')", "select * from pragma_database_list",
    "insert into interview_outcomes values (1)", "create table x(y)", "create view x as select 1",
    "drop table interview_outcomes", "update interview_outcomes set outcome = 1", "vacuum",
    "vacuum into '/tmp/kafo-copy.db'", "select load_extension('x')", "begin; select 1",
    "select 1; select 2", "select readfile('/etc/passwd')", "select writefile('/tmp/x', 'y')",
    "with directory as (select * from submission) select * from directory",
    "with interview_outcomes as (select * from person) select * from interview_outcomes",
    "select * from (select * from person) as directory_counts", "reindex", "analyze", "",
    "explain select * from person", "select query_to_xml('select 1', true, true, '')",
    "select set_config('role', 'none', false)", "copy person to stdout", "do $$ begin end $$",
    "select * from interview_outcomes union select name, password_hash from web_account",
    "select edit('x')", "select randomblob(1000000000)", "select zeroblob(10)",
    "select sqlite_version()", "select sqlite_compileoption_get(1)",
    "select last_insert_rowid()", "detach database main", "savepoint x", "-- only a comment", "\x00select 1",
    "select * from dictionary", "select * from web_session", "select fts3_tokenizer('simple')",
]  # fmt: skip

HEAVY = [
    "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n order by -x",
    "select replace(printf('%.*c', 400000, 'x'), 'x', 'xxxxxxxxxxxx')",
    "with recursive n(x) as (select 1 union all select x + 1 from n limit 3000000) "
    "select group_concat(x) from n",
]


@pytest.fixture
def filled(engine: Engine, small_form: Callable[..., object]) -> Engine:
    """A warehouse with a secret in raw, and a reporting view of the deployment's own."""
    with engine.begin() as connection:
        small_form(connection)
        insert = text(
            "insert into submission (project_id, form_id, instance_id, payload) "
            "values (1, 'small', 'uuid:1', :secret)"
        )
        connection.execute(insert, {"secret": SECRET})
        connection.execute(
            text("insert into person (person_id, state, created_at, updated_at, registrations, last_name)"
                 " values ('p1', 'active', '2026-11-01', '2026-11-01', 1, :secret)"), {"secret": SECRET}
        )  # fmt: skip
    return engine


def test_nothing_but_reporting_views_is_in_reach(filled: Engine) -> None:
    answered: list[tuple[str, object]] = []
    with filled.connect() as connection:
        for statement in ESCAPES:
            try:
                answered.append((statement, ask(connection, statement, seconds=2, most=100)))
            except QuestionError as error:
                told = error.fr + error.en
                if SECRET in told:
                    answered.append((statement, told))
    assert answered == []


def test_a_question_that_takes_too_much_is_stopped(filled: Engine) -> None:
    with filled.connect() as connection:
        for statement in HEAVY:
            begun = perf_counter()
            with pytest.raises(QuestionError):
                ask(connection, statement, seconds=0.5, most=100)
            assert perf_counter() - begun < 5, statement


def test_plain_questions_are_answered_the_same_on_both(filled: Engine) -> None:
    with filled.connect() as connection:
        answer = ask(connection, "select 1 as one, 'x' as two, null as three;", seconds=2, most=10)
        many = ask(
            connection,
            "with recursive n(x) as (select 1 union all select x + 1 from n limit 50) select x from n",
            seconds=2,
            most=10,
        )
        bound = ask(connection, "select :a || '!'", seconds=2, most=10, parameters={"a": "'; --"})
    assert (answer.columns, answer.rows) == (["one", "two", "three"], [(1, "x", None)])
    assert len(many.rows) == 10
    assert many.more
    assert bound.rows == [("'; --!",)]


def test_only_views_of_the_reporting_class_are_offered(filled: Engine) -> None:
    with filled.connect() as connection:
        names = {relation.name for relation in relations(connection)}
    assert not names & {"directory", "person", "submission", "sync_state", "web_account"}


def test_the_page_answers_explains_and_gives_files(log_in: Browser) -> None:
    browser = log_in("analyst")
    question = "select 7 as n, '<b>bold</b>' as t, '=1+1' as f"
    shown = browser.post("/reports/sql", data={"statement": question, "do": "run"})
    assert shown.status_code == 200
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown.text
    assert "<b>bold" not in shown.text
    steps = browser.post("/reports/sql", data={"statement": question, "do": "explain"})
    assert "SCAN" in steps.text
    csv = browser.post("/reports/sql", data={"statement": question, "do": "csv"})
    assert csv.text.splitlines()[1] == "7;<b>bold</b>;'=1+1"
    book = browser.post("/reports/sql", data={"statement": question, "do": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == [7, "<b>bold</b>", "=1+1"]
    assert sheet["C2"].data_type == "s"
    wrong = browser.post("/reports/sql", data={"statement": "select * from person", "do": "run"})
    assert wrong.status_code == 409
    assert "no such table" in wrong.text


def test_questions_and_answers_stay_out_of_the_log(
    log_in: Browser, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = log_in("analyst")
    browser.post("/reports/sql", data={"statement": f"select '{SECRET}'", "do": "run"})
    with site.reader.connect() as connection:
        actions = connection.execute(text("select subject from web_action")).scalars().all()
    assert SECRET not in caplog.text + "".join(actions)


def test_only_what_is_asked_for_is_fetched_however_it_is_asked(filled: Engine) -> None:
    cell = {
        c.name: 3 if c.name == "value" else 0 if c.name == "suppressed" else "inside"
        for c in published_cell.columns
        if not c.nullable or c.name == "value"
    }
    fetched: list[str] = []
    event.listen(filled, "before_cursor_execute", lambda *said: fetched.append(said[2]))
    with filled.begin() as connection:
        connection.execute(published_cell.insert().values(cell))
        fetched.clear()

        def rows(statement: str) -> list[tuple[object, ...]]:
            return ask(connection, statement, seconds=2, most=9).rows

        assert rows("select count(*) from published_cell") == [(1,)]
        assert rows("-- all numerators\nselect max(VALUE) from published_cell") == [(3.0,)]
        copied = [sql for sql in fetched if "published_cell" in sql and "limit 0" not in sql]
        assert copied
        assert not any("numerator" in sql for sql in copied)
        natural = "select a.value from published_cell a natural join (select audience from published_cell)"
        assert rows(natural) == [(3.0,)]
        [(*every,)] = rows("select * from published_cell")
        assert len(every) == len(published_cell.columns)
