"""Who is logged in, how often logging in failed, and what people did: rows of the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from warehouse.web_tables import web_action, web_session, web_throttle


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is logged in. Its token is known to the browser only."""

    token_hash: str
    name: str
    created_at: str
    seen_at: str
    reason: str | None
    reason_at: str | None


@dataclass(frozen=True, slots=True)
class Throttle:
    """Failures in a row of one account's name or one address."""

    failures: int
    failed_at: str
    closed_until: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person did on a page."""

    at: str
    name: str
    action: str
    subject: str


def open_session(connection: Connection, token_hash: str, name: str, now: str) -> None:
    """Log somebody in."""
    connection.execute(
        web_session.insert().values(token_hash=token_hash, name=name, created_at=now, seen_at=now)
    )


def find_session(connection: Connection, token_hash: str) -> Session | None:
    """The session with that token."""
    query = select(web_session).where(web_session.c.token_hash == token_hash)
    row = connection.execute(query).first()
    return None if row is None else Session(*row)


def touch_session(connection: Connection, token_hash: str, now: str) -> None:
    """It was used now."""
    _change(connection, token_hash, seen_at=now)


def give_reason(connection: Connection, token_hash: str, reason: str, now: str) -> None:
    """Why personal records are read from now on."""
    _change(connection, token_hash, reason=reason, reason_at=now)


def close_session(connection: Connection, token_hash: str) -> None:
    """Log out."""
    connection.execute(web_session.delete().where(web_session.c.token_hash == token_hash))


def close_sessions_of(connection: Connection, name: str) -> None:
    """Log somebody out everywhere."""
    connection.execute(web_session.delete().where(web_session.c.name == name))


def sweep_sessions(connection: Connection, *, idle_since: str, opened_before: str) -> None:
    """Forget those that nobody may use any more."""
    c = web_session.c
    too_old = or_(c.seen_at < idle_since, c.created_at < opened_before)
    connection.execute(web_session.delete().where(too_old))


def read_throttles(connection: Connection, subjects: Sequence[str]) -> dict[str, Throttle]:
    """Where these stand; those without failures are left out."""
    c = web_throttle.c
    query = select(c.subject, c.failures, c.failed_at, c.closed_until)
    rows = connection.execute(query.where(c.subject.in_(subjects)))
    return {row.subject: Throttle(row.failures, row.failed_at, row.closed_until) for row in rows}


def write_throttle(connection: Connection, subject: str, throttle: Throttle | None) -> None:
    """Set it, or forget it with None."""
    connection.execute(web_throttle.delete().where(web_throttle.c.subject == subject))
    if throttle is not None:
        connection.execute(
            web_throttle.insert().values(
                subject=subject,
                failures=throttle.failures,
                failed_at=throttle.failed_at,
                closed_until=throttle.closed_until,
            )
        )


def note_action(connection: Connection, name: str, action: str, subject: str, *, now: str) -> None:
    """Write down what somebody did. `subject` names no person whose data Kafo keeps."""
    connection.execute(
        web_action.insert().values(at=now, name=name, action=action, subject=subject)
    )


def list_actions(connection: Connection, limit: int) -> list[Action]:
    """The newest first."""
    c = web_action.c
    query = select(c.at, c.name, c.action, c.subject).order_by(c.action_id.desc()).limit(limit)
    return [Action(*row) for row in connection.execute(query)]


def _change(connection: Connection, token_hash: str, **values: object) -> None:
    connection.execute(
        update(web_session).where(web_session.c.token_hash == token_hash).values(**values)
    )
