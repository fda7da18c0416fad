"""One synchronisation run: for every form, ask what changed, load it, move the cursor.

Rows, cursor and ledger line of a form move in one transaction: kill the process anywhere, run
again, and the tables are the same. One form's failure does not stop the others.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Connection, Engine, select

from forms.compiler import question_notes
from forms.errors import KafoError
from forms.xform import read_xform
from sync import errors
from sync.central import Account, explained, get_json
from sync.feed import Answer, Question, ask, overlapping, rows
from sync.ledger import FormReport, RunReport, begin_run, end_run, note_form
from sync.lock import single_run
from sync.reconcile import Proof, prove
from sync.versions import read_versions, sealed_versions, write_versions
from warehouse.engine import reading, writing
from warehouse.form_tables import adopt_form, current_shape
from warehouse.load import Counts, load
from warehouse.shape import FormShape
from warehouse.tables import sync_cursor
from warehouse.views import refresh_views


@dataclass(frozen=True, slots=True)
class Source:
    """Where to read: the session, its account, the projects, and the forms (None means all)."""

    client: Client
    account: Account
    projects: Sequence[int]
    forms: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Cursor:
    stamp: str | None
    etag: str | None
    etag_since: str | None
    definition_hash: str


@dataclass(frozen=True, slots=True)
class _Published:
    project_id: int
    form_id: str
    definition_hash: str


def pull(
    engine: Engine,
    source: Source,
    *,
    overlap: timedelta,
    folder: Path,
    now: Callable[[], str],
    on_form: Callable[[FormReport], None] = lambda _: None,
    on_proof: Callable[[Proof], None] | None = None,
) -> RunReport:
    """Run once over all forms. Raises BusyError, or CentralError when Central itself is out.

    With `on_proof`, every form is also compared with Central's own list and healed (`reconcile`).
    """
    with single_run(engine):
        run = RunReport(begin_run(engine, now))
        try:
            for published in _published_forms(source):
                started = perf_counter()
                try:
                    report = _pull_form(engine, source, published, run.run_id, overlap, folder, now)
                    if on_proof is not None:
                        on_proof(_prove(engine, source, published, run.run_id, folder, now))
                except KafoError as error:
                    report = _failed(published, error, perf_counter() - started)
                    with writing(engine) as connection:
                        note_form(connection, run.run_id, report)
                run.forms.append(report)
                on_form(report)
        except BaseException as error:
            end_run(engine, run, now, error=_safe(error))
            raise
        end_run(engine, run, now)
        return run


def _prove(
    engine: Engine,
    source: Source,
    published: _Published,
    run_id: int,
    folder: Path,
    now: Callable[[], str],
) -> Proof:
    return prove(
        engine,
        source.client,
        source.account,
        project_id=published.project_id,
        form_id=published.form_id,
        run_id=run_id,
        folder=folder,
        now=now,
    )


def _safe(error: BaseException) -> str:
    """What the ledger may say of an error: our own words, or only the kind of a foreign one."""
    return str(error) if isinstance(error, KafoError) else type(error).__name__


def _published_forms(source: Source) -> list[_Published]:
    found = []
    for project_id in source.projects:
        missing = errors.no_project(project_id)
        with explained(source.account, what=f"le projet {project_id}", missing=missing):
            listed: list[dict[str, Any]] = get_json(source.client, f"projects/{project_id}/forms")
        for item in listed:
            if item["publishedAt"] is not None:
                mark = item.get("sha256") or item["hash"]
                found.append(_Published(project_id, item["xmlFormId"], mark))
    return found if source.forms is None else _wanted(found, source)


def _wanted(found: list[_Published], source: Source) -> list[_Published]:
    assert source.forms is not None
    there = {published.form_id for published in found}
    for form_id in source.forms:
        if form_id not in there:
            raise errors.no_form(form_id, source.projects[0])
    return [published for published in found if published.form_id in source.forms]


def _pull_form(
    engine: Engine,
    source: Source,
    published: _Published,
    run_id: int,
    overlap: timedelta,
    folder: Path,
    now: Callable[[], str],
) -> FormReport:
    started = perf_counter()
    project_id, form_id = published.project_id, published.form_id
    with reading(engine) as connection:
        cursor = _cursor(connection, project_id, form_id)
        shape = current_shape(connection, project_id, form_id)
    # A new version changes types and columns of old rows too, and no stamp or ETag shows it.
    renewed = cursor is None or shape is None or cursor.definition_hash != published.definition_hash
    definition = _definition(source, published) if renewed else None
    since = None if renewed or cursor is None else overlapping(cursor.stamp, overlap)
    repeats = _has_repeats(definition, shape)
    question = Question(project_id, form_id, since, repeats)
    same_url = not renewed and cursor is not None and cursor.etag_since == since
    etag = cursor.etag if same_url and cursor is not None else None
    missing = errors.no_form(form_id, project_id)
    with explained(source.account, what=form_id, missing=missing):
        answer = ask(source.client, question, etag=etag, folder=folder)
    asked = "nothing" if answer.spool is None else "changes" if since else "all"
    report = FormReport(project_id, form_id, "ok", asked, Counts(), since, answer.size)
    with nullcontext() if answer.spool is None else answer.spool, writing(engine) as connection:
        if definition is not None:
            shape = _adopt(connection, published, definition, now())
        assert shape is not None
        if answer.spool is not None:
            counts = load(
                connection,
                shape,
                rows(answer.spool, form_id),
                run_id=run_id,
                sealed_versions=sealed_versions(connection, project_id, form_id),
            )
            report = replace(report, counts=counts)
            _move(connection, published, cursor, counts, answer, since, run_id)
        report = replace(report, seconds=perf_counter() - started)
        note_form(connection, run_id, report)
    return report


_Definition = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]
"""The XForm's text, Central's field list, and the list of published versions."""


def _definition(source: Source, published: _Published) -> _Definition:
    project_id, form_id = published.project_id, published.form_id
    base = f"projects/{project_id}/forms/{quote(form_id, safe='')}"
    with explained(source.account, what=form_id, missing=errors.no_form(form_id, project_id)):
        fields = get_json(source.client, f"{base}/fields?odata=true")
        answer = source.client.get(f"{base}.xml")
        answer.raise_for_status()
    versions = read_versions(source.client, source.account, project_id, form_id)
    return answer.content.decode("utf-8"), fields, versions


def _has_repeats(definition: _Definition | None, shape: FormShape | None) -> bool:
    if definition is not None:
        return any(field["type"] == "repeat" for field in definition[1])
    return shape is not None and len(shape.tables) > 1


def _adopt(
    connection: Connection, published: _Published, definition: _Definition, now: str
) -> FormShape:
    xml, fields, versions = definition
    shape = adopt_form(
        connection,
        project_id=published.project_id,
        xform=read_xform(xml),
        xml=xml,
        fields=fields,
        definition_hash=published.definition_hash,
        now=now,
        notes=question_notes(published.form_id),
    )
    write_versions(connection, published.project_id, published.form_id, versions)
    refresh_views(connection)
    return shape


def _cursor(connection: Connection, project_id: int, form_id: str) -> _Cursor | None:
    c = sync_cursor.c
    row = connection.execute(
        select(c.stamp, c.etag, c.etag_since, c.definition_hash).where(
            c.project_id == project_id, c.form_id == form_id
        )
    ).first()
    return None if row is None else _Cursor(*row)


def _move(
    connection: Connection,
    published: _Published,
    before: _Cursor | None,
    counts: Counts,
    answer: Answer,
    since: str | None,
    run_id: int,
) -> None:
    """The cursor is the newest stamp seen in data, never a clock's time, and never goes back."""
    stamps = [stamp for stamp in (counts.latest, before.stamp if before else None) if stamp]
    c = sync_cursor.c
    mine = (c.project_id == published.project_id, c.form_id == published.form_id)
    connection.execute(sync_cursor.delete().where(*mine))
    connection.execute(
        sync_cursor.insert().values(
            project_id=published.project_id,
            form_id=published.form_id,
            stamp=max(stamps, default=None),
            etag=answer.etag,
            etag_since=since,
            definition_hash=published.definition_hash,
            run_id=run_id,
        )
    )


def _failed(published: _Published, error: KafoError, seconds: float) -> FormReport:
    return FormReport(
        published.project_id,
        published.form_id,
        "failed",
        "nothing",
        Counts(),
        seconds=seconds,
        error=str(error),
    )
