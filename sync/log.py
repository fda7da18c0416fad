"""Logs for machines: one JSON object a line, holding nothing that could name a person.

An event has a name and fields: numbers, form IDs, durations, and our own messages. What other
libraries write may quote an answer (pyodk logs whole responses), so of their records only the
place and the kind of error are kept, never the text.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from warehouse.types import iso

OURS = "kafo"
_logger = logging.getLogger(OURS)
_FRAMES = 4

Field = str | int | float | bool | None


def note(event: str, *, level: int = logging.INFO, **fields: Field) -> None:
    """Write one event; `fields` must not hold answers, names or addresses of people."""
    _logger.log(level, event, extra={"fields": fields})


def note_crash(event: str, error: BaseException, **fields: Field) -> None:
    """Write an error that is not ours: its kind and where it came from, never its text."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    place = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    note(event, level=logging.ERROR, **fields, kind=type(error).__name__, place=place)


def write_to(stream: TextIO) -> None:
    """Send the logs of the whole process to `stream`: our events, and others' warnings."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _logger.setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """One line of JSON a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Our event with its fields; of a foreign record its place and kind of error."""
        line: dict[str, Field] = {
            "at": iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
        }
        if record.name == OURS:
            line |= {"event": record.getMessage()} | getattr(record, "fields", {})
        else:
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
            line |= {"event": "foreign", "logger": record.name, "kind": kind}
            line["place"] = f"{record.filename}:{record.lineno}"
        return json.dumps(line, ensure_ascii=False)
