"""One synchronisation run over all forms. One form's failure does not stop the others."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

from forms.errors import KafoError
from sync import errors
from sync.central import Source, explained, get_json
from sync.ledger import FormReport, RunReport, begin_run, end_run, note_form
from sync.lock import single_run
from sync.pull_form import Published, pull_form
from sync.reconcile import Proof, prove
from warehouse.engine import writing
from warehouse.load import Counts


def pull(
    engine: Engine,
    source: Source,
    *,
    overlap: timedelta,
    folder: Path,
    now: Callable[[], str],
    on_form: Callable[[FormReport], None] = lambda _: None,
    on_proof: Callable[[Proof], None] | None = None,
    alone: bool = False,
) -> RunReport:
    """Run once over all forms. Raises BusyError, or CentralError when Central itself is out.

    With `on_proof`, every form is also compared with Central's own list and healed (`reconcile`).
    `alone` notes a run for one form somebody asked for: it tells nothing of how fresh the others are.
    """
    with single_run(engine):
        run = RunReport(begin_run(engine, now))
        try:
            for published in _published_forms(source):
                started = perf_counter()
                try:
                    report = pull_form(engine, source, published, run.run_id, overlap, folder, now)
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
        end_run(engine, run, now, alone=alone)
        return run


def _prove(
    engine: Engine,
    source: Source,
    published: Published,
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


def _published_forms(source: Source) -> list[Published]:
    found = []
    for project_id in source.projects:
        missing = errors.no_project(project_id)
        with explained(source.account, what=f"le projet {project_id}", missing=missing):
            listed: list[dict[str, Any]] = get_json(source.client, f"projects/{project_id}/forms")
        for item in listed:
            if item["publishedAt"] is not None:
                mark = item.get("sha256") or item["hash"]
                found.append(Published(project_id, item["xmlFormId"], mark))
    return found if source.forms is None else _wanted(found, source)


def _wanted(found: list[Published], source: Source) -> list[Published]:
    assert source.forms is not None
    there = {published.form_id for published in found}
    for form_id in source.forms:
        if form_id not in there:
            raise errors.no_form(form_id, source.projects[0])
    return [published for published in found if published.form_id in source.forms]


def _failed(published: Published, error: KafoError, seconds: float) -> FormReport:
    return FormReport(
        published.project_id,
        published.form_id,
        "failed",
        "nothing",
        Counts(),
        seconds=seconds,
        error=str(error),
    )
