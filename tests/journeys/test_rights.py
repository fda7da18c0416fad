"""A person's rights, exports and encryption, as the data stewards type them."""

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kafo import export_command, users_commands
from kafo.cli import app
from warehouse.encrypted import is_open_file

ROOT = Path(__file__).parent.parent.parent
KEY = "0123456789abcdef" * 4
PHRASE = "quatre mots assez longs"
Kafo = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("rights")
    shutil.copy(ROOT / "config.yaml", found)
    kafo_in(found)("demo", "--interviews", "40")
    return found


def kafo_in(folder: Path) -> Kafo:
    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kafo", *words], cwd=folder, capture_output=True, text=True,
            env={**os.environ, "COLUMNS": "200", "KAFO_USER": "resp-1", **environment}, timeout=240,
            check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def kafo(folder: Path) -> Kafo:
    return kafo_in(folder)


def rows(kafo: Kafo, statement: str, **environment: str) -> list[list[str]]:
    answer = kafo("sql", statement, "-f", "csv", "--reason", "essai des droits", **environment)
    assert answer.returncode == 0, answer.stderr
    return list(csv.reader(io.StringIO(answer.stdout)))[1:]


def test_access_correction_and_erasure_as_typed(kafo: Kafo, folder: Path) -> None:
    [[card, name]] = rows(kafo, "select card_code, last_name from directory limit 1")
    refused = kafo("person", "show", card)
    assert refused.returncode == 2
    assert name not in refused.stdout
    shown = kafo("person", "show", card, "--reason", "demande D-1, accès")
    assert f"Quel est votre nom de famille ? : {name}" in shown.stdout
    wrong = kafo("person", "correct", card, "sex", "woman", "--reason", "demande D-2")
    assert "female" in wrong.stderr
    kafo("person", "correct", card, "last_name", "Zébulon-Corrigé", "--reason", "demande D-2")
    kafo("sync")
    query = f"select last_name from directory where card_code = '{card}'"
    assert rows(kafo, query) == [["Zébulon-Corrigé"]]
    erased = kafo("person", "erase", card, "--reason", "demande D-3", "--yes")
    assert erased.returncode == 0, erased.stderr
    assert "✓ ODK Central : " in erased.stdout
    kafo("sync")
    assert rows(kafo, query) == []
    assert kafo("person", "erase", card, "--reason", "demande D-3", "--yes").returncode == 1
    for part in (folder / "data").glob("kafo.db*"):
        assert b"bulon-Corrig" not in part.read_bytes(), part.name
        assert card.encode() not in part.read_bytes(), part.name
    logged = rows(
        kafo, "select action, who from access_log where action <> 'sql' order by entry_id"
    )
    assert [action for action, _ in logged] == ["show", "correct", "erase"]
    assert {who for _, who in logged} == {"resp-1"}
    assert "D-3" in kafo("protection", "log").stdout
    told = kafo("protection", "erasures").stdout
    assert "attend" in told, "in Central's bin for 30 days"
    assert card not in told
    assert kafo("person", "requests").returncode == 0


def test_many_rows_read_in_a_day_are_pointed_out(kafo: Kafo) -> None:
    for _ in range(3):
        rows(kafo, "select last_name from directory", KAFO_USER="curieux")
    assert "! curieux : " in kafo("protection", "log").stdout


def test_sql_that_reads_people_asks_why(kafo: Kafo) -> None:
    assert "pourquoi" in kafo("sql", "select last_name from directory").stderr
    assert kafo("sql", "select count(*) from submission").returncode == 0


def test_two_stewards_make_a_named_export(
    folder: Path, kafo: Kafo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    users_commands.add(app)
    export_command.add(app)
    for name, role in (("awa", "steward"), ("moussa", "steward"), ("fatou", "analyst")):
        made = CliRunner().invoke(app, ["users", "add", name, "--role", role],
                                  input=f"{PHRASE} {len(name)}\n" * 2)  # fmt: skip
        assert made.exit_code == 0, made.output

    def typed(name: str, *words: str, password: str = "") -> str:
        entered = password or f"{PHRASE} {len(name)}"
        done = CliRunner().invoke(app, [*words, "--as", name], input=f"{entered}\n")
        return done.output + str(done.exception or "")

    asked = typed("awa", "export", "directory", "--reason", "rappel des inscrits")
    code = next(word for word in asked.split() if word.startswith("E-"))
    export = ("export", "directory", "--request", code, "-o", "names.csv")
    assert "accordée" in typed("awa", *export)
    assert "autre personne" in typed("awa", "approve", code)
    assert "aucun compte" in typed("fatou", "approve", code)
    assert "aucun compte" in typed("moussa", "approve", code, password="not the password")
    assert "accordé" in typed("moussa", "approve", code)
    assert "✓" in typed("awa", *export)
    text = (folder / "names.csv").read_text(encoding="utf-8")
    assert "last_name" in text
    assert "awa" in text
    assert (folder / "names.csv").stat().st_mode & 0o077 == 0


def test_the_database_is_encrypted_and_everything_goes_on(kafo: Kafo, folder: Path) -> None:
    explained = kafo("protect")
    assert explained.returncode == 2
    assert 'warehouse_key: "' in explained.stdout
    before = rows(kafo, "select count(*) from submission")
    done = kafo("protect", KAFO_WAREHOUSE_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert not is_open_file(folder / "data" / "kafo.db")
    assert "déjà chiffrée" in kafo("protect", KAFO_WAREHOUSE_KEY=KEY).stdout
    assert rows(kafo, "select count(*) from submission", KAFO_WAREHOUSE_KEY=KEY) == before
    assert kafo("sync", KAFO_WAREHOUSE_KEY=KEY).returncode == 0
    lost = kafo("status")
    assert lost.returncode == 1
    assert "KAFO_WAREHOUSE_KEY" in lost.stderr
    assert "n'ouvre pas" in kafo("status", KAFO_WAREHOUSE_KEY="f" * 64).stderr


def test_the_register_names_every_form_class_and_recipient(kafo: Kafo, folder: Path) -> None:
    kafo("protection", "register", "--controller", "CIOM, Kayes", "-o", "registre.md")
    text = (folder / "registre.md").read_text(encoding="utf-8")
    for form_id in ("identification", "membership", "referral", "labour_case", "rights_request"):
        assert f"(`{form_id}`)" in text
    for words in ("CIOM, Kayes", "24 mois", "Quel est votre nom de famille", "restreinte", "police",
                  "Destinataires"):  # fmt: skip
        assert words in text
