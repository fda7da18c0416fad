"""The tables of the warehouse as they are now, whoever made them, with their columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Table, inspect

from warehouse.tables import SCHEMAS

_SOME = 400


@dataclass(frozen=True, slots=True)
class Relation:
    """A table and its protection class ('' on SQLite)."""

    name: str
    schema: str
    columns: frozenset[str]


def tables(connection: Connection) -> list[Relation]:
    """All tables except Alembic's own."""
    inspector = inspect(connection)
    found = []
    for schema in SCHEMAS if connection.dialect.name == "postgresql" else (None,):
        for name in inspector.get_table_names(schema=schema):
            columns = frozenset(str(c["name"]) for c in inspector.get_columns(name, schema=schema))
            found.append(Relation(name, schema or "", columns))
    return found


def reflected(connection: Connection, name: str) -> Table:
    """A table as the database knows it, for statements on columns that forms decide."""
    schemas = SCHEMAS if connection.dialect.name == "postgresql" else (None,)
    inspector = inspect(connection)
    schema = next(s for s in schemas if inspector.has_table(name, schema=s))
    return Table(name, MetaData(), schema=schema, autoload_with=connection)


def some(items: set[str]) -> Iterator[list[str]]:
    """The items in parts that fit into one statement."""
    ordered = sorted(items)
    yield from (ordered[start : start + _SOME] for start in range(0, len(ordered), _SOME))
