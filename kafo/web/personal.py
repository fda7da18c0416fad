"""Pages that show who people are: a reason is asked first, and every look is written down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.responses import Response

from kafo.web.render import go
from kafo.web.site import Visit
from warehouse.access import log_access
from warehouse.engine import writing

HOURS = 4
"""A reason lasts so long: who comes back after lunch says again why."""


def with_reason(show: Callable[[Visit], Response]) -> Callable[[Visit], Response]:
    """A page that is shown only once this session has given a reason."""

    def guarded(visit: Visit) -> Response:
        if not reason_of(visit):
            home = visit.request.url.path if visit.request.method == "GET" else "/directory"
            return go(f"/reason?to={quote(home)}")
        return show(visit)

    return guarded


def reason_of(visit: Visit) -> str:
    """The reason this session gave, while it lasts."""
    session = visit.session
    if session is None or session.reason is None:
        return ""
    passed = visit.age(session.reason_at)
    return session.reason if passed is not None and passed < HOURS * 3600 else ""


@contextmanager
def looking(visit: Visit) -> Iterator["Looking"]:
    """A transaction that reads people and notes it before anything is shown."""
    with writing(visit.site.writer) as connection:
        yield Looking(connection, visit)


class Looking:
    """What is read, and the line in the access log that goes with it."""

    def __init__(self, connection: Connection, visit: Visit) -> None:
        self.connection = connection
        self._visit = visit

    def note(self, action: str, what: str, rows: int) -> None:
        """`what` names a table or a person ID, never a person."""
        log_access(
            self.connection,
            now=self._visit.site.now(),
            who=self._visit.who.name,
            action=action,
            what=what,
            rows=rows,
            reason=reason_of(self._visit),
        )
