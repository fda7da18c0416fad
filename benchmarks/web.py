"""Time and size of every page: the demo's data on SQLite, or a warehouse whose address is given.

    python -m benchmarks.web [sqlite:///… | postgresql://…]

Server time is measured inside the process, without a network; sizes are those of the gzip answers.
"""

import gzip
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine
from starlette.testclient import TestClient

from forms.errors import KafoError
from kafo.config import read_config
from kafo.connection import now
from kafo.web.accounts import create, set_password
from kafo.web.app import pages
from kafo.web.passwords import Vault
from kafo.web.site import Site
from pipelines.core.refresh import refresh
from pipelines.identity.update import run as match_people
from pipelines.indicators.compute import compute
from pipelines.quality.check import run as check
from sync.central import Source
from warehouse.engine import open_reader, open_warehouse, parse_url

ROOT = Path(__file__).parent.parent
ROUNDS = 40
PATHS = (
    "/login", "/today", "/sync", "/quality", "/quality/enumerators", "/duplicates", "/directory",
    "/map", "/map/data", "/reports", "/reports/indicators/I-01", "/reports/queries/registrations_by_cercle",
    "/reports/queries/sync_lag",
    "/reports/dictionary", "/settings/plan", "/settings/accounts", "/settings/log",
)  # fmt: skip
SEARCHES = ("Coulibali Mamadu", "Fatoumata", "+223 70", "ouedraogo")
"""Names as somebody remembers them, a name that very many bear, the beginning of a number."""
ORIGIN = {"Origin": "http://testserver"}


def main() -> None:
    """Print one line a page."""
    with tempfile.TemporaryDirectory() as folder:
        given = sys.argv[1] if len(sys.argv) > 1 else demo(Path(folder))
        engine = open_warehouse(parse_url(given))
        with browser(engine, Path(folder)) as client:
            measure(client)
        engine.dispose()


def demo(folder: Path) -> str:
    """A warehouse as `kafo demo` makes it, with people, figures and checks."""
    (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    command = [sys.executable, "-m", "kafo", "demo", "--interviews", "500"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    address = f"sqlite:///{folder}/data/kafo.db"
    engine = open_warehouse(parse_url(address))
    for step in (match_people, refresh, compute, check):
        step(engine, now=now())
    engine.dispose()
    return address


@contextmanager
def browser(engine: Engine, folder: Path) -> Iterator[TestClient]:
    """A steward's browser."""
    if not (folder / "config.yaml").exists():
        (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    reader = open_reader(engine.url)
    vault = Vault(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    site = Site(read_config(folder / "config.yaml", {}), engine, reader, nowhere, now, vault=vault)
    name, password = "benchmark", "quatre mots bien choisis"
    try:
        create(engine, name, password, role="steward", administrator=True, must_change=False,
               now=now(), vault=vault)  # fmt: skip
    except KafoError:
        set_password(engine, name, password, must_change=False, now=now(), vault=vault)
    client = TestClient(pages(site), headers=ORIGIN)
    client.post("/login", data={"name": name, "password": password})
    client.post("/reason", data={"reason": "mesure des pages", "to": "/"})
    yield client
    reader.dispose()


def nowhere() -> Source:
    """No Central: its answers are not the pages' time."""
    raise KafoError("pas de Central ici", "no Central here")


def measure(client: TestClient) -> None:
    """p50, p95 and the size of each page; then of a first view with its files."""
    print(f"{'page':36} {'p50 ms':>8} {'p95 ms':>8} {'gzip kB':>8}")
    for path in PATHS:
        _time(path, partial(client.get, path))
    for words in SEARCHES:
        _time(
            f"/directory: {words}",
            partial(client.post, "/directory", data={"words": words}),
        )
    found = re.search(
        r"/directory/[0-9A-Za-z-]{8,}", client.post("/directory", data={"words": SEARCHES[0]}).text
    )
    if found:
        _time("/directory/…", partial(client.get, found[0]))
    for path in ("/today", "/map"):
        html = client.get(path).text
        files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
        total = sum(len(gzip.compress(client.get(f).content)) for f in files)
        print(f"first view {path:25} {(total + len(gzip.compress(html.encode()))) / 1000:26.1f}")


def _time(name: str, ask: Callable[[], Any]) -> None:
    times, size = [], 0
    for _ in range(ROUNDS):
        begun = perf_counter()
        answer = ask()
        times.append((perf_counter() - begun) * 1000)
        size = len(gzip.compress(answer.content))
        assert answer.status_code == 200, (name, answer.status_code)
    cuts = quantiles(times, n=20)
    print(f"{name:36} {cuts[9]:8.0f} {cuts[18]:8.0f} {size / 1000:8.1f}")


if __name__ == "__main__":
    main()
