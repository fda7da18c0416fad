"""Every view gives the same rows on SQLite and on PostgreSQL, for the same answers to all forms."""

import json
import random
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from forms.compiler import compile_form, form_ids, question_notes
from forms.xform import read_xform
from forms.xform_model import Field, XForm
from pipelines.core.refresh import refresh
from pipelines.indicators.compute import compute
from pipelines.protection.publish import run as publish
from pipelines.quality.check import run as check_quality
from warehouse.engine import open_warehouse, parse_url
from warehouse.form_tables import adopt_form
from warehouse.load import load
from warehouse.migrate import migrate
from warehouse.tables import metadata
from warehouse.views import read_views, refresh_views

REFERENCE = Path(__file__).parents[3] / "forms" / "reference"
NOW = "2026-11-23T10:00:00.000Z"
CARDS = [str(1_000_000_000 + 97 * n) for n in range(1, 60)]
SAID: dict[str, list[Any]] = {
    "consent_record": ["yes"] * 9 + ["no"], "consent_membership": ["yes"], "has_card": ["yes"],
    "record_type": ["new", "new", "follow_up"], "sex": ["female", "male"], "age": ["34"],
    "referral_code": [f"R-{n}" for n in range(12)], "case_code": [f"L-{n}" for n in range(9)],
    "event_code": ["F-2026-01", "F-2026-02"], "day_no": [1, 2, 3], "birth_year": [1960, 1990, 2003],
    "cercle": ["kenieba", "kayes"], "commune": ["kenieba_sitakily"], "site": ["yatiya", "loulo", None],
    "focal_point": ["PF-01", "PF-02", "PF-03"], "dues_amount": [0, 500, 1000], "age_years": [16, 40],
    "nationality": ["SN", "GN", "ML", None], "occupation": ["8111", "5120", None],
    "union": ["untm", "cstm"], "request": ["access", "access", "withdraw", "erase"],
}  # fmt: skip
_OWN_CODE = {"referral": "R", "labour_case": "L", "mining_site": "S"}


@pytest.fixture
def both(tmp_path: Path, postgresql: str) -> Iterator[list[Engine]]:
    """An up-to-date warehouse on each database."""
    server = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    name = f"kafo_views_{uuid4().hex[:8]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    engines = [
        open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db")),
        open_warehouse(server.url.set(database=name)),
    ]
    yield engines
    for engine in engines:
        engine.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    server.dispose()


def _value(field: Field, xform: XForm, rng: random.Random) -> Any:
    if field.name in SAID:
        return rng.choice(SAID[field.name])
    if field.name == "card_code":
        return rng.choice(CARDS)
    if rng.random() < 0.15:
        return None
    if field.type == "date":
        return f"2026-{rng.randint(1, 11):02d}-{rng.randint(1, 22):02d}"
    if field.type == "dateTime":
        return f"2026-10-{rng.randint(1, 28):02d}T0{rng.randint(1, 9)}:30:00.000+00:00"
    if field.type in ("int", "decimal"):
        return rng.randint(0, 9)
    if field.type == "geopoint":
        return {"type": "Point", "coordinates": [-11 - rng.random(), 13 + rng.random(), 100.0]}
    values = [choice.value for choice in xform.lists.get(field.choices or "", ())]
    if values:
        return " ".join(rng.sample(values, min(len(values), 2 if field.select_multiple else 1)))
    return rng.choice(["Né à Kéniéba", "x y", None])


def _answers(xform: XForm, fields: list[Field], under: str, rng: random.Random) -> dict[str, Any]:
    """A group or the whole form: groups are objects, repeats are lists."""
    row: dict[str, Any] = {}
    for field in fields:
        if field.path.rpartition("/")[0] != under:
            continue
        if field.type == "structure":
            row[field.name] = _answers(xform, fields, field.path, rng)
        elif field.type == "repeat":
            inside = [_answers(xform, fields, field.path, rng) for _ in range(rng.randint(1, 3))]
            row[field.name] = [{**one, "__id": f"{uuid4()}"} for one in inside]
        else:
            row[field.name] = _value(field, xform, rng)
    return row


def _submissions(form_id: str, xform: XForm, count: int) -> list[tuple[str, dict[str, Any]]]:
    rng = random.Random(form_id)
    rows = []
    for number in range(count):
        row = _answers(xform, list(xform.fields), "", rng)
        _set(row, "new_code", f"{_OWN_CODE.get(form_id, 'D')}-{number}")
        row["__id"] = f"uuid:{form_id}-{number:03d}"
        row["__system"] = {
            "submissionDate": f"2026-11-{number % 22 + 1:02d}T10:00:00.000Z", "updatedAt": None,
            "submitterId": "1", "submitterName": f"PF-0{number % 3 + 1}", "attachmentsPresent": 0,
            "attachmentsExpected": 0, "status": None, "deviceId": "d", "edits": 0,
            "reviewState": ["approved", None, "rejected", None][number % 4], "formVersion": "1",
            "deletedAt": None,
        }  # fmt: skip
        rows.append((json.dumps(row), row))
    return rows


def _set(row: dict[str, Any], name: str, value: str) -> None:
    for key, inner in row.items():
        if key == name:
            row[key] = value
            return
        if isinstance(inner, dict):
            _set(inner, name, value)


def _receive(connection: Connection, sent: dict[str, Any]) -> None:
    runs = metadata.tables["sync_run"]
    connection.execute(
        runs.insert().values(run_id=1, started_at=NOW, ended_at=NOW, outcome="ok", error=None)
    )
    for form_id, (form, xform, rows) in sent.items():
        fields = [
            {"path": f.path, "name": f.name, "type": f.type, "selectMultiple": f.select_multiple}
            for f in xform.fields
        ]
        shape = adopt_form(
            connection, project_id=1, xform=xform, xml=form.xform, fields=fields,
            definition_hash="x", now=NOW, notes=question_notes(form_id),
        )  # fmt: skip
        load(connection, shape, rows, run_id=1, sealed_versions=[])
    refresh_views(connection)


def _persons(connection: Connection, count: int) -> None:
    """Three persons for four interviews, each with a card; one card went to two of them."""
    tables = metadata.tables
    for n in range(count):
        person_id = f"p{n - 1 if n % 4 == 3 else n:03d}"
        link = {"project_id": 1, "form_id": "identification", "person_id": person_id, "since": NOW,
                "instance_id": f"uuid:identification-{n:03d}", "link_class": "auto"}  # fmt: skip
        connection.execute(tables["person_registration"].insert().values(**link))
        if n % 4 == 3:
            continue
        person = {"person_id": person_id, "state": "active", "created_at": NOW, "updated_at": NOW,
                  "registrations": 1, "sex": ["female", "male"][n % 2], "birth_year": 1960 + n % 40,
                  "nationality": ["SN", "GN", "ML"][n % 3], "occupation": "8111",
                  "work_status": "employee", "cercle": ["kenieba", "kayes"][n % 2],
                  "sector": ["asgm", "catering"][n % 2], "last_name": f"Nom{n}"}  # fmt: skip
        connection.execute(tables["person"].insert().values(**person))
        code = CARDS[0 if n == 1 else n % len(CARDS)]
        card = {"card_code": code, "person_id": person_id, "given_on": "2026-01-02",
                "instance_id": link["instance_id"]}  # fmt: skip
        connection.execute(tables["person_card"].insert().values(**card))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, (int, float, Decimal)):
        return f"{float(value):.9g}"
    return str(value)


def _rows(engine: Engine, name: str) -> list[tuple[str, ...]]:
    with engine.connect() as connection:
        answer = connection.execute(text(f"select * from {name}"))
        columns = sorted(answer.keys())
        return sorted(tuple(_plain(row[c]) for c in columns) for row in answer.mappings())


def test_every_view_and_every_figure_is_equal_on_both_databases(both: list[Engine]) -> None:
    sent = {}
    for form_id in form_ids():
        form = compile_form(form_id)
        xform = read_xform(form.xform)
        sent[form_id] = form, xform, _submissions(form_id, xform, 80)
    for engine in both:
        migrate(engine, REFERENCE)
        with engine.begin() as connection:
            _receive(connection, sent)
            _persons(connection, 80)
        refresh(engine, now=NOW)
        compute(engine, now=NOW)
        check_quality(engine, now=NOW)
    sqlite, postgresql = both
    figures = "indicator_value"
    assert len(_rows(sqlite, figures)) > 2000
    assert _rows(sqlite, figures) == _rows(postgresql, figures)
    for (
        engine
    ) in both:  # only the directory is published: hiding small cells of all figures is slow
        with engine.begin() as connection:
            connection.execute(text(f"delete from {figures}"))
        publish(engine, now=NOW)
    names = [view.name for view in read_views("sqlite")]
    assert names == [view.name for view in read_views("postgresql")]
    for name in (*names, "published_cell"):
        expected = _rows(sqlite, name)
        assert _rows(postgresql, name) == expected, name
        assert expected, f"{name} is empty: the test says nothing of it"
