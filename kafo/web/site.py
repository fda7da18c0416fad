"""What the pages work with, and what one visit of one page knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, Engine
from starlette.datastructures import FormData
from starlette.requests import Request

from kafo.config import Config
from kafo.web.language import Language
from kafo.web.memory import Memory
from kafo.web.passwords import Vault
from kafo.web.rights import Right, rights_of
from warehouse.engine import writing
from warehouse.web_accounts import Account
from warehouse.web_sessions import Session, note_action

if TYPE_CHECKING:
    from sync.central import Source


class Jobs(Protocol):
    """The schedule, as far as pages ask it."""

    def run_now(self, name: str) -> None:
        """Let a job run as soon as its lane is free."""

    def upcoming(self) -> Mapping[str, str]:
        """When each job runs next."""


class NoJobs:
    """Pages without a schedule beside them."""

    def run_now(self, name: str) -> None:
        """Nobody runs it."""

    def upcoming(self) -> Mapping[str, str]:
        """Nothing is planned."""
        return {}


@dataclass(frozen=True, slots=True)
class Site:
    """What lives as long as the web server."""

    config: Config
    writer: Engine
    reader: Engine
    source: "Callable[[], Source]"
    now: Callable[[], str]
    jobs: Jobs = field(default_factory=NoJobs)
    vault: Vault = field(default_factory=Vault)
    wanted: "SimpleQueue[str]" = field(default_factory=SimpleQueue)
    """Forms to synchronise alone, for the job `sync_form`."""
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person."""

    site: Site
    request: Request
    language: Language
    form: FormData
    account: Account | None = None
    session: Session | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What this person may do; nothing but the open pages before the login."""
        if self.account is None:
            return frozenset({Right.OPEN})
        return rights_of(self.account.role, administrator=self.account.administrator)

    @property
    def who(self) -> Account:
        """The account, on a page that asks for one."""
        assert self.account is not None
        return self.account

    @property
    def live(self) -> bool:
        """Whether a part of a page is asked for, by htmx, and not the whole page."""
        return self.request.headers.get("hx-request") == "true"

    def field(self, name: str, longest: int = 200) -> str:
        """A field of the form that was sent, without blanks around it."""
        value = self.form.get(name)
        return value.strip()[:longest] if isinstance(value, str) else ""

    def fields(self, name: str, longest: int = 200, most: int = 50) -> list[str]:
        """All that was sent under one name, as boxes that were ticked."""
        found = (value for value in self.form.getlist(name) if isinstance(value, str))
        return [value.strip()[:longest] for value in islice(found, most)]

    def asked(self, name: str, longest: int = 100) -> str:
        """A parameter of the address."""
        return self.request.query_params.get(name, "").strip()[:longest]

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, text: str) -> int | None:
        """A whole number that a database also takes for one; None for anything else."""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def age(self, stamp: str | None) -> float | None:
        """Seconds since a stamp; None for None."""
        if stamp is None:
            return None
        passed = datetime.fromisoformat(self.site.now()) - datetime.fromisoformat(stamp)
        return max(passed.total_seconds(), 0.0)

    def log(self, connection: Connection, action: str, subject: str) -> None:
        """Write down in the same transaction what this person does."""
        note_action(connection, self.who.name, action, subject, now=self.site.now())

    def note(self, action: str, subject: str) -> None:
        """Write down what this person did elsewhere, for instance in ODK Central."""
        with writing(self.site.writer) as connection:
            self.log(connection, action, subject)
