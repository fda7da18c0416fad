"""Reads a phone's `audit.csv` into question timings (format: docs.getodk.org, form audit log).

Old and new answers, which the log may hold, are not read: timings judge a form and its use, and
need no second copy of what a person said.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO

from warehouse.types import iso

_PATH = 300
"""Longest node path kept; a longer one is not a path."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One event: its kind, the question it happened on, UTC stamps, and seconds where it has an end."""

    position: int
    event: str
    path: str | None
    started_at: str | None
    ended_at: str | None
    seconds: float | None


def read_audit(content: bytes) -> Iterator[Timing]:
    """The events in the order of the log; what is not a log gives none."""
    text = content.decode("utf-8-sig", errors="replace")
    for position, row in enumerate(csv.DictReader(StringIO(text)), start=1):
        event = (row.get("event") or "").strip()
        if not event:
            continue
        start, end = _millis(row.get("start")), _millis(row.get("end"))
        seconds = (end - start) / 1000 if start is not None and end is not None else None
        path = (row.get("node") or "").strip()[:_PATH] or None
        yield Timing(position, event, path, _stamp(start), _stamp(end), seconds)


def _millis(text: str | None) -> int | None:
    """Milliseconds since 1970; a phone with a senseless clock gives none."""
    try:
        millis = int((text or "").strip())
    except ValueError:
        return None
    return millis if 0 < millis < 4_102_444_800_000 else None  # before the year 2100


def _stamp(millis: int | None) -> str | None:
    return None if millis is None else iso(datetime.fromtimestamp(millis / 1000, UTC))
