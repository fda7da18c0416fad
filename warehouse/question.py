"""Answers questions in SQL that people type, on the reporting views and on nothing else.

The question never runs in the warehouse. The reporting views that it names are copied into a small
SQLite database in memory, and it runs there: whatever it tries, names, phones and cards are not in
reach. So the same question also means the same on SQLite and on PostgreSQL.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Select, TextClause, bindparam, inspect, select, text

from forms.errors import UsageError
from warehouse.casework_tables import indicator
from warehouse.core_tables import calendar, code_label
from warehouse.dictionary import read_descriptions
from warehouse.protection_tables import published_cell
from warehouse.tables import SCHEMAS, metadata, schema_of
from warehouse.types import Day, iso
from warehouse.views import read_views

_LONGEST_VALUE = 1_000_000
_LONGEST_STATEMENT = 20_000
_MOST_COPIED = 500_000
_STEPS = 5_000
"""SQLite's steps between two looks at the clock."""

_CALLABLE = (
    "abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime "
    "dense_rank exp first_value floor format glob group_concat hex ifnull iif instr json_array "
    "json_array_length json_extract json_group_array json_group_object json_object julianday lag "
    "last_value lead length like ln log log10 log2 lower ltrim max median min mod nth_value ntile "
    "nullif octet_length percent_rank pow power printf quote rank replace round row_number rtrim sign "
    "sqrt strftime string_agg substr substring sum time timediff total trim trunc typeof unicode "
    "unixepoch upper -> ->>"
)
_FUNCTIONS = frozenset(_CALLABLE.split())
"""What may be called: SQLite also has functions that show addresses of memory or load libraries."""

_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, at most as many as were asked for; `more` when there were others."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Relation:
    """A reporting view (or table) with what the dictionary says of it."""

    name: str
    text: tuple[str, str]
    columns: list[tuple[str, tuple[str, str]]]


OUTSIDE = (published_cell.name, code_label.name, calendar.name, indicator.name)
"""What whoever publishes may read, besides views whose names end in `_public`."""


OPS = "ops"
"""The audience of saved questions about the system itself."""


class QuestionError(UsageError):
    """The question cannot be answered; the message says why in words of its own."""


def relations(connection: Connection, *, audience: str = "inside") -> list[Relation]:
    """Everything a question may name, with the texts of columns, by name."""
    found = []
    described = _table_texts() | {
        view.name: view.texts for view in read_views(connection.dialect.name)
    }
    for name in sorted(_names(connection, audience)):
        texts = described.get(name, {})
        columns = [(column, texts.get(column, ("", ""))) for column in _columns(connection, name)]
        found.append(Relation(name, texts.get("", ("", "")), columns))
    return found


def _table_texts() -> dict[str, Mapping[str, tuple[str, str]]]:
    """What tables hold, and their columns, as the views say it of themselves."""
    shared, tables = read_descriptions()
    common = {name: column.text for name, column in shared.items()}
    return {
        name: {**common, **{c: column.text for c, column in table.columns.items()}, "": table.text}
        for name, table in tables.items()
    }


def ask(
    connection: Connection,
    statement: str,
    *,
    seconds: float,
    most: int,
    parameters: Mapping[str, str] | None = None,
    audience: str = "inside",
    publication: str = "",
    only: Mapping[str, str] | None = None,
) -> Answer:
    """Answer one question within so many seconds; raises QuestionError. Outside the unions
    (`audience` outside) only what is published for there is in reach; for questions of our own about
    how the system does (`ops`) also the views and tables of that class, which name nobody.
    `publication` fetches the published cells of one indicator only; `only`, for questions of our own,
    is a condition for the rows of a view, whose parameters are days."""
    statement = statement.strip().rstrip(";").strip()
    started = monotonic()
    given = dict(parameters or {})

    def rows_of(name: str, columns: Sequence[str]) -> Select[Any] | TextClause:
        if name == published_cell.name:
            return _cells(columns, audience, publication)
        return _rows(name, columns, (only or {}).get(name, ""), given)

    with _copy(connection, statement, _names(connection, audience), rows_of) as copy:
        _lock(copy, until=monotonic() + seconds)
        try:
            cursor = copy.execute(statement, given)
            rows = cursor.fetchmany(most + 1)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            raise _explained(error, seconds) from None
        if cursor.description is None:
            raise _only_reads()
        columns = [column[0] for column in cursor.description]
    return Answer(columns, rows[:most], len(rows) > most, monotonic() - started)


def plan(connection: Connection, statement: str) -> list[str]:
    """How the database would go about it, step by step."""
    answer = ask(connection, f"explain query plan {statement}", seconds=5, most=200)
    return [str(row[3]) for row in answer.rows]


@contextmanager
def _copy(
    connection: Connection,
    statement: str,
    names: set[str],
    rows_of: Callable[[str, Sequence[str]], Select[Any] | TextClause],
) -> Iterator[sqlite3.Connection]:
    if len(statement) > _LONGEST_STATEMENT:
        raise QuestionError(
            "La question est trop longue. Raccourcissez-la.",
            "The question is too long. Shorten it.",
        )
    said = re.sub(
        r"(?m)^\s*--.*$", "", statement.lower()
    )  # what comments speak of is not asked for
    words = set(re.findall(r"\w+", said))
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        copy.execute("pragma temp_store=file")  # a big sort goes to disk, not into our memory
        for name in sorted(names & words):
            columns = _named(_columns(connection, name), said, words)
            _fill(copy, connection, rows_of(name, columns), name)
        yield copy
    finally:
        copy.close()


def _named(columns: Sequence[str], said: str, words: set[str]) -> list[str]:
    """Those columns that the question can speak of: a view need not count what nobody asks for."""
    if "*" in re.sub(r"count\s*\(\s*\*\s*\)", "", said) or "natural" in words:
        return list(columns)
    return [name for name in columns if name.lower() in words] or list(columns[:1])


def _rows(
    name: str, columns: Sequence[str], condition: str, given: Mapping[str, str]
) -> TextClause:
    rows = f"select {', '.join(columns)} from {name}"
    if not condition:
        return text(rows)
    days = (bindparam(p, given[p], type_=Day) for p in re.findall(r":(\w+)", condition))
    return text(f"{rows} where {condition}").bindparams(*days)


def _cells(columns: Sequence[str], audience: str, publication: str) -> Select[Any]:
    """The published cells that are in reach."""
    p = published_cell.c
    mine = select(*(p[column] for column in columns)).where(
        p.audience == ("inside" if audience == OPS else audience)
    )
    return mine.where(p.publication == publication) if publication else mine


def _fill(
    copy: sqlite3.Connection, connection: Connection, rows: Select[Any] | TextClause, name: str
) -> None:
    answer = connection.execute(rows)
    columns = ", ".join(f'"{column}"' for column in answer.keys())  # noqa: SIM118 - a result has no own iterator of keys
    copy.execute(f'create table "{name}" ({columns})')
    marks = ", ".join("?" * len(answer.keys()))
    insert = f'insert into "{name}" values ({marks})'
    copied = 0
    for part in answer.partitions(5_000):
        copied += len(part)
        if copied > _MOST_COPIED:
            raise QuestionError(
                f"« {name} » est trop grande pour cette page. Utilisez « kafo sql » ou PostgreSQL.",
                f"'{name}' is too big for this page. Use 'kafo sql' or PostgreSQL.",
            )
        copy.executemany(insert, [tuple(map(_plain, row)) for row in part])


def _lock(copy: sqlite3.Connection, *, until: float) -> None:
    """From now on it only reads what is there, for so long and so much."""
    copy.commit()
    copy.execute("pragma query_only=on")
    limits = (
        (sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_STATEMENT + 100),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100),
        (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 50),
    )
    for limit, value in limits:
        copy.setlimit(limit, value)
    copy.set_progress_handler(lambda: int(monotonic() > until), _STEPS)
    copy.set_authorizer(_allowed)


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _FUNCTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and (first or "").startswith("sqlite_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _names(connection: Connection, audience: str) -> set[str]:
    """The reporting relations that exist now and that this audience may read."""
    dialect = connection.dialect.name
    classes = ("reporting", "ops") if audience == OPS else ("reporting",)
    wanted = {view.name for view in read_views(dialect) if view.schema in classes}
    wanted |= {table.name for table in metadata.sorted_tables if schema_of(table) in classes}
    inspector = inspect(connection)
    there: set[str] = set()
    for schema in SCHEMAS if dialect == "postgresql" else (None,):
        there |= {
            *inspector.get_view_names(schema=schema),
            *inspector.get_table_names(schema=schema),
        }
    found = wanted & there
    if audience in ("inside", OPS):
        return found
    return {name for name in found if name in OUTSIDE or name.endswith("_public")}


def _columns(connection: Connection, name: str) -> Sequence[str]:
    return list(connection.execute(text(f"select * from {name} limit 0")).keys())


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _explained(error: Exception, seconds: float) -> QuestionError:
    """SQLite's message names tables, columns and words of the question, never a row."""
    reason = str(error)
    if "interrupted" in reason:
        return QuestionError(
            f"La question prend plus de {seconds:g} secondes. Filtrez, ou demandez moins à la fois.",
            f"The question takes more than {seconds:g} seconds. Filter, or ask for less at a time.",
        )
    if "not authorized" in reason or "prohibited" in reason:
        return _only_reads()
    return QuestionError(
        f"La base n'accepte pas cette question : {reason}. Les vues permises sont listées à côté.",
        f"The database does not accept this question: {reason}. The views allowed are listed beside.",
    )


def _only_reads() -> QuestionError:
    return QuestionError(
        "Cette page ne fait que lire les vues de rapport : commencez par SELECT ou WITH.",
        "This page only reads the reporting views: begin with SELECT or WITH.",
    )
