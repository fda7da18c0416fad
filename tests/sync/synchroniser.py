"""Synchronises in a child process, again and again, so that the tests can kill it at any moment.

One JSON line in: where Central and the warehouse are. One line out: the child's number; then, when
it is over, how it ended. Forking from a process that has everything imported makes 300 kills a
matter of a minute or two.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import warehouse.load
from sync.central import Account, Source, connect
from sync.pull import pull
from sync.rounds import Place, finish
from warehouse.engine import open_warehouse, parse_url
from warehouse.types import iso


def once(order: dict[str, str]) -> None:
    warehouse.load._BATCH = 5  # so that most runs are of several transactions
    engine = open_warehouse(parse_url(order["warehouse"]))
    account = Account(order["central"], order["email"], order["password"])
    client = connect(account, backoff=0)
    source = Source(client, account, [1])
    folder = Path(order["folder"])
    place = Place(folder, folder / "store", timedelta(minutes=10), lambda: iso(datetime.now(UTC)))
    report = pull(engine, source, overlap=place.overlap, folder=folder, now=place.now)
    finish(engine, source, place)
    engine.dispose()
    os._exit(1 if report.failed else 0)


def main() -> None:
    # What a child needs is loaded once, here.
    import psycopg  # noqa: F401
    import pyodk.client  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                once(json.loads(line))
            except BaseException as error:
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                os._exit(2)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


main()
