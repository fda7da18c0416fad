"""Logging in and staying logged in.

A session is a random token in a cookie; the warehouse keeps its hash. It is made new at each login,
so a token planted in a browser before is worth nothing. Guessing is slowed down per account and per
address: after five failures each further one closes the door for longer, up to a quarter of an hour.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kafo.web.passwords import code_step
from kafo.web.site import Site
from warehouse.engine import reading, writing
from warehouse.types import iso
from warehouse.web_accounts import Account, find_account, note_code
from warehouse.web_sessions import (
    Session,
    Throttle,
    close_session,
    find_session,
    note_action,
    open_session,
    read_throttles,
    sweep_sessions,
    touch_session,
    write_throttle,
)

_FREE_ACCOUNT, _FREE_ADDRESS = 5, 30
"""Failures before the door closes. An office shares one address."""
_FIRST, _LONGEST = 5, 900
_FORGET = timedelta(hours=1)
_TOUCH = timedelta(minutes=1)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Refused:
    """Not logged in; `wait` seconds must pass first when it is not nought."""

    wait: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """Logged in: the token for the cookie."""

    token: str
    account: Account


def log_in(site: Site, name: str, password: str, *, code: str, address: str) -> Opened | Refused:
    """Check the door, then the password and the code. Wrong ones are counted, right ones forgotten."""
    name = name.lower()[:_LONGEST_NAME]
    subjects = [_hash(f"account {name}"), _hash(f"address {address}")]
    if wait := _closed_for(site, subjects):
        return Refused(wait)
    with site.vault.lock:  # counting and checking are one step, or many guesses pass at once
        with reading(site.reader) as connection:
            account = find_account(connection, name)
            if wait := _wait(read_throttles(connection, subjects), site.now()):
                return Refused(wait)
        stored = account.password_hash if account is not None and account.active else None
        right = site.vault.check(stored, password)
        if account is None or not right:
            return _failed(site, subjects)
        step = _second(account, code, site.now())
        if step is None:
            return _failed(site, subjects)
        return _open(site, account, subjects[0], step)


def resume(site: Site, token: str) -> tuple[Account, Session] | None:
    """Who holds this token; None when it was not given, is too old, or the account is closed."""
    if not token:
        return None
    now = site.now()
    with reading(site.reader) as connection:
        session = find_session(connection, _hash(token))
        account = find_account(connection, session.name) if session else None
    if session is None or account is None or not account.active:
        return None
    idle, longest = _limits(site)
    if session.seen_at < _before(now, idle) or session.created_at < _before(now, longest):
        return None
    return account, session


def touch(site: Site, session: Session) -> None:
    """Note that it is in use, at most once a minute."""
    now = site.now()
    if session.seen_at < _before(now, _TOUCH):
        with writing(site.writer) as connection:
            touch_session(connection, session.token_hash, now)


def log_out(site: Site, token: str) -> None:
    """The token is worth nothing from now on."""
    with writing(site.writer) as connection:
        close_session(connection, _hash(token))


def renew(connection: Connection, name: str, now: str) -> str:
    """A new session for somebody whose sessions were all ended by what they changed."""
    token = secrets.token_urlsafe(32)
    open_session(connection, _hash(token), name, now)
    return token


def _open(site: Site, account: Account, subject: str, step: int) -> Opened:
    now = site.now()
    idle, longest = _limits(site)
    with writing(site.writer) as connection:
        sweep_sessions(
            connection, idle_since=_before(now, idle), opened_before=_before(now, longest)
        )
        write_throttle(connection, subject, None)
        if step:
            note_code(connection, account.name, step)
        token = renew(connection, account.name, now)
        note_action(connection, account.name, "login", "", now=now)
    return Opened(token, account)


def _second(account: Account, code: str, now: str) -> int | None:
    """The step of a right code; 0 where none is needed; None when it is wrong."""
    if account.totp_secret is None:
        return 0
    at = datetime.fromisoformat(now).timestamp()
    return code_step(account.totp_secret, code, at=at, after=account.totp_step)


def _closed_for(site: Site, subjects: list[str]) -> int:
    with reading(site.reader) as connection:
        return _wait(read_throttles(connection, subjects), site.now())


def _wait(found: dict[str, Throttle], now: str) -> int:
    until = max((t.closed_until or "" for t in found.values()), default="")
    if until <= now:
        return 0
    left = datetime.fromisoformat(until) - datetime.fromisoformat(now)
    return max(1, round(left.total_seconds()))


def _failed(site: Site, subjects: list[str]) -> Refused:
    now = site.now()
    with writing(site.writer) as connection:
        found = read_throttles(connection, subjects)
        for subject, free in zip(subjects, (_FREE_ACCOUNT, _FREE_ADDRESS), strict=True):
            _count(connection, subject, found.get(subject), free, now)
        return Refused(_wait(read_throttles(connection, subjects), now))


def _count(
    connection: Connection, subject: str, before: Throttle | None, free: int, now: str
) -> None:
    failures = 1
    if before is not None and before.failed_at > _before(now, _FORGET):
        failures = before.failures + 1
    until = None
    if failures >= free:
        seconds = min(_FIRST * 2 ** min(failures - free, 20), _LONGEST)
        until = iso(datetime.fromisoformat(now) + timedelta(seconds=seconds))
    write_throttle(connection, subject, Throttle(failures, now, until))


def _limits(site: Site) -> tuple[timedelta, timedelta]:
    pages = site.config.settings.pages
    return timedelta(minutes=pages.idle_minutes), timedelta(hours=pages.session_hours)


def _before(moment: str, passed: timedelta) -> str:
    return iso(datetime.fromisoformat(moment) - passed)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
