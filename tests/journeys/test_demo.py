"""The newcomer's path, as typed: the demo, run again, stopped in the middle, and SQL on what it made."""

import csv
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest
import requests

ROOT = Path(__file__).parent.parent.parent
Kafo = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def kafo(tmp_path: Path) -> Kafo:
    """The command in an empty folder that holds only the shipped configuration."""
    shutil.copy(ROOT / "config.yaml", tmp_path)

    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "kafo", *words],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            timeout=240,
        )

    return run


def rows(kafo: Kafo, statement: str) -> list[list[str]]:
    answer = kafo("sql", statement, "--format", "csv")
    assert answer.returncode == 0, answer.stderr
    return list(csv.reader(io.StringIO(answer.stdout)))[1:]


def test_the_demo_goes_on_where_it_was_and_its_sql_gives_what_it_printed(
    kafo: Kafo, tmp_path: Path
) -> None:
    first = kafo("demo", "--interviews", "60")
    assert first.returncode == 0, first.stderr
    assert "60 reçues, 60 nouvelles" in first.stdout
    statements = re.findall(r'kafo sql "(.+)"\n', first.stdout)
    assert len(statements) >= 3
    for statement in statements[:3]:
        for row in rows(kafo, statement):
            assert row[0] in first.stdout
    counted = rows(kafo, "select people from directory_counts where people is not null")
    assert counted
    assert all(int(people) % 5 == 0 for [people] in counted)
    second = kafo("demo", "--interviews", "40", KAFO_LANG="en")
    assert second.returncode == 0, second.stderr
    assert "40 new, 0 changed, 0 deleted" in second.stdout
    assert rows(
        kafo, "select count(*), count(distinct instance_id), max(revision) from submission"
    ) == [["100", "100", "1"]]
    assert (
        kafo("sync").stdout.count("rien de nouveau") + kafo("sync").stdout.count("rien de nouveau")
        >= 1
    )
    assert "100" in kafo("status").stdout
    # A table changed by hand is made again from what was received.
    warehouse = sqlite3.connect(tmp_path / "data" / "kafo.db")
    changed = "update form_identification set form_version = 'wrong'"
    assert warehouse.execute(changed).rowcount == 100
    warehouse.commit()
    warehouse.close()
    rebuilt = kafo("rebuild")
    assert "100 réponses" in rebuilt.stdout, rebuilt.stderr
    wrong = "select count(*) from form_identification where form_version = 'wrong'"
    assert rows(kafo, wrong) == [["0"]]


def test_a_demo_killed_in_the_middle_doubles_nothing_when_run_again(
    kafo: Kafo, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "config.yaml", tmp_path)
    words = [sys.executable, "-m", "kafo", "demo", "--interviews", "400"]
    process = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        sleep(0.1)
        if (tmp_path / "data" / "sandbox.db").exists() and _sent(tmp_path) > 30:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    sent = _sent(tmp_path)
    assert 30 < sent < 400
    assert kafo("demo", "--interviews", "20").returncode == 0
    [[count, distinct, cards]] = rows(
        kafo,
        "select count(*), count(distinct instance_id), (select count(*) from form_identification) "
        "from submission",
    )
    assert int(count) == int(distinct) == int(cards) == sent + 20


def _sent(folder: Path) -> int:
    import sqlite3

    with sqlite3.connect(folder / "data" / "sandbox.db") as db:
        try:
            return int(db.execute("select count(*) from submissions").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_json_and_a_refused_statement(kafo: Kafo) -> None:
    assert kafo("demo", "--interviews", "5").returncode == 0
    answer = kafo("sql", "select form_id, submissions from sync_state", "--format", "json")
    assert json.loads(answer.stdout) == [{"form_id": "identification", "submissions": 5}]
    for statement in (
        "delete from submission",
        "with x as (select 1) delete from submission",
        "attach 'x' as y",
    ):
        refused = kafo("sql", statement)
        assert refused.returncode == 2, statement
        assert len(refused.stderr.strip().splitlines()) == 1
    assert rows(kafo, "select count(*) from submission") == [["5"]]


@pytest.mark.parametrize(("words", "code", "text"), [
    (["nonsense"], 2, "nonsense"),
    (["sync", "--fast"], 2, "--fast"),
    (["--config", "nowhere.yaml", "sync"], 2, "nowhere.yaml n'existe pas"),
    (["status"], 1, "kafo sync"),
    (["forms", "build", "census"], 1, "census"),
])  # fmt: skip
def test_a_mistake_ends_as_one_line(kafo: Kafo, words: list[str], code: int, text: str) -> None:
    answer = kafo(*words)
    assert answer.returncode == code
    assert text in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "Traceback" not in answer.stderr


def test_the_demo_sends_no_invented_people_to_a_real_central(kafo: Kafo, tmp_path: Path) -> None:
    config = (
        (tmp_path / "config.yaml")
        .read_text()
        .replace("url: sandbox", "url: https://central.invalid")
    )
    (tmp_path / "config.yaml").write_text(config)
    answer = kafo("demo")
    assert answer.returncode == 2
    assert "vrai ODK Central" in answer.stderr
    assert kafo("sync", KAFO_CENTRAL_PASSWORD="x").returncode == 2  # no account is given yet


def test_pointing_at_another_central_changes_nothing_else(kafo: Kafo, tmp_path: Path) -> None:
    from sync.sandbox import Sandbox

    with Sandbox() as elsewhere:
        text = (tmp_path / "config.yaml").read_text()
        text = text.replace("url: sandbox", f"url: {elsewhere.url}")
        text = text.replace('email: ""', f"email: {elsewhere.email}", 1)
        (tmp_path / "config.yaml").write_text(text)
        secrets = {
            "KAFO_CENTRAL_PASSWORD": elsewhere.password,
            "KAFO_FINGERPRINT_SALT": "a-long-secret",
        }
        missing = kafo("sync", **secrets)
        assert missing.returncode == 1
        assert "projet 1 n'existe pas" in missing.stderr
        from sync.central import Account, connect

        client = connect(Account(elsewhere.url, elsewhere.email, elsewhere.password))
        client.post("projects", json={"name": "CIOM"}).raise_for_status()
        published = kafo("forms", "publish", "identification", **secrets)
        assert published.returncode == 0, published.stderr
        synced = kafo("sync", **secrets)
        assert synced.returncode == 0, synced.stderr
        assert "identification" in synced.stdout
        wrong = kafo("sync", KAFO_CENTRAL_PASSWORD="guess")
        assert wrong.returncode == 1
        assert "refuse le mot de passe" in wrong.stderr
        assert elsewhere.password not in wrong.stderr + synced.stdout


def test_every_command_of_the_readme_exists(kafo: Kafo) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", readme, re.MULTILINE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target
    shown = kafo("--help").stdout
    for command in ("forms", "sync", "status", "sql", "demo", "run"):
        assert command in shown
    for link in re.findall(r"\]\((?!http)([^)]+)\)", readme):
        assert (ROOT / link).exists(), link


def test_a_served_demo_ends_its_screen_with_the_way_in(tmp_path: Path) -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text.replace("port: 8470", "port: 0"), encoding="utf-8")
    words = [sys.executable, "-m", "kafo", "demo", "--interviews", "5", "--serve"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            _enter(process)
        finally:
            process.terminate()
            rest, said = process.communicate(timeout=60)
    assert (rest, said) == ("", "")
    assert '"event": "started"' in (tmp_path / "data" / "demo.log").read_text(encoding="utf-8")


def _enter(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    screen = ""
    while "\n  mot de passe" not in screen:
        line = process.stdout.readline()
        assert line, screen
        screen += line
    found = re.search(r"Ouvrez (http\S+/)\n  compte +(\S+)\n  mot de passe +(\S+)\n$", screen)
    assert found, screen
    address, name, password = found.groups()
    asked = {"name": name, "password": password}
    entered = requests.post(
        f"{address}login", data=asked, headers={"Origin": address.rstrip("/")}, timeout=30
    )
    assert entered.url == f"{address}today"
    assert requests.get(f"{address}reports", cookies=entered.cookies, timeout=30).status_code == 200
