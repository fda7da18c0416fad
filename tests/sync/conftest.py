"""A sandbox with the form `small` published, and hands to change what it holds."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from pyodk.client import Client
from sqlalchemy import Engine, text

from sync.central import Account, Source, connect
from sync.decryption import Envelope, read_envelope
from sync.ledger import RunReport
from sync.private_key import PrivateKey
from sync.pull import pull
from sync.sandbox import Sandbox
from warehouse.types import iso


@dataclass
class Field:
    """ODK Central as the people around it use it: phones send, managers delete and review."""

    sandbox: Sandbox
    account: Account
    client: Client
    token: str = ""
    project_id: int = 1
    sent: list[str] = field(default_factory=list)

    def publish(self, xform: str) -> None:
        url = f"projects/{self.project_id}/forms?publish=true&ignoreWarnings=true"
        headers = {"Content-Type": "application/xml"}
        self.client.post(url, data=xform.encode(), headers=headers).raise_for_status()

    def republish(self, form_id: str, xform: str) -> None:
        base = f"projects/{self.project_id}/forms/{form_id}/draft"
        headers = {"Content-Type": "application/xml"}
        url = f"{base}?ignoreWarnings=true"
        self.client.post(url, data=xform.encode(), headers=headers).raise_for_status()
        self.client.post(f"{base}/publish").raise_for_status()

    def phone(self, form_id: str) -> None:
        made = self.client.post(
            f"projects/{self.project_id}/app-users", json={"displayName": "PF-01"}
        )
        self.token = made.json()["token"]
        url = f"projects/{self.project_id}/forms/{form_id}/assignments/app-user/{made.json()['id']}"
        self.client.post(url).raise_for_status()

    def send(self, xml: str, **files: bytes) -> None:
        url = f"{self.sandbox.url}/v1/key/{self.token}/projects/{self.project_id}/submission"
        parts = {"xml_submission_file": ("submission.xml", xml, "text/xml")}
        parts |= {name: (name, body, "image/jpeg") for name, body in files.items()}  # type: ignore[misc]
        headers = {"X-OpenRosa-Version": "1.0"}
        answer = requests.post(url, files=parts, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text

    def small(
        self, answers: str = "<name>A</name><age>30</age>", *, edits: str | None = None
    ) -> str:
        """Send an interview with the form `small`; returns its instance ID."""
        instance_id = f"uuid:{uuid4()}"
        old = f"<deprecatedID>{edits}</deprecatedID>" if edits else ""
        meta = f"<meta>{old}<instanceID>{instance_id}</instanceID></meta>"
        self.send(f'<data id="small" version="1">{answers}{meta}</data>')
        self.sent.append(instance_id)
        return instance_id

    def url(self, rest: str, form_id: str = "small") -> str:
        return f"projects/{self.project_id}/forms/{form_id}/{rest}"

    @property
    def source(self) -> Source:
        return Source(self.client, self.account, [self.project_id])


@pytest.fixture
def central(small_xform: str) -> Iterator[Field]:
    with Sandbox() as sandbox:
        account = Account(sandbox.url, sandbox.email, sandbox.password)
        found = Field(sandbox, account, connect(account, backoff=0))
        found.client.post("projects", json={"name": "CIOM"}).raise_for_status()
        found.publish(small_xform)
        found.phone("small")
        yield found


@pytest.fixture
def run(engine: Engine, central: Field, tmp_path: Path) -> Callable[[], RunReport]:
    """One synchronisation run."""
    from datetime import UTC, datetime

    def once() -> RunReport:
        return pull(
            engine,
            central.source,
            overlap=timedelta(minutes=10),
            folder=tmp_path,
            now=lambda: iso(datetime.now(UTC)),
        )

    return once


@pytest.fixture
def read(engine: Engine) -> Callable[[str], list[tuple[Any, ...]]]:
    """Rows of a query."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    return rows


HERE = Path(__file__).parent
COLLECT = "http://www.opendatakit.org/xforms/encrypted"
ANSWERS = b"<data id='small' version='1'><name>Personne Synthetique</name></data>"


@dataclass(frozen=True)
class Sealed:
    """What a phone sends."""

    xml: bytes
    files: dict[str, bytes]

    @property
    def envelope(self) -> Envelope:
        return read_envelope(self.xml)


class Phone:
    """Asks the Java program; `public` and `private` are its key pair."""

    def __init__(self) -> None:
        program = [sys.executable, str(HERE / "phone_that_encrypts.py")]
        self.process = subprocess.Popen(program, stdin=-1, stdout=-1, text=True)
        self.public, self.private = self.new_key_pair()

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def new_key_pair(self) -> tuple[str, bytes]:
        pair = self.ask({"bits": 2048})
        return pair["public"], base64.b64decode(pair["private"])

    def seal(
        self,
        xml: bytes = ANSWERS,
        media: dict[str, bytes] | None = None,
        *,
        instance_id: str = "uuid:1",
        version: str | None = "1",
        secret: bytes | None = None,
        namespace: str = COLLECT,
        form_id: str = "small",
    ) -> Sealed:
        names = [*(media or {}).items(), ("submission.xml", xml)]
        made = self.ask({
            "public": self.public,
            "form_id": form_id,
            "version": version,
            "instance_id": instance_id,
            "secret": base64.b64encode(secret or uuid4().bytes + uuid4().bytes).decode(),
            "files": [(name, base64.b64encode(content).decode()) for name, content in names],
        })  # fmt: skip
        shown = "" if version is None else f" version={quoteattr(version)}"
        listed = "".join(f"<media><file>{escape(n)}.enc</file></media>\n" for n in media or {})
        text = (
            f"<data xmlns='{namespace}' id={quoteattr(form_id)}{shown} encrypted='yes'>"
            f"<base64EncryptedKey>{made['key']}</base64EncryptedKey>"
            "<orx:meta xmlns:orx='http://openrosa.org/xforms'><orx:instanceID>"
            f"{escape(instance_id)}</orx:instanceID></orx:meta>\n{listed}"
            "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
            f"<base64EncryptedElementSignature>{made['signature']}"
            "</base64EncryptedElementSignature></data>"
        )
        files = {f"{name}.enc": base64.b64decode(made["files"][name]) for name, _ in names}
        return Sealed(text.encode(), files)


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    made = Phone()
    yield made
    assert made.process.stdin is not None
    assert made.process.stdout is not None
    made.process.stdin.close()
    made.process.wait()
    made.process.stdout.close()


@pytest.fixture(scope="module")
def key(phone: Phone) -> PrivateKey:
    """The private half of the phone's key pair."""
    found = serialization.load_der_private_key(phone.private, None)
    assert isinstance(found, PrivateKey)
    return found
