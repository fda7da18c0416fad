"""Synchronisation: what each run asked and received, what went wrong, what to do, and the proof."""

from datetime import datetime, timedelta

from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.charts import arrivals_chart
from kafo.web.memory import state_of_runs
from kafo.web.render import go, page
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.ops_queries import Run, arrivals_by_day, find_run, form_states, newest_runs

_RUNS = 25
_DAYS = 30


def overview(visit: Visit) -> Response:
    """Every form and the newest runs."""
    now = visit.site.now()
    since = str(datetime.fromisoformat(now).date() - timedelta(days=_DAYS - 1))
    before = visit.number(visit.asked("before"))
    with reading(visit.site.reader) as connection:
        state, memory = state_of_runs(connection, now=now), visit.site.memory
        forms = memory.of("forms", state, lambda: form_states(connection))
        runs = newest_runs(connection, _RUNS, before=before)
        days = memory.of("days", state, lambda: arrivals_by_day(connection, since=since))
    chart = arrivals_chart(
        days, since=since, until=now[:10], form=visit.language.text("Formulaire"),
        count=visit.language.text("Soumissions"),
    )  # fmt: skip
    return page(
        visit, "sync.html", forms=forms, runs=runs, chart=chart, days=days, live=_live(runs)
    )


def one_run(visit: Visit) -> Response:
    """One run, form by form."""
    number = visit.number(visit.part("run_id"))
    with reading(visit.site.reader) as connection:
        run = find_run(connection, number) if number is not None else None
    if run is None:
        text = visit.language.text("Ce passage n'existe pas.")
        return page(visit, "problem.html", status=404, text=text)
    return page(visit, "run.html", run=run)


def sync_now(visit: Visit) -> Response:
    """Let the synchronisation run, of one form where one is named; the page then shows how far it is."""
    asked_at, form_id = visit.site.now(), visit.field("form_id")
    if form_id:
        visit.site.wanted.put(_known(visit, form_id))
    visit.note("sync_now", form_id)
    visit.site.jobs.run_now("sync_form" if form_id else "sync")
    return go(f"/sync/progress?since={asked_at}")


def _known(visit: Visit, form_id: str) -> str:
    with reading(visit.site.reader) as connection:
        if form_id not in {form.form_id for form in form_states(connection)}:
            raise UsageError(
                "Ce formulaire n'est pas synchronisé. Revenez à la page Synchronisation.",
                "This form is not synchronised. Go back to the page Synchronisation.",
            )
    return form_id


def progress(visit: Visit) -> Response:
    """How far the run is that was asked for: the whole page first, then only the part."""
    since = visit.asked("since")
    with reading(visit.site.reader) as connection:
        runs = newest_runs(connection, 1)
        state = state_of_runs(connection, now=visit.site.now())
        forms = visit.site.memory.of("forms", state, lambda: form_states(connection))
    run = runs[0] if runs else None
    begun = run is not None and run.started_at >= since
    done = begun and run is not None and run.outcome != "running"
    template = "progress_state.html" if visit.live else "progress.html"
    return page(visit, template, run=run, total=len(forms), since=since, begun=begun, done=done)


def _live(runs: list[Run]) -> bool:
    return bool(runs) and runs[0].outcome == "running"
