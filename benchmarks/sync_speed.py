"""How fast and how lean is a synchronisation, next to `curl` fetching the same feed to a file?

    .venv/bin/python -m benchmarks.sync_speed [rows ...]

For each size: a sandbox in a process of its own, filled with `identification` interviews held on
the form engine; then, each in a process of its own that is timed, `curl` of the whole feed, a full
synchronisation into an empty SQLite file, an idle run, and a run with 100 new or edited interviews.
(What `kafo sync` makes of them afterwards is left out: the same 400 people again and again are not
what matching is made for; `benchmarks.identity` and `benchmarks.reporting` measure that.)
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from benchmarks.pace import paced
from forms.compiler import compile_form
from forms.engine import load
from forms.interviews import hold
from forms.phones import provide_phones
from forms.publish import publish
from sync.central import Account, connect
from sync.sandbox import Sandbox

CENTRALS_ROWS = 3_000
"""Rows a second of a real ODK Central v2026.2 on a machine of this size."""

_FIELD_WORK = timedelta(days=60)
_HERE = {"PYTHONPATH": str(Path(__file__).parent.parent)}
_HELD = 400
"""Interviews really held; the others are these again with IDs of their own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process used: seconds on the clock, CPU seconds, peak memory in MB."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s  {self.cpu:6.2f} s CPU  {self.peak:6.0f} MB"


_LAUNCH = """
import os, sys, time
began = time.perf_counter()
_, status, used = os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[2], sys.argv[2:]), 0)
wall = time.perf_counter() - began
with open(sys.argv[1], "w") as file:
    print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=file)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small process in between: a child's peak memory begins with that of its parent."""


def measured(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Cost:
    note = folder / "cost.txt"
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(note), *command]
    done = subprocess.run(
        launcher, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return Cost(*map(float, note.read_text(encoding="utf-8").split()))


def interviews(count: int, start: int = 0) -> Iterator[str]:
    form = compile_form("identification", salt="sandbox")
    until = datetime(2026, 11, 20, tzinfo=UTC)
    held = [
        finished.xml
        for finished in hold(
            load(form.xform, form.media), first=0, count=min(count, _HELD), enumerators=25,
            seed=7, since=until - _FIELD_WORK, until=until,
        )
    ]  # fmt: skip
    for number in range(start, start + count):
        new = f"uuid:{UUID(int=Random(number).getrandbits(128), version=4)}"
        yield re.sub(r"uuid:[0-9a-f-]{36}", new, held[number % len(held)])


def measure(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"\n{rows:,} submissions of identification")
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sync_speed", "serve", str(folder), str(rows)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stdin
        assert server.stdout
        try:
            url, email, password, token = server.stdout.readline().split()
            _compare(folder, url, email, password, token, rows)
            server.stdin.write("more\n")
            server.stdin.flush()
            server.stdout.readline()
            kafo = synchronisation(folder, url, email, password)
            print(f"  100 more     {measured(kafo, folder, _HERE)}", flush=True)
        finally:
            server.stdin.close()
            server.wait(30)


def _compare(folder: Path, url: str, email: str, password: str, token: str, rows: int) -> None:
    install(folder, url, email)
    feed = f"{url}/v1/projects/1/forms/identification.svc/Submissions"
    curl = ["curl", "-sf", "-o", "feed.json", "-H", f"Authorization: Bearer {token}", feed]
    kafo = synchronisation(folder, url, email, password)
    measured(curl, folder, {})  # the sandbox's own cache is warm for both
    fetched = measured(curl, folder, {})
    size = (folder / "feed.json").stat().st_size / 1e6
    print(f"  curl         {fetched}  ({size:.1f} MB)", flush=True)
    full = measured(kafo, folder, _HERE)
    print(
        f"  full load    {full}  {rows / full.wall:,.0f} rows/s, {full.wall / fetched.wall:.2f} × curl"
    )
    _at_centrals_pace(folder, url, email, password, token, rows)
    measured(kafo, folder, _HERE)  # the first question with a cursor has no ETag yet
    print(f"  idle (304)   {measured(kafo, folder, _HERE)}")
    nothing = [sys.executable, "-m", "kafo", "--help"]
    print(f"  kafo --help  {measured(nothing, folder, {})}  (start of the program alone)")


def _at_centrals_pace(
    folder: Path, url: str, email: str, password: str, token: str, rows: int
) -> None:
    """The sandbox keeps rows ready; a real Central makes them, at about 3,000 a second."""
    feed = folder / "feed.json"
    pace = feed.stat().st_size / (rows / CENTRALS_ROWS)
    other = folder / "paced"
    other.mkdir()
    slow = paced(url, pace)
    install(other, slow, email)
    target = f"{slow}/v1/projects/1/forms/identification.svc/Submissions"
    curl = ["curl", "-sf", "-o", "feed.json", "-H", f"Authorization: Bearer {token}", target]
    fetched = measured(curl, other, {})
    full = measured(synchronisation(other, slow, email, password), other, _HERE)
    print(f"  curl, at {CENTRALS_ROWS:,} rows/s  {fetched}")
    print(f"  full load, at that pace  {full}  {full.wall / fetched.wall:.2f} × curl", flush=True)


def synchronisation(folder: Path, url: str, email: str, password: str) -> list[str]:
    """The command that synchronises into the file of the folder, and does nothing else."""
    database = f"sqlite:///{folder}/data/kafo.db"
    module = "benchmarks.peers.kafo_sync"
    return [sys.executable, "-m", module, url, email, password, database, str(folder)]


def install(folder: Path, url: str, email: str) -> None:
    """A configuration and an empty warehouse."""
    write_config(folder, url, email)
    measured([sys.executable, "-m", "kafo", "refresh"], folder, {})


def write_config(folder: Path, url: str, email: str, *, warehouse: str | None = None) -> None:
    shipped = (Path(__file__).parent.parent / "config.yaml").read_text(encoding="utf-8")
    text = shipped.replace("url: sandbox", f"url: {url}").replace('email: ""', f"email: {email}", 1)
    if warehouse is not None:
        text = text.replace("sqlite:///data/kafo.db", warehouse)
    (folder / "config.yaml").write_text(text, encoding="utf-8")


def serve(folder: Path, rows: int) -> None:
    """A sandbox with so many submissions; says where it is, adds 100 changes on request."""
    lag = [_FIELD_WORK]
    with Sandbox(folder / "central.db", clock=lambda: datetime.now(UTC) - lag[0]) as sandbox:
        account = Account(sandbox.url, sandbox.email, sandbox.password)
        client = connect(account)
        client.post("projects", json={"name": "Benchmark"}).raise_for_status()
        publish(client, 1, compile_form("identification", salt="sandbox"))
        [phone] = provide_phones(client, 1, enumerators=["PF-01"], forms=["identification"])

        def arriving() -> Iterator[str]:
            # Spread over the field work, or all of it would lie in the overlap of every run.
            for number, xml in enumerate(interviews(rows)):
                lag[0] = _FIELD_WORK * (1 - number / rows)
                yield xml

        sandbox.insert_many(1, "identification", arriving(), app_user_id=phone.app_user_id)
        lag[0] = timedelta()
        client = connect(account)  # a session of 60 days ago has ended
        token = str(client.session.headers["Authorization"]).removeprefix("Bearer ")
        print(sandbox.url, sandbox.email, sandbox.password, token, flush=True)
        for _ in sys.stdin:
            more = interviews(100, start=rows)
            sandbox.insert_many(1, "identification", more, app_user_id=phone.app_user_id)
            print("added", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
        return
    for rows in [int(argument) for argument in sys.argv[1:]] or [5_000, 20_000, 80_000]:
        measure(rows)


if __name__ == "__main__":
    main()
