"""Opens the sealed submissions that the warehouse holds, with the private key of this deployment.

The feed gives a sealed submission as an envelope without answers. Opened here, it loads as any
other and keeps the digest of the sealed row, so that the next feed does not close it again; an edit
does, until it is opened anew.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pyodk.client import Client
from sqlalchemy import Connection, Engine, select

from forms.errors import KafoError
from sync.attachments import File, write_timings
from sync.central import Account
from sync.decryption import DecryptionError, Plain
from sync.errors import CentralError
from sync.private_key import PrivateKey
from sync.sealed import open_sealed
from sync.store import keep
from sync.submission_row import Row, submission_row
from warehouse.bulk import upsert
from warehouse.engine import reading, writing
from warehouse.form_tables import current_shape
from warehouse.load import load
from warehouse.tables import attachment, form, submission

_PARALLEL = 4
_BATCH = 50
"""Submissions opened in one transaction: their media are in memory meanwhile."""


@dataclass(slots=True)
class Opened:
    """What an attempt did; `refused` counts by reason (`key`, `missing`, `file`, `signature`)."""

    opened: int = 0
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A submission that waits to be opened: its ID, the digest and number of its sealed row, and what
    Central says of it."""

    instance_id: str
    digest: str
    revision: int
    system: dict[str, Any]


def open_waiting(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    key: PrivateKey,
    run_id: Callable[[], int],
    folder: Path,
    now: Callable[[], str],
) -> Opened:
    """Open every sealed submission whose files have all come; what cannot be opened stays as it is
    and is tried again next time. Raises CentralError."""
    done = Opened()
    for project_id, form_id, fields in forms_of(engine):
        waiting = iter(waiting_of(engine, project_id, form_id))
        while batch := list(islice(waiting, _BATCH)):

            def attempt(sealed: Sealed, place: tuple[int, str] = (project_id, form_id)) -> Any:
                return _open(client, account, key, place, sealed.instance_id)

            with ThreadPoolExecutor(_PARALLEL) as pool:
                found = list(zip(batch, pool.map(attempt, batch), strict=True))
            opened = [(sealed, plain) for sealed, plain in found if isinstance(plain, Plain)]
            for _, reason in found:
                if isinstance(reason, str):
                    done.refused[reason] = done.refused.get(reason, 0) + 1
            if not opened:
                continue
            number = run_id()
            with writing(engine) as connection:
                _load(connection, project_id, form_id, fields, opened, number)
                for sealed, plain in opened:
                    place = (project_id, form_id, sealed.instance_id)
                    _keep_media(connection, place, sealed.revision + 1, plain, folder, now())
            done.opened += len(opened)
    return done


def _open(
    client: Client, account: Account, key: PrivateKey, place: tuple[int, str], instance_id: str
) -> Plain | str:
    """The opened submission, or the reason why it stays closed."""
    try:
        return open_sealed(
            client,
            account,
            key=key,
            project_id=place[0],
            form_id=place[1],
            instance_id=instance_id,
        )
    except DecryptionError as error:
        return error.reason
    except CentralError:
        raise
    except KafoError:
        return "file"


def forms_of(engine: Engine) -> Iterator[tuple[int, str, list[dict[str, Any]]]]:
    """Project, form and field list of every form here."""
    with reading(engine) as connection:
        found = connection.execute(select(form.c.project_id, form.c.form_id, form.c.fields)).all()
    for project_id, form_id, fields in found:
        yield project_id, form_id, json.loads(fields)


def waiting_of(engine: Engine, project_id: int, form_id: str) -> Sequence[Sealed]:
    """The submissions of a form that Central cannot read and nobody has opened."""
    s = submission.c
    query = select(s.instance_id, s.digest, s.revision, s.payload).where(
        s.project_id == project_id,
        s.form_id == form_id,
        s.status == "notDecrypted",
        s.deleted_at.is_(None),
        s.purged_at.is_(None),
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [Sealed(i, digest, rev, json.loads(text)["__system"]) for i, digest, rev, text in rows]


def _load(
    connection: Connection,
    project_id: int,
    form_id: str,
    fields: list[dict[str, Any]],
    opened: Iterable[tuple[Sealed, Plain]],
    run_id: int,
) -> None:
    shape = current_shape(connection, project_id, form_id)
    assert shape is not None
    rows: list[tuple[str, Row]] = []
    for sealed, plain in opened:
        row = submission_row(
            plain.xml, fields, instance_id=sealed.instance_id, system=sealed.system
        )
        rows.append((json.dumps(row, ensure_ascii=False, separators=(",", ":")), row))
    seals = {sealed.instance_id: sealed.digest for sealed, _ in opened}
    load(connection, shape, rows, run_id=run_id, seals=seals)


def _keep_media(
    connection: Connection,
    place: tuple[int, str, str],
    revision: int,
    plain: Plain,
    folder: Path,
    now: str,
) -> None:
    rows = []
    for name, content in plain.media.items():
        stored = keep(folder, [content])
        rows.append((*place, name, "stored", None, stored.size, stored.sha256, None, revision, now))
        if name == "audit.csv":
            write_timings(connection, [(File(*place, name, revision), content)])
    columns = tuple(c.name for c in attachment.columns)
    upsert(connection, "attachment", columns, rows, key=columns[:4])
