"""Duplicates on the page: three records of one person are seen together and united in one act."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from forms.xform import read_xform
from kafo.web.site import Site
from pipelines.identity.registrations import COLUMNS
from pipelines.identity.update import run
from warehouse.form_tables import adopt_form
from warehouse.load import load

NOW = "2026-11-23T10:00:00.000Z"
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Identification</h:title><model><instance><data id="identification" version="1">
<meta><instanceID/></meta></data></instance></model></h:head><h:body/></h:html>"""
AWA = {
    "last_name": "Traoré", "first_names": "Awa", "sex": "female", "birth_year": 1990,
    "nationality": "GN", "cercle": "kita", "age": "36", "consent_record": "yes", "today": "2026-11-01",
}  # fmt: skip


@pytest.fixture
def alike(site: Site) -> Site:
    """Three registrations that resemble each other, of three persons so far."""
    fields = [
        {"path": f"/{n}", "name": n, "selectMultiple": None,
         "type": {"today": "date", "birth_year": "int"}.get(n, "string")}
        for n in COLUMNS
    ]  # fmt: skip
    with site.writer.begin() as connection:
        connection.execute(
            text(
                "insert into sync_run (run_id, started_at, ended_at, outcome) values (1, :t, :t, 'ok')"
            ),
            {"t": NOW},
        )
        shape = adopt_form(
            connection, project_id=1, xform=read_xform(FORM), xml=FORM, fields=fields,
            definition_hash="1", now=NOW,
        )  # fmt: skip
        load(connection, shape, [_row(n) for n in (1, 2, 3)], run_id=1)
    run(site.writer, now=NOW)
    assert len(_persons(site)) == 3
    return site


def _row(number: int) -> tuple[str, Mapping[str, Any]]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | AWA | {
        "__id": f"uuid:{number}", "birth_year": 1989 + number,
    }  # fmt: skip
    row["__system"] = {
        "submissionDate": NOW, "updatedAt": None, "submitterId": "1", "submitterName": "PF-01",
        "attachmentsPresent": 0, "attachmentsExpected": 0, "status": None, "reviewState": None,
        "deviceId": None, "edits": 0, "formVersion": "1", "deletedAt": None,
    }  # fmt: skip
    return json.dumps(row), row


def _persons(site: Site) -> set[str]:
    with site.writer.connect() as connection:
        return set(connection.execute(text("select person_id from person_registration")).scalars())


@pytest.fixture
def steward(alike: Site, log_in: Callable[..., TestClient]) -> TestClient:
    browser = log_in("steward")
    browser.post("/reason", data={"reason": "revue des doublons", "to": "/duplicates"})
    return browser


def test_three_records_are_shown_together_united_and_parted(
    alike: Site, steward: TestClient
) -> None:
    shown = steward.get("/duplicates").text
    ticked = re.findall(r'name="person" value="(p\w+)" data-key="(\d)"( checked)?', shown)
    assert [(key, bool(on)) for _, key, on in ticked] == [("1", True), ("2", True), ("3", False)]
    assert {person for person, _, _ in ticked} == _persons(alike)
    done = steward.post("/duplicates/unite", data={"person": sorted(_persons(alike))})
    assert done.status_code == 303
    assert len(_persons(alike)) == 1
    action = re.search(r"done=(\d+)", done.headers["location"])
    assert action
    after = steward.get(done.headers["location"]).text
    assert 'data-key="u"' in after
    steward.post("/duplicates/undo", data={"action": action.group(1)})
    assert len(_persons(alike)) == 3


@pytest.mark.parametrize("ticked", [[], ["one"], ["one", "one"], ["one", "p-nobody"], ["x"] * 90])
def test_what_cannot_be_united_is_said_and_nothing_happens(
    alike: Site, steward: TestClient, ticked: list[str]
) -> None:
    person = min(_persons(alike))
    sent = [person if each == "one" else each for each in ticked]
    assert steward.post("/duplicates/unite", data={"person": sent}).status_code == 409
    assert len(_persons(alike)) == 3
