"""Fetches photos, sounds and audit logs: in parallel, verified, and again when they come late.

Central tells of no late or replaced attachment in any stamp or ETag of its feed, so three
questions are asked: of every new or edited submission which files it has; of every submission that
still lacks one whether it came (`outstanding`); and, in the slow round, of stored files whether
they are the same (a conditional GET each).
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests
from pyodk.client import Client
from sqlalchemy import Connection, Engine, and_, or_, select

from sync.audit_log import read_audit
from sync.central import Account, explained
from sync.comments import Key
from sync.errors import Transient, cut_off
from sync.store import Stored, keep, path_of, sweep
from warehouse.bulk import upsert
from warehouse.engine import reading, writing
from warehouse.tables import attachment, question_timing, submission

_PARALLEL = 6
"""Downloads at once: Central answers from one pool of ten database connections."""

_BATCH = 200
"""Files fetched before they are written down: what a killed process fetches again at most."""

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as Central names it. The name is data, never a path."""

    project_id: int
    form_id: str
    instance_id: str
    name: str
    revision: int
    etag: str | None = None


@dataclass(slots=True)
class Fetched:
    """What a run did with attachments."""

    listed: int = 0
    stored: int = 0
    missing: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Got:
    file: File
    state: str
    stored: Stored | None = None
    media_type: str | None = None


def fetch_attachments(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    folder: Path,
    now: Callable[[], str],
    recheck: Sequence[Key] = (),
) -> Fetched:
    """Fetch what is listed and not stored; ask after the stored files of `recheck` as well.

    Run again after any failure: what is stored and written down is not fetched twice. A file
    that is still on a phone is not asked for: once it comes, its submission's count changes.
    """
    done = Fetched()
    sweep(folder)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        while unlisted := _unlisted(engine):
            lists = pool.map(lambda key: _list(client, account, key), unlisted)
            _write_lists(engine, list(zip(unlisted, lists, strict=True)), now())
            done.listed += len(unlisted)
        files = _waiting(engine) + _stored(engine, recheck)
        for start in range(0, len(files), _BATCH):
            batch = files[start : start + _BATCH]
            got = list(pool.map(lambda file: _get(client, account, file, folder), batch))
            _write_files(engine, got, now(), folder)
            done.stored += sum(g.state == "stored" and g.stored is not None for g in got)
            done.missing += sum(g.state == "missing" for g in got)
            done.failed += sum(g.state == "failed" for g in got)
    return done


def _unlisted(engine: Engine) -> list[Key]:
    """Live submissions that expect files and whose files were not listed since they changed."""
    s, a = submission.c, attachment.c
    same = and_(
        a.project_id == s.project_id, a.form_id == s.form_id, a.instance_id == s.instance_id
    )
    listed = select(a.name).where(same, a.listed_revision >= s.revision).exists()
    query = (
        select(s.project_id, s.form_id, s.instance_id, s.revision)
        .where(s.attachments_expected > 0, s.deleted_at.is_(None), ~listed)
        # Sealed ones are fetched by the one who opens them.
        .where(s.status.is_(None))
        .limit(_BATCH)
    )
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def _base(project_id: int, form_id: str, instance_id: str) -> str:
    form, instance = quote(form_id, safe=""), quote(instance_id, safe="")
    return f"projects/{project_id}/forms/{form}/submissions/{instance}/attachments"


def _list(client: Client, account: Account, key: Key) -> list[dict[str, object]]:
    project_id, form_id, instance_id, _ = key
    with explained(account, what=form_id):
        response = client.get(_base(project_id, form_id, instance_id))
        if response.status_code == 404:  # deleted meanwhile: the feed will tell
            return []
        response.raise_for_status()
        found: list[dict[str, object]] = response.json()
    return found


def _write_lists(
    engine: Engine, lists: Sequence[tuple[Key, list[dict[str, object]]]], now: str
) -> None:
    """Known files keep what is stored; a file no longer listed goes; a new one waits."""
    with writing(engine) as connection:
        for (project_id, form_id, instance_id, revision), listed in lists:
            names = {str(item["name"]): bool(item["exists"]) for item in listed} or {"": False}
            a = attachment.c
            mine = (a.project_id == project_id, a.form_id == form_id, a.instance_id == instance_id)
            connection.execute(attachment.delete().where(*mine, a.name.not_in(names)))
            there = set(connection.scalars(select(a.name).where(*mine)))
            for name, exists in names.items():
                state = ("waiting" if exists else "missing") if name else "none"
                values = {"listed_revision": revision, "checked_at": now}
                if name not in there:
                    key = {"project_id": project_id, "form_id": form_id, "instance_id": instance_id}
                    row = attachment.insert().values(**key, name=name, state=state, **values)
                    connection.execute(row)
                else:
                    # The file of an edited submission may be another one under the same name;
                    # one that was taken away in Central is not kept here.
                    changed: dict[str, object] = {"state": state}
                    if not exists:
                        changed |= {"etag": None, "size": None, "sha256": None}
                    connection.execute(
                        attachment.update().where(*mine, a.name == name).values(**values, **changed)
                    )


def _files(engine: Engine, *conditions: object) -> list[File]:
    a = attachment.c
    columns = (a.project_id, a.form_id, a.instance_id, a.name, a.listed_revision, a.etag)
    alive = and_(
        submission.c.project_id == a.project_id,
        submission.c.form_id == a.form_id,
        submission.c.instance_id == a.instance_id,
        submission.c.deleted_at.is_(None),
        submission.c.status.is_(None),
    )
    query = select(*columns).join(submission, alive).where(*conditions)  # type: ignore[arg-type]
    with reading(engine) as connection:
        return [File(*row) for row in connection.execute(query.order_by(*columns[:4]))]


def _waiting(engine: Engine) -> list[File]:
    a = attachment.c
    return _files(engine, or_(a.state == "waiting", a.state == "failed"))


def _stored(engine: Engine, keys: Sequence[Key]) -> list[File]:
    found: list[File] = []
    for start in range(0, len(keys), _BATCH):
        ids = [key[2] for key in keys[start : start + _BATCH]]
        found += _files(engine, attachment.c.state == "stored", attachment.c.instance_id.in_(ids))
    return found


def _get(client: Client, account: Account, file: File, folder: Path) -> _Got:
    """One file, verified by its length and Central's MD5. A failure is noted, and tried next time."""
    url = f"{_base(file.project_id, file.form_id, file.instance_id)}/{quote(file.name, safe='')}"
    headers = {"If-None-Match": file.etag} if file.etag else {}
    try:
        with (
            explained(account, what=file.form_id),
            client.get(url, headers=headers, stream=True) as response,
        ):
            if response.status_code == 304:
                return _Got(file, "stored")
            if response.status_code == 404:
                return _Got(file, "missing")
            response.raise_for_status()
            stored = keep(folder, response.iter_content(_CHUNK))
            _verify(response, stored, file, folder)
            return _Got(file, "stored", stored, response.headers.get("Content-Type"))
    except Transient:
        return _Got(file, "failed")


def _verify(response: requests.Response, stored: Stored, file: File, folder: Path) -> None:
    """Central's ETag is the MD5 of the bytes it holds; a proxy's weak one proves nothing."""
    etag = response.headers.get("ETag", "")
    if etag.startswith('"') and len(etag) == 34 and etag.strip('"') != stored.md5:
        path_of(folder, stored.sha256).unlink(missing_ok=True)
        raise cut_off(file.form_id)
    length = response.headers.get("Content-Length")
    plain = "Content-Encoding" not in response.headers
    if plain and length is not None and int(length) != stored.size:
        raise cut_off(file.form_id)


def _write_files(engine: Engine, got: Iterable[_Got], now: str, folder: Path) -> None:
    with writing(engine) as connection:
        for found in got:
            values: dict[str, object] = {"state": found.state, "checked_at": now}
            if found.stored is not None:
                values |= {
                    "etag": f'"{found.stored.md5}"',
                    "size": found.stored.size,
                    "sha256": found.stored.sha256,
                    "media_type": found.media_type,
                }
            a, file = attachment.c, found.file
            connection.execute(
                attachment.update()
                .where(a.project_id == file.project_id, a.form_id == file.form_id)
                .where(a.instance_id == file.instance_id, a.name == file.name)
                .values(**values)
            )
            if found.stored is not None and file.name == "audit.csv":
                write_timings(connection, file, path_of(folder, found.stored.sha256).read_bytes())


def write_timings(connection: Connection, file: File, content: bytes) -> None:
    """Replace the question timings of one submission by those of its audit log."""
    t = question_timing.c
    mine = (t.project_id == file.project_id, t.form_id == file.form_id)
    connection.execute(question_timing.delete().where(*mine, t.instance_id == file.instance_id))
    rows = [
        (
            file.project_id, file.form_id, file.instance_id, event.position, event.event,
            event.path, event.started_at, event.ended_at, event.seconds,
        )
        for event in read_audit(content)
    ]  # fmt: skip
    columns = tuple(c.name for c in question_timing.columns)
    upsert(connection, "question_timing", columns, rows, key=columns[:4])
