"""Every way in which Central can be out of reach ends as one line that says what to do."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from sync.central import Account, connect, explained, get_json
from sync.errors import CentralError, Terminal, Transient, no_project

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that gives the answers it is told, one after another, the last one for ever."""
    servers = []

    def start(
        *answers: tuple[int, dict[str, str], bytes], tls: ssl.SSLContext | None = None
    ) -> str:
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        scheme = "https" if tls else "http"
        return f"{scheme}://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


JSON = {"Content-Type": "application/json"}
TOKEN = (200, JSON, b'{"token":"t"}')


def account(url: str) -> Account:
    return Account(url, "kafo@example.org", "very secret")


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_nobody_at_the_address() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(Transient, match=url):
        connect(account(url), backoff=0)


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(Transient, match="ne répond pas"):
        connect(account("http://central.invalid"), backoff=0)


def test_a_certificate_that_nobody_signed(serve: Serve) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with pytest.raises(Terminal, match="certificat"):
        connect(account(serve(TOKEN, tls=context)), backoff=0)


def test_a_wrong_password_names_the_account_and_never_the_password(serve: Serve) -> None:
    url = serve((401, JSON, b'{"code":401.2,"message":"very secret"}'))
    with pytest.raises(Terminal, match=r"kafo@example\.org") as error:
        connect(account(url))
    assert "very secret" not in str(error.value) + repr(error.value) + repr(account(url))


def test_a_captive_portal_is_not_central(serve: Serve) -> None:
    with pytest.raises(Terminal, match="ne vient pas d'ODK Central"):
        connect(account(serve((200, {"Content-Type": "text/html"}, b"<html>Wi-Fi</html>"))))


@pytest.mark.parametrize(("status", "kind", "words"), [
    (403, Terminal, "Project Viewer"), (404, Terminal, r"central\.projects"),
    (429, Transient, "surchargé"), (502, Transient, "502"), (400, Terminal, "400"),
])  # fmt: skip
def test_every_refusal_says_what_to_do(
    serve: Serve, status: int, kind: type[CentralError], words: str
) -> None:
    url = serve(TOKEN, (status, {**JSON, "Retry-After": "0"}, b'{"message":"Awa Diallo"}'))
    client = connect(account(url), backoff=0)
    with (
        pytest.raises(kind, match=words) as error,
        explained(account(url), what="le projet 1", missing=no_project(1)),
    ):
        get_json(client, "projects/1")
    assert "Awa" not in error.value.fr + error.value.en


def test_a_hiccup_is_tried_again_on_plain_http(serve: Serve) -> None:
    bad = (503, {"Retry-After": "0"}, b"")
    url = serve(TOKEN, bad, bad, (200, JSON, b"[1]"))
    assert get_json(connect(account(url), backoff=0), "projects") == [1]


def test_an_old_token_is_renewed_once(serve: Serve) -> None:
    expired = (401, JSON, b'{"code":401.2}')
    url = serve(TOKEN, expired, TOKEN, (200, JSON, b"[1]"))
    assert get_json(connect(account(url), backoff=0), "projects") == [1]


def test_an_answer_cut_short_is_named_so(serve: Serve) -> None:
    url = serve(TOKEN, (200, {**JSON, "Content-Length": "999"}, b'{"value":['))
    client = connect(account(url), backoff=0)
    with pytest.raises(Transient, match="coupée"), explained(account(url), what="f"):
        get_json(client, "projects")


def test_a_silent_server_does_not_hang_the_run(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.central._TIMEOUT", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Transient, match="trop de temps"):
            connect(account(url), backoff=0)
