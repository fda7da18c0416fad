"""One OData stream per form: spooled to disk, parsed row by row in constant memory, proven whole.

Asked without `$top`, so that Central answers from one snapshot: pages lose rows (`$skip`) or cost
the server dearly (`$skiptoken`). A stream that breaks still has status 200; only the missing end
shows it, so the end is read before anything is believed.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from pyodk.client import Client

from sync import errors
from sync.json_stream import Item, Readable, items
from sync.spool import Spool
from warehouse.types import iso

_STAMPS = ("submissionDate", "updatedAt", "deletedAt")


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask of one form: everything, or what changed since a stamp (inclusive)."""

    project_id: int
    form_id: str
    since: str | None
    with_repeats: bool

    @property
    def url(self) -> str:
        """The OData address; two equal questions have equal addresses, so ETags apply."""
        query = []
        if self.with_repeats:
            query.append("$expand=*")
        if self.since is not None:
            # Naming deletedAt also switches off Central's silent "not deleted" condition.
            clauses = " or ".join(f"__system/{stamp} ge {self.since}" for stamp in _STAMPS)
            query.append("$filter=" + quote(clauses, safe="/$:"))
        table = f"projects/{self.project_id}/forms/{quote(self.form_id, safe='')}.svc/Submissions"
        return table + ("?" + "&".join(query) if query else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """`spool` is None when Central said that nothing changed (304)."""

    spool: Spool | None
    etag: str | None


def overlapping(stamp: str | None, overlap: timedelta) -> str | None:
    """The stamp to ask from: earlier than the newest one seen, because commits become visible late."""
    if stamp is None:
        return None
    return iso(datetime.fromisoformat(stamp) - overlap)


def ask(client: Client, question: Question, *, etag: str | None, folder: Path) -> Answer:
    """Ask one question; with the ETag of the same question, an idle form costs Central nothing.
    The answer may still be coming."""
    return _fetched(client, question.url, what=question.form_id, etag=etag, folder=folder)


def spooled(
    client: Client,
    url: str,
    *,
    what: str,
    folder: Path,
    headers: Mapping[str, str] | None = None,
) -> Spool:
    """An answer fetched whole; close it. Raises requests' errors and CentralError."""
    spool = _fetched(client, url, what=what, folder=folder, headers=headers).spool
    assert spool is not None  # no ETag was sent, so no 304 comes
    with ExitStack() as undo:
        undo.enter_context(spool)
        spool.wait()
        undo.pop_all()
    return spool


def _fetched(
    client: Client,
    url: str,
    *,
    what: str,
    folder: Path,
    etag: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    asked = {**(headers or {}), **({"If-None-Match": etag} if etag else {})}
    with ExitStack() as undo:
        response = undo.enter_context(client.get(url, headers=asked, stream=True))
        if response.status_code == 304:
            return Answer(None, etag)
        response.raise_for_status()
        if "json" not in response.headers.get("Content-Type", ""):
            raise errors.not_central(what)
        undo.pop_all()  # the spool closes it
        return Answer(Spool(response, folder), response.headers.get("ETag"))


def rows(spool: Readable, form_id: str) -> Iterator[Item]:
    """Each submission of an answer. What an answer lacks may be concluded only after the last one;
    each that came is whole in itself."""
    for text, row in items(spool, form_id):
        if "__id" not in row or "__system" not in row:
            raise errors.not_central(form_id)
        yield text, row
