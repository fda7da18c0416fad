"""Everything a real network and a real server do to a client, on request of a test."""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox.store import Store


@dataclass(slots=True)
class Misbehaviour:
    """Set by tests while the sandbox runs; an untouched one changes nothing."""

    domain: str | None = None
    """What stands in links instead of the sandbox's own address: a proxy renamed the host."""
    clock_step: timedelta = timedelta()
    """How far the server's clock is off."""
    store: Store | None = None
    _commits: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._commits.set()

    def expire_tokens(self) -> None:
        """All sessions of people end now, as after 24 hours; app users keep their keys."""
        assert self.store is not None
        with self.store.write() as db:
            db.execute("delete from sessions where expiresAt < '9999'")

    def hold_commits(self) -> None:
        """Submissions take their stamp now but become visible only after `release`."""
        self._commits.clear()

    def release(self) -> None:
        """Let the held submissions be stored."""
        self._commits.set()

    def wait_for_commit(self) -> None:
        """Called by the server between taking the stamp of a submission and storing it."""
        self._commits.wait()


class Mischief:
    """The ASGI layer that spoils answers."""

    def __init__(self, app: ASGIApp, plan: Misbehaviour) -> None:
        self._app, self._plan = app, plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, spoiled or not."""
        await self._app(scope, receive, send)
