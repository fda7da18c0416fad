"""Logging in, staying in, and being kept out."""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from kafo.web.accounts import close, create
from kafo.web.site import Site

PASSWORD = "quatre mots bien choisis"
HERE = "testserver.local"
Browser = Callable[..., TestClient]


@pytest.fixture
def account(site: Site) -> str:
    create(
        site.writer, "aminata", PASSWORD, role="steward", administrator=True,
        must_change=False, now=site.now(), vault=site.vault,
    )  # fmt: skip
    return "aminata"


def enter(browser: TestClient, name: str, password: str = PASSWORD, code: str = "") -> int:
    data = {"name": name, "password": password, "code": code}
    return browser.post("/login", data=data).status_code


def inside(browser: TestClient) -> bool:
    return browser.get("/today").status_code == 200


def test_the_right_password_opens_and_the_wrong_one_does_not(
    account: str, browser: Browser
) -> None:
    right, wrong, nobody = browser(), browser(), browser()
    assert enter(right, account) == 303
    assert inside(right)
    assert enter(wrong, account, "quatre mots mal choisis") == 401
    assert not inside(wrong)
    assert enter(nobody, "fatou") == 401
    assert wrong.post("/login", data={"name": account, "password": "x"}).text.count("inconnu") == (
        nobody.post("/login", data={"name": "fatou", "password": "x"}).text.count("inconnu")
    )


def test_the_cookie_is_out_of_reach_and_secure_behind_tls(account: str, browser: Browser) -> None:
    data = {"name": account, "password": PASSWORD}
    plain = browser().post("/login", data=data).headers["set-cookie"]
    assert plain.startswith("kafo=")
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    tls = browser(base_url="https://testserver").post("/login", data=data)
    assert tls.headers["set-cookie"].startswith("__Host-kafo=")
    assert "Secure" in tls.headers["set-cookie"]
    assert "max-age" in tls.headers["strict-transport-security"]


def test_a_planted_session_is_worth_nothing_after_the_login(
    account: str, browser: Browser, site: Site
) -> None:
    attacker, victim = browser(), browser()
    assert enter(attacker, account) == 303
    planted = attacker.cookies["kafo"]
    victim.cookies.set("kafo", planted, domain=HERE)
    assert enter(victim, account) == 303
    assert victim.cookies.get("kafo", domain=HERE) != planted
    assert not inside(attacker)
    with site.reader.connect() as connection:
        hashes = connection.execute(text("select token_hash from web_session")).scalars().all()
    assert not {planted, victim.cookies.get("kafo", domain=HERE)} & set(hashes)


def test_made_up_tokens_open_nothing(account: str, browser: Browser) -> None:
    found = browser()
    for token in ("", "x", "a" * 43, "'; drop table web_session; --", "0" * 43):
        found.cookies.set("kafo", token, domain=HERE)
        assert not inside(found)
        found.cookies.clear()


def test_an_idle_session_ends_and_a_used_one_lasts_its_hours(
    account: str, browser: Browser, clock: Any
) -> None:
    found = browser()
    enter(found, account)
    for _ in range(20):
        clock.pass_by(minutes=29)
        assert inside(found)
    clock.pass_by(minutes=31)
    assert not inside(found)
    enter(found, account)
    for _ in range(24):
        clock.pass_by(minutes=29)
        assert inside(found)
    for _ in range(2):
        clock.pass_by(minutes=29)
        found.get("/today")
    assert not inside(found)


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(
    account: str, browser: Browser, clock: Any
) -> None:
    found = browser()
    enter(found, account)
    for _ in range(4):
        clock.pass_by(minutes=10)
        last = found.get("/today/state", headers={"HX-Request": "true"})
    assert last.status_code == 401


def test_logging_out_ends_it_here_and_in_the_warehouse(account: str, browser: Browser) -> None:
    found = browser()
    enter(found, account)
    token = found.cookies["kafo"]
    assert found.post("/logout").status_code == 303
    found.cookies.set("kafo", token, domain=HERE)
    assert not inside(found)


def test_a_closed_account_is_out_at_once(account: str, browser: Browser, site: Site) -> None:
    create(
        site.writer, "fatou", PASSWORD, role="analyst", administrator=False,
        must_change=False, now=site.now(), vault=site.vault,
    )  # fmt: skip
    found = browser()
    enter(found, "fatou")
    assert inside(found)
    close(site.writer, "fatou", now=site.now())
    assert not inside(found)
    assert enter(found, "fatou") == 401


def test_a_thousand_wrong_passwords_get_nowhere_and_the_owner_gets_in_later(
    account: str, browser: Browser, clock: Any, site: Site
) -> None:
    guesser, owner = browser(), browser()
    begun = perf_counter()
    statuses = [enter(guesser, account, f"guess number {n}") for n in range(1000)]
    assert perf_counter() - begun < 30
    assert statuses[:4] == [401] * 4
    assert set(statuses[5:]) == {429}
    with site.reader.connect() as connection:
        tried = connection.execute(text("select max(failures) from web_throttle")).scalar()
    assert tried == 5  # what comes while the door is closed is not even looked at
    assert enter(owner, account) == 429
    clock.pass_by(minutes=16)
    assert enter(owner, account) == 303


def test_patient_guessing_gets_slower_and_slower(
    account: str, browser: Browser, clock: Any
) -> None:
    guesser = browser()
    checked = 0
    for second in range(3600):
        clock.pass_by(seconds=1)
        if second % 5 == 0:
            answer = guesser.post("/login", data={"name": account, "password": f"guess {second}"})
            checked += answer.status_code == 401 or answer.headers.get("retry-after") is None
    assert checked <= 16


def test_guessing_many_names_closes_the_address(account: str, browser: Browser) -> None:
    guesser = browser()
    statuses = [enter(guesser, f"name-{n}", "motdepasse123") for n in range(40)]
    assert statuses[:29] == [401] * 29
    assert statuses[30:] == [429] * 10


def test_the_second_factor_is_needed_and_works_once(
    account: str, browser: Browser, clock: Any, site: Site
) -> None:
    found, other = browser(), browser()
    enter(found, account)
    html = found.get("/settings/second-factor").text
    secret = html.split('name="secret" value="')[1].split('"')[0]
    at = datetime.fromisoformat(clock())
    wrong = found.post("/settings/second-factor", data={"secret": secret, "code": "000000"})
    assert wrong.status_code == 409
    code = pyotp.TOTP(secret).at(at)
    done = found.post("/settings/second-factor", data={"secret": secret, "code": code})
    assert done.status_code == 303
    assert inside(found)
    clock.pass_by(minutes=2)
    assert enter(other, account) == 401
    fresh = pyotp.TOTP(secret).at(datetime.fromisoformat(clock()))
    assert enter(other, account, code=fresh) == 303
    assert enter(browser(), account, code=fresh) == 401
    assert found.post("/settings/second-factor", data={"old": "wrong"}).status_code in (303, 409)


def test_a_password_chosen_by_others_must_be_changed_first(site: Site, browser: Browser) -> None:
    create(
        site.writer, "issa", PASSWORD, role="steward", administrator=False,
        must_change=True, now=site.now(), vault=site.vault,
    )  # fmt: skip
    found, elsewhere = browser(), browser()
    enter(found, "issa")
    enter(elsewhere, "issa")
    assert found.get("/today").headers["location"] == "/settings/password"
    new = "encore quatre mots choisis"
    data = {"old": PASSWORD, "new": new, "again": new}
    assert found.post("/settings/password", data=data | {"old": "x"}).status_code == 409
    assert found.post("/settings/password", data=data | {"again": "x"}).status_code == 409
    for weak in ("court", "issa issa issa issa", "aaaaaaaaaaaaaaaa", "motdepasse2026"):
        tried = found.post("/settings/password", data=data | {"new": weak, "again": weak})
        assert tried.status_code == 409, weak
    assert found.post("/settings/password", data=data).status_code == 303
    assert inside(found)
    assert not inside(elsewhere)


def test_it_all_works_on_both_databases(
    engine: Engine, make_site: Callable[[Engine], Site], log_in: Browser
) -> None:
    site = make_site(engine)
    found = log_in("steward", administrator=True, of=site)
    assert inside(found)
    for _ in range(6):
        found.post("/login", data={"name": "steward-admin", "password": "wrong"})
    assert found.get("/settings/accounts").status_code == 200
    assert found.get("/settings/log").status_code == 200
    assert found.get("/sync").status_code == 200
