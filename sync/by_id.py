"""Asks Central again for submissions by their IDs and loads the answer: how differences are healed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Engine

from sync import errors
from sync.central import Account, explained
from sync.feed import rows, spooled
from sync.versions import sealed_versions
from warehouse.engine import reading, writing
from warehouse.form_tables import current_shape
from warehouse.load import Counts, load

_TOGETHER = 80
"""IDs in one question: about 6 KB of address, below the 8 KB that nginx takes."""


@dataclass(slots=True)
class Again:
    """What was asked again: how it was loaded, and the IDs that Central no longer has."""

    counts: Counts
    gone: list[str]


def ask_again(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    project_id: int,
    form_id: str,
    instance_ids: Sequence[str],
    run_id: int,
    folder: Path,
) -> Again:
    """Load the present state of these submissions, deleted ones too; raises CentralError."""
    total, gone = Counts(), list[str]()
    with reading(engine) as connection:
        shape = current_shape(connection, project_id, form_id)
        sealed = sealed_versions(connection, project_id, form_id)
    if shape is None:
        return Again(total, gone)
    repeats = len(shape.tables) > 1
    for ids in _chunks(instance_ids):
        url = _url(project_id, form_id, ids, with_repeats=repeats)
        with explained(account, what=form_id, missing=errors.no_form(form_id, project_id)):
            spool = spooled(client, url, what=form_id, folder=folder)
        with spool, writing(engine) as connection:
            found = list(rows(spool, form_id))
            counts = load(connection, shape, found, run_id=run_id, sealed_versions=sealed)
        total.received += counts.received
        total.new += counts.new
        total.changed += counts.changed
        total.deleted += counts.deleted
        total.quarantined += counts.quarantined
        there = {str(row["__id"]) for _, row in found}
        gone += [i for i in ids if i not in there]
    return Again(total, gone)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _TOGETHER):
        yield ids[start : start + _TOGETHER]


def _url(project_id: int, form_id: str, ids: Sequence[str], *, with_repeats: bool) -> str:
    wanted = " or ".join("__id eq '" + i.replace("'", "''") + "'" for i in ids)
    # Naming deletedAt switches off Central's silent "not deleted" condition.
    alive = "__system/deletedAt eq null or __system/deletedAt ne null"
    query = ["$filter=" + quote(f"({wanted}) and ({alive})", safe="/$:'()")]
    if with_repeats:
        query.insert(0, "$expand=*")
    form = quote(form_id, safe="")
    return f"projects/{project_id}/forms/{form}.svc/Submissions?" + "&".join(query)
