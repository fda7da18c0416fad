"""One OData stream per form: spooled to disk, proven whole, parsed row by row in constant memory.

Asked without `$top`, so that Central answers from one snapshot: pages lose rows (`$skip`) or cost
the server dearly (`$skiptoken`). A stream that breaks still has status 200; only the missing end
shows it, so the end is read before anything is believed.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import quote

from pyodk.client import Client
from requests import Response

from sync import errors
from sync.json_stream import CHUNK, Item, items
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
    """A spooled answer; `spool` is None when Central said that nothing changed (304)."""

    spool: IO[bytes] | None
    etag: str | None
    size: int


def overlapping(stamp: str | None, overlap: timedelta) -> str | None:
    """The stamp to ask from: earlier than the newest one seen, because commits become visible late."""
    if stamp is None:
        return None
    return iso(datetime.fromisoformat(stamp) - overlap)


def ask(client: Client, question: Question, *, etag: str | None, folder: Path) -> Answer:
    """Ask one question; with the ETag of the same question, an idle form costs Central nothing."""
    return spooled(client, question.url, what=question.form_id, etag=etag, folder=folder)


def spooled(
    client: Client,
    url: str,
    *,
    what: str,
    folder: Path,
    etag: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Fetch to an unnamed temporary file, which vanishes with the process however that ends."""
    asked = {**(headers or {}), **({"If-None-Match": etag} if etag else {})}
    with client.get(url, headers=asked, stream=True) as response:
        if response.status_code == 304:
            return Answer(None, etag, 0)
        response.raise_for_status()
        if "json" not in response.headers.get("Content-Type", ""):
            raise errors.not_central(what)
        spool, size = _spool(response, folder)
        return Answer(spool, response.headers.get("ETag"), size)


def _spool(response: Response, folder: Path) -> tuple[IO[bytes], int]:
    with ExitStack() as undo:
        try:
            spool = undo.enter_context(tempfile.TemporaryFile(dir=folder))
            size = 0
            for chunk in response.iter_content(CHUNK):
                spool.write(chunk)
                size += len(chunk)
            spool.seek(0)
        except OSError as error:
            if error.errno is None:  # requests' own errors are OSErrors without a number
                raise
            raise errors.no_room(str(folder)) from None
        undo.pop_all()  # whole: its reader closes it
        return spool, size


def rows(spool: IO[bytes], form_id: str) -> Iterator[Item]:
    """Each submission of a spooled answer; nothing may be committed before the last one came."""
    for text, row in items(spool, form_id):
        if "__id" not in row or "__system" not in row:
            raise errors.not_central(form_id)
        yield text, row
