"""Logs are lines of JSON, and what may quote a person never reaches them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sync import log


@pytest.fixture
def lines() -> Iterator[Any]:
    root, ours = logging.getLogger(), logging.getLogger(log.OURS)
    before = (root.handlers[:], root.level, ours.level)
    root.handlers.clear()  # pytest's own must not be closed
    stream = io.StringIO()
    log.write_to(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_an_event_is_one_line_with_its_fields(lines: Any) -> None:
    log.note("form", form_id="référence", received=3, seconds=0.25, error="ligne 1\nligne 2")
    (line,) = lines()
    assert line["event"] == "form"
    assert line["form_id"] == "référence"
    assert (line["received"], line["seconds"], line["level"]) == (3, 0.25, "info")
    assert line["at"].endswith("Z")
    assert len(line["at"]) == 24


def test_a_foreign_error_leaves_its_kind_and_place_but_not_its_text(lines: Any) -> None:
    try:
        raise ValueError("the answer was Fatoumata")
    except ValueError as error:
        log.note_crash("job_failed", error, job="sync")
    (line,) = lines()
    assert (line["kind"], line["job"], line["level"]) == ("ValueError", "sync", "error")
    assert line["place"].startswith("test_log.py:")
    assert "Fatoumata" not in json.dumps(line)


def test_what_other_libraries_write_is_reduced_to_place_and_kind(lines: Any) -> None:
    other = logging.getLogger("some.library")
    other.info("quiet")
    try:
        raise KeyError("Fatoumata")
    except KeyError:
        other.exception("response body: %s", {"name": "Fatoumata"})
    (line,) = lines()
    assert (line["event"], line["logger"], line["kind"]) == ("foreign", other.name, "KeyError")
    assert "Fatoumata" not in json.dumps(line)
