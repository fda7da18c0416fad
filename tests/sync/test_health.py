"""Health and numbers are true at every moment, on both databases, and hold no answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sync.health import health_routes
from sync.job_ledger import note_job
from sync.schedule import JobReport
from warehouse import tables
from warehouse.engine import open_warehouse, parse_url
from warehouse.types import iso

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
NONE = dict.fromkeys(("received", "new", "changed", "deleted", "bytes"), 0)


def at(**later: float) -> str:
    return iso(START + timedelta(**later))


def note_run(engine: Engine, moment: str, error: str | None = None, /, **forms: str) -> None:
    outcomes = set(forms.values())
    outcome = "ok" if outcomes <= {"ok"} else "partial" if "ok" in outcomes else "failed"
    run = {"started_at": moment, "outcome": "failed" if error else outcome, "error": error}
    with engine.begin() as connection:
        key = connection.execute(tables.sync_run.insert().values(**run)).inserted_primary_key
        assert key is not None
        for form, how in forms.items():
            line = {"run_id": key[0], "project_id": 1, "form_id": form, "outcome": how}
            connection.execute(
                tables.sync_run_form.insert().values(**line, asked="all", seconds=0.1, **NONE)
            )


@pytest.fixture
def client(engine: Engine) -> Callable[..., TestClient]:
    def make(now: str) -> TestClient:
        routes = health_routes(engine, now=lambda: now, stale_after=timedelta(hours=2))
        return TestClient(Starlette(routes=routes))

    return make


@pytest.fixture
def health(client: Callable[..., TestClient]) -> Callable[[str], tuple[int, Any]]:
    def get(now: str) -> tuple[int, Any]:
        answer = client(now).get("/healthz")
        return answer.status_code, answer.json()

    return get


def test_a_warehouse_that_never_heard_of_central_is_not_healthy(
    health: Callable[[str], tuple[int, Any]],
) -> None:
    status, found = health(at())
    assert status == 503
    assert found == {
        "healthy": False, "last_success_age_seconds": None, "lag_seconds": None, "failing_forms": [],
    }  # fmt: skip


def test_health_follows_the_runs(engine: Engine, health: Callable[[str], tuple[int, Any]]) -> None:
    note_run(engine, at(), a="ok", b="ok")
    assert health(at(minutes=30)) == (200, {
        "healthy": True, "last_success_age_seconds": 1800, "lag_seconds": 1800, "failing_forms": [],
    })  # fmt: skip
    assert health(at(minutes=121))[0] == 503

    note_run(engine, at(hours=1), a="ok", b="failed")
    status, found = health(at(hours=1))
    assert status == 503
    assert found["failing_forms"] == [{"project_id": 1, "form_id": "b"}]
    assert (found["last_success_age_seconds"], found["lag_seconds"]) == (0, 3600)

    note_run(engine, at(hours=1.25), "ODK Central ne répond pas")  # it reached no form
    note_run(engine, at(hours=1.5), a="failed", b="failed")
    found = health(at(hours=1.5))[1]
    assert [form["form_id"] for form in found["failing_forms"]] == ["a", "b"]
    assert (found["last_success_age_seconds"], found["lag_seconds"]) == (1800, 5400)

    note_run(engine, at(hours=1.75), a="ok")  # b was deleted on Central
    assert health(at(hours=1.75)) == (200, {
        "healthy": True, "last_success_age_seconds": 0, "lag_seconds": 0, "failing_forms": [],
    })  # fmt: skip


def test_a_form_that_never_arrived_has_no_lag(
    engine: Engine, health: Callable[[str], tuple[int, Any]]
) -> None:
    note_run(engine, at(), a="ok", b="failed")
    assert health(at())[1]["lag_seconds"] is None


def test_a_clock_that_was_set_back_gives_no_negative_age(
    engine: Engine, health: Callable[[str], tuple[int, Any]]
) -> None:
    note_run(engine, at(hours=1), a="ok")
    assert health(at())[1]["last_success_age_seconds"] == 0


def sample(text: str, start: str) -> float | None:
    found = [line for line in text.splitlines() if line.startswith(start + " ")]
    assert len(found) <= 1
    return float(found[0].rpartition(" ")[2]) if found else None


def test_prometheus_gets_every_number(engine: Engine, client: Callable[..., TestClient]) -> None:
    note_run(engine, at(), **{'a"\\b': "failed", "b": "ok"})
    note_job(engine, JobReport("sync", at(), at(minutes=1), "ok"))
    note_job(engine, JobReport("sync", at(), at(minutes=2), "failed", "x"))
    row = {"project_id": 1, "form_id": "b", "submitter_name": "Fatoumata"}
    file = {"project_id": 1, "form_id": "b", "listed_revision": 1, "checked_at": at()}
    proof = dict.fromkeys((c.name for c in tables.proof.c if c.name not in ("form_id", "equal")), 0)
    with engine.begin() as connection:
        connection.execute(tables.submission.insert(), [
            row | {"instance_id": "uuid:1"}, row | {"instance_id": "uuid:2"},
        ])  # fmt: skip
        connection.execute(
            tables.submission.insert().values(**row, instance_id="uuid:3", deleted_at=at())
        )
        connection.execute(tables.attachment.insert(), [
            file | {"instance_id": "uuid:1", "name": "a.jpg", "state": "stored"},
            file | {"instance_id": "uuid:2", "name": "a.jpg", "state": "missing"},
        ])  # fmt: skip
        for equal, run, moment in ((True, 1, at(hours=-3)), (False, 2, at())):
            values = proof | {
                "run_id": run,
                "project_id": 1,
                "form_id": "b",
                "equal": equal,
                "proven_at": moment,
            }
            connection.execute(tables.proof.insert().values(**values))
    answer = client(at(minutes=6)).get("/metrics")
    text = answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    expected = {
        "kafo_up": 1,
        "kafo_last_success_age_seconds": 360,
        'kafo_form_failing{project="1",form="a\\"\\\\b"}': 1,
        'kafo_form_failing{project="1",form="b"}': 0,
        'kafo_submissions{project="1",form="b"}': 2,
        'kafo_attachments{state="missing"}': 1,
        'kafo_attachments{state="stored"}': 1,
        'kafo_sync_runs_total{outcome="partial"}': 1,
        'kafo_job_failures{job="sync"}': 1,
        'kafo_job_success_age_seconds{job="sync"}': 300,
        'kafo_proof_age_seconds{project="1",form="b"}': 3 * 3600 + 360,
        "kafo_alarms_open": 0,
    }
    assert {name: sample(text, name) for name in expected} == expected
    assert sample(text, "kafo_lag_seconds") is None
    assert "Fatoumata" not in text


def test_the_text_is_what_prometheus_reads(
    engine: Engine, client: Callable[..., TestClient]
) -> None:
    note_run(engine, at(), a="ok")
    lines = client(at()).get("/metrics").text.splitlines()
    typed = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert len(typed) == len(set(typed)) >= 10
    for line in lines:
        if not line.startswith("#"):
            assert line.partition("{")[0].partition(" ")[0] in typed
            float(line.rpartition(" ")[2])


def test_a_database_that_is_down_is_told_and_does_not_break_the_pages() -> None:
    engine = open_warehouse(parse_url("postgresql://kafo@127.0.0.1:1/kafo"))
    routes = health_routes(engine, now=at, stale_after=timedelta(hours=2))
    client = TestClient(Starlette(routes=routes))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "ne répond pas" in answer.json()["error"]
    assert client.get("/metrics").text == "kafo_up 0\n"
    engine.dispose()
