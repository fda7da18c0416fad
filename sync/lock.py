"""Only one run at a time on a warehouse; the lock dies with its process, so none is left behind."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from sync.errors import already_running
from warehouse.engine import reading

_ADVISORY_KEY = 0x6B61666F
"""'kafo' in ASCII: the number of the PostgreSQL advisory lock."""


@contextmanager
def single_run(engine: Engine) -> Iterator[None]:
    """Hold the lock; raises BusyError at once when another run holds it, on this host or another, and
    WarehouseError when PostgreSQL does not answer."""
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:
            query = f"select pg_try_advisory_lock({_ADVISORY_KEY})"
            if not connection.exec_driver_sql(query).scalar():
                raise already_running()
            connection.commit()
            try:
                yield
            finally:
                # A connection that was cut has lost its locks already.
                with suppress(DBAPIError):
                    connection.exec_driver_sql(f"select pg_advisory_unlock({_ADVISORY_KEY})")
        return
    lock = FileLock(f"{engine.url.database}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise already_running() from None
    try:
        yield
    finally:
        lock.release()
