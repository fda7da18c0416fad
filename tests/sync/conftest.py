"""A sandbox with the form `small` published, and hands to change what it holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from pyodk.client import Client
from sqlalchemy import Engine, text

from sync.central import Account, connect
from sync.ledger import RunReport
from sync.pull import Source, pull
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
