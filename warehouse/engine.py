"""Opening the warehouse: one SQLite file in WAL mode, encrypted if there is a key, or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from warehouse.encrypted import check_file, driver, give_key
from warehouse.errors import WarehouseError, explain
from warehouse.tables import SCHEMAS

_BUSY_SECONDS = 10
"""How long a writer waits for another program on the same SQLite file before it says so."""


def parse_url(url: str, password: str | None = None) -> URL:
    """The address of the warehouse; raises WarehouseError when it is not one Kafo can use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise WarehouseError(
            "warehouse.url n'est pas une adresse connue. Écrivez par exemple "
            "« sqlite:///data/kafo.db » ou « postgresql://kafo@localhost/kafo ».",
            "warehouse.url is not an address Kafo knows. Write for example "
            "'sqlite:///data/kafo.db' or 'postgresql://kafo@localhost/kafo'.",
        )
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return parsed.set(password=password) if password else parsed
    return parsed


def place(url: URL) -> str:
    """Where the warehouse is, for people: a file name, or host and database; never a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.host or 'localhost'}/{url.database}"


def open_warehouse(url: URL, *, key: str | None = None) -> Engine:
    """An engine that reads and writes. SQLite files and their folder are made when missing.

    With a key, the SQLite file is an encrypted one; WarehouseError when file and key do not match.
    """
    if url.get_backend_name() == "postgresql":
        return _postgresql(url, read_only=False)
    assert url.database
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"Le dossier de la base {url.database} ne peut pas être créé ({error.strerror}). "
            "Corrigez « warehouse.url » ou les droits du dossier.",
            f"The folder of the database {url.database} cannot be made ({error.strerror}). "
            "Correct 'warehouse.url' or the rights of the folder.",
        ) from None
    pragmas = ("journal_mode=wal", "synchronous=normal")
    return _sqlite(url, key, begin="begin immediate", pragmas=pragmas)


def open_reader(url: URL, *, key: str | None = None) -> Engine:
    """An engine that can only read, for `kafo sql`, reports and pages."""
    if url.get_backend_name() == "postgresql":
        return _postgresql(url, read_only=True)
    assert url.database
    if not Path(url.database).exists():
        raise WarehouseError(
            f"La base {url.database} n'existe pas encore. Lancez d'abord « kafo sync ».",
            f"The database {url.database} does not exist yet. Run 'kafo sync' first.",
        )
    return _sqlite(url, key, begin="begin", pragmas=("query_only=on",))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction; the database's complaints come out as a WarehouseError in plain words."""
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise explain(error, place(engine.url)) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent read; the database's complaints come out as a WarehouseError."""
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise explain(error, place(engine.url)) from None


_in_use: set[tuple[int, int, bool] | None] = set()
"""Files this process has had connections to. Reading the header of such a file again would drop the
locks of those connections, because POSIX drops them whenever any handle on a file is closed; another
program would then take the log of the last transactions away (https://sqlite.org/howtocorrupt.html,
2.2)."""


def _identity(path: Path, key: str | None) -> tuple[int, int, bool] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, key is None


def _sqlite(url: URL, key: str | None, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    assert url.database
    path = Path(url.database)
    if _identity(path, key) not in _in_use:
        check_file(path, key)
    encryption: dict[str, Any] = {} if key is None else {"module": driver()}
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, **encryption)

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: object) -> None:
        # The driver must not open or close transactions by itself: DDL and rows of one run
        # belong to one transaction, and a writer takes the lock at once instead of failing
        # half way (https://docs.sqlalchemy.org: SQLite transactional isolation).
        raw.isolation_level = None
        if (known := _identity(path, key)) is not None:
            _in_use.add(known)
        if key is not None:
            give_key(raw, key, place(url))
        for pragma in (*pragmas, "foreign_keys=on", "temp_store=memory", "cache_size=-16000"):
            raw.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: URL, *, read_only: bool) -> Engine:
    path = ",".join(SCHEMAS)
    options = f"-c search_path={path} -c timezone=UTC -c client_min_messages=warning"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return create_engine(
        url, connect_args={"options": options, "connect_timeout": 10}, pool_pre_ping=True
    )
