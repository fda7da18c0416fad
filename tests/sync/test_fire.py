"""Killed at any moment, cut off, out of space, raced: nothing is lost and nothing is doubled."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from forms.errors import KafoError
from sync.errors import BusyError
from sync.ledger import RunReport
from sync.pull import pull
from sync.rounds import Place, finish
from warehouse.engine import open_warehouse, parse_url
from warehouse.types import iso

HERE = Path(__file__).parent
KILLS = {"sqlite": 300, "postgresql": 60}

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>P</h:title><model><instance>
<data id="photo" version="1"><name/><age/><picture/><child jr:template=""><name/></child><meta>
<instanceID/></meta></data></instance><bind nodeset="/data/age" type="int"/>
<bind nodeset="/data/picture" type="binary"/></model></h:head><h:body>
<input ref="/data/name"><label>N</label></input><input ref="/data/age"><label>A</label></input>
<upload ref="/data/picture" mediatype="image/*"><label>P</label></upload>
<repeat nodeset="/data/child"><input ref="/data/child/name"/></repeat></h:body></h:html>"""

QUERIES = (
    "select instance_id, submitted_at, updated_at, deleted_at, review_state, edits, "
    "attachments_present, payload, digest from submission order by 1",
    "select * from form_photo order by 1",
    "select * from form_photo__child order by 1, 2",
    "select instance_id, name, state, size, sha256 from attachment order by 1, 2",
    "select instance_id, revision, count(*) from submission_history group by 1, 2 having count(*) > 1",
)


def contents(engine: Engine) -> list[list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(text(q))] for q in QUERIES]


class Runner:
    """A process that synchronises on request and can be killed meanwhile."""

    def __init__(self, central: Any, warehouse: str, folder: Path) -> None:
        program = [sys.executable, str(HERE / "synchroniser.py")]
        self.errors = (folder / "stderr").open("w")
        self.process = subprocess.Popen(
            program, stdin=-1, stdout=-1, stderr=self.errors, text=True, bufsize=1
        )
        self.order = json.dumps({
            "central": central.sandbox.url, "email": central.account.email,
            "password": central.account.password, "warehouse": warehouse, "folder": str(folder),
        })  # fmt: skip

    def run(self, kill_after: float | None = None) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(self.order + "\n")
        child = int(self.process.stdout.readline())
        if kill_after is not None:
            sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Traffic:
    """Phones and people at work: new interviews, edits, photos early and late, deletions."""

    def __init__(self, central: Any, seed: int) -> None:
        self.central, self.random = central, random.Random(seed)
        self.current: dict[str, str] = {}  # first instance ID → present one
        self.count = 0

    def xml(self, instance: str, edited: str | None = None) -> str:
        self.count += 1
        children = "".join(
            f"<child><name>C{n}</name></child>" for n in range(self.random.randint(0, 3))
        )
        age = self.random.choice(["<age/>", f"<age>{self.random.randint(18, 80)}</age>"])
        old = f"<deprecatedID>{edited}</deprecatedID>" if edited else ""
        return (
            f'<data id="photo" version="1"><name>N{self.count}</name>{age}<picture>1.jpg</picture>'
            f"{children}<meta>{old}<instanceID>{instance}</instanceID></meta></data>"
        )

    def some(self, times: int) -> None:
        for _ in range(times):
            kind = self.random.choice(["new", "new", "late", "edit", "delete", "review"])
            known = self.random.choice(list(self.current)) if self.current else None
            fresh = f"uuid:{uuid4()}"
            photo = {"1.jpg": self.random.randbytes(20_000)}
            if kind == "new" or known is None:
                self.central.send(self.xml(fresh), **photo)
                self.current[fresh] = fresh
            elif kind == "late":
                self.central.send(self.xml(fresh))
                self.current[fresh] = fresh
            elif kind == "edit":
                self.central.send(self.xml(fresh, self.current[known]), **photo)
                self.current[known] = fresh
            elif kind == "delete":
                self.central.client.delete(self.central.url(f"submissions/{known}", "photo"))
                del self.current[known]
            else:
                self.central.client.patch(
                    self.central.url(f"submissions/{known}", "photo"),
                    json={"reviewState": self.random.choice(["approved", "hasIssues"])},
                )


@pytest.fixture
def photos(central: Any) -> Any:
    central.publish(FORM)
    central.phone("photo")
    return central


@pytest.fixture
def other(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A second, empty warehouse of the same kind, for the undisturbed run."""
    if engine.dialect.name == "postgresql":
        url = request.getfixturevalue("new_database")()
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "other.db")
        url = parse_url(f"sqlite:///{tmp_path}/other.db")
    found = open_warehouse(url)
    yield found
    found.dispose()


def undisturbed(engine: Engine, central: Any, folder: Path) -> RunReport:
    place = Place(folder, folder / "store", timedelta(minutes=10), lambda: iso(datetime.now(UTC)))
    run = pull(engine, central.source, overlap=place.overlap, folder=folder, now=place.now)
    finish(engine, central.source, place)
    return run


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


@pytest.mark.timeout(600)
def test_killed_hundreds_of_times_the_tables_equal_an_undisturbed_runs(
    engine: Engine, other: Engine, photos: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    traffic, runner = Traffic(photos, seed=4), Runner(photos, address(engine), folder)
    traffic.some(40)
    assert runner.run() == 0
    traffic.some(2)
    started = perf_counter()
    assert runner.run() == 0
    usual = perf_counter() - started
    killed = 0
    moments = random.Random(7)
    while killed < KILLS[engine.dialect.name]:
        traffic.some(1)
        ended = runner.run(kill_after=moments.uniform(0.02, usual))
        assert ended in (0, -signal.SIGKILL), (folder / "stderr").read_text()
        killed += ended == -signal.SIGKILL
    assert runner.run() == 0, (folder / "stderr").read_text()
    runner.close()
    undisturbed(other, photos, folder)
    live = "submission where deleted_at is null"
    mine, theirs = contents(engine), contents(other)
    # The undisturbed run began late: deleted submissions were never shown to it.
    mine[0] = [row for row in mine[0] if row[3] is None]
    shown = {row[0] for row in mine[0]}
    mine[3] = [row for row in mine[3] if row[0] in shown]
    assert mine == theirs
    assert len(shown) == len(traffic.current), live


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_connection_cut_in_the_middle_is_healed_by_the_next_run(
    engine: Engine, other: Engine, photos: Any, tmp_path: Path
) -> None:
    if engine.dialect.name == "sqlite":
        # A file has no connection to cut; its worst moment is a full disk, below.
        with engine.begin() as connection:
            connection.exec_driver_sql("select 1")
        undisturbed(engine, photos, tmp_path)
        return
    traffic = Traffic(photos, seed=5)
    stop = Event()

    def cut() -> None:
        query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"
        with other.connect() as connection:
            while not stop.is_set():
                connection.execute(text(query), {"name": engine.url.database})
                connection.commit()
                sleep(random.Random().uniform(0.002, 0.08))

    cutter = Thread(target=cut)
    cutter.start()
    failed = 0
    try:
        for round_ in range(100):
            if failed and round_ >= 25:
                break
            traffic.some(3)
            try:
                undisturbed(engine, photos, tmp_path)
            except KafoError:
                failed += 1
    finally:
        stop.set()
        cutter.join()
        engine.dispose()
    assert failed, "the cutter never cut"
    undisturbed(engine, photos, tmp_path)
    undisturbed(other, photos, tmp_path)
    assert contents(engine)[1:3] == contents(other)[1:3]


def test_a_full_database_says_so_and_heals_when_there_is_room(
    engine: Engine, other: Engine, photos: Any, tmp_path: Path
) -> None:
    if engine.dialect.name == "postgresql":
        # PostgreSQL's own disk is not ours to fill; a table that takes no row fails at the same place.
        full = "alter table raw.submission add constraint full_disk check (false)"
        room = "alter table raw.submission drop constraint full_disk"
    else:
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("pragma page_count").scalar()
        full, room = f"pragma max_page_count = {pages}", "pragma max_page_count = 1000000"
    with engine.begin() as connection:
        connection.exec_driver_sql(full)
    Traffic(photos, seed=6).some(30)
    try:
        failed = undisturbed(engine, photos, tmp_path).failed
        told = [form.error or "" for form in failed]
    except KafoError as error:  # not even the ledger found room
        told = [error.fr]
    assert told
    if engine.dialect.name == "sqlite":
        assert all("plein" in sentence for sentence in told), told
    with engine.begin() as connection:
        connection.exec_driver_sql(room)
    undisturbed(engine, photos, tmp_path)
    undisturbed(other, photos, tmp_path)
    assert contents(engine)[1:3] == contents(other)[1:3]


def test_while_twelve_phones_send_at_full_speed_nothing_is_lost_or_doubled(
    engine: Engine, central: Any, run: Callable[[], Any], read: Callable[[str], Any]
) -> None:
    sending = Event()
    sent: list[list[str]] = [[] for _ in range(12)]

    def phone(mine: list[str]) -> None:
        while not sending.is_set():
            instance = f"uuid:{uuid4()}"
            meta = f"<meta><instanceID>{instance}</instanceID></meta>"
            central.send(f'<data id="small" version="1"><name>A</name>{meta}</data>')
            mine.append(instance)

    phones = [Thread(target=phone, args=(mine,)) for mine in sent]
    for each in phones:
        each.start()
    end = perf_counter() + 6
    while perf_counter() < end:
        run()
        sleep(0.3)
    sending.set()
    for each in phones:
        each.join()
    run()
    everything = sorted(instance for mine in sent for instance in mine)
    assert len(everything) > 100
    assert [row[0] for row in read("select instance_id from submission order by 1")] == everything
    assert [row[0] for row in read("select instance_id from form_small order by 1")] == everything


def test_of_two_schedulers_one_works_and_the_other_says_so(
    engine: Engine, photos: Any, tmp_path: Path
) -> None:
    Traffic(photos, seed=8).some(10)
    photos.sandbox.misbehave.stall("Submissions", seconds=1.5)
    second = open_warehouse(engine.url)
    busy: list[BusyError] = []
    first = Thread(target=undisturbed, args=(engine, photos, tmp_path))
    first.start()
    sleep(0.5)
    with pytest.raises(BusyError) as caught:
        undisturbed(second, photos, tmp_path)
    busy.append(caught.value)
    first.join()
    assert busy[0].exit_code == 3
    undisturbed(second, photos, tmp_path)
    second.dispose()
