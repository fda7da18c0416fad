"""What a synchronisation does besides the feed: files, sealed answers, entity lists, and the slow
questions about what no stamp shows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from sync.attachments import Fetched, fetch_attachments
from sync.central import Source
from sync.comments import due, fetch_comments
from sync.entity_lists import EntityCounts, pull_entities
from sync.ledger import beside, last_run_id
from sync.lock import single_run
from sync.managed import open_managed
from sync.opening import Opened, open_waiting
from sync.outstanding import ask_deleted, ask_outstanding
from sync.private_key import PrivateKey
from warehouse.engine import reading
from warehouse.tables import form
from warehouse.types import iso

_RECENT = timedelta(days=3)
"""Files of younger submissions are asked after in every round, of older ones in the slow round."""

_IN_TURN = 1000
"""Submissions whose comments and stored files are looked at in one slow round: about a minute."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where things go, what opens sealed answers (if a key is at hand), and the clock."""

    spool: Path
    store: Path
    overlap: timedelta
    now: Callable[[], str]
    key: PrivateKey | None = None
    passphrase: str | None = None
    """Of managed encryption."""


@dataclass(slots=True)
class Round:
    """What a round did."""

    files: Fetched = field(default_factory=Fetched)
    opened: Opened = field(default_factory=Opened)
    lists: list[EntityCounts] = field(default_factory=list)
    outstanding: int = 0
    returned: int = 0
    comments: int = 0


def finish(engine: Engine, source: Source, place: Place, *, whole: bool = False) -> Round:
    """After the feed: late files of recent submissions, files, sealed answers, entity lists.

    `whole` reads the lists from the beginning and asks after all late files, as the daily proof
    does. Raises BusyError, CentralError; run again, nothing is done twice.
    """
    done = Round()
    with single_run(engine), beside(engine, place.now) as run_id:
        since = datetime.fromisoformat(place.now()) - _RECENT
        done.outstanding = ask_outstanding(
            engine,
            source.client,
            source.account,
            run_id=run_id,
            folder=place.spool,
            since=None if whole else iso(since),
        )
        _open(engine, source, place, run_id, done)
        done.files = fetch_attachments(
            engine,
            source.client,
            source.account,
            folder=place.store,
            now=place.now,
            since=None if whole else iso(since),
        )
        done.lists = pull_entities(
            engine,
            source.client,
            source.account,
            source.projects,
            run_id=_newest(engine),
            overlap=place.overlap,
            folder=place.spool,
            now=place.now,
            whole=whole,
        )
    return done


def slow_round(engine: Engine, source: Source, place: Place, *, most: int = _IN_TURN) -> Round:
    """The slow questions: late files of all submissions, restored and purged ones, comments and
    replaced files of those whose turn it is. Raises BusyError, CentralError."""
    done = Round()
    with single_run(engine), beside(engine, place.now) as run_id:
        client, account = source.client, source.account
        done.outstanding = ask_outstanding(
            engine, client, account, run_id=run_id, folder=place.spool
        )
        with reading(engine) as connection:
            found = connection.execute(select(form.c.project_id, form.c.form_id)).all()
        mine = [
            (project_id, form_id)
            for project_id, form_id in found
            if project_id in source.projects and (source.forms is None or form_id in source.forms)
        ]
        done.returned = ask_deleted(
            engine, client, account, mine, run_id=run_id, folder=place.spool, now=place.now()
        )
        _open(engine, source, place, run_id, done)
        keys = due(engine, most=most)
        done.files = fetch_attachments(
            engine, client, account, folder=place.store, now=place.now, recheck=keys
        )
        done.comments = fetch_comments(engine, client, account, keys, now=place.now())
    return done


def _open(
    engine: Engine, source: Source, place: Place, run_id: Callable[[], int], done: Round
) -> None:
    client, account = source.client, source.account
    if place.key is not None:
        done.opened = open_waiting(
            engine,
            client,
            account,
            key=place.key,
            run_id=run_id,
            folder=place.store,
            now=place.now,
        )
    if place.passphrase is not None:
        more = open_managed(engine, client, account, passphrase=place.passphrase, run_id=run_id)
        done.opened.opened += more.opened
        for reason, count in more.refused.items():
            done.opened.refused[reason] = done.opened.refused.get(reason, 0) + count


def _newest(engine: Engine) -> int:
    with reading(engine) as connection:
        return last_run_id(connection) or 0
