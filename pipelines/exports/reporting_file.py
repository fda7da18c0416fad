"""The reporting file: a plain SQLite database with published figures only, for Excel, DB Browser, Datasette.

It holds what anybody may read (audience `outside`) and the dictionary of it. Nothing else of the
warehouse is copied, so that the file can be handed on without care.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from forms.errors import UsageError
from pipelines.exports.relations import class_of
from warehouse.engine import reading
from warehouse.views import read_views

_TABLES = ("published_cell", "indicator", "code_label", "calendar")

_CAUTIONS = (
    ("Personnes rencontrées, pas un recensement.", "People met, not a census."),
    ("Présences : une même personne peut compter plusieurs fois.",
     "Attendances: one person may count several times."),
    ("Case vide avec suppressed = 1 : moins de 10 personnes, ou déductible. Nombres arrondis à 5.",
     "Empty cell with suppressed = 1: fewer than 10 people, or deducible. Numbers rounded to 5."),
    ("L'arrêt saisonnier des sites fausse le troisième trimestre.",
     "The seasonal stop of the sites distorts the third quarter."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """What the file holds: tables and their numbers of rows."""

    path: Path
    rows: dict[str, int]


def publish_file(engine: Engine, path: Path, *, who: str, now: str) -> Published:
    """Write the file anew; the old one is replaced in one step. UsageError if nothing is published."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with reading(engine) as connection, closing(sqlite3.connect(beside)) as file:
        rows = {name: _copy(connection, file, name) for name in _names(connection)}
        if not rows.get("published_cell"):
            beside.unlink()
            raise UsageError(
                "Rien n'est encore publié. Lancez « kafo refresh », puis recommencez.",
                "Nothing is published yet. Run 'kafo refresh', then try again.",
            )
        _describe(connection, file, list(rows))
        _about(file, who=who, now=now)
        file.commit()
        file.execute("vacuum")
    beside.replace(path)
    return Published(path, rows)


def _names(connection: Connection) -> list[str]:
    """Tables and `…_public` views; each must be of the class that names nobody."""
    views = [view.name for view in read_views(connection.dialect.name)]
    public = [name for name in views if name.endswith("_public")]
    there = _there(connection)
    names = [name for name in (*_TABLES, *public) if name in there]
    assert all(class_of(connection, name) == "reporting" for name in names)
    return names


def _there(connection: Connection) -> set[str]:
    inspector = inspect(connection)
    schema = "reporting" if connection.dialect.name == "postgresql" else None
    return {*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)}


def _copy(connection: Connection, file: sqlite3.Connection, name: str) -> int:
    only = " where audience = 'outside'" if name == "published_cell" else ""
    answer = connection.execute(text(f'select * from "{name}"{only}'))
    columns = list(answer.keys())
    _create(file, name, columns)
    marks = ", ".join("?" * len(columns))
    rows = [tuple(map(_plain, row)) for row in answer]
    file.executemany(f'insert into "{name}" values ({marks})', rows)
    return len(rows)


def _create(file: sqlite3.Connection, name: str, columns: Sequence[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    file.execute(f'create table "{name}" ({names})')


def _describe(connection: Connection, file: sqlite3.Connection, names: list[str]) -> None:
    """The dictionary, of what the file holds."""
    columns = ("object_name", "column_name", "description_fr", "description_en")
    chosen = ", ".join(columns)
    _create(file, "dictionary", columns)
    for name in names:
        rows = connection.execute(
            text(f"select {chosen} from dictionary where object_name = :name"), {"name": name}
        )
        file.executemany("insert into dictionary values (?, ?, ?, ?)", [tuple(row) for row in rows])


def _about(file: sqlite3.Connection, *, who: str, now: str) -> None:
    _create(file, "about", ("fr", "en"))
    lines = [
        (f"Fait par Kafo le {now[:10]}, par {who}. Chiffres publics, sans aucune personne.",
         f"Made by Kafo on {now[:10]}, by {who}. Public figures, without any person."),
        *_CAUTIONS,
    ]  # fmt: skip
    file.executemany("insert into about values (?, ?)", lines)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
