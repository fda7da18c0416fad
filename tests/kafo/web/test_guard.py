"""What holds for every request: other sites, headers, sizes, strange paths."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from kafo.web import app
from kafo.web.guard import MOST
from kafo.web.routes import PAGES
from kafo.web.site import Site

WEB = Path(app.__file__).parent
Browser = Callable[..., TestClient]


def test_no_action_is_taken_for_another_site(log_in: Browser) -> None:
    browser = log_in("steward", administrator=True)
    ways = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "none"},
    ]
    for page in PAGES:
        for headers in ways if page.method == "POST" else []:
            answer = browser.post(page.path, headers=headers, data={"name": "x"})
            assert answer.status_code == 403, (page.path, headers)
    bare = TestClient(browser.app, follow_redirects=False, cookies=dict(browser.cookies))
    assert bare.post("/logout").status_code == 403  # a browser that says nothing about itself
    assert browser.get("/today").status_code == 200
    assert browser.post("/sync/now", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_an_action_cannot_be_asked_for_by_a_link(log_in: Browser) -> None:
    browser = log_in("steward", administrator=True)
    only_posted = {p.path for p in PAGES if p.method == "POST"} - {
        p.path for p in PAGES if p.method == "GET"
    }
    assert len(only_posted) > 5
    for path in only_posted:
        assert browser.get(path).status_code in (404, 405), path


def test_every_answer_carries_the_headers(log_in: Browser, browser: Browser) -> None:
    inside = log_in("steward")
    paths = (
        "/today",
        "/nothing",
        "/static/kafo.css",
        "/settings/accounts",
        "/login",
        "/static/none",
    )
    for answer in [inside.get(path) for path in paths] + [browser().get("/today")]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert inside.get("/today").headers["cache-control"] == "no-store"
    assert "immutable" in inside.get("/static/kafo.css").headers["cache-control"]


def test_big_and_broken_requests_are_refused(log_in: Browser) -> None:
    browser = log_in("steward")
    big = "x" * (MOST + 1)
    assert browser.post("/reports/sql", data={"statement": big}).status_code == 413
    stream = (b"x" * 10_000 for _ in range(MOST // 10_000 + 2))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.post("/reports/sql", content=stream, headers=headers).status_code == 413
    many = "&".join(f"f{n}=1" for n in range(500))
    assert browser.post("/reports/sql", content=many, headers=headers).status_code in (400, 409)
    multipart = {"Content-Type": "multipart/form-data"}
    assert browser.post("/reports/sql", content=b"--", headers=multipart).status_code == 400
    assert browser.get("/reports/queries/" + "x" * 5000).status_code == 404
    assert browser.get("/sync/runs/" + "9" * 400).status_code == 404
    assert browser.get("/sync?before=" + "9" * 400).status_code in (200, 400)
    assert browser.get("/sync?before=-1%00").status_code == 200


def test_paths_lead_nowhere_else(log_in: Browser) -> None:
    browser = log_in("steward")
    tricks = [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
        "/static/%2fetc%2fpasswd", "/static/..%5capp.py", "/reports/queries/..%2f..%2fconfig",
        "/reports/queries/%00", "/static/", "/static/%00",
    ]  # fmt: skip
    for path in tricks:
        answer = browser.get(path)
        assert answer.status_code in (400, 404, 405), path
        assert "import" not in answer.text


@pytest.mark.parametrize("to", [
    "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil",
    "/%0d%0aSet-Cookie:x", "/\r\nSet-Cookie: x=1", "",
])  # fmt: skip
def test_the_language_switch_leads_to_no_other_site(to: str, browser: Browser) -> None:
    answer = browser().get("/language/en", params={"to": to})
    assert answer.status_code == 303
    target = answer.headers["location"]
    assert re.fullmatch(r"/(%0d%0aSet-Cookie:x)?", target), target
    assert "x" not in answer.cookies


def test_the_language_is_remembered(browser: Browser) -> None:
    found = browser()
    assert "Connexion" in found.get("/login").text
    found.get("/language/en", params={"to": "/login"})
    assert '<html lang="en">' in found.get("/login").text
    found.get("/language/xx", params={"to": "/login"})
    assert '<html lang="fr">' in found.get("/login").text


def test_nothing_is_loaded_from_elsewhere_or_written_inline() -> None:
    files = [*WEB.glob("templates/*.html"), *WEB.glob("static/kafo.*"), *WEB.glob("static/map.js")]
    assert len(files) > 20
    for file in files:
        found = file.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://[\w.]+", found)) - {"http://www.w3.org"}
        assert not hosts, (file.name, hosts)
        if file.suffix == ".html":
            assert not re.search(r"\son\w+=|style=|<style|javascript:", found), file.name
            assert "<script>" not in found, file.name
            assert "|safe" not in found.replace(" ", ""), file.name


def test_every_file_that_browsers_load_is_named_with_its_licence() -> None:
    told = (WEB / "static" / "README").read_text(encoding="utf-8")
    for file in (WEB / "static").iterdir():
        assert file.name == "README" or file.name in told, file.name


def test_a_crash_shows_and_logs_no_answer(
    log_in: Browser, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = log_in("steward", administrator=True)
    with site.writer.begin() as connection:
        connection.execute(text("update web_action set at = 'Aminata Secret'"))
    answer = browser.get("/settings/log")
    assert answer.status_code == 500
    assert "Aminata" not in answer.text + caplog.text
    assert "page_crashed" in caplog.text


def test_a_broken_warehouse_is_told_in_words(log_in: Browser, site: Site) -> None:
    browser = log_in("steward")
    with site.writer.begin() as connection:
        connection.execute(text("drop table sync_run_form"))
    answer = browser.get("/today")
    assert answer.status_code == 503
    assert "sync_run_form" not in answer.text or "kafo" in answer.text.lower()
