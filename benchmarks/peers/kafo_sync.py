"""Kafo's synchronisation alone, without what it makes of the answers afterwards: feed, history, typed
tables, labels, files, entity lists."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.central import Account, Source, connect
from sync.pull import pull
from sync.rounds import Place, finish
from warehouse.engine import open_warehouse, parse_url
from warehouse.types import iso


def main() -> None:
    url, email, password, database, folder = sys.argv[1:]
    engine = open_warehouse(parse_url(database))
    account = Account(url, email, password)
    source = Source(connect(account), account, [1])
    place = Place(
        Path(folder), Path(folder) / "store", timedelta(minutes=10), lambda: iso(datetime.now(UTC))
    )
    run = pull(engine, source, overlap=place.overlap, folder=place.spool, now=place.now)
    finish(engine, source, place)
    if run.failed:
        raise SystemExit(1)


main()
