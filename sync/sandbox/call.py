"""One request to the sandbox, as the routes see it, and what they may answer."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sync.sandbox.accounts import Auth
from sync.sandbox.problems import unparseable
from sync.sandbox.store import Database, Row, one

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"


class World(Protocol):
    """What a route may know of the server around it."""

    @property
    def domain(self) -> str:
        """The address that Central believes it has; it stands in every link it makes."""
        ...

    def now(self) -> str:
        """The server's clock."""
        ...

    def moment(self) -> datetime:
        """The server's clock, for reckoning."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    name: str
    content: bytes
    media: str | None


@dataclass(slots=True)
class Call:
    """A request that has been let in."""

    world: World
    db: Database
    now: str
    method: str
    path: Mapping[str, str]
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    original_url: str
    """Path and query as the client wrote them, the app user's key included."""
    auth: Auth
    uploads: tuple[Upload, ...] = ()
    answer_headers: dict[str, str] = field(default_factory=dict)
    """Set early, they also stand on an error that follows, as in Central."""

    def flag(self, name: str) -> bool:
        """Whether a query parameter says true."""
        return self.query.get(name, "").lower() == "true"

    @property
    def extended(self) -> bool:
        """Whether the client asked for extended metadata."""
        return self.headers.get("x-extended-metadata", "").lower() == "true"

    @property
    def user_agent(self) -> str | None:
        """What the client calls itself."""
        return self.headers.get("user-agent") or None

    def json(self) -> dict[str, object]:
        """The JSON object in the body; empty when there is none."""
        if not self.body or "json" not in self.headers.get("content-type", ""):
            return {}
        try:
            found = json.loads(self.body)
        except ValueError:
            raise unparseable("json", len(self.body)) from None
        return found if isinstance(found, dict) else {}

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row of a query."""
        return one(self.db, sql, *values)

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self.db.execute(sql, values).fetchall()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    body: bytes
    media: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer sent piece by piece from one snapshot."""

    pieces: Iterator[bytes]
    media: str = JSON


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: the client's copy is still right."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """301 to another path of this server."""

    location: str


Answer = Reply | Stream | NotModified | Redirect | dict[str, object] | list[dict[str, object]]
"""What a route returns; dict and list become JSON."""

SUCCESS: dict[str, object] = {"success": True}


def compact(thing: object) -> str:
    """JSON as Node writes it."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def unchanged(call: Call, etag: str, *, weak: bool) -> bool:
    """Put the ETag on the answer; True when the client already has this state."""
    call.answer_headers["ETag"] = f'W/"{etag}"' if weak else f'"{etag}"'
    return call.headers.get("if-none-match") in (f'"{etag}"', f'W/"{etag}"')
