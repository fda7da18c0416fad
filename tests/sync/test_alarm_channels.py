"""Alarms reach real servers, encrypted, and a refusal is told without secrets."""

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from sync.alarm_channels import ChannelError, Mail, Webhook
from sync.alarms import Alarm, News
from warehouse.types import iso

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

SYNC = Alarm("no_sync", "Aucune synchronisation", "No synchronisation")
PHONE = Alarm("submitter_silent:1:7", "Plus rien de PF-01", "Nothing more from PF-01")


class MailServer:
    """A real SMTP server on 127.0.0.2 with STARTTLS and passwords; keeps what it gets."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.encrypted: list[bool] = []
        with socket.socket() as free:
            free.bind(("127.0.0.2", 0))
            self.port: int = free.getsockname()[1]
        more: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
        self._controller = Controller(
            self, hostname="127.0.0.2", port=self.port, authenticator=self._allow, **more
        )

    def _allow(
        self, server: Any, session: Any, envelope: Any, mechanism: str, auth: Any
    ) -> AuthResult:
        return AuthResult(success=auth.password == b"right", handled=False)

    async def handle_RCPT(  # noqa: N802 - the server's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("nobody"):
            return f"550 {address} unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def mail_server(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.2").configure_cert(tls)
    with MailServer(tls) as server:
        yield server


NEWS = News(iso(START), begun=(SYNC,), ended=(PHONE,))


def mail(server: MailServer, **change: Any) -> Mail:
    known: dict[str, Any] = {
        "host": "127.0.0.2", "port": server.port, "sender": "kafo@example.org",
        "recipients": ["a@example.org", "b@example.org"], "user": "kafo", "password": "right",
    }  # fmt: skip
    return Mail(**known | change)


def test_a_mail_arrives_encrypted_with_what_began_and_what_ended(mail_server: MailServer) -> None:
    mail(mail_server).send(NEWS)
    (letter,) = mail_server.letters
    assert mail_server.encrypted == [True]
    assert mail_server.recipients == ["a@example.org", "b@example.org"]
    assert letter["Subject"] == "[Kafo] 1 alerte"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == START
    assert letter["Message-ID"].endswith("@example.org>")
    text = letter.get_content()
    assert "• Aucune synchronisation" in text
    assert "Fin de l'alerte : Plus rien de PF-01" in text


def test_a_wrong_password_and_refused_addresses_are_told_without_the_servers_words(
    mail_server: MailServer,
) -> None:
    with pytest.raises(ChannelError, match="smtp_password") as error:
        mail(mail_server, password="wrong").send(NEWS)
    assert "wrong" not in str(error.value)
    with pytest.raises(ChannelError, match="destinataires") as error:
        mail(mail_server, recipients=["nobody@example.org"]).send(NEWS)
    assert "nobody" not in str(error.value)
    mail(mail_server, recipients=["nobody@example.org", "a@example.org"]).send(NEWS)
    assert mail_server.recipients == ["a@example.org"]


def test_nothing_is_sent_without_a_trusted_encrypted_connection(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ChannelError, match="chiffrée"):
        mail(mail_server).send(NEWS)
    with MailServer(None) as plain, pytest.raises(ChannelError, match="chiffrée"):
        mail(plain).send(NEWS)
    assert plain.letters == mail_server.letters == []


def test_a_mail_server_that_does_not_answer_is_named() -> None:
    nobody = Mail("127.0.0.1", 1, "kafo@example.org", ["a@example.org"])
    with pytest.raises(ChannelError, match=r"127\.0\.0\.1:1 ne répond pas"):
        nobody.send(NEWS)


class Hook(ThreadingHTTPServer):
    """A real HTTP server that keeps what is posted."""

    daemon_threads = True
    status = 200
    got: list[dict[str, Any]]

    def __enter__(self) -> "Hook":
        self.got = []
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook/secret-token"


class HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/json"
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook(("127.0.0.1", 0), HookHandler) as server:
        yield server


def test_a_webhook_gets_json_that_people_and_machines_can_read(hook: Hook) -> None:
    Webhook(hook.url).send(NEWS)
    (got,) = hook.got
    assert got["text"].startswith("[Kafo] 1 alerte\n\n• Aucune synchronisation")
    assert [(a["key"], a["state"], a["en"]) for a in got["alarms"]] == [
        ("no_sync", "begun", "No synchronisation"),
        ("submitter_silent:1:7", "ended", "Nothing more from PF-01"),
    ]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_told_without_its_secret_address(hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(ChannelError, match=str(status)) as error:
        Webhook(hook.url).send(NEWS)
    assert len(hook.got) == 1
    assert "secret-token" not in str(error.value) + repr(Webhook(hook.url))


def test_a_webhook_that_does_not_answer_is_told() -> None:
    with pytest.raises(ChannelError, match="pas de réponse"):
        Webhook("http://127.0.0.1:1/secret-token").send(NEWS)
