"""Trying one form again on the page asks for that form only."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from kafo.web.site import Site


def test_trying_again_asks_for_that_form_only(
    engine: Engine,
    make_site: Callable[[Engine], Site],
    small_form: Callable[..., Any],
    log_in: Callable[..., TestClient],
    asked: Any,
) -> None:
    with engine.begin() as connection:
        small_form(connection)
    site = make_site(engine)
    browser = log_in("data_manager", of=site)
    assert browser.post("/sync/now", data={"form_id": "small"}).status_code == 303
    assert (asked.names, site.wanted.get_nowait()) == (["sync_form"], "small")
    assert browser.post("/sync/now", data={"form_id": "none"}).status_code == 409
    assert browser.post("/sync/now").status_code == 303
    assert (asked.names, site.wanted.empty()) == (["sync_form", "sync"], True)
