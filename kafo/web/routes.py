"""Every address of the pages with the right it asks for."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from kafo.web.pages import (
    account,
    accounts,
    chart,
    directory,
    duplicates,
    entrance,
    map_page,
    phones,
    quality,
    quarter,
    questions,
    reason,
    reports,
    settings,
    synchronisation,
    today,
)
from kafo.web.personal import with_reason
from kafo.web.rights import Right
from kafo.web.site import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `quiet` ones are asked for by the page itself and keep nobody logged in;
    `always` ones open even while the password must be changed."""

    path: str
    show: Callable[[Visit], Response]
    right: Right
    method: str = "GET"
    quiet: bool = False
    always: bool = False


PAGES = (
    Page("/", entrance.home, Right.OPEN, always=True),
    Page("/login", entrance.login_page, Right.OPEN, always=True),
    Page("/login", entrance.login, Right.OPEN, "POST", always=True),
    Page("/logout", entrance.logout, Right.OWN, "POST", always=True),
    Page("/language/{code}", entrance.speak, Right.OPEN, always=True),
    Page("/settings", settings.overview, Right.OWN),
    Page("/settings/password", account.password_page, Right.OWN, always=True),
    Page("/settings/password", account.change_password, Right.OWN, "POST", always=True),
    Page("/settings/second-factor", account.factor_page, Right.OWN),
    Page("/settings/second-factor", account.set_factor, Right.OWN, "POST"),
    Page("/charts/{digest}", chart.show, Right.OWN, quiet=True),
    Page("/today", today.today, Right.LOOK),
    Page("/today/state", today.today_state, Right.LOOK, quiet=True),
    Page("/sync", synchronisation.overview, Right.LOOK),
    Page("/sync/now", synchronisation.sync_now, Right.SYNC, "POST"),
    Page("/sync/progress", synchronisation.progress, Right.LOOK, quiet=True),
    Page("/sync/runs/{run_id}", synchronisation.one_run, Right.LOOK),
    Page("/settings/phones", phones.list_page, Right.FIELD),
    Page("/settings/phones", phones.provide, Right.FIELD, "POST"),
    Page("/settings/phones/sheet", phones.sheet, Right.FIELD, "POST"),
    Page("/settings/phones/cut-off", phones.cut_off, Right.FIELD, "POST"),
    Page("/settings/plan", settings.plan_page, Right.FIELD),
    Page("/settings/plan", settings.save_plan, Right.FIELD, "POST"),
    Page("/settings/rules", settings.rules, Right.LOOK),
    Page("/settings/accounts", accounts.list_page, Right.ADMIN),
    Page("/settings/accounts", accounts.add, Right.ADMIN, "POST"),
    Page("/settings/accounts/change", accounts.change, Right.ADMIN, "POST"),
    Page("/settings/accounts/reset", accounts.reset, Right.ADMIN, "POST"),
    Page("/settings/accounts/close", accounts.shut, Right.ADMIN, "POST"),
    Page("/settings/alarms", settings.alarms_page, Right.ADMIN),
    Page("/settings/alarms", settings.test_alarm, Right.ADMIN, "POST"),
    Page("/settings/log", settings.log, Right.LOG),
    Page("/reports", reports.overview, Right.REPORT),
    Page("/reports/indicators/{indicator}", reports.one, Right.REPORT),
    Page("/reports/quarter", quarter.overview, Right.REPORT),
    Page("/reports/quarter", quarter.download, Right.REPORT, "POST"),
    Page("/reports/queries", questions.list_page, Right.REPORT),
    Page("/reports/queries/{name}", questions.saved, Right.REPORT),
    Page("/reports/sql", questions.sql_page, Right.SQL),
    Page("/reports/sql", questions.sql, Right.SQL, "POST"),
    Page("/reports/dictionary", questions.dictionary, Right.REPORT),
    Page("/reason", reason.ask, Right.PEOPLE),
    Page("/reason", reason.answer, Right.PEOPLE, "POST"),
    Page("/quality", quality.problems, Right.REVIEW),
    Page("/quality/enumerators", quality.people, Right.REVIEW),
    Page("/quality/undo", quality.undo, Right.REVIEW, "POST"),
    Page("/quality/problems/{problem_id}", quality.problem, Right.REVIEW),
    Page("/quality/problems/{problem_id}/review", quality.review, Right.REVIEW, "POST"),
    Page("/quality/problems/{problem_id}/ignore", quality.ignore, Right.REVIEW, "POST"),
    Page("/duplicates", with_reason(duplicates.work), Right.PEOPLE),
    Page("/duplicates/decide", with_reason(duplicates.decide), Right.PEOPLE, "POST"),
    Page("/duplicates/unite", with_reason(duplicates.unite), Right.PEOPLE, "POST"),
    Page("/duplicates/undo", with_reason(duplicates.undo), Right.PEOPLE, "POST"),
    Page("/map", map_page.show, Right.MAP),
    Page("/map/data", map_page.data, Right.MAP, quiet=True),
    Page("/map/boundaries", map_page.boundaries, Right.MAP, quiet=True),
    Page("/map/sites", with_reason(map_page.sites), Right.PEOPLE),
    Page("/directory", with_reason(directory.ask), Right.PEOPLE),
    Page("/directory", with_reason(directory.find), Right.PEOPLE, "POST"),
    Page("/directory/{person_id}", with_reason(directory.person), Right.PEOPLE),
    Page("/directory/{person_id}/split", with_reason(directory.split), Right.PEOPLE, "POST"),
)
