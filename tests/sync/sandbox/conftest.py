"""Fixtures of the sandbox's tests: a running sandbox with a clock of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from sync.sandbox import Sandbox


class TickingClock:
    """Goes on by some milliseconds whenever it is read: no two events share a stamp."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=7)
        return self.moment


class Administrator(requests.Session):
    """A client that is logged in and names paths below `/v1`."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.trust_env = False
        self.base = sandbox.url + "/v1"
        self.log_in(sandbox)

    def log_in(self, sandbox: Sandbox) -> None:
        login = {"email": sandbox.email, "password": sandbox.password}
        answer = self.post(self.base + "/sessions", json=login)
        self.headers["Authorization"] = "Bearer " + answer.json()["token"]

    def call(self, method: str, path: str, **more: object) -> requests.Response:
        return self.request(method, self.base + path, **more)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def sandbox(clock: Callable[[], datetime]) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def admin(sandbox: Sandbox) -> Iterator[Administrator]:
    with Administrator(sandbox) as session:
        yield session
