"""One OData stream per form: spooled to disk, proven whole, parsed row by row in constant memory.

Asked without `$top`, so that Central answers from one snapshot: pages lose rows (`$skip`) or cost
the server dearly (`$skiptoken`). A stream that breaks still has status 200; only the missing end
shows it, so the end is read before anything is believed.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from pyodk.client import Client

from sync import errors
from warehouse.types import iso

_CHUNK = 1 << 18
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
    """Fetch to an unnamed temporary file, which vanishes with the process however that ends."""
    headers = {"If-None-Match": etag} if etag else {}
    with client.get(question.url, headers=headers, stream=True) as response:
        if response.status_code == 304:
            return Answer(None, etag, 0)
        response.raise_for_status()
        if "json" not in response.headers.get("Content-Type", ""):
            raise errors.not_central(question.form_id)
        try:
            spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the reader
            size = 0
            for chunk in response.iter_content(_CHUNK):
                spool.write(chunk)
                size += len(chunk)
            spool.seek(0)
        except OSError as error:
            if error.errno is None:  # requests' own errors are OSErrors without a number
                raise
            raise errors.no_room(str(folder)) from None
        return Answer(spool, response.headers.get("ETag"), size)


def rows(spool: IO[bytes], form_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(JSON text, parsed row) for each row; raises `cut_off` at the end if there was no end."""
    decoder = json.JSONDecoder()
    text = TextIOWrapper(spool, encoding="utf-8", newline="")
    buffer, chunk = _read(text, _CHUNK, form_id), _CHUNK
    here = buffer.find("[") + 1
    if "".join(buffer[:here].split()) != '{"value":[':
        raise errors.not_central(form_id)
    while True:
        here = _skip(buffer, here)
        if buffer[here : here + 1] == "]":
            break
        try:
            row, end = decoder.raw_decode(buffer, here)
        except json.JSONDecodeError:
            more = _read(text, chunk, form_id)
            if not more:
                raise errors.cut_off(form_id) from None
            buffer, here, chunk = buffer[here:] + more, 0, chunk * 2 if here == 0 else _CHUNK
            continue
        if not isinstance(row, dict) or "__id" not in row or "__system" not in row:
            raise errors.not_central(form_id)
        yield buffer[here:end], row
        here = end
    _prove_end(buffer[here:] + _read(text, -1, form_id), form_id)


def _read(text: TextIOWrapper, size: int, form_id: str) -> str:
    try:
        return text.read(size)
    except UnicodeDecodeError:  # cut in the middle of a letter
        raise errors.cut_off(form_id) from None


def _skip(buffer: str, here: int) -> int:
    while buffer[here : here + 1] in (",", " ", "\n", "\r", "\t") and here < len(buffer):
        here += 1
    return here


def _prove_end(tail: str, form_id: str) -> None:
    try:
        end = json.loads('{"value":[' + tail)
    except json.JSONDecodeError:
        raise errors.cut_off(form_id) from None
    if "@odata.context" not in end:
        raise errors.not_central(form_id)
