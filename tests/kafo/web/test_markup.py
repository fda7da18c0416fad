"""Markup in every text that a phone, a web account or a form can send: shown as text, never run."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from starlette.testclient import TestClient

from forms.xform import read_xform
from kafo.web.routes import PAGES
from kafo.web.site import Site
from pipelines.directory.heard import parts
from pipelines.identity.registrations import COLUMNS
from warehouse.form_tables import adopt_form
from warehouse.identity_tables import (
    match_pair,
    person,
    person_card,
    person_name,
    person_registration,
)
from warehouse.load import load
from warehouse.tables import alarm, job, sync_run, sync_run_form

EVIL = (
    """<script>alert("x")</script><img src=x onerror=alert(1)>{{7*7}}'"--><svg/onload=alert(2)>"""
)
RAW = ("<script>alert", "<img src=x", "<svg/onload", "49'")
NOW = "2026-11-23T10:00:00.000Z"
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>&lt;script&gt;alert("x")&lt;/script&gt;</h:title><model><instance>
<data id="identification" version="1"><meta><instanceID/></meta></data></instance></model></h:head>
<h:body/></h:html>"""
SURE = {
    "consent_record": "yes",
    "age": "30",
    "today": "2026-11-01",
    "birth_year": 1990,
    "arrival_year": 2020,
}
KINDS = {"today": "date", "birth_year": "int", "arrival_year": "int"}


@pytest.fixture
def hostile(site: Site) -> Site:
    """Two registrations, a pair, a run and an alarm that hold nothing but markup."""
    with site.writer.begin() as connection:
        _run(connection)
        _register(connection)
    return site


def _run(connection: Connection) -> None:
    connection.execute(
        sync_run.insert().values(
            run_id=1, started_at=NOW, ended_at=NOW, outcome="partial", error=EVIL
        )
    )
    connection.execute(
        sync_run_form.insert().values(
            run_id=1, project_id=1, form_id="identification", outcome="failed", asked="all",
            received=1, new=1, changed=0, deleted=0, bytes=1, seconds=1.0, error=EVIL,
        )
    )  # fmt: skip
    connection.execute(
        alarm.insert().values(
            alarm_key="x", channel="log", began_at=NOW, text_fr=EVIL, text_en=EVIL
        )
    )
    connection.execute(
        job.insert().values(
            name=EVIL, started_at=NOW, ended_at=NOW, outcome="failed", error=EVIL, failures=1
        )
    )


def _register(connection: Connection) -> None:
    fields = [
        {"path": f"/{n}", "name": n, "type": KINDS.get(n, "string"), "selectMultiple": None}
        for n in COLUMNS
    ]
    shape = adopt_form(
        connection, project_id=1, xform=read_xform(FORM), xml=FORM, fields=fields,
        definition_hash="1", now=NOW,
    )  # fmt: skip
    rows = []
    for number in (1, 2):
        row = dict.fromkeys(COLUMNS, f"{EVIL}{number}") | SURE
        row["__id"] = f"uuid:{EVIL}{number}"
        row["__system"] = {
            "submissionDate": NOW, "updatedAt": None, "submitterId": EVIL, "submitterName": EVIL,
            "attachmentsPresent": 0, "attachmentsExpected": 0, "status": None, "reviewState": None,
            "deviceId": EVIL, "edits": 0, "formVersion": EVIL, "deletedAt": None,
        }  # fmt: skip
        rows.append((json.dumps(row), row))
        values = {"state": "active", "created_at": NOW, "updated_at": NOW, "registrations": 1}
        said = {c.name: EVIL for c in person.columns if c.name in COLUMNS and str(c.type) == "TEXT"}
        connection.execute(person.insert().values(person_id=f"p{number}", **values, **said))
        named = [{"part": part, "person_id": f"p{number}"} for part in parts(EVIL)]
        connection.execute(person_name.insert(), named)
        connection.execute(
            person_registration.insert().values(
                project_id=1, form_id="identification", instance_id=row["__id"],
                person_id=f"p{number}", link_class="system", since=NOW,
            )
        )  # fmt: skip
        connection.execute(
            person_card.insert().values(
                card_code=f"{EVIL}{number}", person_id=f"p{number}", instance_id=row["__id"]
            )
        )
    load(connection, shape, rows, run_id=1)
    connection.execute(
        match_pair.insert().values(
            instance_a=rows[0][1]["__id"], instance_b=rows[1][1]["__id"], weight=9.0,
            probability=0.8, state="review", evidence="{}", model_version="1",
        )
    )  # fmt: skip


def clean(html: str, where: str) -> None:
    for raw in RAW:
        assert raw not in html, (where, raw)


def test_no_page_lets_markup_through(hostile: Site, log_in: Callable[..., TestClient]) -> None:
    browser = log_in("steward", administrator=True)
    assert browser.post("/reason", data={"reason": EVIL, "to": "/duplicates"}).status_code == 303
    shown = 0
    for page in PAGES:
        if page.method == "GET" and not page.path.startswith("/language"):
            path = page.path.format(run_id=1, digest="0", name="interview_results", person_id="p1",
                                    problem_id="x", indicator="I-01", quarter="2026-Q3", kind="pdf",
                                    form="csv")  # fmt: skip
            answer = browser.get(path)
            assert answer.status_code < 500, path
            if "json" not in answer.headers.get("content-type", ""):
                clean(answer.text, path)
                shown += "&lt;script&gt;alert" in answer.text
    assert shown >= 6


def test_what_people_type_comes_back_as_text(
    hostile: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("steward", administrator=True)
    clean(browser.post("/reason", data={"reason": EVIL * 5, "to": EVIL}).text, "/reason")
    browser.post("/reason", data={"reason": "essai des pages", "to": "/directory"})
    tried = {
        "/login": {"name": EVIL, "password": "x"},
        "/directory": {"words": EVIL, "sex": EVIL, "cercle": EVIL},
        "/reports/sql": {"statement": f"select '{EVIL}", "do": "run"},
        "/settings/accounts": {"name": EVIL, "role": EVIL},
        "/settings/plan": {"plan identification": EVIL[:9]},
        "/settings/phones/cut-off": {"enumerator": EVIL, "project_id": EVIL},
        "/duplicates/decide": {"a": EVIL, "b": EVIL, "verdict": EVIL},
        "/duplicates/undo": {"action": EVIL},
        "/sync/now": {"form_id": EVIL},
    }
    for path, data in tried.items():
        clean(browser.post(path, data=data).text, path)
    for path in (
        "/settings/log",
        f"/reports/queries/{EVIL}",
        f"/directory/{EVIL}",
        f"/sync?before={EVIL}",
    ):
        clean(browser.get(path).text, path)


def test_every_look_at_people_is_written_down_with_its_reason(
    hostile: Site, log_in: Callable[..., TestClient]
) -> None:
    browser = log_in("steward")
    assert browser.get("/directory").headers["location"].startswith("/reason")
    assert (
        browser.post("/directory", data={"words": "script"})
        .headers["location"]
        .startswith("/reason")
    )
    browser.post("/reason", data={"reason": "essai des pages", "to": "/directory"})
    assert browser.post("/directory", data={"words": "script"}).status_code == 200
    assert browser.get("/directory/p1").status_code == 200
    assert browser.get("/duplicates").status_code == 200
    with hostile.reader.connect() as connection:
        lines = connection.execute(
            text("select who, action, what, row_count, reason from access_log order by entry_id")
        ).all()
    shown = browser.get("/settings/log").text
    for words in (
        "essai des pages",
        "recherche dans le répertoire",
        "fiche consultée",
        "doublons consultés",
    ):
        assert words in shown
    admin = log_in("none", administrator=True).get("/settings/log").text
    assert "steward-only" in admin
    assert "essai des pages" not in admin  # a reason may say something of a person
    assert [tuple(line) for line in lines] == [
        ("steward-only", "search", "person", 2, "essai des pages"),
        ("steward-only", "show", "p1", 1, "essai des pages"),
        ("steward-only", "review", "match_pair", 2, "essai des pages"),
    ]


def test_a_reason_lasts_four_hours(
    hostile: Site, log_in: Callable[..., TestClient], clock: Callable[[], str]
) -> None:
    browser = log_in("steward")
    browser.post("/reason", data={"reason": "essai des pages", "to": "/directory"})
    for _ in range(10):
        clock.pass_by(minutes=25)  # type: ignore[attr-defined]
        last = browser.get("/directory")
    assert last.headers["location"].startswith("/reason")
