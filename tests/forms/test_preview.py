"""The preview shows a form in a real browser, with nothing from anywhere but this machine."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from pyxform.xls2xform import convert
from starlette.testclient import TestClient

import forms.preview
from forms.compiler import compile_form, form_ids
from forms.preview.app import Previewed, bundle, preview_app
from forms.xform import read_xform

COLUMNS = ("type", "name", "label::Français (fr)", "label::English (en)", "required", "relevant")
QUESTIONS = (
    ("select_one_from_file sites.csv", "site", "Quel site ?", "Which site?", "yes", ""),
    ("csv-external", "cards", "", "", "", ""),
    ("integer", "age", "Quel âge ?", "What age?", "", "${site} != ''"),
    ("geoshape", "zone", "Quelle zone ?", "Which area?", "", ""),
    ("note", "minor", "Cette personne est mineure.", "This person is a minor.", "", "${age} < 18"),
)
SETTINGS = {
    "form_id": "essai",
    "form_title": "Formulaire d’essai",
    "version": "2026112301",
    "default_language": "Français (fr)",
}


@dataclass(frozen=True)
class Essai:
    """A small form as the compiler would hand it over; its list of cards lives on the server."""

    xform: str
    media: dict[str, bytes]


@pytest.fixture(scope="module")
def form() -> Essai:
    survey = [{k: v for k, v in zip(COLUMNS, row, strict=True) if v} for row in QUESTIONS]
    sheets = {"survey": survey, "survey_header": [dict.fromkeys(COLUMNS)], "settings": [SETTINGS]}
    media = {"sites.csv": "name,label\ns1,Sadiola\ns2,Kéniéba\n".encode()}
    return Essai(convert(sheets).xform, media)


@pytest.fixture
def here(form: Essai) -> TestClient:
    return TestClient(preview_app(form), base_url="http://127.0.0.1")


def test_the_form_and_its_files_are_served_as_they_are(here: TestClient, form: Essai) -> None:
    assert here.get("/form.xml").text == form.xform
    assert here.get("/media/sites.csv").content == form.media["sites.csv"]
    assert here.get("/media/cards.csv").status_code == 404
    assert "rien n’est enregistré" in here.get("/").text


@pytest.mark.parametrize("path", ["/", "/form.xml", "/media/sites.csv", "/nowhere"])
def test_every_answer_forbids_other_addresses(here: TestClient, path: str) -> None:
    headers = here.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert "*" not in policy
    assert headers["cache-control"] == "no-store"


def test_a_foreign_host_name_is_refused(here: TestClient) -> None:
    assert here.get("/form.xml", headers={"host": "forms.example.org"}).status_code == 400


def test_the_built_page_is_complete_light_and_licensed() -> None:
    files = [path for path in bundle().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert {"LICENSE.txt", "NOTICE.txt", "index.html"} <= {path.name for path in files}
    source = Path(forms.preview.__file__).parent / "source" / "package.json"
    wanted = json.loads(source.read_text())["dependencies"]["@getodk/web-forms"]
    assert bundle().name == wanted
    page = (bundle() / "index.html").read_text()
    assert all(f"./assets/{p.name}" in page for p in files if p.name.startswith("index-"))


@pytest.fixture
def address(form: Essai) -> Iterator[str]:
    with served(form) as here:
        yield here


@contextmanager
def served(form: Previewed) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(
            preview_app(form),
            log_level="error",
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    door = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


def test_a_person_fills_the_form_and_nothing_leaves_the_machine(address: str) -> None:
    asked: list[str] = []
    kept: list[tuple[str, str | None]] = []
    wrong: list[str] = []
    with sync_playwright() as browsers:
        chromium = browsers.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 420, "height": 800}, locale="fr-FR")
        page.set_default_timeout(20_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: kept.append((request.url, request.failure)))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        page.get_by_text("Quel site ?").wait_for()
        page.locator(".ol-viewport").wait_for()  # the map of « Quelle zone ? » asks for tiles
        assert page.get_by_text("Quel âge ?").count() == 0
        page.locator("label.value-option", has_text="Kéniéba").click()
        age = page.locator(".question-container", has_text="Quel âge ?").locator("input")
        age.click()
        age.press_sequentially("16")
        age.press("Tab")
        page.get_by_text("Cette personne est mineure.").wait_for()
        page.get_by_role("button", name="Send").click()
        page.locator("#answers pre").wait_for()
        answers = page.locator("#answers pre").inner_text()
        refused = page.evaluate(
            """() => new Promise(done => {
                addEventListener('securitypolicyviolation', event => done(event.blockedURI));
                fetch('https://elsewhere.example/').catch(() => {});
            })"""
        )
        chromium.close()
    assert "<site>s2</site>" in answers
    assert "<age>16</age>" in answers
    assert refused == "https://elsewhere.example/"  # a script that wanted to tell could not
    outside = {url for url in asked if not url.startswith((address, "data:", "blob:"))}
    assert all("tile.openstreetmap.org" in url for url in outside)
    assert outside <= {url for url, why in kept if why == "csp"}  # the policy kept them in
    assert wrong == []


def test_every_form_of_the_centre_shows_its_first_question() -> None:
    with sync_playwright() as browsers:
        chromium = browsers.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(locale="fr-FR")
        page.set_default_timeout(20_000)
        for form_id in form_ids():
            form = compile_form(form_id)
            with served(form) as here:
                page.goto(here)
                page.get_by_text(read_xform(form.xform).title).first.wait_for()
                page.locator(".question-container").first.wait_for()
                assert page.get_by_text("An error occurred").count() == 0
        chromium.close()
