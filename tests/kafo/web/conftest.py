"""The pages over a real warehouse, a clock that tests move, and browsers of any role."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from starlette.testclient import TestClient

from forms.errors import KafoError
from kafo.config import Config, read_config
from kafo.web.accounts import create
from kafo.web.app import pages
from kafo.web.passwords import Vault
from kafo.web.site import Site
from sync.central import Source
from warehouse.engine import open_reader, open_warehouse, parse_url
from warehouse.types import iso

ROOT = Path(__file__).parents[3]
PASSWORD = "quatre mots bien choisis"


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.at = datetime.fromisoformat("2026-11-23T15:00:00.000+00:00")

    def __call__(self) -> str:
        return iso(self.at)

    def pass_by(self, **passed: float) -> None:
        self.at += timedelta(**passed)


class Asked:
    """A schedule that only writes down what it was asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def run_now(self, name: str) -> None:
        self.names.append(name)

    def upcoming(self) -> Mapping[str, str]:
        return {"sync": "2026-11-23T15:15:00.000Z"}


def nowhere() -> Source:
    raise KafoError("ODK Central ne répond pas.", "ODK Central does not answer.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    return read_config(tmp_path / "config.yaml", {})


@pytest.fixture
def writer(tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    """An empty, up-to-date warehouse on SQLite."""
    shutil.copy(migrated_file, tmp_path / "kafo.db")
    found = open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db"))
    yield found
    found.dispose()


@pytest.fixture
def make_site(config: Config, clock: Clock, asked: Asked) -> Iterator[Callable[[Engine], Site]]:
    """The pages of a warehouse; passwords are hashed as cheaply as can be."""
    readers: list[Engine] = []

    def make(engine: Engine) -> Site:
        readers.append(open_reader(engine.url))
        vault = Vault(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        return Site(config, engine, readers[-1], nowhere, clock, asked, vault)

    yield make
    for reader in readers:
        reader.dispose()


@pytest.fixture
def site(make_site: Callable[[Engine], Site], writer: Engine) -> Site:
    return make_site(writer)


@pytest.fixture
def browser(site: Site) -> Callable[..., TestClient]:
    """A new browser that nobody has logged in with."""

    def make(of: Site = site, base_url: str = "http://testserver") -> TestClient:
        return TestClient(
            pages(of), base_url=base_url, follow_redirects=False, headers={"Origin": base_url}
        )

    return make


@pytest.fixture
def log_in(site: Site, browser: Callable[..., TestClient]) -> Callable[..., TestClient]:
    """A browser logged in with a new account of that role."""

    def enter(role: str, *, administrator: bool = False, of: Site = site) -> TestClient:
        name = f"{role.replace('_', '-')}-{'admin' if administrator else 'only'}"
        create(
            of.writer, name, PASSWORD, role=role, administrator=administrator,
            must_change=False, now=of.now(), vault=of.vault,
        )  # fmt: skip
        found = browser(of)
        answer = found.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return found

    return enter
