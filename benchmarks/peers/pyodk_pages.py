"""pyodk in pages of 1,000, upserted, with a watermark: what a careful programmer writes in a day."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, create_engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from benchmarks.peers.session import client_of

_PAGE = 1000


def flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and "coordinates" not in value:
            yield from flat(value, f"{prefix}{name}_")
        elif isinstance(value, dict | list):
            yield f"{prefix}{name}", str(value)
        else:
            yield f"{prefix}{name}", value


def main() -> None:
    url, email, password, database, folder = sys.argv[1:]
    client = client_of(url, email, password, Path(folder))
    engine = create_engine(database)
    metadata, table, skip = MetaData(), None, 0
    with engine.begin() as connection:
        metadata.reflect(connection, only=lambda name, _: name == "load_pages")
        table = metadata.tables.get("load_pages")
        since = None
        if table is not None:
            stamps = select(
                func.max(table.c.__system_submissionDate), func.max(table.c.__system_updatedAt)
            )
            since = max(filter(None, connection.execute(stamps).one()), default=None)
    question = since and f"__system/submissionDate ge {since} or __system/updatedAt ge {since}"
    while True:
        page = client.submissions.get_table(
            form_id="load", expand="*", skip=skip, top=_PAGE, filter=question
        )
        rows = [dict(flat(row)) for row in page["value"]]
        if not rows:
            return
        if table is None:
            columns = [Column(n, Text, primary_key=n == "__id") for n in rows[0]]
            table = Table("load_pages", metadata, *columns)
            metadata.create_all(engine)
        insert = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert(table)
        others = {c.name: insert.excluded[c.name] for c in table.columns if c.name != "__id"}
        known = set(table.columns.keys())
        texts = [
            {n: None if v is None else str(v) for n, v in row.items() if n in known} for row in rows
        ]
        with engine.begin() as connection:
            connection.execute(
                insert.on_conflict_do_update(index_elements=["__id"], set_=others), texts
            )
        skip += _PAGE


main()
