"""Brings the fixed tables, the reference tables and the views up to date; safe to run any time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

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
        _upgrade(connection)
        load_reference(connection, reference.glob("*.csv"))
        refresh_views(connection)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
