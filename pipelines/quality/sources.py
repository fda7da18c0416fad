"""Where in each form's table the checks find what they need: found by type and name, for any form."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnClause, Connection, FromClause, column, select, table
from sqlalchemy.types import Float, Integer, Text, TypeEngine

from warehouse.shape import GEOPOINT_PARTS
from warehouse.tables import choice, form, question, question_label
from warehouse.types import Day, Instant

_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "int": Integer, "decimal": Float, "date": Day, "dateTime": Instant,
}  # fmt: skip
_PLACES = frozenset({"focal_point", "cercle", "commune", "site"})
"""Answers that are rightly the same all day."""
_UNSURE = frozenset({"dk", "dont_know", "no_answer", "88", "99", "-88", "-99"})
_OTHER = frozenset({"other", "autre"})
_GRID = 4
"""So many questions in a row on one scale are a grid."""
_YEARS = ("birth_year", "age_years")


@dataclass(frozen=True, slots=True)
class Source:
    """One form's own table, and which of its columns are what."""

    project_id: int
    form_id: str
    version: str
    table: FromClause
    names: frozenset[str]
    asked: tuple[str, ...]  # with a label: seen by a person
    choices: tuple[str, ...]
    numbers: tuple[str, ...]
    unsure: frozenset[str]  # whose lists offer "does not know"
    other: frozenset[str]  # whose lists offer "other, specify"
    grids: tuple[tuple[str, ...], ...]  # questions in a row on one scale
    consent: str | None
    year: str | None
    point: str | None  # a geopoint, the name without _latitude

    @property
    def form(self) -> tuple[int, str]:
        """Project and form."""
        return self.project_id, self.form_id


def is_unsure(answer: object) -> bool:
    """Whether a choice says "does not know" or "refused"."""
    return str(answer) in _UNSURE


def is_other(answer: object) -> bool:
    """Whether a choice says "other, specify"."""
    return str(answer) in _OTHER


def find_sources(connection: Connection) -> list[Source]:
    """Every form that has a table."""
    f = form.c
    rows = connection.execute(select(f.project_id, f.form_id, f.version, f.table_name)).all()
    return [_source(connection, *row) for row in rows]


def _source(
    connection: Connection, project_id: int, form_id: str, version: str, name: str
) -> Source:
    q, mine = question.c, (question.c.project_id == project_id) & (question.c.form_id == form_id)
    rows = connection.execute(
        select(q.column_name, q.type, q.list_name, q.path, q.select_multiple)
        .where(mine, q.table_name == name, q.current).order_by(q.position)
    ).all()  # fmt: skip
    labelled = set(connection.scalars(select(question_label.c.path).where(
        question_label.c.project_id == project_id, question_label.c.form_id == form_id
    )))  # fmt: skip
    lists = {
        kind: set(connection.scalars(select(choice.c.list_name).where(
            choice.c.project_id == project_id, choice.c.form_id == form_id,
            choice.c.value.in_(kind),
        )))
        for kind in (_UNSURE, _OTHER)
    }  # fmt: skip
    own: list[ColumnClause[Any]] = [column("instance_id", Text())]
    own += [column(r.column_name, _TYPES.get(r.type, Text)()) for r in rows if r.type != "geopoint"]
    points = [r.column_name for r in rows if r.type == "geopoint"]
    own += [column(f"{n}_{part}", Float()) for n in points for part in GEOPOINT_PARTS]
    names = [r.column_name for r in rows]
    single = [r for r in rows if r.list_name and not r.select_multiple]
    return Source(
        project_id, form_id, version, table(name, *own), frozenset(names),
        tuple(r.column_name for r in rows if r.path in labelled and r.type != "geopoint"),
        tuple(r.column_name for r in single if r.column_name not in _PLACES),
        tuple(r.column_name for r in rows if r.type in ("int", "decimal") and r.path in labelled),
        frozenset(r.column_name for r in single if r.list_name in lists[_UNSURE]),
        frozenset(r.column_name for r in single if r.list_name in lists[_OTHER]),
        _grids([(r.column_name, r.list_name if r in single else None) for r in rows]),
        next((r.column_name for r in single if r.column_name.startswith("consent")), None),
        next((name for name in _YEARS if name in names), None),
        points[0] if points else None,
    )  # fmt: skip


def _grids(questions: list[tuple[str, str | None]]) -> tuple[tuple[str, ...], ...]:
    """Runs of questions with one list of choices."""
    runs = [
        tuple(name for name, _ in run)
        for scale, run in groupby(questions, key=lambda question: question[1])
        if scale is not None
    ]
    return tuple(run for run in runs if len(run) >= _GRID)
