"""The commands as a data manager types them: names only with a reason, mistakes in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate

ROOT = Path(__file__).parents[3]
ANNA = {
    "last_name": "Keita", "first_names": "Anna", "birth_year": 1990, "sex": "female",
    "nationality": "ML", "age": "36",
}  # fmt: skip
SOW = {**ANNA, "last_name": "Sow", "first_names": "Ramata", "birth_year": 1971, "age": "55"}
WHY = ("--reason", "revue des doublons")
Kafo = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def kafo(tmp_path: Path, new_register: Callable[[Engine], Any]) -> Kafo:
    """The command, on a register of two who are alike and one who is not."""
    shutil.copy(ROOT / "config.yaml", tmp_path)
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/data/kafo.db"))
    migrate(engine, ROOT / "forms" / "reference")
    register = new_register(engine)
    register.send("uuid:aaaa-1", card_code="1111111111", **ANNA)
    register.send("uuid:bbbb-2", card_code="2222222222", today="2026-11-09", **ANNA)
    register.send("uuid:cccc-3", card_code="3333333333", **SOW)
    register.sync()
    engine.dispose()

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kafo", "people", *words],
            cwd=tmp_path, env={**os.environ, "COLUMNS": "160", "KAFO_USER": "Awa"},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    return run


def test_a_day_of_work_on_duplicates(kafo: Kafo) -> None:
    first = kafo("match")
    assert "3 fiches comparées" in first.stdout, first.stderr
    assert "À revoir : 1 paires" in first.stdout
    assert "Keita" not in first.stdout
    assert "rien de nouveau" in kafo("match").stdout
    shown = kafo("review", *WHY).stdout
    assert "Keita Anna, 1990" in shown
    assert "Sow" not in shown
    beside = kafo("explain", "aaaa", "bbbb", *WHY).stdout
    assert "nom : pareil" in beside
    assert "carte : différent" in beside
    assert "1111111111" in beside
    assert "2 fiches, 1 personne(s)" in kafo("decide", "aaaa", "bbbb", "même").stdout
    assert "À revoir : 0 paires" in kafo("match", "--full").stdout
    listed = kafo("decisions").stdout
    assert "same" in listed
    assert "Awa" in listed
    assert "2 fiches, 2 personne(s)" in kafo("undo", "1").stdout
    merged = kafo("merge", "1111111111", "3333333333")
    assert "2 fiches, 1 personne(s)" in merged.stdout
    assert "2 personne(s)" in kafo("undo", "3").stdout


@pytest.mark.parametrize(("words", "code", "told"), [
    (["review"], 2, "--reason"),
    (["explain", "aaaa", "bbbb", "--reason", "appel au 76 12 34 56"], 2, "ni numéro de téléphone"),
    (["explain", "zzzz", "bbbb", *WHY], 1, "Aucune fiche"),
    (["decide", "aaaa", "bbbb", "peut-être"], 1, "pas une décision"),
    (["undo", "9"], 1, "n’existe pas"),
    (["merge", "9999999999", "1111111111"], 1, "ni cette carte"),
])  # fmt: skip
def test_a_mistake_ends_as_one_line(kafo: Kafo, words: list[str], code: int, told: str) -> None:
    kafo("match")
    answer = kafo(*words)
    assert answer.returncode == code
    assert told in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "Keita" not in answer.stdout + answer.stderr
