"""Reads the `.sql` files of core and indicators and makes them run on both databases.

The files are plain SQL, with three words of ours that each database says differently:
`month_of(day)`, `days_between(earlier, later)` and `month_start(month)`. Names of sources
(`pipelines.core.sources`) become common table expressions.
"""

import re
from importlib.resources import files

from sqlalchemy import Connection, Table

from pipelines.core.sources import FIELDS, Source, source_sql
from warehouse import casework_tables, core_tables

_SPELLINGS = {
    "sqlite": {
        r"month_of\(([\w.]+)\)": (
            r"(cast(substr(\1, 1, 4) as integer) * 12 + cast(substr(\1, 6, 2) as integer) - 1)"
        ),
        r"days_between\(([\w.]+), ([\w.]+)\)": r"cast(julianday(\2) - julianday(\1) as integer)",
        r"year_of\(([\w.]+)\)": r"cast(substr(\1, 1, 4) as integer)",
        r"month_start\(([\w.]+)\)": r"printf('%04d-%02d-01', (\1) / 12, (\1) % 12 + 1)",
        r"as day\)": "as text)",
    },
    "postgresql": {
        r"month_of\(([\w.]+)\)": (
            r"cast(extract(year from \1) * 12 + extract(month from \1) - 1 as integer)"
        ),
        r"days_between\(([\w.]+), ([\w.]+)\)": r"(\2 - \1)",
        r"year_of\(([\w.]+)\)": r"cast(extract(year from \1) as integer)",
        r"month_start\(([\w.]+)\)": r"make_date((\1) / 12, (\1) % 12 + 1, 1)",
        r"as day\)": "as date)",
    },
}

_TABLES = {
    table.name: table
    for module in (core_tables, casework_tables)
    for table in vars(module).values()
    if isinstance(table, Table)
}


def read_sql(package: str, name: str) -> str:
    """The text of a file, comments included."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def in_dialect(connection: Connection, sql: str) -> str:
    """The statement as this database writes it."""
    for pattern, spelling in _SPELLINGS[connection.dialect.name].items():
        sql = re.sub(pattern, spelling, sql)
    return sql


def run(connection: Connection, sql: str) -> int:
    """Run one statement without parameters; rows changed."""
    statement = in_dialect(connection, sql)
    if connection.dialect.name == "postgresql":
        statement = statement.replace("%", "%%")
    return connection.exec_driver_sql(statement).rowcount


def insert_from(
    connection: Connection,
    table: str,
    sql: str,
    found: dict[str, list[Source]],
    *,
    touched: bool,
) -> int:
    """Fill a core table from a select that names its columns; rows written."""
    columns = ", ".join(c.name for c in _TABLES[table].columns)
    named = [name for name in FIELDS if re.search(rf"\b(from|join) {name}_answers\b", sql)]
    expressions = [
        f"{name}_answers as (\n    {source_sql(connection, name, found, touched=touched)}\n)"
        for name in named
    ]
    head = f"with {', '.join(expressions)}\n" if expressions else ""
    return run(
        connection,
        f"insert into {table} ({columns})\n{head}select {columns} from (\n{sql}\n) as made",
    )
