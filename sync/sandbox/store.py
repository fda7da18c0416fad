"""Keeps the sandbox's state in one SQLite file: one writer at a time, readers on snapshots."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sync.sandbox.tables import TABLES

Row = sqlite3.Row
Database = sqlite3.Connection


class Store:
    """The state on disk; WAL lets readers keep their snapshot while another request writes."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._path = path
        self._turn = Lock()
        self._writer = self.open()
        self._writer.executescript("pragma journal_mode = wal;" + TABLES)

    def now(self) -> str:
        """The present as Central prints it."""
        return stamp(self.clock())

    @contextmanager
    def write(self) -> Iterator[Database]:
        """One transaction that may write: committed at the end, undone on any error."""
        with self._turn:
            self._writer.execute("begin immediate")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("rollback")
                raise
            self._writer.execute("commit")

    def snapshot(self) -> Database:
        """A connection that sees one moment until it is closed."""
        db = self.open()
        db.execute("begin")
        return db

    def open(self) -> Database:
        """A new connection; used by one request at a time, from whichever thread serves it."""
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=60)
        db.row_factory = sqlite3.Row
        db.execute("pragma synchronous = normal")
        return db

    def close(self) -> None:
        """Let the file go."""
        with self._turn:
            self._writer.close()


def stamp(moment: datetime) -> str:
    """A moment as Central prints it: UTC, milliseconds, Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def one(db: Database, sql: str, *values: object) -> Row | None:
    """The first row of a query."""
    row: Row | None = db.execute(sql, values).fetchone()
    return row


def value(db: Database, sql: str, *values: object) -> object:
    """The first column of the first row, or None."""
    row = one(db, sql, *values)
    return None if row is None else row[0]


def insert(db: Database, table: str, **columns: object) -> int:
    """Insert one row of known columns; its id."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"insert into {table} ({names}) values ({marks})"
    return db.execute(sql, tuple(columns.values())).lastrowid or 0


def update(db: Database, table: str, row_id: int, **columns: object) -> None:
    """Change known columns of one row."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"update {table} set {sets} where id = ?", (*columns.values(), row_id))


def next_event(db: Database) -> int:
    """A new change stamp, larger than all before it."""
    db.execute(
        "insert into counters values ('event', 1) on conflict do update set value = value + 1"
    )
    found = one(db, "select value from counters where name = 'event'")
    assert found is not None
    return int(found[0])
