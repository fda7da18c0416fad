"""Each role is logged in as, on a real PostgreSQL, and tries what it must not do."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.exc import DBAPIError

from forms.compiler import compile_form, question_notes
from forms.xform import read_xform
from warehouse.dictionary import column_text, fixed_tables
from warehouse.engine import open_warehouse
from warehouse.form_tables import adopt_form
from warehouse.identity_tables import person, person_card
from warehouse.migrate import migrate
from warehouse.protection_tables import published_cell
from warehouse.roles import PREFIX, ROLES, apply_grants
from warehouse.tables import schema_of
from warehouse.views import refresh_views

NOW = "2026-11-01T00:00:00.000Z"
Login = Callable[[str], Engine]

FORBIDDEN = ("police", "gendarm", "protection_civile", "mairie", "employ", "donor", "bailleur",
             "fund", "cnpm", "fes", "securi")  # fmt: skip


@pytest.fixture(scope="module")
def owner(postgresql: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A warehouse with two of the centre's forms, two members and published cells."""
    server = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    name = f"kafo_roles_{uuid4().hex[:8]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    engine = open_warehouse(server.url.set(database=name))
    migrate(engine, request.path.parents[2] / "forms" / "reference")
    with engine.begin() as connection:
        for form_id in ("identification", "membership"):
            _adopt(connection, form_id)
        refresh_views(connection)
        _fill(connection)
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    server.dispose()


def _adopt(connection: Any, form_id: str) -> None:
    form = compile_form(form_id)
    xform = read_xform(form.xform)
    fields = [
        {"path": f.path, "name": f.name, "type": f.type, "selectMultiple": f.select_multiple}
        for f in xform.fields
    ]
    adopt_form(
        connection, project_id=1, xform=xform, xml=form.xform, fields=fields, definition_hash="x",
        now=NOW, notes=question_notes(form_id),
    )  # fmt: skip


def _fill(connection: Any) -> None:
    for number, union in enumerate(("untm", "cstm"), 1):
        card = f"100000000{number}"
        member = (
            f'insert into form_membership (instance_id, card_code, event, event_date, "union", '
            f"consent_membership) values ('uuid:{union}', '{card}', 'join', '2026-10-01', '{union}', 'yes')"
        )
        connection.exec_driver_sql(member)
        connection.execute(
            insert(person).values(person_id=union, state="active", created_at=NOW, updated_at=NOW,
                                  registrations=1, last_name=f"Nom-{union}", card_code=card)
        )  # fmt: skip
        connection.execute(
            insert(person_card).values(card_code=card, person_id=union, instance_id="i")
        )
    registered = (
        "insert into form_identification (instance_id, last_name, sex) values ('i', 'Nom', 'male')"
    )
    connection.exec_driver_sql(registered)
    for audience in ("inside", "outside"):
        connection.execute(
            insert(published_cell).values(
                audience=audience, publication="directory", measure="people", period_kind="all", period="",
                row_dimension="sex", row_value="male", column_dimension="", column_value="",
                count=15, suppressed=0,
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def login(owner: Engine) -> Iterator[Login]:
    """Logs in as a person who is a member of one role and nothing else."""
    made: dict[str, tuple[str, Engine]] = {}

    def log_in(role: str) -> Engine:
        if role not in made:
            name = f"tester_{role}_{uuid4().hex[:8]}"
            with owner.begin() as connection:
                connection.exec_driver_sql(
                    f"create role {name} login password 'x' in role {PREFIX}{role}"
                )
            made[role] = name, open_warehouse(owner.url.set(username=name, password="x"))
        return made[role][1]

    yield log_in
    for name, engine in made.values():
        engine.dispose()
        with owner.begin() as connection:
            connection.exec_driver_sql(f"drop role {name}")


def read(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def refused(engine: Engine, statement: str) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        # Without the right to use a schema, its tables do not even exist.
        return "permission denied" in str(error.orig) or "relation" in str(error.orig)
    return False


NAMES = [
    "select last_name from form_identification",
    "select last_name from person",
    "select last_name from directory",
    "select payload from submission",
    "select card_code from person_card",
    "select phone from person",
    "select reason from access_log",
    "select password_hash from web_account",
]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "steward"])
@pytest.mark.parametrize("query", NAMES)
def test_only_stewards_read_names(login: Login, role: str, query: str) -> None:
    assert refused(login(role), query)


def test_stewards_read_names_but_no_password_hashes(login: Login) -> None:
    steward = login("steward")
    assert read(steward, "select last_name from form_identification") == [("Nom",)]
    assert len(read(steward, "select * from union_members")) == 2
    assert refused(steward, NAMES[-1])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into published_cell values ('outside','x','','','','','','','',1,1,1,1,0)",
        "delete from published_cell",
        "update person set last_name = 'x'",
        "delete from access_log",
        "drop table reporting.published_cell",
        "create table reporting.mine (x int)",
        "create table raw.mine (x int)",
        "set role postgres",
        "alter table reporting.published_cell disable row level security",
    ],
)
def test_nobody_writes(login: Login, role: str, statement: str) -> None:
    with pytest.raises(DBAPIError), login(role).begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("union", ["untm", "cstm"])
def test_a_union_sees_its_own_members_only(login: Login, union: str) -> None:
    engine = login(f"union_{union}")
    assert read(engine, "select union_code, last_name from union_members") == [
        (union, f"Nom-{union}")
    ]
    assert refused(engine, "select * from form_membership")
    other = "cstm" if union == "untm" else "untm"
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(f"set role kafo_union_{other}"))


@pytest.mark.parametrize("table", ["membership_event", "member"])
def test_a_union_sees_its_own_rows_of_pseudonymous_tables(
    owner: Engine, login: Login, table: str
) -> None:
    with owner.begin() as connection:
        there = connection.scalar(text(f"select to_regclass('core.{table}')"))
        if there is None:  # the same rule on a table that looks like it
            connection.exec_driver_sql(
                f"create table core.{table} (union_code text, subject_id text)"
            )
            rows = f"insert into core.{table} values ('untm', 'a'), ('cstm', 'b')"
        else:
            rows = _core_rows(table)
        connection.exec_driver_sql(rows)
        apply_grants(connection)
    assert read(login("union_untm"), f"select union_code from {table}") == [("untm",)]
    assert read(login("union_cstm"), f"select union_code from {table}") == [("cstm",)]
    assert refused(login("analyst"), f"select union_code from {table}")
    assert refused(login("data_manager"), f"select union_code from {table}")


def _core_rows(table: str) -> str:
    if table == "member":
        return (
            "insert into member (subject_id, union_code, is_member, minor, payments, paid_total) "
            "values ('a', 'untm', 1, 0, 0, 0), ('b', 'cstm', 1, 0, 0, 0)"
        )
    return (
        "insert into membership_event (project_id, instance_id, subject_id, event, event_on, month, "
        "union_code, minor) values (1, 'x', 'a', 'join', '2026-01-01', 1, 'untm', 0), "
        "(1, 'y', 'b', 'join', '2026-01-01', 1, 'cstm', 0)"
    )


def test_the_publisher_sees_what_is_for_the_outside_only(login: Login) -> None:
    query = "select distinct audience from published_cell order by 1"
    assert read(login("publisher"), query) == [("outside",)]
    assert read(login("analyst"), query) == [("inside",), ("outside",)]
    assert refused(login("publisher"), "select * from sync_state")


def test_a_data_manager_reads_public_and_internal_answers_only(login: Login) -> None:
    engine = login("data_manager")
    assert read(engine, "select sex from form_identification") == [("male",)]
    for column in ("birth_year", "card_code", "phone", "mobility", "union_interest"):
        assert refused(engine, f"select {column} from form_identification"), column
    assert refused(engine, "select * from form_identification")
    assert read(engine, "select event_date from form_membership") == []


@pytest.mark.parametrize("role", ["data_manager", "analyst"])
def test_of_core_only_public_and_internal_columns_are_open(
    owner: Engine, login: Login, role: str
) -> None:
    engine = login(role)
    assert read(engine, "select sex, age_band, needs, cercle from worker") == []
    closed = 0
    for table in fixed_tables():
        if schema_of(table) != "core":
            continue
        for column in table.columns:
            said = column_text(table.name, column.name)
            if said and said.sensitivity in ("C", "R"):
                closed += 1
                query = f'select "{column.name}" from {table.name}'

                assert refused(engine, query), query
    assert closed > 70


def test_an_enumerator_reads_nothing(owner: Engine, login: Login) -> None:
    kinds = "select table_schema || '.' || table_name from information_schema.tables where table_schema in " \
        "('raw', 'forms', 'identity', 'core', 'reporting', 'ops', 'web')"  # fmt: skip
    names = [name for (name,) in read(owner, kinds)]
    assert len(names) > 30
    for name in names:
        assert refused(login("enumerator"), f"select 1 from {name}"), name


def test_what_appears_later_is_closed_until_it_is_granted(owner: Engine, login: Login) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("create table identity.new_secret (name text)")
        connection.exec_driver_sql("create table reporting.new_figures (n int)")
    assert refused(login("steward"), "select * from identity.new_secret")
    with owner.begin() as connection:
        apply_grants(connection)
    assert read(login("steward"), "select * from identity.new_secret") == []
    assert read(login("analyst"), "select * from reporting.new_figures") == []
    assert refused(login("analyst"), "select * from identity.new_secret")


def test_while_nothing_appears_a_reader_is_not_waited_for(owner: Engine, login: Login) -> None:
    with owner.begin() as connection:
        apply_grants(connection)
    with login("steward").connect() as reader, owner.begin() as connection:
        reader.execute(text("select * from published_cell")).all()
        connection.execute(text("set local lock_timeout = '200ms'"))
        apply_grants(connection)


def test_no_role_is_for_police_employers_or_funders(owner: Engine) -> None:
    there = [n for (n,) in read(owner, "select rolname from pg_roles where rolname like 'kafo%'")]
    assert set(there) >= {PREFIX + role for role in ROLES}
    for name in (*there, *ROLES):
        assert not [word for word in FORBIDDEN if word in name], name
