"""`kafo report` as a data manager types it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, publish_quarter: Callable[[Engine], None]) -> Path:
    shutil.copy(ROOT / "config.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/data/kafo.db"))
    migrate(engine, ROOT / "forms" / "reference")
    publish_quarter(engine)
    engine.dispose()
    return tmp_path


def report(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kafo", "report", *words], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "KAFO_USER": "resp-1", **environment}, timeout=60, check=False,
    )  # fmt: skip


def test_both_files_are_written_for_their_owner_only(folder: Path) -> None:
    (folder / "out").mkdir()
    done = report(folder, "--quarter", "2026-T3", "--to", "out")
    assert done.returncode == 0, done.stderr
    pages, sheets = sorted((folder / "out").iterdir())
    assert pages.name == "kafo-rapport-2026-T3-outside.pdf"
    assert pages.read_bytes().startswith(b"%PDF")
    assert sheets.read_bytes().startswith(b"PK")
    for path in (pages, sheets):
        assert path.stat().st_mode & 0o777 == 0o600
        assert f"✓ out/{path.name}" in done.stdout
    assert "publiables" in done.stdout


def test_the_report_speaks_the_language_of_the_command_line(folder: Path) -> None:
    asked = ("--quarter", "2026-Q3", "--audience", "inside")
    done = report(folder, *asked, KAFO_LANG="en")
    assert "kafo-report-2026-T3-inside.pdf" in done.stdout
    assert "unions only" in done.stdout
    assert "kafo-rapport-" in report(folder, *asked, "--language", "fr", KAFO_LANG="en").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--quarter", "2019-T1"), "2019-T1"),
        (("--quarter", "été"), "n'est pas un trimestre"),
        (("--quarter", "2026-T3", "--to", "nowhere"), "nowhere n'existe pas"),
    ],
)
def test_what_cannot_be_made_is_told_in_one_line(
    folder: Path, words: tuple[str, ...], told: str
) -> None:
    done = report(folder, *words)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(folder.glob("*.pdf"))
