"""Each role against each page and action; who may see what is written down here a second time."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from kafo.web.navigation import NAVIGATION
from kafo.web.rights import ROLES, Right
from kafo.web.routes import PAGES, Page

ALWAYS = {"/settings"}
FIGURES = ALWAYS | {"/map", "/reports"}
WATCH = FIGURES | {"/today", "/sync"}
MENU = {
    "none": ALWAYS,
    "union_untm": FIGURES,
    "union_cstm": FIGURES,
    "publisher": FIGURES,
    "analyst": WATCH,
    "data_manager": WATCH | {"/quality"},
    "steward": WATCH | {"/quality", "/duplicates", "/directory"},
}
"""What each role finds in its menu (domain: who sees what)."""

ACTIONS = {
    "/sync/now": {"data_manager", "steward"},
    "/reports/sql": {"analyst", "steward"},
    "/settings/phones": {"data_manager", "steward"},
    "/settings/phones/cut-off": {"data_manager", "steward"},
    "/settings/plan": {"data_manager", "steward"},
    "/settings/accounts": set(),
    "/settings/accounts/reset": set(),
    "/settings/alarms": set(),
}
"""Who may do what, besides administrators."""

NOBODY = ("police", "gendarmerie", "mairie", "employer", "donor", "drt", "inps")


def call(browser: TestClient, page: Page) -> int:
    path = page.path.format(
        code="en", digest="0" * 64, run_id="1", name="interview_results", person_id="x", pair_id="x",
        problem_id="x", form="csv", indicator="I-01", quarter="2026-Q3", kind="pdf",
    )  # fmt: skip
    return browser.request(
        page.method, path, data={} if page.method == "POST" else None
    ).status_code


@pytest.mark.parametrize("administrator", [False, True], ids=["plain", "admin"])
@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_opens_its_pages_and_no_other(
    role: str, administrator: bool, log_in: Callable[..., TestClient]
) -> None:
    rights = ROLES[role] | ({Right.ADMIN, Right.LOOK, Right.LOG} if administrator else set())
    browser = log_in(role, administrator=administrator)
    for page in PAGES:
        if page.right is Right.OPEN or page.path == "/logout":
            continue
        status = call(browser, page)
        if page.right in rights:
            assert status not in (401, 403, 500), (page.path, page.method, status)
        else:
            assert status == 403, (page.path, page.method, status)


def test_nobody_opens_anything_without_a_login(browser: Callable[..., TestClient]) -> None:
    for page in PAGES:
        if page.right is not Right.OPEN:
            assert call(browser(), page) == (303 if page.method == "GET" else 401), page.path


def test_each_role_finds_its_menu_and_only_that(log_in: Callable[..., TestClient]) -> None:
    assert set(MENU) == set(ROLES)
    for role, expected in MENU.items():
        html = log_in(role).get("/settings").text
        shown = {entry.path for entry in NAVIGATION if f'<a href="{entry.path}"' in html}
        assert shown == expected, role


@pytest.mark.parametrize("path", sorted(ACTIONS))
def test_each_action_is_for_whom_it_is_meant(path: str) -> None:
    [page] = [page for page in PAGES if page.path == path and page.method == "POST"]
    assert {role for role, rights in ROLES.items() if page.right in rights} == ACTIONS[path]


def test_administrators_see_no_personal_record_by_that_right() -> None:
    from kafo.web.rights import rights_of

    assert not rights_of("none", administrator=True) & {Right.PEOPLE, Right.REVIEW, Right.SQL}


def test_no_role_exists_for_those_who_control_or_employ_migrants() -> None:
    assert not [role for role in ROLES for word in NOBODY if word in role]


def test_every_page_that_shows_names_asks_for_the_right_to_people() -> None:
    for page in PAGES:
        if page.path.startswith(("/duplicates", "/directory")):
            assert page.right is Right.PEOPLE, page.path
