"""The access log cannot be left out, changed or emptied."""

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from forms.errors import UsageError
from warehouse.access import log_access, rows_read
from warehouse.protection_tables import access_log

NOW = "2026-11-01T10:00:00.000Z"


def look(engine: Engine, reason: str = "rappel d'une personne", rows: int = 3) -> None:
    with engine.begin() as connection:
        log_access(
            connection, now=NOW, who="amina", action="list", what="directory", rows=rows,
            reason=reason,
        )  # fmt: skip


def test_a_look_leaves_who_when_why_and_how_many(engine: Engine) -> None:
    look(engine, "  rappel   d'une personne ")
    with engine.connect() as connection:
        [row] = connection.execute(select(access_log))
        assert row[1:] == (NOW, "amina", "list", "directory", 3, "rappel d'une personne")


@pytest.mark.parametrize("statement", [update(access_log).values(who="x"), delete(access_log)])
def test_no_line_is_ever_changed_or_removed(engine: Engine, statement: object) -> None:
    look(engine)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(access_log)) == 1


def test_the_log_cannot_be_emptied_at_once(engine: Engine) -> None:
    look(engine)
    word = "truncate" if engine.dialect.name == "postgresql" else "delete from"
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(f"{word} access_log")


@pytest.mark.parametrize(
    "reason", ["", "  ", "ok", "pour 76 12 34 56", "carte 1234567890", "x" * 201]
)
def test_a_reason_is_asked_that_names_nobody(engine: Engine, reason: str) -> None:
    with pytest.raises(UsageError):
        look(engine, reason)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(access_log)) == 0


def test_rows_are_added_up(engine: Engine) -> None:
    look(engine, rows=30)
    look(engine, rows=25)
    with engine.connect() as connection:
        assert rows_read(connection, "amina", since="2026-11-01T00:00:00.000Z") == 55
        assert rows_read(connection, "amina", since="2026-11-02T00:00:00.000Z") == 0
