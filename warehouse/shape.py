"""The shape of a published form: its tables and columns, with names that never change.

Central's `/fields?odata=true` says which answers there are and of what type; the XForm says how
the questions read and which choices they offer. Names once given are kept: a new version of a
form adds columns, and nothing people query is renamed, retyped or dropped under them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROOT = ""
"""The repeat path of a form's own table."""

GEOPOINT_PARTS = ("latitude", "longitude", "altitude", "accuracy")
KINDS = {
    "int": "int",
    "decimal": "decimal",
    "date": "date",
    "dateTime": "dateTime",
    "geopoint": "geopoint",
    "geotrace": "geometry",
    "geoshape": "geometry",
}
"""Central's field types with a column type of their own; every other one is text."""

RESERVED = {
    "instance_id", "row_path", "parent_path", "row_number", "submitted_at", "form_version",
    "review_state", "submitter_name",
}  # fmt: skip
"""Kafo's own columns of form tables; a question of that name gets `q_` in front."""

_LONGEST = 53
"""PostgreSQL cuts names at 63 bytes; geopoint parts and views need the rest."""


@dataclass(frozen=True, slots=True)
class Known:
    """A column made for an earlier version of the form."""

    table: str
    column: str
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the current version and the column (or first column) that holds it."""

    path: str
    column: str
    kind: str
    select_multiple: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it fills: four for a position, one for everything else."""
        if self.kind == "geopoint":
            return tuple(f"{self.column}_{part}" for part in GEOPOINT_PARTS)
        return (self.column,)


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of answers: the form's own (`repeat` is empty) or one of its repeats."""

    name: str
    repeat: str
    parent: str | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class FormShape:
    """All tables of one form, parents before children."""

    project_id: int
    form_id: str
    tables: tuple[FormTable, ...]

    @property
    def root(self) -> FormTable:
        """The table with one row per submission."""
        return self.tables[0]


def table_name(form_id: str, taken: Iterable[str], project_id: int) -> str:
    """`form_<id>`, or with the project in the name where another project took that one."""
    name = _cut("form_" + plain_name(form_id))
    return name if name not in taken else _cut(f"form_p{project_id}_{plain_name(form_id)}")


def shape_form(
    project_id: int,
    form_id: str,
    *,
    name: str,
    fields: Sequence[Mapping[str, Any]],
    known: Sequence[Known] = (),
) -> FormShape:
    """The shape of a form from Central's field list, keeping the names of `known` columns."""
    repeats = [ROOT] + [str(f["path"]) for f in fields if f["type"] == "repeat"]
    names = _repeat_tables(name, repeats)
    tables = []
    for repeat in repeats:
        own = [f for f in fields if f["type"] not in ("repeat", "structure")]
        own = [f for f in own if _nearest(str(f["path"]), repeats) == repeat]
        before = [k for k in known if k.table == names[repeat]]
        parent = None if repeat == ROOT else names[_nearest(repeat, repeats)]
        tables.append(FormTable(names[repeat], repeat, parent, _questions(own, before, repeat)))
    return FormShape(project_id, form_id, tuple(tables))


def _repeat_tables(name: str, repeats: Sequence[str]) -> dict[str, str]:
    tables = {ROOT: name}
    for repeat in repeats[1:]:
        leaf = repeat.rsplit("/", 1)[1]
        short = f"{name}__{plain_name(leaf)}"
        twin = sum(r.rsplit("/", 1)[-1] == leaf for r in repeats) > 1
        tables[repeat] = _cut(f"{name}__{plain_name(repeat)}" if twin else short)
    return tables


def _questions(
    fields: Sequence[Mapping[str, Any]], known: Sequence[Known], repeat: str
) -> tuple[Question, ...]:
    kept = {(k.path, k.kind): k.column for k in known}
    taken = {k.column for k in known} | RESERVED
    leaves = [str(f["name"]) for f in fields]
    questions = []
    for field in fields:
        path, kind = str(field["path"]), KINDS.get(str(field["type"]), "text")
        column = kept.get((path, kind))
        if column is None:
            alone = leaves.count(str(field["name"])) == 1
            column = _column(path.removeprefix(repeat), kind, alone=alone, taken=taken)
        question = Question(path, column, kind, bool(field.get("selectMultiple")))
        taken.update((column, *question.columns))
        questions.append(question)
    return tuple(questions)


def _column(path: str, kind: str, *, alone: bool, taken: set[str]) -> str:
    """The question's own name; its groups, its type or a number join only where needed."""
    leaf, whole = plain_name(path.rsplit("/", 1)[-1]), plain_name(path)
    if leaf in RESERVED:
        wishes = [f"q_{leaf}", f"q_{whole}__{kind.lower()}"]
        wishes += [f"q_{whole}__{n}" for n in range(2, 1000)]
    else:
        wishes = [leaf] if alone else []
        wishes += [whole, f"{leaf}__{kind.lower()}", f"{whole}__{kind.lower()}"]
        wishes += [f"{whole}__{n}" for n in range(2, 1000)]
    return next(_cut(wish) for wish in wishes if _cut(wish) not in taken)


def _nearest(path: str, repeats: Iterable[str]) -> str:
    """The innermost repeat around a path; the form itself if there is none."""
    around = [r for r in repeats if path.startswith(r + "/") or r == ROOT]
    return max((r for r in around if r != path), key=len)


def plain_name(name: str) -> str:
    """A name as SQL likes it: small letters, digits and underscores, no digit in front."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return plain if plain and not plain[0].isdigit() else f"q_{plain}"


def _cut(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: _LONGEST - 7]}_{mark}"
