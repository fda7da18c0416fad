"""Makes a table refuse every change and removal of its rows, on both databases."""

from sqlalchemy import Connection

_MESSAGE = "append-only: rows of {table} are never changed or removed"


def make_append_only(connection: Connection, table: str, *, schema: str) -> None:
    """Only inserts are possible from now on; idempotent."""
    message = _MESSAGE.format(table=table)
    if connection.dialect.name == "postgresql":
        name = f"{schema}.{table}"
        connection.exec_driver_sql(
            f"create or replace function {name}_refuse() returns trigger language plpgsql as "
            f"$$ begin raise exception '{message}'; end $$"
        )
        connection.exec_driver_sql(f"drop trigger if exists {table}_append_only on {name}")
        connection.exec_driver_sql(
            f"create trigger {table}_append_only before update or delete or truncate on {name} "
            f"for each statement execute function {name}_refuse()"
        )
        return
    for action in ("update", "delete"):
        connection.exec_driver_sql(
            f"create trigger if not exists {table}_no_{action} before {action} on {table} "
            f"begin select raise(abort, '{message}'); end"
        )
