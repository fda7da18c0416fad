"""Everything a real network and a real server do to a client, on request of a test."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from typing import Literal

from sync.sandbox.store import Store

Place = Literal["inside a row", "after a row", "after the last row"]
"""Where a stream breaks off."""


@dataclass(slots=True)
class Rule:
    """One kind of mischief for the next `times` requests whose path (with query) matches."""

    path: re.Pattern[str]
    times: int
    kind: Literal["stall", "cut", "fail", "html", "length"]
    seconds: float = 0
    rows: int = 0
    place: Place = "after a row"
    status: int = 500
    retry_after: int | None = None
    more: int = 0


@dataclass(slots=True)
class Misbehaviour:
    """Set by tests while the sandbox runs; an untouched one changes nothing.

    `path` is a regular expression searched in path and query; each rule holds for the next
    `times` requests that match, rules are used up in the order in which they were set.
    """

    domain: str | None = None
    """What stands in links instead of the sandbox's own address: a proxy renamed the host."""
    clock_step: timedelta = timedelta()
    """How far the server's clock is off."""
    store: Store | None = None
    served: list[str] = field(default_factory=list)
    """Method and path of each request that came, without keys."""
    stopping: bool = False
    """Whether the server is going down: nothing may hold it up."""
    _rules: list[Rule] = field(default_factory=list)
    _commits: Event = field(default_factory=Event)
    _waiting: Event = field(default_factory=Event)
    _turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._commits.set()

    def stall(self, path: str = "", *, seconds: float = 3600, times: int = 1) -> None:
        """Nothing comes, not even headers, for so long or until the sandbox stops."""
        self._add(Rule(re.compile(path), times, "stall", seconds=seconds))

    def cut(
        self, path: str = "", *, rows: int = 1, place: Place = "after a row", times: int = 1
    ) -> None:
        """The connection drops in the middle of an answer: the last chunk never comes."""
        self._add(Rule(re.compile(path), times, "cut", rows=rows, place=place))

    def fail(
        self, path: str = "", *, status: int = 500, retry_after: int | None = None, times: int = 1
    ) -> None:
        """An error without the server having been asked: 500, 502 or 503 of a proxy, 429."""
        rule = Rule(re.compile(path), times, "fail", status=status, retry_after=retry_after)
        self._add(rule)

    def html(self, path: str = "", *, times: int = 1) -> None:
        """200 with a web page where JSON should be: a hotel's login page, a proxy."""
        self._add(Rule(re.compile(path), times, "html"))

    def wrong_length(self, path: str = "", *, more: int = 100, times: int = 1) -> None:
        """Content-Length promises `more` bytes than come (negative: the end is missing)."""
        self._add(Rule(re.compile(path), times, "length", more=more))

    def expire_tokens(self) -> None:
        """All sessions of people end now, as after 24 hours; app users keep their keys."""
        assert self.store is not None
        with self.store.write() as db:
            db.execute("delete from sessions where expiresAt < '9999'")

    def hold_commits(self) -> None:
        """The next submission takes its stamp now but is stored only after `release`."""
        self._waiting.clear()
        self._commits.clear()

    def wait_until_held(self, seconds: float = 10) -> bool:
        """Whether a submission has its stamp and waits to be stored."""
        return self._waiting.wait(seconds)

    def release(self) -> None:
        """Let held submissions be stored."""
        self._commits.set()

    def wait_for_commit(self) -> None:
        """Called by the server between taking the stamp of a submission and storing it."""
        if not self._commits.is_set() and not self._waiting.is_set():
            self._waiting.set()
            self._commits.wait()

    def take(self, path: str) -> Rule | None:
        """The rule for a request, used up by one."""
        with self._turn:
            for rule in self._rules:
                if rule.times > 0 and rule.path.search(path):
                    rule.times -= 1
                    return rule
        return None

    def _add(self, rule: Rule) -> None:
        with self._turn:
            self._rules.append(rule)
