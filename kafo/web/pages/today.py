"""Today: is all well? The page that stays open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from kafo.web.memory import state_of_runs
from kafo.web.plan import plan_of
from kafo.web.render import page
from kafo.web.site import Visit
from kafo.web.waiting import waiting
from sync.alarms import open_alarms
from sync.freshness import read_freshness
from warehouse.engine import reading
from warehouse.ops_queries import arrivals, form_states, job_states, newest_runs


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether Central and the warehouse hold the same, over all forms."""

    forms: int
    proven: int
    unequal: list[str]
    oldest: str | None


def today(visit: Visit) -> Response:
    """The whole page."""
    return page(visit, "today.html", **_state(visit))


def today_state(visit: Visit) -> Response:
    """The part that changes by itself."""
    return page(visit, "today_state.html", **_state(visit))


def _state(visit: Visit) -> dict[str, Any]:
    now = visit.site.now()
    day = datetime.fromisoformat(now).date()
    with reading(visit.site.reader) as connection:
        state = state_of_runs(connection, now=now)
        forms = visit.site.memory.of("forms", state, lambda: form_states(connection))
        runs = newest_runs(connection, 1)
        values = {
            "fresh": read_freshness(connection, now=now),
            "alarms": open_alarms(connection),
            "counts": visit.site.memory.of(
                "arrivals",
                state,
                lambda: arrivals(
                    connection, today=str(day), week=_back(day, 6), month=_back(day, 29)
                ),
            ),
            "plan": plan_of(connection),
            "jobs": job_states(connection),
            "waiting": waiting(connection, visit.rights, visit.site.memory),
        }
    stale = visit.site.config.settings.alarms.silence_minutes * 60
    return values | {
        "submissions": sum(form.submissions for form in forms),
        "complete": _complete(forms),
        "run": runs[0] if runs else None,
        "upcoming": sorted(visit.site.jobs.upcoming().items(), key=lambda job: job[1]),
        "stale_after": stale,
    }


def _complete(forms: list[Any]) -> Completeness:
    proofs = [form.proof for form in forms if form.proof is not None]
    unequal = [form.form_id for form in forms if form.proof is not None and not form.proof.equal]
    oldest = min((proof.proven_at for proof in proofs), default=None)
    return Completeness(len(forms), len(proofs), unequal, oldest)


def _back(day: date, days: int) -> str:
    return str(day - timedelta(days=days))
