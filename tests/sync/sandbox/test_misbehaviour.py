"""Each kind of mischief really reaches the client, and only for as many requests as asked."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from sync.sandbox import Sandbox
from sync.sandbox.misbehaviour import Place
from sync.sandbox.mischief import cut_at

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>F</h:title><model><instance><data id="f" version="1"><q/><meta><instanceID/></meta>
</data></instance><bind nodeset="/data/q" type="string"/></model></h:head><h:body/></h:html>"""
PATH = "/projects/1/forms/f.svc/Submissions"


@pytest.fixture
def central(sandbox: Sandbox, admin: Any) -> Any:
    """The administrator of a server with five submissions to the form `f`."""
    admin.call("POST", "/projects", json={"name": "Test"})
    xml = {"Content-Type": "application/xml"}
    admin.call("POST", "/projects/1/forms?publish=true", data=FORM, headers=xml)
    sandbox.insert_many(
        1,
        "f",
        (
            f'<data id="f" version="1"><q>{{"é"}} {n}</q><meta><instanceID>uuid:{n}</instanceID>'
            "</meta></data>"
            for n in range(5)
        ),
        app_user_id=1,
    )
    return admin


@pytest.mark.parametrize("place", ["inside a row", "after a row", "after the last row"])
def test_a_cut_stream_has_no_end(sandbox: Sandbox, central: Any, place: Place) -> None:
    sandbox.misbehave.cut(r"Submissions", rows=2, place=place)
    answer = central.get(central.base + PATH, stream=True)
    assert answer.status_code == 200
    received = b""
    with pytest.raises(requests.exceptions.ChunkedEncodingError):  # noqa: PT012 (both must be)
        for piece in answer.iter_content(1):
            received += piece
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(received)
    assert len(central.call("GET", PATH).json()["value"]) == 5


def test_cuts_fall_where_they_are_asked_for() -> None:
    body = '{"value":[{"a":"é,{"},{"a":"2"},{"a":"3"}],"@odata.context":"x"}'.encode()
    assert body[: cut_at(body, 2, "after a row")].endswith(b'{"a":"2"}')
    assert body[: cut_at(body, 9, "after the last row")].endswith(b'{"a":"3"}')
    inside = body[: cut_at(body, 1, "inside a row")]
    assert inside.startswith('{"value":[{"a":"é,{"},'.encode())
    assert not inside.endswith(b"}")
    assert cut_at(b"0123456789", 1, "after a row") == 5


@pytest.mark.parametrize(("status", "media"), [(500, "json"), (502, "html"), (429, "json")])
def test_errors_come_as_often_as_asked(
    sandbox: Sandbox, central: Any, status: int, media: str
) -> None:
    sandbox.misbehave.fail(r"\.svc", status=status, retry_after=7, times=2)
    answers = [central.call("GET", PATH) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert media in answers[0].headers["Content-Type"]
    assert answers[0].headers["Retry-After"] == "7"
    assert central.call("GET", "/projects").status_code == 200


def test_a_page_can_stand_where_json_should(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.html(PATH)
    answer = central.call("GET", PATH)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert "<html>" in answer.text


def test_a_stalled_server_says_nothing(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.stall(PATH)
    with pytest.raises(requests.exceptions.ReadTimeout):
        central.get(central.base + PATH, timeout=0.2)
    assert central.call("GET", PATH).status_code == 200


def test_a_promise_of_more_bytes_is_broken(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.wrong_length(PATH, more=50)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        central.call("GET", PATH)


def test_a_promise_of_less_bytes_hides_the_end(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.wrong_length(PATH, more=-50)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        central.call("GET", PATH).json()


def test_expired_tokens_need_a_new_login(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.expire_tokens()
    answer = central.call("GET", "/projects")
    assert (answer.status_code, answer.json()["code"]) == (401, 401.2)
    central.headers.pop("Authorization")
    central.log_in(sandbox)
    assert central.call("GET", "/projects").status_code == 200


def test_a_token_lasts_24_hours(
    sandbox: Sandbox, central: Any, client: Callable[[Sandbox], Any]
) -> None:
    sandbox.misbehave.clock_step = timedelta(hours=23, minutes=59)
    assert central.call("GET", "/projects").status_code == 200
    sandbox.misbehave.clock_step = timedelta(hours=24, minutes=1)
    assert central.call("GET", "/projects").status_code == 401
    assert client(sandbox).call("GET", "/projects").status_code == 200


def test_a_proxy_may_rename_the_host_in_links(sandbox: Sandbox, central: Any) -> None:
    sandbox.misbehave.domain = "https://central.invalid"
    link = central.call("GET", PATH + "?$top=2").json()["@odata.nextLink"]
    assert link.startswith("https://central.invalid/v1/projects/1/forms/f.svc/Submissions?%24top=2")


def test_what_was_asked_is_known_without_keys(sandbox: Sandbox, central: Any) -> None:
    key = "k" * 64
    requests.get(f"{sandbox.url}/v1/key/{key}/projects/1/formList")
    assert sandbox.misbehave.served[-1] == "GET /v1/key/…/projects/1/formList"
    assert all(key not in line for line in sandbox.misbehave.served)


def test_pages_by_skip_token_lose_nothing(sandbox: Sandbox, central: Any) -> None:
    found: list[str] = []
    path = PATH + "?$top=2"
    while path:
        body = central.call("GET", path).json()
        found += [row["__id"] for row in body["value"]]
        path = body.get("@odata.nextLink", "").removeprefix(central.base)
    assert found == [f"uuid:{n}" for n in (4, 3, 2, 1, 0)]
