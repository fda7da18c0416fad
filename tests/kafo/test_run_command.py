"""`kafo run` as people run it: a process that works, stops at once, and goes on where it was."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
import requests
from pyodk.client import Client
from sqlalchemy import Engine, create_engine, text

from forms.errors import KafoError
from kafo.config import BackupSettings, Config, read_config
from kafo.connection import central, now, reader, warehouse
from kafo.run_command import Office, job_table, synchronise, synchronise_wanted, watcher
from sync.central import Account, connect
from sync.freshness import read_freshness
from sync.job_ledger import note_job
from sync.lock import single_run
from sync.sandbox import Sandbox
from sync.schedule import Every, JobReport, Stopped
from warehouse.engine import open_reader, parse_url
from warehouse.errors import WarehouseError

SHIPPED = Path(__file__).parent.parent.parent / "config.yaml"
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>{id}</h:title><model><instance><data id="{id}" version="1"><name/><meta>
<instanceID/></meta></data></instance><bind nodeset="/data/name" type="string"/></model></h:head>
<h:body><input ref="/data/name"><label>Nom</label></input></h:body></h:html>"""


class World:
    """A Central with the forms `a` and `b`, and a folder with a configuration for it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        account = Account(sandbox.url, sandbox.email, sandbox.password)
        self.client: Client = connect(account, backoff=0)
        self.client.post("projects", json={"name": "CIOM"}).raise_for_status()
        for form in "ab":
            url = "projects/1/forms?publish=true&ignoreWarnings=true"
            headers = {"Content-Type": "application/xml"}
            self.client.post(url, data=FORM.format(id=form), headers=headers).raise_for_status()
        self.write(url=f"url: {sandbox.url}")

    def write(self, **change: str) -> Config:
        text = SHIPPED.read_text(encoding="utf-8")
        known = {"url": "url: sandbox", "port": "port: 8470", "email": 'email: ""'}
        new = {"port": "port: 0", "email": f"email: {self.sandbox.email}"} | change
        for key, value in new.items():
            text = text.replace(known.get(key, key), value, 1)
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")
        return self.config

    @property
    def config(self) -> Config:
        path = self.folder / "config.yaml"
        return read_config(path, {"KAFO_CENTRAL_PASSWORD": self.sandbox.password})

    def send(self, form: str) -> None:
        meta = f"<meta><instanceID>uuid:{uuid4()}</instanceID></meta>"
        xml = f'<data id="{form}" version="1"><name>A</name>{meta}</data>'
        headers = {"Content-Type": "application/xml"}
        url = f"projects/1/forms/{form}/submissions"
        self.client.post(url, data=xml, headers=headers).raise_for_status()

    def held(self, question: str) -> Any:
        engine = reader(self.config)
        with engine.connect() as connection:
            found = connection.scalar(text(question))
        engine.dispose()
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Sandbox() as sandbox:
        yield World(sandbox, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def world_anywhere(request: pytest.FixtureRequest, world: World) -> World:
    """The same, with the warehouse in a file and on a server in turn."""
    if request.param == "postgresql":
        server = create_engine(request.getfixturevalue("postgresql"), isolation_level="AUTOCOMMIT")
        name = f"kafo_{uuid4().hex[:12]}"
        with server.connect() as connection:
            connection.exec_driver_sql(f"create database {name}")
        address = server.url.set(database=name).render_as_string(hide_password=False)
        server.dispose()
        shipped = "url: sqlite:///data/kafo.db"
        world.write(url=f"url: {world.sandbox.url}", **{shipped: f"url: {address}"})
    return world


class Process:
    """A running `kafo run`, and the lines of its log as they come."""

    def __init__(self, world: World) -> None:
        environment = os.environ | {"KAFO_CENTRAL_PASSWORD": world.sandbox.password}
        command = [sys.executable, "-c", "from kafo.cli import main; main()"]
        self.process = subprocess.Popen(
            [*command, "-c", str(world.folder / "config.yaml"), "run"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        self.log: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()
        self.address = ""

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)
        self._lines.put("")

    def until(self, **wanted: str) -> dict[str, Any]:
        """Wait for an event; every line must be JSON."""
        while line := self._lines.get(timeout=60):
            found = json.loads(line)
            self.log.append(found)
            if wanted.items() <= found.items():
                return dict(found)
        raise AssertionError(self.log)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """The exit code, and how many seconds it took to stop."""
        begun = monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        return code, monotonic() - begun

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reading.join(timeout=10)
        assert self.process.stderr is not None
        self.process.stderr.close()


def wait_for(condition: Callable[[], bool]) -> None:
    end = monotonic() + 30
    while not condition():
        assert monotonic() < end
        Event().wait(0.01)


@pytest.fixture
def kafo_run(world: World) -> Iterator[Callable[[], Process]]:
    started: list[Process] = []

    def start() -> Process:
        started.append(Process(world))
        return started[-1]

    yield start
    for process in started:
        process.close()


def test_it_synchronises_at_once_answers_and_stops_and_goes_on(
    world_anywhere: World, kafo_run: Callable[[], Process]
) -> None:
    world = world_anywhere
    world.send("a")
    first = kafo_run()
    address = first.until(event="started")["address"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    assert first.until(event="job", job="sync")["outcome"] == "ok"
    answer = requests.get(f"{address}/healthz", timeout=10)
    assert (answer.status_code, answer.json()["failing_forms"]) == (200, [])
    metrics = requests.get(f"{address}/metrics", timeout=10).text
    assert 'kafo_submissions{project="1",form="a"} 1' in metrics
    code, seconds = first.stop()
    assert (code, seconds < 5) == (0, True)
    assert world.held("select count(*) from form_a") == 1

    world.send("a")
    second = kafo_run()
    assert second.until(event="form", form_id="a")["new"] == 1
    second.until(event="job", job="sync")
    assert second.stop(signal.SIGINT)[0] == 0
    assert world.held("select count(*) from form_a") == 2


def test_of_two_programs_on_one_warehouse_only_one_reads_at_a_time(
    world_anywhere: World, kafo_run: Callable[[], Process]
) -> None:
    world = world_anywhere
    world.send("a")
    world.sandbox.misbehave.stall("a.svc/Submissions", seconds=6)
    first = kafo_run()
    served = world.sandbox.misbehave.served
    wait_for(lambda: any("a.svc/Submissions" in each for each in served))
    second = kafo_run()
    assert second.until(event="job", job="sync")["outcome"] == "busy"
    assert first.until(event="job", job="sync")["outcome"] == "ok"
    assert sum("a.svc/Submissions" in each for each in served) == 1
    assert world.held("select count(*) from form_a") == 1


def test_a_stop_in_the_middle_of_a_form_leaves_nothing_half_done(
    world: World, kafo_run: Callable[[], Process]
) -> None:
    world.send("a")
    world.send("b")
    world.sandbox.misbehave.stall(r"forms/b\.svc")
    first = kafo_run()
    first.until(event="form", form_id="a")
    wait_for(lambda: any("forms/b.svc" in path for path in world.sandbox.misbehave.served))
    code, seconds = first.stop()
    assert (code, seconds < 10) == (0, True)
    assert first.until(event="stopped")["unfinished"] == "sync"
    assert world.held("select count(*) from form_a") == 1
    assert world.held("select count(*) from submission") == 1
    assert world.held("select count(*) from sync_cursor") == 1

    second = kafo_run()
    assert second.until(event="job", job="sync")["outcome"] == "ok"
    second.stop()
    assert world.held("select count(*) from submission") == 2
    assert world.held("select outcome from sync_run order by run_id limit 1") == "interrupted"


def test_a_lock_held_by_another_run_is_reported_and_no_failure(
    world: World, kafo_run: Callable[[], Process]
) -> None:
    engine = warehouse(world.config)
    with single_run(engine):
        running = kafo_run()
        found = running.until(event="job", job="sync")
        assert (found["outcome"], found["level"]) == ("busy", "info")
        running.stop()
    engine.dispose()
    assert world.held("select failures from job where name = 'sync'") == 0


def test_a_central_that_is_down_does_not_end_it(
    world: World, kafo_run: Callable[[], Process]
) -> None:
    world.sandbox.stop()
    running = kafo_run()
    address = running.until(event="started")["address"]
    answer = requests.get(f"{address}/healthz", timeout=10)
    assert answer.status_code == 503
    # The session gives up only after its patient retries: the stop must not wait for them.
    code, seconds = running.stop()
    assert (code, seconds < 10) == (0, True)


def test_a_port_that_is_taken_is_said_in_one_line(
    world: World, kafo_run: Callable[[], Process]
) -> None:
    running = kafo_run()
    port = running.until(event="started")["address"].rpartition(":")[2]
    world.write(url=f"url: {world.sandbox.url}", port=f"port: {port}")
    second = subprocess.run(
        [sys.executable, "-c", "from kafo.cli import main; main()",
         "-c", str(world.folder / "config.yaml"), "run"],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"KAFO_CENTRAL_PASSWORD": world.sandbox.password},
    )  # fmt: skip
    assert (second.returncode, second.stdout) == (2, "")
    assert "listen.port" in second.stderr
    assert second.stderr.count("\n") == 1


# The same jobs, without the clock


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    config = world.config
    config.data.mkdir(exist_ok=True)
    writer = warehouse(config)
    looks = reader(config)
    with central(config) as source:
        yield Office(config, writer, looks, lambda: source, Event(), now())
    writer.dispose()
    looks.dispose()


def test_a_stop_between_two_forms_keeps_the_first_and_leaves_the_second_for_later(
    world: World, office: Office
) -> None:
    for form in "ab":
        world.send(form)
    office.stopping.set()
    with pytest.raises(Stopped):
        synchronise(office)
    assert world.held("select count(*) from submission") == 1
    office.stopping.clear()
    synchronise(office)
    assert world.held("select count(*) from submission") == 2


def test_a_form_that_fails_is_named_and_the_others_arrive(world: World, office: Office) -> None:
    for form in "ab":
        world.send(form)
    world.sandbox.misbehave.html(r"forms/a\.svc")
    with pytest.raises(KafoError, match=r"1 formulaire.* sur 2 .*« a » : .*ne vient pas d'ODK"):
        synchronise(office)
    assert world.held("select count(*) from form_b") == 1


def test_a_form_that_was_asked_for_is_synchronised_alone(world: World, office: Office) -> None:
    synchronise(office)
    for form in "ab":
        world.send(form)
    office.wanted.put("b")
    jobs = {job.name: job for job in job_table(office)}
    jobs["sync_form"].call()
    assert world.held("select count(*) from form_b") == 1
    assert world.held("select count(*) from form_a") == 0
    assert world.held("select max(run_id) from quality_run") > 0  # what is made of it follows
    with office.reader.connect() as connection:
        known = read_freshness(connection, now=now())
    assert known.forms == ((1, "a"), (1, "b"))  # one form alone says nothing of the others
    assert world.held("select outcome from sync_run order by run_id desc limit 1") == "one_form"
    jobs["sync_form"].call()  # nothing is wanted any more
    synchronise(office)
    assert world.held("select count(*) from form_a") == 1


def test_a_form_that_fails_when_asked_for_is_named(world: World, office: Office) -> None:
    office.wanted.put("a")
    world.sandbox.misbehave.html(r"forms/a\.svc")
    with pytest.raises(KafoError, match="« a »"):
        synchronise_wanted(office)
    assert world.held(
        "select count(*) from sync_run where outcome = 'failed' and error is not null"
    )
    assert world.held("select count(*) from sync_run where outcome = 'ok'") == 0


def test_the_jobs_run_as_the_configuration_says(world: World, office: Office) -> None:
    jobs = {job.name: job for job in job_table(office)}
    assert jobs["sync"].trigger == Every(15)
    assert jobs["sync"].lane == "work"
    assert jobs["alarms"].lane == "watch"
    assert "backup" not in jobs
    told = office.config.settings.model_copy(update={"backup": BackupSettings(folder="disk")})
    config = office.config.model_copy(update={"settings": told})
    jobs = {job.name: job for job in job_table(replace(office, config=config))}
    with pytest.raises(KafoError, match="Branchez le disque"):
        jobs["backup"].call()


def read_open(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        query = text("select alarm_key from alarm where channel = 'log' and ended_at is null")
        return set(connection.scalars(query))


def test_the_watch_raises_and_ends_an_alarm(office: Office) -> None:
    check = watcher(office, ["sync"])
    for _ in range(2):
        note_job(office.writer, JobReport("sync", now(), now(), "failed", "x"))
    check()
    assert read_open(office.reader) == {"job_failed:sync"}
    note_job(office.writer, JobReport("sync", now(), now(), "ok"))
    check()
    assert read_open(office.reader) == set()


# Who is told


def test_a_warehouse_that_is_down_is_told_once(
    world: World, office: Office, hook: tuple[str, list[dict[str, Any]]]
) -> None:
    url, got = hook
    away = open_reader(parse_url("postgresql://kafo@127.0.0.1:1/kafo"))
    told = office.config.model_copy(update={"secrets": {"alarm_webhook": url}})
    check = watcher(
        Office(told, office.writer, away, office.source, office.stopping, office.since), []
    )
    for _ in range(2):
        with pytest.raises(WarehouseError):
            check()
    assert [alarm["key"] for news in got for alarm in news["alarms"]] == ["warehouse"]
    away.dispose()
