"""The warehouse as an encrypted file: same tables, unreadable without the key, safe to make."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from warehouse.encrypted import encrypt, is_open_file
from warehouse.engine import open_reader, open_warehouse, parse_url
from warehouse.errors import WarehouseError
from warehouse.load import load
from warehouse.migrate import migrate

KEY = "0123456789abcdef" * 4
PHRASE = "une phrase assez longue, l'été"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An open warehouse with one submission."""
    path = tmp_path / "kafo.db"
    engine = open_warehouse(parse_url(f"sqlite:///{path}"))
    migrate(engine, tmp_path)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into submission (project_id, form_id, instance_id, payload) "
            "values (1, 'f', 'uuid:1', 'Sissoko-Zébulon')"
        )
    engine.dispose()
    return path


def payload(path: Path, key: str | None) -> str:
    reader = open_reader(parse_url(f"sqlite:///{path}"), key=key)
    with reader.connect() as connection:
        found = str(connection.scalar(text("select payload from submission")))
    reader.dispose()
    return found


@pytest.mark.parametrize("key", [KEY, PHRASE])
def test_an_open_file_becomes_an_encrypted_one_with_the_same_rows(file: Path, key: str) -> None:
    assert encrypt(file, key)
    assert not is_open_file(file)
    assert b"Sissoko" not in file.read_bytes()
    assert payload(file, key) == "Sissoko-Zébulon"
    assert sorted(p.name for p in file.parent.glob("kafo.db*")) == ["kafo.db"]
    assert not encrypt(file, key)


def test_sqlite_itself_cannot_read_it(file: Path) -> None:
    encrypt(file, KEY)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(file).execute("select * from submission")


def test_a_new_warehouse_with_a_key_is_encrypted_from_the_start(
    tmp_path: Path, small_form: Callable[..., Any], small_row: Callable[..., Any], received: Any
) -> None:
    path = tmp_path / "new.db"
    engine = open_warehouse(parse_url(f"sqlite:///{path}"), key=KEY)
    migrate(engine, tmp_path)
    with engine.begin() as connection:
        shape = small_form(connection)
        load(connection, shape, received([small_row("uuid:1", name="Zébulon")]), run_id=1)
    with engine.connect() as connection:
        assert connection.scalar(text("select name from form_small")) == "Zébulon"
    assert not is_open_file(path)
    for part in tmp_path.glob("new.db*"):
        assert b"bulon" not in part.read_bytes(), part.name
    engine.dispose()


def test_a_wrong_key_says_where_the_right_one_is(file: Path) -> None:
    encrypt(file, KEY)
    with pytest.raises(WarehouseError, match="n'ouvre pas"):
        payload(file, "f" * 64)


def test_a_missing_key_says_how_to_give_it(file: Path) -> None:
    encrypt(file, KEY)
    with pytest.raises(WarehouseError, match="KAFO_WAREHOUSE_KEY"):
        payload(file, None)


def test_a_key_for_an_open_file_sends_to_kafo_protect(file: Path) -> None:
    with pytest.raises(WarehouseError, match="kafo protect"):
        payload(file, KEY)


def test_a_short_key_is_refused(file: Path) -> None:
    with pytest.raises(WarehouseError, match="moins de 16"):
        encrypt(file, "court")
    assert is_open_file(file)


def test_a_file_in_use_is_left_alone(file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute("pragma journal_mode=wal")
    other.execute("begin immediate")
    with pytest.raises(WarehouseError, match="autre programme"):
        encrypt(file, KEY)
    other.close()
    assert is_open_file(file)
    assert payload(file, None) == "Sissoko-Zébulon"


_KILLED = """
import os, sys
from pathlib import Path
import warehouse.encrypted as e
path, stop = Path(sys.argv[1]), sys.argv[2]
real = getattr(e, stop)
def dies(*words):
    if sys.argv[3] == "after":
        real(*words)
    os.kill(os.getpid(), 9)
setattr(e, stop, dies)
e.encrypt(path, sys.argv[4])
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["_settle", "_export", "_compare", "_sync_folder", "_wipe"])
def test_killed_at_any_step_nothing_is_lost_and_running_again_finishes(
    file: Path, step: str, when: str
) -> None:
    words = [sys.executable, "-c", _KILLED, str(file), step, when, KEY]
    killed = subprocess.run(words, cwd=Path(__file__).parents[2], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    key = None if is_open_file(file) else KEY
    assert payload(file, key) == "Sissoko-Zébulon"
    encrypt(file, KEY)
    assert payload(file, KEY) == "Sissoko-Zébulon"
    for left in file.parent.glob("kafo.db*"):
        assert b"Sissoko" not in left.read_bytes(), left.name
