"""What docs/fr/exploitation.md promises exists: keys, alarms, metrics, events, commands, backup."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from kafo import backup_command
from kafo.backup_work import ERASURES
from kafo.config import SECRETS, BackupSettings, Settings
from sync.metrics import metrics_text
from sync.schedule import _EVENTS
from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate
from warehouse.snapshot import copy_warehouse

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


def test_a_copy_made_while_kafo_writes_holds_what_was_committed(tmp_path: Path) -> None:
    url = parse_url(f"sqlite:///{tmp_path}/kafo.db")
    engine = open_warehouse(url)
    migrate(engine, tmp_path)
    write = text("insert into sync_run (started_at, outcome) values ('x', 'ok')")
    with engine.begin() as connection:
        connection.execute(write)
    (tmp_path / "copy").mkdir()
    with engine.begin() as connection:
        connection.execute(write)  # under way, not committed: must not be in the copy
        copy = copy_warehouse(url, None, tmp_path / "copy")
    engine.dispose()
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("select count(*) from sync_run").fetchone() == (1,)


def test_the_settings_and_commands_of_backups_are_those_of_the_page() -> None:
    said = PAGE.split("   backup:\n", 1)[1].split("```", 1)[0]
    keys = set(re.findall(r"^\s+(\w+):", said, re.MULTILINE))
    assert keys == set(BackupSettings.model_fields)
    for command in set(re.findall(r"kafo backup (\w+)", PAGE)):
        assert callable(getattr(backup_command, command))
    assert f"`{ERASURES}`" in PAGE
