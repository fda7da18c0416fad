"""No name, phone or card code of the demo's people is in a log, an error, a metric or a public file."""

import os
import queue
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Thread
from typing import IO

import pypdfium2
import pytest
import requests
from sqlalchemy import Engine, inspect, text

from kafo.web.accounts import renew_demo_account
from pipelines.core.refresh import refresh
from pipelines.exports.relations import NAMED, class_of
from pipelines.protection.publish import run as publish
from warehouse.all_tables import protection_classes
from warehouse.engine import open_warehouse, parse_url

ROOT = Path(__file__).parent.parent.parent
NOW = "2026-11-23T12:00:00.000Z"

OWN_WORDS = ("ref_", "choice", "question", "code_label", "form", "dictionary", "reference_file",
             "indicator", "view_definition", "cercle_codes")  # fmt: skip
"""Texts of our own, in which places and examples may be called as people are."""


@dataclass
class Demo:
    """A demo in its folder, and all that it printed."""

    folder: Path
    printed: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def kafo(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kafo", *words], cwd=self.folder, capture_output=True, text=True,
            env={**os.environ, "COLUMNS": "200", "KAFO_USER": "responsable-1",
                 "KAFO_CENTRAL_PASSWORD": "never shown"}, timeout=240, check=False,
        )  # fmt: skip
        self.printed[" ".join(words)] = done.stdout + done.stderr
        self.codes[" ".join(words)] = done.returncode
        return done.stdout + done.stderr

    def open(self) -> Engine:
        return open_warehouse(parse_url(f"sqlite:///{self.folder}/data/kafo.db"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo, synchronised again, watched, and asked wrong things; its people known one by one."""
    folder = tmp_path_factory.mktemp("leaks")
    shutil.copy(ROOT / "config.yaml", folder)
    found = Demo(folder)
    found.kafo("demo", "--interviews", "80")
    spoil(folder)
    found.kafo("sync")
    found.kafo("status")
    engine = found.open()
    people_as_matched(engine)
    refresh(engine, now=NOW)
    publish(engine, now=NOW)
    engine.dispose()
    return found


def spoil(folder: Path) -> None:
    """An answer that its column cannot hold, so that there is a problem to report."""
    engine = open_warehouse(parse_url(f"sqlite:///{folder}/data/kafo.db"))
    from warehouse.form_tables import current_shape
    from warehouse.load import load

    with engine.begin() as connection:
        raw = connection.execute(text("select payload from submission limit 1")).scalar()
        import json

        row = json.loads(raw or "{}")
        row["__id"] = "uuid:spoilt"
        row["person"]["birth_year"] = row["person"].get("adult", {}).get("last_name") or "Zzz"
        shape = current_shape(connection, 1, "identification")
        assert shape is not None
        load(connection, shape, [(json.dumps(row), row)], run_id=99)
        assert connection.execute(text("select count(*) from load_problem")).scalar()
    engine.dispose()


def people_as_matched(engine: Engine) -> None:
    """Every registration is a person, as after matching people of whom none came twice."""
    with engine.begin() as connection:
        connection.execute(text("delete from person"))
        connection.execute(text("delete from person_registration"))
        connection.execute(text(
            "insert into person (person_id, state, created_at, updated_at, registrations, card_code, "
            "last_name, first_names, sex, nationality, occupation, cercle, commune, phone, first_seen, "
            f"last_seen) select 'p' || rowid, 'active', '{NOW}', '{NOW}', 1, card_code, last_name, "
            "first_names, sex, nationality, occupation, cercle, commune, phone, today, today "
            "from form_identification where last_name is not null"
        ))  # fmt: skip
        connection.execute(text(
            "insert into person_registration select 1, 'identification', instance_id, 'p' || rowid, "
            f"'system', '{NOW}' from form_identification where last_name is not null"
        ))  # fmt: skip


@pytest.fixture(scope="module")
def traces(demo: Demo) -> "re.Pattern[str]":
    """Every name, phone and card of the people in the directory, as whole words."""
    engine = demo.open()
    columns = ("last_name", "first_names", "phone", "card_code")
    with engine.connect() as connection:
        rows = connection.execute(text(f"select {', '.join(columns)} from form_identification"))
        words = {str(value) for row in rows for value in row if value}
        # A mine called Kofi is not a person called Kofi.
        places = "select name from ref_sites union select label from ref_sites"
        known = " ".join(connection.scalars(text(places))).lower()
        words = {word for word in words if word.lower() not in known}
    engine.dispose()
    assert len(words) > 100
    long = sorted((re.escape(word) for word in words if len(word) > 2), key=len, reverse=True)
    return re.compile(r"(?<![\w])(?:" + "|".join(long) + r")(?![\w])", re.IGNORECASE)


def test_the_scan_does_find_people_where_they_may_be(demo: Demo, traces: "re.Pattern[str]") -> None:
    engine = demo.open()
    with engine.connect() as connection:
        rows = connection.execute(text("select * from directory")).all()
    engine.dispose()
    assert all(traces.search(str(row)) for row in rows)


def test_no_table_outside_the_personal_ones_holds_anybody(
    demo: Demo, traces: "re.Pattern[str]"
) -> None:
    engine = demo.open()
    scanned = []
    with engine.connect() as connection:
        there = inspect(connection)
        for name in [*there.get_table_names(), *there.get_view_names()]:
            if name.startswith(("web_", *OWN_WORDS)) or name in ("kafo_migration",):
                continue
            if protection_classes().get(name) == "raw":
                continue
            if class_of(connection, name) in NAMED - {"core"}:
                continue
            rows = connection.execute(text(f'select * from "{name}"')).all()
            scanned += [name] if rows else []
            found = [match for row in rows if (match := traces.search(" ".join(map(str, row))))]
            assert not found, (name, len(found))
    engine.dispose()
    assert {"sync_run", "sync_run_form", "load_problem", "worker", "interview"} <= set(scanned)
    assert {"published_cell", "directory_public", "directory_counts"} <= set(scanned)


def test_nothing_that_was_printed_names_anybody(demo: Demo, traces: "re.Pattern[str]") -> None:
    card, other = one(demo, "card_code"), one(demo, "card_code", beginning=1)
    (demo.folder / "names.csv").write_text("kind,variant,name\nlast,zwedra,zwedraogo\n")
    shipped = (demo.folder / "config.yaml").read_text(encoding="utf-8")
    (demo.folder / "bad.yaml").write_text(
        shipped.replace("url: sandbox", "url: http://127.0.0.1:9").replace(
            'email: ""', "email: a@example.org", 1
        ),
        encoding="utf-8",
    )
    demo.kafo("people", "match", "--full")
    pair = persons(demo)
    why = ("--reason", "un essai du journal")
    wrong = []
    for code, words in (
        (2, ("sql", "select last_name from nowhere")),
        (2, ("sql", f"select '{card[:5]}' || last_nam from form_identification", *why)),
        (2, ("sql", "select * from form_identification")),
        (2, ("export", "person", *why)),
        (1, ("person", "show", "1000000001", *why)),
        (2, ("people", "review")),
        (0, ("people", "merge", *pair)),
        (0, ("people", "decisions")),
        (0, ("people", "learn")),
        (0, ("people", "names", "names.csv")),
        (0, ("people", "names")),
        (0, ("people", "match")),
        (1, ("people", "merge", "nobody", "nobody")),
        (0, ("quality", "run")),
        (0, ("quality", "list")),
        (0, ("reconcile",)),
        (0, ("person", "erase", other, "--yes", *why)),
        (0, ("protection", "erasures")),
        (0, ("protection", "review")),
        (0, ("protection", "log")),
        (0, ("protection", "retention")),
        (0, ("protection", "register", "--controller", "ASNAM")),
        (0, ("refresh",)),
        (0, ("rebuild",)),
        (0, ("status",)),
        (2, ("alarm-test",)),
        (2, ("--config", "nowhere.yaml", "sync")),
        (1, ("--config", "bad.yaml", "sync")),
    ):
        demo.kafo(*words)
        if (got := demo.codes[" ".join(words)]) != code:
            wrong.append(f"{words}: {got}, not {code}: {demo.printed[' '.join(words)]}")
    assert not wrong, "\n".join(wrong)
    assert "zwedraogo" in demo.printed["people names"]
    assert "responsable-1" in demo.printed["protection log"]
    for command, printed in demo.printed.items():
        assert traces.search(printed) is None, command
        assert "never shown" not in printed, command
        assert "Traceback" not in printed, command


def one(demo: Demo, column: str, beginning: int = 0) -> str:
    """The value of somebody registered, the first or one after."""
    engine = demo.open()
    with engine.connect() as connection:
        query = (
            f"select {column} from form_identification where {column} is not null "
            f"order by instance_id limit 1 offset {beginning}"
        )
        found = str(connection.execute(text(query)).scalar())
    engine.dispose()
    return found


def persons(demo: Demo) -> list[str]:
    """The IDs of two."""
    engine = demo.open()
    with engine.connect() as connection:
        query = "select person_id from person where state = 'active' order by person_id limit 2"
        found = list(connection.scalars(text(query)))
    engine.dispose()
    return found


def test_logs_health_and_metrics_name_nobody(demo: Demo, traces: "re.Pattern[str]") -> None:
    (demo.folder / "run.yaml").write_text(
        (demo.folder / "config.yaml").read_text().replace("port: 8470", "port: 0")
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "kafo", "--config", "run.yaml", "run"], cwd=demo.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    logs: list[str] = []
    streams = ((process.stdout, (lines.put,)), (process.stderr, (logs.append, lines.put)))
    reading = [Thread(target=_drain, args=words, daemon=True) for words in streams]
    for thread in reading:
        thread.start()
    address = ""
    while "form" not in "".join(logs) or not address:
        line = lines.get(timeout=60)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
    shown = [
        requests.get(f"{address}{path}", timeout=20).text for path in ("/healthz", "/metrics", "/")
    ]
    people = look_at_people(demo, address)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    for thread in reading:
        thread.join(timeout=10)
    assert "kafo_" in shown[1]
    assert traces.search(people)
    for words in (*shown, "".join(logs)):
        assert traces.search(words) is None


def look_at_people(demo: Demo, address: str) -> str:
    """The page of somebody found by name, as a steward sees it; a wrong password before."""
    engine = demo.open()
    name, password = renew_demo_account(engine, now=NOW)
    engine.dispose()
    browser = requests.Session()
    browser.headers["Origin"] = address

    def send(path: str, **fields: str) -> requests.Response:
        return browser.post(f"{address}{path}", data=fields, timeout=60)

    assert send("/login", name=one(demo, "last_name"), password="x", code="").status_code == 401
    assert send("/login", name=name, password=password, code="").ok
    assert send("/reason", to="/directory", reason="essai du journal").ok
    found = send("/directory", words=one(demo, "last_name"))
    person = re.search(r'"(/directory/[^"/]+)"', found.text)
    assert person, found.text[:3000]
    assert browser.get(f"{address}/directory/nobody", timeout=60).status_code == 404
    return browser.get(f"{address}{person[1]}", timeout=60).text


def _drain(stream: IO[str], takers: tuple[Callable[[str], None], ...]) -> None:
    with stream as lines:
        for line in lines:
            for take in takers:
                take(line)


def test_public_files_and_exports_name_nobody(demo: Demo, traces: "re.Pattern[str]") -> None:
    assert "✓" in demo.kafo("publish", "--output", "public.db")
    for view in ("published_cell", "sync_run_form", "load_problem", "interview_outcomes"):
        assert "✓" in demo.kafo(
            "export", view, "--reason", "rapport du trimestre", "-o", f"{view}.csv"
        )
    for audience in ("inside", "outside"):
        assert "✓" in demo.kafo(
            "export", "published_cell", "--audience", audience, "--reason", "rapport du trimestre",
            "-f", "xlsx", "-o", f"{audience}.xlsx",
        )  # fmt: skip
    newest = "select max(period) from published_cell where period_kind = 'quarter'"
    first_day = date.fromisoformat(demo.kafo("sql", newest, "--format", "csv").split()[-1])
    quarter = f"{first_day.year}-T{first_day.month // 3 + 1}"
    for audience in ("inside", "outside"):
        assert "✓" in demo.kafo("report", "--quarter", quarter, "--audience", audience)
    pages = list(demo.folder.glob("*.pdf"))
    assert len(pages) == 2
    for file in pages:
        document = pypdfium2.PdfDocument(file)
        words = " ".join(page.get_textpage().get_text_range() for page in document)
        assert "2026" in words
        assert traces.search(words) is None, file.name
    for file in demo.folder.glob("*.csv"):
        if file.name == "names.csv":
            continue
        assert traces.search(file.read_text(encoding="utf-8")) is None, file.name
    for file in demo.folder.glob("*.xlsx"):
        import openpyxl

        for sheet in openpyxl.load_workbook(file):
            for row in sheet.iter_rows(values_only=True):
                assert traces.search(" ".join(map(str, row))) is None
    public = sqlite3.connect(demo.folder / "public.db")
    names = [n for (n,) in public.execute("select name from sqlite_master where type = 'table'")]
    for name in set(names) - set(OWN_WORDS):
        for row in public.execute(f'select * from "{name}"'):
            assert traces.search(" ".join(map(str, row))) is None, name
    public.close()
