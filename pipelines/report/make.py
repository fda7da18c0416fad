"""Makes the quarterly report as PDF and workbook, marked with who made it, and notes the making.

It leaves the house as exports do, so it carries their mark and leaves a line in their log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from pipelines.exports.files import Mark
from pipelines.report.quarter import Quarter
from pipelines.report.statements import Asked
from warehouse.access import log_access
from warehouse.engine import writing

_KEPT_DAYS = 365
"""As every export that names nobody."""


@dataclass(frozen=True, slots=True)
class Made:
    """Both files; `name` is theirs, without the ending."""

    pdf: bytes
    xlsx: bytes
    name: str


def make(
    reader: Engine, writer: Engine, *, quarter: Quarter, audience: str, language: str, now: str,
    who: str, outline: Mapping[str, Any],
) -> Made:  # fmt: skip
    """Make the report; nothing is handed out unless the log line is written.

    All is read through `reader`: the drawing takes seconds, in which `writer` would keep everybody
    else from writing. Raises KafoError when nothing was published for the quarter and the audience.
    """
    from pipelines.report.gather import gather
    from pipelines.report.pdf import pdf
    from pipelines.report.workbook import workbook

    report = gather(
        reader,
        Asked(audience, quarter),
        language=language,
        now=now,
        mark=_mark(who, now, audience, language),
        outline=outline,
    )
    made = Made(pdf(report), workbook(report), report_name(quarter, audience, language))
    with writing(writer) as connection:
        log_access(
            connection, now=now, who=who, action="report", what=made.name,
            rows=0,  # of people: there are none in it
            reason=f"Rapport trimestriel {quarter}, {audience}",
        )  # fmt: skip
    return made


def report_name(quarter: Quarter, audience: str, language: str) -> str:
    """What the files are called, without the ending: both languages fit into one folder."""
    word = "report" if language == "en" else "rapport"
    return f"kafo-{word}-{quarter}-{audience}"


def _mark(who: str, now: str, audience: str, language: str) -> str:
    until = (datetime.fromisoformat(now) + timedelta(days=_KEPT_DAYS)).date().isoformat()
    return str(Mark(who, now, audience, until, language))
