"""Fetches photos, sounds and audit logs: in parallel, verified, and again when they come late.

Central tells of no late or replaced attachment in any stamp or ETag of its feed, so three
questions are asked: of every new or edited submission which files it has; of every submission that
still lacks one whether it came (`outstanding`); and, in the slow round, of stored files whether
they are the same (a conditional GET each).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from pyodk.client import Client
from sqlalchemy import Connection, Engine, and_, bindparam, func, or_, select, tuple_

from sync.audit_log import read_audit
from sync.central import Account, explained
from sync.comments import Key
from sync.errors import Transient, cut_off
from sync.file_names import known_files
from sync.store import Stored, keep, path_of, sweep
from warehouse.bulk import Row, upsert
from warehouse.engine import reading, writing
from warehouse.tables import attachment, form, question_timing, submission, sync_run

_PARALLEL = 6
"""Downloads at once: Central answers from one pool of ten database connections."""

_BATCH = 200
"""Files fetched before they are written down: what a killed process fetches again at most."""

_CHUNK = 1 << 16
_LISTED = ("project_id", "form_id", "instance_id", "name", "state", "listed_revision", "checked_at")
_CONTENT = ("etag", "size", "sha256")

Form = tuple[int, str]
Place = tuple[int, str, str]
"""Project, form, instance ID."""


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
    since: str | None = None,
) -> Fetched:
    """Fetch what is listed and not stored; ask after the stored files of `recheck` as well.

    Run again after any failure: what is stored and written down is not fetched twice. A file
    that is still on a phone is not asked for: once it comes, its submission's count changes.
    """
    done = Fetched()
    sweep(folder)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        fields = _fields(engine)
        after: Place | None = None
        first = _first_run(engine, since)
        while unlisted := _unlisted(engine, after, first):
            known = {each.key: each.known(fields) for each in unlisted}
            unknown = [key for key, files in known.items() if files is None]
            asked = pool.map(lambda key: _list(client, account, key), unknown)
            lists = {
                **{key: files for key, files in known.items() if files is not None},
                **dict(zip(unknown, asked, strict=True)),
            }
            _write_lists(engine, lists, now())
            done.listed += len(unlisted)
            after = unlisted[-1].key[:3]
        files = _waiting(engine) + _stored(engine, recheck)
        for start in range(0, len(files), _BATCH):
            batch = files[start : start + _BATCH]
            got = list(pool.map(lambda file: _get(client, account, file, folder), batch))
            _write_files(engine, got, now(), folder)
            done.stored += sum(g.state == "stored" and g.stored is not None for g in got)
            done.missing += sum(g.state == "missing" for g in got)
            done.failed += sum(g.state == "failed" for g in got)
    return done


@dataclass(frozen=True, slots=True)
class _Unlisted:
    """A submission that expects files and whose files were not listed since it changed."""

    key: Key
    present: int
    expected: int
    payload: str

    def known(self, fields: Mapping[Form, list[dict[str, Any]]]) -> dict[str, bool] | None:
        """Its files, where its answers and Central's counts tell."""
        row = json.loads(self.payload)
        listed = fields.get(self.key[:2], [])
        return known_files(row, listed, present=self.present, expected=self.expected)


def _fields(engine: Engine) -> dict[Form, list[dict[str, Any]]]:
    with reading(engine) as connection:
        found = connection.execute(select(form.c.project_id, form.c.form_id, form.c.fields))
        return {(project_id, form_id): json.loads(text) for project_id, form_id, text in found}


def _first_run(engine: Engine, since: str | None) -> int:
    """The first run from then on; a number that no run has yet when there was none."""
    if since is None:
        return 0
    r = sync_run.c
    query = select(func.min(r.run_id)).where(r.started_at >= since)
    with reading(engine) as connection:
        return connection.scalar(query) or 2**31 - 1


def _unlisted(engine: Engine, after: Place | None, first_run: int) -> list[_Unlisted]:
    """The next live submissions whose files are to be listed, in the order of their keys."""
    s, a = submission.c, attachment.c
    same = and_(
        a.project_id == s.project_id, a.form_id == s.form_id, a.instance_id == s.instance_id
    )
    listed = select(a.name).where(same, a.listed_revision >= s.revision).exists()
    key = (s.project_id, s.form_id, s.instance_id)
    query = (
        select(*key, s.revision, s.attachments_present, s.attachments_expected, s.payload)
        .where(s.attachments_expected > 0, s.deleted_at.is_(None), ~listed)
        # Sealed ones are fetched by the one who opens them.
        .where(s.status.is_(None))
        .order_by(*key)
        .limit(_BATCH)
    )
    if first_run:
        # The forms are named so that the index on form and run is used.
        query = query.where(s.form_id.in_(select(form.c.form_id)), s.run_id >= first_run)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    with reading(engine) as connection:
        return [
            _Unlisted((p, f, i, revision), present or 0, expected, payload)
            for p, f, i, revision, present, expected, payload in connection.execute(query)
        ]


def _base(project_id: int, form_id: str, instance_id: str) -> str:
    form, instance = quote(form_id, safe=""), quote(instance_id, safe="")
    return f"projects/{project_id}/forms/{form}/submissions/{instance}/attachments"


def _list(client: Client, account: Account, key: Key) -> dict[str, bool]:
    """Each file and whether it is there, as Central lists them."""
    project_id, form_id, instance_id, _ = key
    with explained(account, what=form_id):
        response = client.get(_base(project_id, form_id, instance_id))
        if response.status_code == 404:  # deleted meanwhile: the feed will tell
            return {}
        response.raise_for_status()
        return {str(item["name"]): bool(item["exists"]) for item in response.json()}


def _write_lists(engine: Engine, lists: Mapping[Key, Mapping[str, bool]], now: str) -> None:
    """Known files keep what is stored; a file no longer listed goes; a new one waits.

    The file of an edited submission may be another one under the same name, so it is asked for
    again; one that was taken away in Central is not kept here.
    """
    there, missing, listed = list[Row](), list[Row](), set[tuple[Any, ...]]()
    for (project_id, form_id, instance_id, revision), names in lists.items():
        for name, exists in (names or {"": False}).items():
            key = (project_id, form_id, instance_id, name)
            listed.add(key)
            if exists:
                there.append((*key, "waiting", revision, now))
            else:
                state = "missing" if name else "none"
                missing.append((*key, state, revision, now, None, None, None))
    a = attachment.c
    own = (a.project_id, a.form_id, a.instance_id, a.name)
    with writing(engine) as connection:
        for gone in _held(connection, lists) - listed:
            mine = [column == value for column, value in zip(own, gone, strict=True)]
            connection.execute(attachment.delete().where(*mine))
        upsert(connection, "attachment", _LISTED, there, key=_LISTED[:4])
        upsert(connection, "attachment", (*_LISTED, *_CONTENT), missing, key=_LISTED[:4])


def _held(connection: Connection, keys: Iterable[Key]) -> set[tuple[Any, ...]]:
    """The files known of these submissions. Asked form by form: of a list of whole keys SQLite makes no
    use of its index."""
    a, by_form = attachment.c, defaultdict[Form, list[str]](list)
    for project_id, form_id, instance_id, _ in keys:
        by_form[project_id, form_id].append(instance_id)
    found: set[tuple[Any, ...]] = set()
    for (project_id, form_id), ids in by_form.items():
        query = select(a.project_id, a.form_id, a.instance_id, a.name).where(
            a.project_id == project_id, a.form_id == form_id, a.instance_id.in_(ids)
        )
        found |= {tuple(row) for row in connection.execute(query)}
    return found


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


def _write_files(engine: Engine, got: Sequence[_Got], now: str, folder: Path) -> None:
    noted, came, audits = list[dict[str, Any]](), list[dict[str, Any]](), list[File]()
    for found in got:
        file = found.file
        key = {
            "of_project": file.project_id,
            "of_form": file.form_id,
            "of_instance": file.instance_id,
            "of_name": file.name,
        }
        noted.append({**key, "state": found.state, "checked_at": now})
        if found.stored is not None:
            content = {
                "etag": f'"{found.stored.md5}"',
                "size": found.stored.size,
                "sha256": found.stored.sha256,
                "media_type": found.media_type,
            }
            came.append({**key, **content})
            if file.name == "audit.csv":
                audits.append(file)
    hashes = {found.file: found.stored.sha256 for found in got if found.stored is not None}
    a = attachment.c
    mine = attachment.update().where(
        a.project_id == bindparam("of_project"),
        a.form_id == bindparam("of_form"),
        a.instance_id == bindparam("of_instance"),
        a.name == bindparam("of_name"),
    )
    with writing(engine) as connection:
        for rows in (noted, came):
            if rows:
                names = [name for name in rows[0] if not name.startswith("of_")]
                connection.execute(mine.values({n: bindparam(n) for n in names}), rows)
        logs = ((file, path_of(folder, hashes[file]).read_bytes()) for file in audits)
        write_timings(connection, logs)


def write_timings(connection: Connection, logs: Iterable[tuple[File, bytes]]) -> None:
    """Replace the question timings of submissions by those of their audit logs."""
    t = question_timing.c
    rows: list[Row] = []
    for file, content in logs:
        mine = (t.project_id == file.project_id, t.form_id == file.form_id)
        connection.execute(question_timing.delete().where(*mine, t.instance_id == file.instance_id))
        rows += (
            (
                file.project_id, file.form_id, file.instance_id, event.position, event.event,
                event.path, event.started_at, event.ended_at, event.seconds,
            )
            for event in read_audit(content)
        )  # fmt: skip
    columns = tuple(c.name for c in question_timing.columns)
    upsert(connection, "question_timing", columns, rows, key=columns[:4])
