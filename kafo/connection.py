"""Opens what a command works on: the warehouse, and ODK Central or the sandbox in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from kafo.config import Config, ConfigError
from warehouse.types import iso

if TYPE_CHECKING:
    from pyodk.client import Client

    from sync.central import Source

REFERENCE = Path(__file__).parent.parent / "forms" / "reference"


def now() -> str:
    """This moment as the warehouse writes it."""
    return iso(datetime.now(UTC))


def warehouse(config: Config) -> Engine:
    """The warehouse, brought up to date, for reading and writing."""
    from warehouse.engine import open_warehouse, parse_url
    from warehouse.migrate import migrate

    url = parse_url(config.warehouse_url, config.secrets.get("warehouse_password"))
    engine = open_warehouse(url, key=config.secrets.get("warehouse_key"))
    migrate(engine, REFERENCE)
    return engine


@contextmanager
def opened(config: Config) -> Iterator[Engine]:
    """The warehouse for one command; its file is let go at the end, also after an error."""
    engine = warehouse(config)
    try:
        yield engine
    finally:
        engine.dispose()


def reader(config: Config) -> Engine:
    """The warehouse, for reading only."""
    from warehouse.engine import open_reader, parse_url

    url = parse_url(config.warehouse_url, config.secrets.get("warehouse_password"))
    return open_reader(url, key=config.secrets.get("warehouse_key"))


@contextmanager
def central(config: Config) -> Iterator["Source"]:
    """A session with the ODK Central of the configuration; starts the sandbox if that is meant."""
    from sync.central import Account, Source, connect

    settings = config.settings.central
    forms = None if settings.forms == "all" else list(settings.forms)
    if config.is_sandbox:
        from sync.sandbox import Sandbox

        config.data.mkdir(parents=True, exist_ok=True)
        with Sandbox(config.data / "sandbox.db") as sandbox:
            account = Account(sandbox.url, sandbox.email, sandbox.password)
            client = connect(account)
            _ensure_projects(client, settings.projects)
            yield Source(client, account, settings.projects, forms)
        return
    if not settings.email:
        raise ConfigError(
            "config.yaml: « central.email » est vide. Écrivez l'adresse du compte d'ODK Central.",
            "config.yaml: 'central.email' is empty. Write the address of the ODK Central account.",
        )
    account = Account(settings.url, settings.email, config.secret("central_password"))
    yield Source(connect(account), account, settings.projects, forms)


def _ensure_projects(client: "Client", projects: list[int]) -> None:
    """A new sandbox is empty: give it the projects that the configuration names."""
    there = len(client.get("projects").json())
    for number in range(there + 1, max(projects) + 1):
        client.post("projects", json={"name": f"CIOM {number}"}).raise_for_status()
