"""Fetches the comments that people write on submissions in Central.

No stamp and no list shows a comment, so submissions are asked one by one, in turn: the changed ones
first, then those longest not looked at, so many in a round. The files of the same submissions are
looked at in the same round (`attachments`): replacing one shows nowhere either.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Connection, Engine, and_, func, select

from sync.central import Account, explained
from warehouse.bulk import upsert
from warehouse.engine import reading, writing
from warehouse.sync_tables import slow_check
from warehouse.tables import comment, submission

_PARALLEL = 6

Key = tuple[int, str, str, int]
"""project, form, instance ID, revision"""


def due(engine: Engine, *, most: int) -> list[Key]:
    """The submissions whose turn it is: new and changed ones, then those longest not looked at."""
    s, c = submission.c, slow_check.c
    same = and_(
        c.project_id == s.project_id, c.form_id == s.form_id, c.instance_id == s.instance_id
    )
    query = (
        select(s.project_id, s.form_id, s.instance_id, s.revision)
        .outerjoin(slow_check, same)
        .where(s.deleted_at.is_(None), s.purged_at.is_(None))
        .order_by(func.coalesce(c.revision, 0) == s.revision, c.checked_at, s.submitted_at.desc())
        .limit(most)
    )
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def fetch_comments(
    engine: Engine, client: Client, account: Account, keys: Sequence[Key], *, now: str
) -> int:
    """Read and store the comments of these submissions; how many there are. Raises CentralError."""

    def read(key: Key) -> list[dict[str, Any]]:
        project_id, form_id, instance_id, _ = key
        form, instance = quote(form_id, safe=""), quote(instance_id, safe="")
        url = f"projects/{project_id}/forms/{form}/submissions/{instance}/comments"
        with explained(account, what=form_id):
            response = client.get(url)
            if response.status_code == 404:  # deleted meanwhile: the feed will tell
                return []
            response.raise_for_status()
            found: list[dict[str, Any]] = response.json()
        return found

    with ThreadPoolExecutor(_PARALLEL) as pool:
        answers = list(pool.map(read, keys))
    with writing(engine) as connection:
        for key, found in zip(keys, answers, strict=True):
            _write(connection, key, found)
        _checked(connection, keys, now)
    return sum(map(len, answers))


def _write(connection: Connection, key: Key, found: Sequence[dict[str, Any]]) -> None:
    project_id, form_id, instance_id, _ = key
    c = comment.c
    connection.execute(
        comment.delete().where(
            c.project_id == project_id, c.form_id == form_id, c.instance_id == instance_id
        )
    )
    oldest_first = sorted(found, key=lambda item: str(item["createdAt"]))
    rows = [
        (
            project_id, form_id, instance_id, position, item["createdAt"],
            None if item["actorId"] is None else str(item["actorId"]), item["body"],
        )
        for position, item in enumerate(oldest_first, start=1)
    ]  # fmt: skip
    columns = tuple(column.name for column in comment.columns)
    upsert(connection, "comment", columns, rows, key=columns[:4])


def _checked(connection: Connection, keys: Sequence[Key], now: str) -> None:
    columns = ("project_id", "form_id", "instance_id", "revision", "checked_at")
    upsert(connection, "slow_check", columns, [(*key, now) for key in keys], key=columns[:3])
