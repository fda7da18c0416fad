"""Asks again what no stamp shows: late files, late encrypted answers, restored and purged rows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Engine, and_, or_, select

from sync import errors
from sync.by_id import ask_again
from sync.central import Account, explained
from sync.feed import rows, spooled
from sync.removal import forget_purged
from warehouse.engine import reading, writing
from warehouse.tables import submission

Form = tuple[int, str]
"""Project number and form ID."""


def ask_outstanding(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    run_id: Callable[[], int],
    folder: Path,
    since: str | None = None,
) -> int:
    """Ask after every submission whose files or sealed answers are not all there; how many changed.

    `since` (a stamp) leaves out older ones, which the slow round asks after. Raises CentralError.
    """
    s = submission.c
    unfinished = or_(
        s.attachments_present < s.attachments_expected, s.status == "missingEncryptedFormData"
    )
    conditions = [unfinished, s.deleted_at.is_(None), s.purged_at.is_(None)]
    if since is not None:
        conditions.append(s.submitted_at >= since)
    query = select(s.project_id, s.form_id, s.instance_id).where(and_(*conditions))
    waiting: dict[Form, list[str]] = {}
    with reading(engine) as connection:
        for project_id, form_id, instance_id in connection.execute(query):
            waiting.setdefault((project_id, form_id), []).append(instance_id)
    changed = 0
    for (project_id, form_id), ids in waiting.items():
        again = ask_again(
            engine,
            client,
            account,
            project_id=project_id,
            form_id=form_id,
            instance_ids=ids,
            run_id=run_id(),
            folder=folder,
        )
        changed += again.counts.changed
    return changed


def ask_deleted(
    engine: Engine,
    client: Client,
    account: Account,
    forms: Sequence[Form],
    *,
    run_id: Callable[[], int],
    folder: Path,
    now: str,
) -> int:
    """Compare what is deleted there and here; how many came back or are gone for good.

    A restoration shows in no stamp: the submission is only missing from the list of deleted ones.
    """
    found = 0
    for project_id, form_id in forms:
        held = _held_deleted(engine, project_id, form_id)
        if not held:
            continue
        doubtful = sorted(held - _deleted_there(client, account, project_id, form_id, folder))
        if not doubtful:
            continue
        again = ask_again(
            engine,
            client,
            account,
            project_id=project_id,
            form_id=form_id,
            instance_ids=doubtful,
            run_id=run_id(),
            folder=folder,
        )
        with writing(engine) as connection:
            forget_purged(connection, project_id, form_id, again.gone, now)
        found += again.counts.changed + len(again.gone)
    return found


def _held_deleted(engine: Engine, project_id: int, form_id: str) -> set[str]:
    s = submission.c
    query = select(s.instance_id).where(
        s.project_id == project_id,
        s.form_id == form_id,
        s.deleted_at.is_not(None),
        s.purged_at.is_(None),
    )
    with reading(engine) as connection:
        return set(connection.scalars(query))


def _deleted_there(
    client: Client, account: Account, project_id: int, form_id: str, folder: Path
) -> set[str]:
    condition = quote("__system/deletedAt ne null", safe="/$:")
    form = quote(form_id, safe="")
    url = f"projects/{project_id}/forms/{form}.svc/Submissions"
    with explained(account, what=form_id, missing=errors.no_form(form_id, project_id)):
        spool = spooled(
            client,
            f"{url}?$select=__id,__system&$filter={condition}",
            what=form_id,
            folder=folder,
        )
    with spool:
        return {str(row["__id"]) for _, row in rows(spool, form_id)}
