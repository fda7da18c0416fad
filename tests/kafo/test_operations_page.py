"""What docs/fr/exploitation.md promises exists: keys, alarms, metrics, events, commands, backup."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from kafo.config import SECRETS, Settings
from sync.metrics import metrics_text
from sync.schedule import _EVENTS
from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "fr" / "exploitation.md").read_text(encoding="utf-8")


def first_column(title: str) -> set[str]:
    """The names in the first column of the table whose first heading is `title`."""
    rows = PAGE.split(f"| {title} |", 1)[1].splitlines()[2:]
    cells = [row.split("|")[1] for row in rows[: rows.index("")]]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def source(*names: str) -> str:
    return "".join((ROOT / "sync" / f"{name}.py").read_text(encoding="utf-8") for name in names)


def test_every_alarm_is_explained() -> None:
    keys = set(re.findall(r'Alarm\(\s*f?"([a-z_]+)', source("alarm_conditions", "erasure_ledger")))
    assert len(keys) >= 8
    assert first_column("alerte (`alarm_key`)") == keys


def test_every_metric_is_explained(tmp_path: Path) -> None:
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db"))
    migrate(engine, tmp_path)
    with engine.connect() as connection:
        given = metrics_text(connection, now="2026-11-01T08:00:00.000Z")
    engine.dispose()
    assert first_column("nom") == set(re.findall(r"# TYPE (\w+)", given))


def test_every_explained_event_is_written() -> None:
    written = set(
        re.findall(r'note(?:_crash)?\(\s*"(\w+)"', source("schedule", "alarms", "alarm_channels"))
    )
    written |= set(_EVENTS.values()) | {"foreign"}
    run = (ROOT / "kafo" / "run_command.py").read_text(encoding="utf-8")
    written |= set(re.findall(r'note\(\s*"(\w+)"', run))
    assert len(first_column("`event`")) >= 8
    assert first_column("`event`") <= written


def test_every_named_key_and_command_exists() -> None:
    sections = Settings.model_fields
    for section, key in re.findall(r"`(schedule|alarms|listen)\.(\w+)", PAGE):
        assert key in getattr(sections[section].annotation, "model_fields", {}), key
    for variable in re.findall(r"KAFO_\w+", PAGE):
        assert variable in SECRETS.values()
    answer = subprocess.run(
        [sys.executable, "-c", "from kafo.cli import main; main()", "--help"],
        capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "120"},
    )  # fmt: skip
    commands = set(re.findall(r"^  ([a-z-]+)  ", answer.stdout, re.MULTILINE))
    named = set(re.findall(r"`kafo ([a-z-]+)", PAGE))
    assert {"run", "alarm-test", "sync", "status", "sql"} <= named <= commands


def test_the_service_and_the_container_are_the_ones_of_the_page() -> None:
    unit = (ROOT / "deploy" / "kafo.service").read_text(encoding="utf-8")
    assert "ExecStart=/srv/kafo/.venv/bin/kafo run\n" in unit
    container = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    port = Settings.model_fields["listen"].default.port
    assert f"EXPOSE {port}" in container
    assert f"127.0.0.1:{port}:{port}" in PAGE
    for source_path in re.findall(r"^COPY (\w+) ", container, re.MULTILINE):
        assert (ROOT / source_path).is_dir()


def block(after: str) -> str:
    """The commands that stand after a text of the page."""
    return PAGE.split(after, 1)[1].split("```\n", 2)[1]


@pytest.fixture
def kafo_folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "files").mkdir(parents=True)
    (tmp_path / "data" / "files" / "photo").write_bytes(b"photo")
    for name in ("config.yaml", "secrets.yaml"):
        (tmp_path / name).write_text("x: 1\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return tmp_path


def test_a_backup_made_as_the_page_says_while_kafo_writes_can_be_restored(
    kafo_folder: Path,
) -> None:
    engine: Engine = open_warehouse(parse_url(f"sqlite:///{kafo_folder}/data/kafo.db"))
    migrate(engine, kafo_folder)
    write = text("insert into sync_run (started_at, outcome) values ('x', 'ok')")
    with engine.begin() as connection:
        connection.execute(write)
    commands = block("sans arrêter Kafo").replace("cd /srv/kafo", f"cd '{kafo_folder}'")
    with engine.begin() as connection:
        connection.execute(write)  # under way, not committed: must not be in the copy
        subprocess.run(["bash", "-ec", commands], check=True, capture_output=True)
    engine.dispose()
    (copy,) = (kafo_folder / "sauvegarde").glob("kafo-*.db")
    (folder,) = (kafo_folder / "sauvegarde").glob("dossier-*.tar.gz")
    assert copy.stat().st_mode & 0o077 == folder.stat().st_mode & 0o077 == 0
    restored = sqlite3.connect(copy)
    assert restored.execute("select count(*) from sync_run").fetchone() == (1,)
    assert restored.execute("pragma integrity_check").fetchone() == ("ok",)
    restored.close()
    listed = subprocess.run(["tar", "-tzf", folder], capture_output=True, text=True, check=True)
    names = set(listed.stdout.split())
    assert {"data/files/photo", "config.yaml", "secrets.yaml"} <= names
    assert not any("kafo.db" in name for name in names)
