"""Exports one table or view: reads it, notes it in the access log, writes the marked file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from forms.errors import UsageError
from pipelines.exports.files import Mark, write
from pipelines.exports.relations import NAMED, class_of, coarse
from pipelines.exports.requests import use
from warehouse.access import checked_reason, log_access
from warehouse.engine import writing

_KEPT_DAYS = 30
"""Named files are to be destroyed after so many days, others after a year."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants what, why, as which file. `request` is the agreement to a named export."""

    view: str
    kind: str
    path: Path
    who: str
    audience: str
    reason: str
    request: str | None = None


def export(engine: Engine, wish: Wish, *, now: str) -> int:
    """Make the file and return its number of rows; nothing is written unless the log line is.

    Raises UsageError when the view may not leave that way.
    """
    with writing(engine) as connection:
        named = class_of(connection, wish.view) in NAMED
        reason = wish.reason
        if named:
            reason = _agreed(connection, wish, now)
        elif wish.audience == "outside":
            _refuse_inside(wish.view)
        columns, rows = _read(connection, wish)
        log_access(
            connection, now=now, who=wish.who, action="export", what=wish.view,
            rows=len(rows) if named else 0,  # of people
            reason=checked_reason(reason),
        )  # fmt: skip
        days = _KEPT_DAYS if named else 365
        until = (datetime.fromisoformat(now) + timedelta(days=days)).date().isoformat()
        mark = Mark(wish.who, now, "nominatif" if named else wish.audience, until)
        write(wish.path, columns, coarse(columns, rows), kind=wish.kind, mark=mark)
    return len(rows)


def is_named(connection: Connection, view: str) -> bool:
    """Whether the rows of the view can name people, so that two must agree."""
    return class_of(connection, view) in NAMED


def _agreed(connection: Connection, wish: Wish, now: str) -> str:
    if wish.request is None:
        raise UsageError(
            "Cet export nomme des personnes : il faut l'accord d'une deuxième personne. "
            "Demandez-le, puis donnez son code : --request E-…",
            "This export names people: a second person must agree. Ask, then give the code: "
            "--request E-…",
        )
    return use(connection, wish.request, wish.view, who=wish.who, now=now).reason


def _refuse_inside(view: str) -> None:
    if view != "published_cell" and not view.endswith("_public"):
        raise UsageError(
            f"« {view} » n'est pas pour l'extérieur. Exportez published_cell ou une vue « …_public ».",
            f"'{view}' is not for the outside. Export published_cell or a view '…_public'.",
        )


def _read(connection: Connection, wish: Wish) -> tuple[list[str], list[tuple[object, ...]]]:
    query = f'select * from "{wish.view}"'
    if wish.view == "published_cell":
        answer = connection.execute(text(f"{query} where audience = :a"), {"a": wish.audience})
    else:
        answer = connection.execute(text(query))
    return list(answer.keys()), [tuple(row) for row in answer]
