"""Many rows at once, by the way each database likes best: one idempotent upsert for both.

SQLite: `executemany` of an upsert, without RETURNING. PostgreSQL: COPY into a temporary stage,
then one INSERT … ON CONFLICT, which is also the path for Citus. (Measured side by side in the
project's benchmarks: docs/mesures.md.)
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

Row = tuple[Any, ...]


def upsert(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
) -> None:
    """Insert the rows; where a row with the same key is there, overwrite just these columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _merge(connection, table, columns, rows, key)
    else:
        marks = ", ".join("?" * len(columns))
        names = _names(connection, columns)
        head = f"insert into {_name(connection, table)} ({names}) values ({marks})"
        connection.exec_driver_sql(head + _conflict(connection, columns, key), list(rows))


def delete_submissions(connection: Connection, table: str, instance_ids: Iterable[str]) -> None:
    """Remove every row of the given submissions from one form table."""
    ids = [(instance_id,) for instance_id in instance_ids]
    if ids:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        statement = f"delete from {_name(connection, table)} where instance_id = {mark}"
        connection.exec_driver_sql(statement, ids)


def _merge(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    key: Sequence[str],
) -> None:
    names, target = _names(connection, columns), _name(connection, table)
    connection.exec_driver_sql(
        f"create temp table stage on commit drop as select {names} from {target} with no data"
    )
    cursor = connection.connection.cursor()
    with cursor.copy(f"copy stage ({names}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    head = f"insert into {target} ({names}) select {names} from stage"
    connection.exec_driver_sql(head + _conflict(connection, columns, key))
    connection.exec_driver_sql("drop table stage")


def _conflict(connection: Connection, columns: Sequence[str], key: Sequence[str]) -> str:
    others = [_name(connection, c) for c in columns if c not in key]
    target = f" on conflict ({_names(connection, key)}) do "
    if not others:
        return target + "nothing"
    return target + "update set " + ", ".join(f"{c} = excluded.{c}" for c in others)


def _name(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _names(connection: Connection, names: Iterable[str]) -> str:
    return ", ".join(_name(connection, name) for name in names)
