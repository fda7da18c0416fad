"""Finished interviews arrive at Central as if Collect had sent them."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from forms.compiler import compile_form
from forms.errors import KafoError
from forms.interviews import Finished, Phone, send
from forms.interviews.collect import greet
from sync.sandbox import Sandbox

Held = Callable[..., list[Finished]]


@pytest.fixture(scope="module")
def phone() -> Iterator[tuple[Phone, Callable[[str], requests.Response]]]:
    """A phone of an app user on a sandbox with the form, and a way to ask the sandbox."""
    form = compile_form("identification")
    with Sandbox() as central:
        account = {"email": central.email, "password": central.password}
        token = requests.post(f"{central.url}/v1/sessions", json=account).json()["token"]
        head = {"Authorization": f"Bearer {token}"}
        base = f"{central.url}/v1/projects"
        project = requests.post(base, json={"name": "P"}, headers=head).json()["id"]
        forms = f"{base}/{project}/forms"
        posted = requests.post(
            f"{forms}?ignoreWarnings=true",
            data=form.xform.encode(),
            headers=head | {"Content-Type": "application/xml"},
        )
        assert posted.status_code == 200
        for name, content in form.media.items():
            url = f"{forms}/identification/draft/attachments/{name}"
            requests.post(url, data=content, headers=head | {"Content-Type": "text/csv"})
        assert requests.post(f"{forms}/identification/draft/publish", headers=head).ok
        user = requests.post(
            f"{base}/{project}/app-users", json={"displayName": "PF-01"}, headers=head
        ).json()
        requests.post(f"{forms}/identification/assignments/app-user/{user['id']}", headers=head)
        address = f"{central.url}/v1/key/{user['token']}/projects/{project}"
        yield (
            Phone(address, "collect:abc"),
            lambda path: requests.get(f"{forms}/identification{path}", headers=head),
        )


def test_submission_arrives_with_its_audit_log(
    phone: tuple[Phone, Callable[[str], requests.Response]], held: Held
) -> None:
    sender, ask = phone
    [finished] = held("identification", 1)
    with requests.Session() as session:
        assert greet(session, sender)
        send(session, sender, finished)
        send(session, sender, finished)  # the same again changes nothing
    assert len(ask("/submissions").json()) == 1
    stored = ask(f"/submissions/{finished.instance_id}").json()
    assert stored["deviceId"] == "collect:abc"
    assert ask(f"/submissions/{finished.instance_id}.xml").text == finished.xml
    log = ask(f"/submissions/{finished.instance_id}/attachments/audit.csv")
    assert log.content == finished.attachments["audit.csv"]


def test_refusal_says_what_to_do_and_holds_no_token(
    phone: tuple[Phone, Callable[[str], requests.Response]], held: Held
) -> None:
    sender, _ = phone
    [finished] = held("identification", 1, first=1)
    wrong = Phone(sender.server_url.replace("/key/", "/key/x"), sender.device_id)
    with requests.Session() as session, pytest.raises(KafoError, match=r"40[13]") as caught:
        send(session, wrong, finished)
    assert "key" not in str(caught.value)
    assert "key" not in repr(wrong)


def test_silence_is_answered_with_patience(held: Held) -> None:
    """The server hangs up on the first request and takes the second."""
    seen: list[str] = []

    class Moody(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(self.headers["X-OpenRosa-Version"])
            if len(seen) == 1:
                self.connection.close()
                return
            assert b'name="xml_submission_file"' in body
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    [finished] = held("identification", 1, first=2)
    with requests.Session() as session:
        send(session, Phone(f"http://127.0.0.1:{server.server_port}", "x"), finished)
    server.shutdown()
    server.server_close()
    thread.join()
    assert seen == ["1.0", "1.0"]
