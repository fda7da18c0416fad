"""Creates the SQL views of `views/*.sql` and writes what they say of themselves into `dictionary`.

A file begins with comment lines that people and the dictionary read:

    -- view: texte français | English text
    -- column NAME: texte français | English text
    -- needs: table, table          created only once these exist
    -- schema: reporting            protection class on PostgreSQL

A file named `x.sqlite.sql` or `x.postgresql.sql` is for that database only.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

from sqlalchemy import Connection, delete, inspect, select
from sqlalchemy.exc import DBAPIError

from warehouse.roles import apply_grants
from warehouse.tables import SCHEMAS, dictionary, view_definition

CLASS_OF = {"reporting": "I", "ops": "I", "core": "R", "identity": "C"}
"""The class of all columns of a view (see `dictionary`) follows from where the view lies."""

_HEADER = re.compile(r"^-- (view|column (?P<column>\w+)|needs|schema): (?P<text>.+)$")


@dataclass(slots=True)
class View:
    """One view: its name, what it says of itself, and its select statement."""

    name: str
    sql: str
    schema: str = "reporting"
    needs: list[str] = field(default_factory=list)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column ('' is the view itself) → French and English text."""


def read_views(dialect: str) -> list[View]:
    """All views for a database (`sqlite` or `postgresql`), in the order of their names."""
    found = []
    for file in sorted(files("warehouse").joinpath("views").iterdir(), key=lambda f: f.name):
        name, *middle, suffix = file.name.split(".")
        if suffix == "sql" and middle in ([], [dialect]):
            found.append(_parse(name, file.read_text(encoding="utf-8")))
    return _in_order(found)


def refresh_views(connection: Connection) -> None:
    """Create what is missing and replace what changed; views of others are never touched. Tables and
    views that appeared are opened to the roles that may read them."""
    dialect = connection.dialect.name
    done = {row.view_name: row.digest for row in connection.execute(select(view_definition)).all()}
    there = set(_relations(connection))
    for view in read_views(dialect):
        digest = hashlib.sha256((view.schema + view.sql).encode()).hexdigest()
        if not set(view.needs) <= there:
            continue
        if done.get(view.name) != digest and not _replace(connection, view, digest):
            continue
        there.add(view.name)
    apply_grants(connection)


def _parse(name: str, text: str) -> View:
    view = View(name, text)
    for line in text.splitlines():
        match = _HEADER.match(line)
        if match is None:
            continue
        kind, value = match[1], match["text"]
        if kind == "needs":
            view.needs = [need.strip() for need in value.split(",")]
        elif kind == "schema":
            view.schema = value.strip()
        else:
            fr, _, en = value.partition(" | ")
            view.texts[match["column"] or ""] = (fr.strip(), en.strip())
    return view


def _in_order(views: list[View]) -> list[View]:
    """Views that others are built on come first."""
    names = {view.name for view in views}
    ordered: list[View] = []
    waiting = list(views)
    while waiting:
        made = {view.name for view in ordered}
        ready = [v for v in waiting if not (set(v.needs) & names) - made]
        assert ready, "views need each other in a circle"
        ordered += ready
        waiting = [v for v in waiting if v not in ready]
    return ordered


def _relations(connection: Connection) -> Iterator[str]:
    inspector = inspect(connection)
    for schema in SCHEMAS if connection.dialect.name == "postgresql" else (None,):
        yield from inspector.get_table_names(schema=schema)
        yield from inspector.get_view_names(schema=schema)


_NO_SUCH_COLUMN = ("no such column", "undefinedcolumn")


def _replace(connection: Connection, view: View, digest: str) -> bool:
    """Whether the view stands now. A form of a foreign project may bear the name of one of ours and
    ask other questions: then its answers load, and only the views on ours are missing."""
    try:
        with connection.begin_nested():
            _create(connection, view)
            connection.exec_driver_sql(f"select * from {view.name} limit 0")
    except DBAPIError as error:
        if any(
            sign in f"{type(error.orig).__name__} {error.orig}".lower() for sign in _NO_SUCH_COLUMN
        ):
            return False
        raise
    _comment(connection, view)
    connection.execute(delete(view_definition).where(view_definition.c.view_name == view.name))
    connection.execute(view_definition.insert().values(view_name=view.name, digest=digest))
    return True


def _create(connection: Connection, view: View) -> None:
    if connection.dialect.name == "postgresql":
        # "or replace" keeps an analyst's views that stand on ours.
        head = f"create or replace view {view.schema}.{view.name} as\n"
    else:
        connection.exec_driver_sql(f"drop view if exists {view.name}")
        head = f"create view {view.name} as\n"
    # The driver of PostgreSQL takes a single percent sign for a parameter.
    sql = view.sql.replace("%", "%%") if connection.dialect.name == "postgresql" else view.sql
    connection.exec_driver_sql(head + sql)


def _comment(connection: Connection, view: View) -> None:
    connection.execute(delete(dictionary).where(dictionary.c.object_name == view.name))
    purpose_fr, purpose_en = view.texts[""]
    for column, (fr, en) in view.texts.items():
        connection.execute(
            dictionary.insert().values(
                object_name=view.name, column_name=column, description_fr=fr, description_en=en,
                sensitivity=CLASS_OF[view.schema] if column else None,
                purpose_fr=purpose_fr, purpose_en=purpose_en,
            )
        )  # fmt: skip
        if connection.dialect.name == "postgresql":
            target = (
                f"column {view.schema}.{view.name}.{column}"
                if column
                else f"view {view.schema}.{view.name}"
            )
            quoted = f"{fr} | {en}".replace("'", "''").replace("%", "%%")
            connection.exec_driver_sql(f"comment on {target} is '{quoted}'")
