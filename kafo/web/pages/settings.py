"""Settings: one's own account, the plan, schedule and thresholds, alarms, and who did what."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from forms.errors import KafoError, UsageError
from kafo.alarm_command import channels
from kafo.web.plan import plan_of, set_plan
from kafo.web.render import go, page
from kafo.web.rights import Right
from kafo.web.site import Visit
from sync.alarms import Alarm, News
from warehouse.access_queries import newest_looks
from warehouse.engine import reading, writing
from warehouse.ops_queries import form_states
from warehouse.web_sessions import list_actions

_SHOWN = 300
_MOST = 100_000
_SECTIONS = ("schedule", "sync", "alarms", "quality", "pages")


def overview(visit: Visit) -> Response:
    """One's own account."""
    return page(visit, "settings.html")


def plan_page(visit: Visit) -> Response:
    """Submissions a week that are expected of each form."""
    with reading(visit.site.reader) as connection:
        forms, plan = form_states(connection), plan_of(connection)
    return page(visit, "plan.html", forms=forms, plan=plan, done=visit.asked("done"))


def save_plan(visit: Visit) -> Response:
    """Replace the plan; an empty field means none."""
    with reading(visit.site.reader) as connection:
        forms = {form.form_id for form in form_states(connection)}
    plan = {form: _weekly(visit, form) for form in sorted(forms)}
    kept = {form: number for form, number in plan.items() if number}
    with writing(visit.site.writer) as connection:
        set_plan(connection, kept, name=visit.who.name, now=visit.site.now())
        visit.log(connection, "plan", ", ".join(f"{f} {n}" for f, n in kept.items()))
    return go("/settings/plan?done=1")


def rules(visit: Visit) -> Response:
    """What config.yaml says about times and thresholds: seen here, changed there."""
    settings = visit.site.config.settings
    sections = [
        (name, _shown(getattr(settings, name))) for name in _SECTIONS if hasattr(settings, name)
    ]
    return page(visit, "rules.html", sections=sections, jobs=visit.site.jobs.upcoming())


def alarms_page(visit: Visit) -> Response:
    """Who is told of alarms."""
    return _alarms(visit, [])


def test_alarm(visit: Visit) -> Response:
    """Send one by every way out of this computer."""
    test = Alarm(
        "test",
        "Ceci est un essai : les alertes de Kafo arrivent bien. Rien à faire.",
        "This is a test: Kafo's alarms do arrive. Nothing to do.",
    )
    results: list[tuple[str, str]] = []
    for way in channels(visit.site.config):
        try:
            way.send(News(visit.site.now(), begun=(test,)))
            results.append((way.name, ""))
        except KafoError as error:
            results.append((way.name, visit.language.error(error)))
    visit.note("alarm_test", "")
    return _alarms(visit, results)


def log(visit: Visit) -> Response:
    """Who read which personal records, and what people did on the pages; the newest first."""
    with reading(visit.site.reader) as connection:
        actions = list_actions(connection, _SHOWN)
        looks = newest_looks(connection, _SHOWN)
    # A reason may say something of a person: administrators see that there is one.
    return page(
        visit, "log.html", actions=actions, looks=looks, reasons=Right.PEOPLE in visit.rights
    )


def _alarms(visit: Visit, results: list[tuple[str, str]]) -> Response:
    problem, ways = "", []
    try:
        ways = [way.name for way in channels(visit.site.config)]
    except KafoError as error:
        problem = visit.language.error(error)
    told = visit.site.config.settings.alarms.email
    return page(visit, "alarms.html", ways=ways, told=told, problem=problem, results=results)


def _weekly(visit: Visit, form: str) -> int:
    text = visit.field(f"plan {form}", 10)
    if not text:
        return 0
    number = visit.number(text)
    if number is None or number > _MOST:
        raise UsageError(
            f"« {text} » n'est pas un nombre de soumissions par semaine. Écrivez un nombre entier.",
            f"'{text}' is no number of submissions a week. Write a whole number.",
        )
    return number


def _shown(section: BaseModel) -> list[tuple[str, Any]]:
    """Key and value; addresses of people stay on the page of alarms."""
    hidden = ("email", "sender", "smtp_host", "smtp_user", "smtp_port")
    return [(key, value) for key, value in section.model_dump().items() if key not in hidden]
