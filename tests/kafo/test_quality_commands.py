"""`kafo quality` as a data manager types it: read, act in ODK Central, ignore, take back."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from kafo.config import read_config
from kafo.connection import central
from warehouse.engine import open_warehouse, parse_url, writing
from warehouse.migrate import migrate

ROOT = Path(__file__).parents[2]
Kafo = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def instance(tmp_path: Path, small_xform: str) -> str:
    """A sandbox with one record, and a warehouse that waits for its attachment in vain."""
    shutil.copy(ROOT / "config.yaml", tmp_path)
    xml = '<data id="small" version="1"><name>A</name><meta><instanceID>uuid:abc-1</instanceID></meta></data>'
    with central(read_config(tmp_path / "config.yaml", {})) as source:
        for url, body in (("forms?publish=true&ignoreWarnings=true", small_xform),
                          ("forms/small/submissions", xml)):  # fmt: skip
            headers = {"Content-Type": "application/xml"}
            answer = source.client.post(f"projects/1/{url}", data=body.encode(), headers=headers)
            answer.raise_for_status()
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/data/kafo.db"))
    migrate(engine, ROOT / "forms" / "reference")
    with writing(engine) as connection:
        connection.execute(text(
            "insert into submission (project_id, form_id, instance_id, submitted_at, submitter_name, "
            "attachments_present, attachments_expected, run_id) values (1, 'small', 'uuid:abc-1', "
            "strftime('%Y-%m-%dT%H:%M:%S.000Z', 'now', '-6 days'), 'PF-01', 0, 1, 1)"
        ))  # fmt: skip
    engine.dispose()
    return "uuid:abc-1"


@pytest.fixture
def kafo(tmp_path: Path, instance: str) -> Kafo:
    assert instance

    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kafo", "quality", *words],
            cwd=tmp_path, env={**os.environ, "COLUMNS": "80", "KAFO_USER": "Awa", **environment},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    return run


def _state(folder: Path, instance: str) -> str | None:
    with central(read_config(folder / "config.yaml", {})) as source:
        answer = source.client.get(f"projects/1/forms/small/submissions/{instance}").json()
    state: str | None = answer["reviewState"]
    return state


def test_a_day_of_work_on_problems(kafo: Kafo, tmp_path: Path, instance: str) -> None:
    assert "Aucune action" in kafo("actions").stdout
    ran = kafo("run")
    assert "1 problèmes nouveaux" in ran.stdout, ran.stderr
    listed = kafo("list")
    assert "0 pièces arrivées sur 1." in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 80
    found = re.search(r"2 · (\w{8}) · missing_attachment · PF-01 · small abc-1", listed.stdout)
    assert found
    number = found[1]
    sent = kafo("act", number, "problèmes", "--comment", "Photo à renvoyer")
    assert "kafo quality undo C1" in sent.stdout, sent.stderr
    assert _state(tmp_path, instance) == "hasIssues"
    assert "C1 est annulée" in kafo("undo", "C1").stdout
    assert _state(tmp_path, instance) is None
    assert "kafo quality undo P1" in kafo("ignore", number, "--why", "photo au bureau").stdout
    assert kafo("list").stdout == "0 problème(s)\n"
    assert "Awa: photo au bureau" in kafo("list", "--ignored").stdout
    assert "P2 : ouvert" in kafo("reopen", number).stdout
    assert "P2 est annulée" in kafo("undo", "P2").stdout
    assert kafo("list").stdout == "0 problème(s)\n"
    log = kafo("actions", KAFO_LANG="en").stdout
    assert "Awa: small, received → issues · taken back\n" in log
    assert "Awa: small, issues → received\n" in log
    assert "Photo à renvoyer" in log
    assert "Awa: missing_attachment, open → ignored" in log
    assert "photo au bureau" in log
    assert max(map(len, log.splitlines())) <= 80


def test_mistakes_end_in_one_line(kafo: Kafo) -> None:
    kafo("run")
    for words, said in (
        (("undo", "7"), "kafo quality actions"), (("undo", "C7"), "kafo quality actions"),
        (("undo", "P7"), "kafo quality actions"), (("ignore", "zzzz", "--why", "x"), "kafo quality list"),
        (("act", "zzzz", "supprimé", "--comment", "x"), "approuvé"),
        (("list", "--rule", "none"), "docs/fr/qualite.md"),
    ):  # fmt: skip
        answer = kafo(*words)
        assert answer.returncode in (1, 2), words
        assert said in answer.stderr, words
        assert answer.stderr.count("\n") == 1, words
