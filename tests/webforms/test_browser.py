"""Each form filled in with ODK Web Forms in a real browser gives the submission of Collect's engine.

The screenshots stay in `test-output/webforms` to be looked at.
"""

import runpy
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from forms.engine import Interview, LoadedForm, Prompt
from forms.preview.app import preview_app

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "test-output" / "webforms"
GOLDEN = runpy.run_path(str(ROOT / "tests" / "forms" / "golden" / "regenerate.py"))
FILLED = {
    "awareness_session": "talk_on_a_site", "identification": "already_known",
    "labour_case": "unpaid_and_forced", "membership": "joins", "mining_site": "update_artisanal",
    "referral": "documents", "rights_request": "sees_with_card",
    "training_attendance": "three_participants",
}  # fmt: skip
SCRIPTS = {form.form_id: (form, script) for form, name, script in GOLDEN["interviews"]()
           if FILLED.get(form.form_id) == name}  # fmt: skip
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)  # else the one of playwright
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def served(form: LoadedForm) -> Iterator[str]:
    config = uvicorn.Config(
        preview_app(form), log_level="error", ws="none", lifespan="off", timeout_graceful_shutdown=1
    )
    server, door = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("form_id", sorted(FILLED))
def test_browser_and_collect_send_the_same(
    form_id: str, chromium: Browser, nodes: Callable[[str], list[Any]]
) -> None:
    form, script = SCRIPTS[form_id]
    interview = form.interview(form.languages[0], at=GOLDEN["AT"])
    page = chromium.new_page(viewport={"width": 420, "height": 900}, locale="fr-FR")
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.set_fixed_time(GOLDEN["AT"])
    with served(form) as address:
        page.goto(address)
        page.locator(".question-container").first.wait_for()
        fill_in(page, interview, dict(script))
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{form_id}.png", full_page=True)
        page.get_by_role("button", name="Send").click()
        page.locator("#answers pre").wait_for()
        sent = page.locator("#answers pre").inner_text()
    page.close()
    assert wrong == []
    assert nodes(sent) == nodes(interview.finish())


def fill_in(page: Page, interview: Interview, script: dict[str, Any]) -> None:
    """Answer on both; before each answer both must show the same questions."""
    while (place := interview.forward()) is not None:
        if isinstance(place, str):
            if any(name.endswith("]") for name in script):
                assert interview.add_repeat()
                page.get_by_role("button", name="Add").click()
            continue
        given = GOLDEN["given"](place.path, script)
        if place.readonly or given is None:
            continue
        asked = [screen.path for screen in interview.screens() if screen.event == "question"]
        containers = page.locator(".question-container")
        expect(containers, place.path).to_have_count(len(asked))
        accepted = given if isinstance(given, str) else given[-1]
        assert interview.answer_here(accepted).result == "ok"
        give(containers.nth(asked.index(place.path)), place, accepted)


def give(question: Locator, place: Prompt, value: str) -> None:
    """Answer as a person does: by clicking choices and typing."""
    if place.kind in ("select_one", "select_multiple"):
        for choice in value.split():
            question.locator(f'label.value-option[for$="_{choice}"]').click()
        return
    typed = datetime.fromisoformat(value).strftime("%m/%d/%Y") if place.kind == "date" else value
    field = question.locator("input, textarea").first
    field.click()
    field.press_sequentially(typed)
    field.press("Tab")
