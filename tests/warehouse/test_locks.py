"""Two programs on one SQLite file never take the log of each other's transactions away."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from warehouse.engine import open_reader, open_warehouse, parse_url, writing

OTHER = """
import sys
from warehouse.engine import open_warehouse, parse_url
engine = open_warehouse(parse_url(sys.argv[1]))
with engine.begin() as connection:
    connection.exec_driver_sql("insert into t values (2)")
engine.dispose()
"""


def test_a_second_engine_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/kafo.db"
    writer = open_warehouse(parse_url(address))
    with writing(writer) as connection:
        connection.exec_driver_sql("create table t (n)")
        connection.exec_driver_sql("insert into t values (1)")
    reader = open_reader(parse_url(address))
    with reader.connect() as connection:
        assert connection.scalar(text("select count(*) from t")) == 1
    log = tmp_path / "kafo.db-wal"
    assert log.exists()
    before = log.stat().st_ino
    for _ in range(2):
        open_reader(parse_url(address)).dispose()
        subprocess.run([sys.executable, "-c", OTHER, address], check=True)
        assert log.stat().st_ino == before  # the other program, closing, saw that we are here
    with writing(writer) as connection:
        connection.exec_driver_sql("insert into t values (3)")
    with reader.connect() as connection:
        assert connection.scalar(text("select count(*) from t")) == 4
        assert connection.scalar(text("pragma integrity_check")) == "ok"
    writer.dispose()
    reader.dispose()
