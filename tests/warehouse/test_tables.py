"""Rules that every table obeys, on both databases."""

import importlib
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Index, create_engine, inspect, text

from warehouse.engine import open_reader, open_warehouse, parse_url, writing
from warehouse.errors import WarehouseError
from warehouse.migrate import migrate
from warehouse.tables import metadata, schema_of
from warehouse.views import read_views

for file in Path(__file__).parents[2].joinpath("warehouse").glob("*_tables.py"):
    importlib.import_module(f"warehouse.{file.stem}")


# SQLAlchemy reads no index on an expression from SQLite; the next test looks for it.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    schema = {t.name: schema_of(t) for t in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        where = schema[table.name] if engine.dialect.name == "postgresql" else None
        found = inspect(engine).get_columns(table.name, schema=where)
        assert [c["name"] for c in found] == [c.name for c in table.columns], table.name
        key = inspect(engine).get_pk_constraint(table.name, schema=where)["constrained_columns"]
        assert set(key) == {c.name for c in table.primary_key}, table.name
        unique = {i["name"] for i in inspect(engine).get_unique_constraints(table.name, where)}
        there = inspect(engine).get_indexes(table.name, schema=where)
        indexes = {
            i["name"]: i["column_names"]
            for i in there
            if i["name"] not in unique and None not in i["column_names"]
        }
        said = {i.name: [c.name for c in i.columns] for i in table.indexes if _plain(i)}
        assert indexes == said, table.name
        nullable = {c["name"] for c in found if c["nullable"]}
        assert nullable == {c.name for c in table.columns if c.nullable}, table.name


def _plain(index: Index) -> bool:
    return all(isinstance(each, Column) for each in index.expressions)


def test_indexes_on_expressions_are_made_too(engine: Engine) -> None:
    there = "select indexname from pg_indexes"
    if engine.dialect.name == "sqlite":
        there = "select name from sqlite_master where type = 'index'"
    said = {i.name for t in metadata.sorted_tables for i in t.indexes if not _plain(i)}
    assert said
    with engine.connect() as connection:
        assert said <= set(connection.scalars(text(there)))


def test_every_key_of_submission_data_holds_the_distribution_column() -> None:
    for table in metadata.sorted_tables:
        if schema_of(table) == "raw":
            key = set(table.primary_key.columns.keys())
            assert key & {"instance_id", "entity_id"}, table.name


def test_migrating_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection:
        before = connection.execute(text("select * from view_definition order by 1")).all()
    migrate(engine, tmp_path)
    with engine.connect() as connection:
        assert connection.execute(text("select * from view_definition order by 1")).all() == before


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_view_and_column_is_described_in_both_languages(dialect: str) -> None:
    for view in read_views(dialect):
        assert "" in view.texts, view.name
        for column, (fr, en) in view.texts.items():
            assert fr, (view.name, column)
            assert en, (view.name, column)


def test_the_fixed_views_exist_and_describe_all_their_columns(engine: Engine) -> None:
    with engine.connect() as connection:
        names = connection.execute(text("select view_name from view_definition")).scalars().all()
        assert "sync_state" in names
        texts = {view.name: view.texts for view in read_views(engine.dialect.name)}
        for name in names:
            columns = set(connection.execute(text(f"select * from {name}")).keys())
            assert columns == set(texts[name]) - {""}, name


def test_postgresql_shows_the_comments_of_views(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            comment = connection.scalar(text("select obj_description('ops.sync_state'::regclass)"))
        assert comment is not None
        assert "each form" in comment


def test_a_reader_cannot_write(engine: Engine) -> None:
    reader = open_reader(engine.url)
    with pytest.raises(Exception, match="read"), reader.begin() as connection:
        connection.exec_driver_sql("delete from sync_run")
    reader.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", ""])
def test_an_unknown_address_says_which_ones_are_known(url: str) -> None:
    with pytest.raises(WarehouseError, match="sqlite:///"):
        parse_url(url)


def test_a_missing_file_sends_the_reader_to_sync(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError) as error:
        open_reader(parse_url(f"sqlite:///{tmp_path}/none.db"))
    assert "kafo sync" in error.value.fr


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "kafo.db").write_text("this is a letter, not a database " * 100)
    with pytest.raises(WarehouseError, match="pas une base SQLite lisible"):
        migrate(open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db")), tmp_path)


def test_a_database_in_use_says_who_must_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.engine._BUSY_SECONDS", 0.1)
    url = parse_url(f"sqlite:///{tmp_path}/kafo.db")
    engine = open_warehouse(url)
    migrate(engine, tmp_path)
    other = create_engine(url)
    with other.connect() as connection:
        connection.exec_driver_sql("insert into sync_run (started_at, outcome) values ('x', 'ok')")
        with (
            pytest.raises(WarehouseError, match="occupée par un autre programme"),
            writing(engine) as mine,
        ):
            mine.exec_driver_sql("delete from sync_run")
        connection.rollback()
    engine.dispose()
    other.dispose()


def test_a_server_that_does_not_answer_says_what_to_check(tmp_path: Path) -> None:
    engine = open_warehouse(parse_url("postgresql://kafo@127.0.0.1:1/kafo"))
    with pytest.raises(WarehouseError, match="ne répond pas"):
        migrate(engine, tmp_path)


def test_a_full_disk_says_so_and_keeps_what_was_there(tmp_path: Path) -> None:
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db"))
    migrate(engine, tmp_path)
    insert = (
        "insert into submission (project_id, form_id, instance_id, payload) values (1, 'f', ?, ?)"
    )
    with writing(engine) as connection:
        connection.exec_driver_sql(insert, ("uuid:1", "x"))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar()
        connection.exec_driver_sql(f"pragma max_page_count={pages}")  # SQLite's own full disk
        connection.commit()
        with pytest.raises(WarehouseError, match="disque est plein"):
            _write_many(connection, insert)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from submission")).scalar() == 1
    engine.dispose()


def _write_many(connection: object, insert: str) -> None:
    from sqlalchemy import Connection
    from sqlalchemy.exc import DBAPIError

    from warehouse.errors import explain

    assert isinstance(connection, Connection)
    try:
        connection.exec_driver_sql(insert, [(f"uuid:n{n}", "x" * 4000) for n in range(200)])
    except DBAPIError as error:
        raise explain(error, "kafo.db") from None
