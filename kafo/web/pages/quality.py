"""Quality: one ranked list of problems, each with its evidence and what to do; how enumerators work."""

from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import Connection
from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.memory import state_of_checks
from kafo.web.render import go, page
from kafo.web.site import Visit
from pipelines.quality.catalogue import rules
from pipelines.quality.decide import ignore as decide_ignore
from pipelines.quality.decide import reopen as decide_reopen
from sync.review_state import State, set_state
from sync.review_state import undo as undo_state
from warehouse import quality_queries as read
from warehouse.engine import reading, writing
from warehouse.quality_queries import Filter, Problem

_SHOWN = 60
_STATES = ("open", "ignored")
_COMMENT = 500


def problems(visit: Visit) -> Response:
    """The list, the most serious first."""
    wanted = _wanted(visit)
    with reading(visit.site.reader) as connection:
        found, total = read.problems(connection, wanted, limit=_SHOWN)
        known, names = read.choices(connection, wanted.state)
        waiting = read.open_by_severity(connection)
    return page(
        visit, "quality.html", problems=found, total=total, wanted=wanted, rules=known, names=names,
        waiting=waiting, rule_name=_rule_names(visit), done=visit.number(visit.asked("done")),
        shown=_SHOWN,
    )  # fmt: skip


def problem(visit: Visit) -> Response:
    """One problem, and what can be done about it."""
    found = _find(visit)
    if found is None:
        text = visit.language.text("Ce problème n'existe plus : il a peut-être été corrigé.")
        return page(visit, "problem.html", status=404, text=text)
    values: dict[str, Any] = {
        "problem": found, "rule_name": _rule_names(visit), "central": _central(visit, found),
        "suggested": f"{found.evidence[0]} {found.action[0]}"[:_COMMENT],
    }  # fmt: skip
    return page(visit, "quality_problem.html", **values)


def review(visit: Visit) -> Response:
    """Set the review state in ODK Central with a comment, where forms are edited."""
    found = _must_find(visit)
    state: Any = visit.field("state", 20)
    if state not in get_args(State) or found.instance_id is None:
        raise UsageError("Choisissez l'état à donner.", "Choose the state to give.")
    assert found.project_id is not None
    assert found.form_id is not None
    number = set_state(
        visit.site.writer, visit.site.source().client,
        (found.project_id, found.form_id, found.instance_id), state,
        comment=visit.field("comment", _COMMENT), actor=visit.who.name, now=visit.site.now(),
    )  # fmt: skip
    visit.note("reviewed", f"{state} {number}")
    return go(f"/quality?done={number}")


def undo(visit: Visit) -> Response:
    """Set the state that was before."""
    number = visit.number(visit.field("action"))
    if number is not None:
        client = visit.site.source().client
        undo_state(visit.site.writer, client, number, actor=visit.who.name, now=visit.site.now())
        visit.note("review_undone", str(number))
    return go("/quality")


def ignore(visit: Visit) -> Response:
    """It is no problem, for the reason given; or it is one after all."""
    found, why = _must_find(visit), visit.field("why", 200)
    decide = decide_reopen if found.state == "ignored" else decide_ignore
    state = "open" if found.state == "ignored" else "ignored"
    with writing(visit.site.writer) as connection:
        decide(connection, found.problem_id, who=visit.who.name, why=why, now=visit.site.now())
        visit.log(connection, f"problem_{state}", f"{found.rule} {found.problem_id}")
    return go("/quality")


def people(visit: Visit) -> Response:
    """How each enumerator works, and at which hours."""
    today = datetime.fromisoformat(visit.site.now()).date()
    since = str(today - timedelta(days=29))
    name = visit.asked("enumerator", 60)
    with reading(visit.site.reader) as connection:
        found = visit.site.memory.of(
            "enumerators",
            (since, state_of_checks(connection)),
            lambda: read.enumerators(
                connection, since=since, week=str(today - timedelta(days=6)),
                week_before=str(today - timedelta(days=13)),
                late_hours=visit.site.config.thresholds.late_hours,
            ),
        )  # fmt: skip
        hours = _hours(visit, connection, since, name)
    most = max(hours.values(), default=0)
    shades = {place: 1 + (n * 4) // (most + 1) for place, n in hours.items()}
    return page(
        visit, "enumerators.html", enumerators=found, hours=hours, shades=shades, name=name,
        limits=visit.site.config.thresholds,
    )  # fmt: skip


def _hours(
    visit: Visit, connection: Connection, since: str, name: str
) -> dict[tuple[int, int], int]:
    """Interviews by weekday and hour; those of everybody are kept, those of one person are few."""
    if name:
        return read.hours(connection, since=since, enumerator=name)
    state = state_of_checks(connection)
    return visit.site.memory.of(
        "hours", (since, state), lambda: read.hours(connection, since=since)
    )


def _wanted(visit: Visit) -> Filter:
    state = visit.asked("state")
    return Filter(
        state if state in _STATES else "open", visit.asked("rule", 60),
        visit.asked("enumerator", 60), visit.number(visit.asked("severity")),
    )  # fmt: skip


def _find(visit: Visit) -> Problem | None:
    with reading(visit.site.reader) as connection:
        return read.find_problem(connection, visit.part("problem_id"))


def _must_find(visit: Visit) -> Problem:
    found = _find(visit)
    if found is None:
        raise UsageError(
            "Ce problème n'existe plus. Revenez à la liste.",
            "This problem is no more. Go back to the list.",
        )
    return found


def _rule_names(visit: Visit) -> dict[str, str]:
    return {rule.code: visit.language.of(rule.fr, rule.en) for rule in rules()}


def _central(visit: Visit, found: Problem) -> str:
    """The submission's page in ODK Central; nothing for the sandbox, which has no pages."""
    if visit.site.config.is_sandbox or found.instance_id is None:
        return ""
    base = visit.site.config.settings.central.url.rstrip("/")
    place = f"projects/{found.project_id}/forms/{found.form_id}/submissions/{found.instance_id}"
    return f"{base}/#/{place}"
