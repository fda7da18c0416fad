"""Reads registrations from the form tables: which changed, who may be in the register, what was said.

In the register are adults who agreed to be recorded. A submission that was deleted, purged,
rejected or quarantined is not a registration (any more).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, column, func, inspect, select, table, true

from warehouse.tables import form, submission, sync_run

FORM = "identification"
ADULT = 18

COLUMNS = (
    "today", "focal_point", "cercle", "commune", "site", "consent_record", "consent_contact",
    "birth_year", "age", "card_code", "seen_before", "last_name", "first_names", "sex",
    "nationality", "mobility", "arrival_year", "stay_pattern", "language", "education",
    "work_status", "occupation", "occupation_other", "sector", "phone_country", "phone",
    "phone_shared", "is_new",
)  # fmt: skip
"""The answers that say who somebody is, or are shown beside it."""

Answers = dict[str, Any]
_T = TypeVar("_T")
_BATCH = 500
"""Bound values in one statement: SQLite's oldest limit is 999."""


@dataclass(frozen=True, slots=True)
class Source:
    """A published form whose submissions are registrations; `columns` are those its table has."""

    project_id: int
    form_id: str
    table_name: str
    columns: tuple[str, ...]


def sources(connection: Connection) -> list[Source]:
    """The registration form of every project, as far as it has reached the warehouse."""
    rows = connection.execute(
        select(form.c.project_id, form.c.form_id, form.c.table_name)
        .where(form.c.form_id == FORM)
        .order_by(form.c.project_id)
    ).all()
    return [Source(*row, _columns(connection, row.table_name)) for row in rows]


def newest_run(connection: Connection) -> int:
    """The last synchronisation that has ended; what came until then has been seen."""
    newest = select(func.max(sync_run.c.run_id)).where(sync_run.c.ended_at.is_not(None))
    return int(connection.scalar(newest) or 0)


def changed_since(
    connection: Connection, source: Source, run_id: int, purged_since: str
) -> dict[str, str]:
    """Submissions that arrived, changed or were deleted after a run: instance ID → digest.

    Those that Central purged have no run: they are asked for by the time it was noticed.
    """
    c = submission.c
    mine = select(c.instance_id, c.digest).where(
        c.form_id == source.form_id, c.project_id == source.project_id
    )
    found = dict[str, str]()
    for late in (c.run_id > run_id, c.purged_at >= purged_since):
        rows = connection.execute(mine.where(late))
        found |= {row.instance_id: row.digest or "" for row in rows}
    return found


def answers_of(
    connection: Connection, source: Source, instance_ids: Sequence[str]
) -> dict[str, Answers]:
    """What the registrations among these submissions say; the others are missing."""
    found: dict[str, Answers] = {}
    statement = _statement(source)
    blank: Answers = dict.fromkeys(COLUMNS)
    for some in batches(instance_ids):
        rows = connection.execute(statement, {"ids": some, "project": source.project_id})
        for values in rows.all():
            row: Answers = blank | dict(zip(source.columns, values, strict=True))
            if counts(row):
                row["today"] = _day(row)
                found[row["instance_id"]] = {name: row[name] for name in COLUMNS}
    return found


def counts(row: Mapping[str, Any]) -> bool:
    """Whether a row of the form is of an adult who agreed, and was not rejected in Central."""
    if row.get("consent_record") != "yes" or row.get("review_state") == "rejected":
        return False
    try:
        return float(row.get("age") or 0) >= ADULT
    except ValueError:
        return False


def batches(items: Iterable[_T], size: int = _BATCH) -> Iterator[list[_T]]:
    """The items, some at a time."""
    feed = iter(items)
    while some := list(islice(feed, size)):
        yield some


def _statement(source: Source) -> Any:
    said = table(source.table_name, *(column(name) for name in source.columns))
    s = submission.c
    return (
        select(*said.c)
        .join(submission, (s.instance_id == said.c.instance_id))
        .where(
            s.project_id == bindparam("project"),
            s.form_id == source.form_id,
            s.instance_id.in_(bindparam("ids", expanding=True)),
            # Said so, SQLite does not take the index of what is not deleted, which is nearly all.
            s.deleted_at.is_(None).is_(true()),
            s.purged_at.is_(None),
            s.status.is_(None),
            (s.quarantined.is_(None)) | (s.quarantined != true()),
        )
    )


def _columns(connection: Connection, name: str) -> tuple[str, ...]:
    """What the table has of what is read here: a form may have lost or not yet got a question."""
    schema = "forms" if connection.dialect.name == "postgresql" else None
    there = {str(c["name"]) for c in inspect(connection).get_columns(name, schema=schema)}
    wanted = ("instance_id", "submitted_at", "review_state", *COLUMNS)
    return tuple(name for name in wanted if name in there)


def _day(row: Mapping[str, Any]) -> str | None:
    """The day of the interview as ISO text; the day of sending where the phone gave none."""
    day = row.get("today") or row.get("submitted_at")
    return str(day)[:10] if day else None
