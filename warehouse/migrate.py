"""Brings the fixed tables, the reference tables and the views up to date; safe to run any time."""

from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from warehouse.dictionary import describe_tables
from warehouse.engine import writing
from warehouse.reference import load_reference
from warehouse.tables import SCHEMAS
from warehouse.views import refresh_views


def migrate(engine: Engine, reference: Path) -> None:
    """Upgrade in one transaction: either all of it, or the warehouse stays as it was."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            for schema in SCHEMAS:
                connection.exec_driver_sql(f"create schema if not exists {schema}")
        if _version(connection) != _newest():
            _upgrade(connection)
        describe_tables(connection)
        load_reference(connection, reference.glob("*.csv"))
        refresh_views(connection)


def _version(connection: Connection) -> str | None:
    """The revision of the fixed tables, None before the first."""
    schema = "ops" if connection.dialect.name == "postgresql" else None
    if not inspect(connection).has_table("kafo_migration", schema=schema):
        return None
    found = connection.exec_driver_sql("select version_num from kafo_migration").scalar()
    return None if found is None else str(found)


def _newest() -> str:
    """The last revision there is; its files are named by their numbers."""
    versions = files("warehouse").joinpath("migrations", "versions").iterdir()
    return max(file.name.partition("_")[0] for file in versions if file.name[0].isdigit())


def _upgrade(connection: Connection) -> None:
    from alembic import command  # a tenth of a second and 10 MB, hardly ever needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
