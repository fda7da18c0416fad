"""Settings: one's own account, the plan, schedule and thresholds, alarms, and who did what."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from forms.errors import KafoError, UsageError
from kafo.alarm_command import channels
from kafo.web.memory import state_of_runs
from kafo.web.plan import plan_of, set_plan
from kafo.web.render import go, page
from kafo.web.rights import Right
from kafo.web.site import Visit
from pipelines.quality.thresholds import MEANINGS
from sync.alarms import Alarm, News
from warehouse.access_queries import newest_looks
from warehouse.engine import reading, writing
from warehouse.ops_queries import form_states
from warehouse.web_sessions import list_actions

_SHOWN = 300
_MOST = 100_000
_SECTIONS = ("schedule", "sync", "alarms", "quality", "pages")

_MEANINGS = {
    "schedule.sync_minutes": ("synchroniser tous les", "synchronise every", "minutes", "minutes"),
    "schedule.slow_minutes": ("fichiers tardifs et listes tous les", "late files and lists every",
                              "minutes", "minutes"),
    "schedule.reconcile_at": ("preuve que rien ne manque, chaque jour à",
                              "proof that nothing is missing, daily at", "(Bamako)", "(Bamako)"),
    "sync.overlap_minutes": ("redemander à Central les dernières", "ask Central again for the last",
                             "minutes", "minutes"),
    "alarms.repeat_hours": ("redire une alerte au plus toutes les", "repeat an alarm at most every",
                            "heures", "hours"),
    "alarms.failed_runs": ("alerter après tant d'échecs de suite", "alarm after so many failures in a row",
                           "échecs", "failures"),
    "alarms.silence_minutes": ("alerter sans synchronisation depuis", "alarm without a synchronisation for",
                               "minutes", "minutes"),
    "alarms.silent_days": ("alerter quand un téléphone se tait depuis", "alarm when a phone is silent for",
                           "jours", "days"),
    "alarms.sending_days": ("… s'il a envoyé avant pendant", "… if it sent before on", "jours", "days"),
    "alarms.disk_free_gb": ("alerter quand il reste moins de", "alarm when less is free than", "Go", "GB"),
    "pages.idle_minutes": ("fermer la session sans activité après", "close an idle session after",
                           "minutes", "minutes"),
    "pages.session_hours": ("fermer toute session après", "close every session after", "heures", "hours"),
}  # fmt: skip
"""What a key of config.yaml means, and its unit; those of `quality` stand beside the thresholds."""


def overview(visit: Visit) -> Response:
    """One's own account."""
    return page(visit, "settings.html")


def plan_page(visit: Visit) -> Response:
    """Submissions a week that are expected of each form."""
    with reading(visit.site.reader) as connection:
        state = state_of_runs(connection, now=visit.site.now())
        forms = visit.site.memory.of("forms", state, lambda: form_states(connection))
        plan = plan_of(connection)
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
    sections = [(name, _shown(visit, name, getattr(settings, name))) for name in _SECTIONS]
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


def _shown(visit: Visit, name: str, section: BaseModel) -> list[tuple[str, str, Any, str]]:
    """Key, meaning, value and unit; addresses of people stay on the page of alarms."""
    hidden = ("email", "sender", "smtp_host", "smtp_user", "smtp_port")
    of = visit.language.of
    found = []
    for key, value in section.model_dump().items():
        if key in hidden:
            continue
        words = MEANINGS.get(key) if name == "quality" else _MEANINGS.get(f"{name}.{key}")
        meaning, unit = (of(*words[:2]), of(*words[2:])) if words else ("", "")
        found.append((key, meaning, value, unit))
    return found
