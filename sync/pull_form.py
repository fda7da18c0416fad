"""One form, brought up to date: ask what changed, load it, move its cursor.

The answer is loaded while it comes, a batch in each transaction; the last batch, which is loaded
only when the answer has proven whole, moves the cursor and writes the ledger with it. So a stream
that breaks leaves what came, as it came, and is asked for again; and a change of a usual size is
one transaction. Kill the process anywhere, run again, and the tables are the same.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, select

from forms.compiler import question_notes
from forms.xform import read_xform
from sync import errors
from sync.central import Source, explained, get_json
from sync.feed import Answer, Question, ask, overlapping, rows
from sync.ledger import FormReport, note_form
from sync.versions import read_versions, sealed_versions, write_versions
from warehouse.engine import reading, writing
from warehouse.form_tables import adopt_form, current_shape
from warehouse.load import Counts, Intake, batches
from warehouse.shape import FormShape
from warehouse.tables import sync_cursor
from warehouse.views import refresh_views


@dataclass(frozen=True, slots=True)
class _Cursor:
    stamp: str | None
    etag: str | None
    etag_since: str | None
    definition_hash: str


@dataclass(frozen=True, slots=True)
class Published:
    """A form as Central lists it."""

    project_id: int
    form_id: str
    definition_hash: str


def pull_form(
    engine: Engine,
    source: Source,
    published: Published,
    run_id: int,
    overlap: timedelta,
    folder: Path,
    now: Callable[[], str],
) -> FormReport:
    """Bring one form up to date. Raises CentralError and WarehouseError; what came is kept."""
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
        with nullcontext() if answer.spool is None else answer.spool:
            if definition is not None:
                with writing(engine) as connection:
                    shape = _adopt(connection, published, definition, now())
            assert shape is not None
            asked = _Asked(published, shape, cursor, since, answer, run_id)
            return _load(engine, asked, started)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way into the warehouse."""

    published: Published
    shape: FormShape
    cursor: _Cursor | None
    since: str | None
    answer: Answer
    run_id: int


def _load(engine: Engine, asked: _Asked, started: float) -> FormReport:
    project_id, form_id = asked.published.project_id, asked.published.form_id
    spool = asked.answer.spool
    if spool is None:
        report = FormReport(project_id, form_id, "ok", "nothing", Counts(), asked.since)
        with writing(engine) as connection:
            return _noted(connection, asked, report, started)
    with reading(engine) as connection:
        sealed = sealed_versions(connection, project_id, form_id)
        intake = Intake(connection, asked.shape, run_id=asked.run_id, sealed_versions=sealed)
    what = "changes" if asked.since else "all"
    waiting = batches(rows(spool, form_id))
    batch = next(waiting)
    for following in waiting:
        with writing(engine) as connection:
            intake.take(connection, batch)
        batch = following
    with writing(engine) as connection:
        intake.take(connection, batch)
        _move(connection, asked, intake.counts)
        counts = intake.counts
        report = FormReport(project_id, form_id, "ok", what, counts, asked.since, spool.size)
        return _noted(connection, asked, report, started)


def _noted(connection: Connection, asked: _Asked, report: FormReport, started: float) -> FormReport:
    report = replace(report, seconds=perf_counter() - started)
    note_form(connection, asked.run_id, report)
    return report


_Definition = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]
"""The XForm's text, Central's field list, and the list of published versions."""


def _definition(source: Source, published: Published) -> _Definition:
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
    connection: Connection, published: Published, definition: _Definition, now: str
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


def _move(connection: Connection, asked: _Asked, counts: Counts) -> None:
    """The cursor is the newest stamp seen in data, never a clock's time, and never goes back."""
    published, before = asked.published, asked.cursor
    stamps = [stamp for stamp in (counts.latest, before.stamp if before else None) if stamp]
    c = sync_cursor.c
    mine = (c.project_id == published.project_id, c.form_id == published.form_id)
    connection.execute(sync_cursor.delete().where(*mine))
    connection.execute(
        sync_cursor.insert().values(
            project_id=published.project_id,
            form_id=published.form_id,
            stamp=max(stamps, default=None),
            etag=asked.answer.etag,
            etag_since=asked.since,
            definition_hash=published.definition_hash,
            run_id=asked.run_id,
        )
    )
