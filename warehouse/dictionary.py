"""What every table and column is, how sensitive and what for: read from `descriptions/*.txt`.

    table NAME: français | English
    for: français | English            what its columns are for
    COLUMN CLASS: français | English   class P public, I internal, C confidential, R restricted

Columns that mean the same in every table stand in `shared.txt`. Columns of forms take class and purpose
from the forms' definitions (`question`); views say theirs in their own files. Together they are the
view `data_dictionary`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, Table, delete, insert, select

from warehouse.all_tables import protection_classes
from warehouse.form_tables import SYSTEM
from warehouse.tables import dictionary, metadata, schema_of

Pair = tuple[str, str]
CLASSES = {"P": ("publique", "public"), "I": ("interne", "internal"),
           "C": ("confidentielle", "confidential"), "R": ("restreinte", "restricted")}  # fmt: skip

FORM_TABLES = "form_*"
"""Stands for the tables of all forms: the columns that they have besides their questions."""

FORM_COLUMNS = ("instance_id", "row_path", "parent_path", "row_number", *SYSTEM)

_LINE = re.compile(r"^(?P<word>\w+) ?(?P<name>[\w*]*): (?P<fr>.+?) \| (?P<en>.+)$")


@dataclass(frozen=True, slots=True)
class ColumnText:
    """One column: its class and what it holds, in both languages."""

    sensitivity: str
    text: Pair


@dataclass(slots=True)
class TableText:
    """One table: what it holds, what its columns are for, and those described with it."""

    text: Pair
    purpose: Pair = ("", "")
    columns: dict[str, ColumnText] = field(default_factory=dict)


@cache
def read_descriptions() -> tuple[dict[str, ColumnText], dict[str, TableText]]:
    """Shared columns, and tables by name; ValueError names a line that cannot be read."""
    shared: dict[str, ColumnText] = {}
    tables: dict[str, TableText] = {}
    for file in sorted(files("warehouse").joinpath("descriptions").iterdir(), key=lambda f: f.name):
        current: TableText | None = None
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            found = _LINE.match(line)
            if found is None:
                raise ValueError(f"{file.name}: {line}")
            text = found["fr"].strip(), found["en"].strip()
            if found["word"] == "table":
                current = tables[found["name"]] = TableText(text)
            elif found["word"] == "for" and current is not None:
                current.purpose = text
            else:
                columns = shared if current is None else current.columns
                columns[found["word"]] = ColumnText(found["name"], text)
    return shared, tables


def column_text(table: str, column: str) -> ColumnText | None:
    """What is said of a column of a fixed table; None where nobody wrote anything."""
    shared, tables = read_descriptions()
    own = tables[table].columns if table in tables else {}
    return own.get(column) or shared.get(column)


def fixed_tables() -> list[Table]:
    """All fixed tables by class and name."""
    protection_classes()
    return sorted(metadata.sorted_tables, key=lambda t: (schema_of(t), t.name))


def open_columns(table: str, columns: Iterable[str]) -> list[str]:
    """Those of its columns that are public or internal: an undescribed column is neither."""
    said = {name: column_text(table, name) for name in columns}
    return [name for name, text in said.items() if text and text.sensitivity in ("P", "I")]


def describe_tables(connection: Connection) -> None:
    """Write all that into `dictionary`, and as comments on PostgreSQL, if it says anything new."""
    rows = [row for table in fixed_tables() for row in _rows(table.name, _names(table))]
    rows += _rows(FORM_TABLES, FORM_COLUMNS)
    names = {row[0] for row in rows}
    d = dictionary.c
    columns = (d.object_name, d.column_name, d.sensitivity, d.description_fr, d.description_en,
               d.purpose_fr, d.purpose_en)  # fmt: skip
    there = connection.execute(select(*columns).where(d.object_name.in_(names)))
    if {tuple(row) for row in there} == set(rows):
        return
    connection.execute(delete(dictionary).where(d.object_name.in_(names)))
    keys = [column.name for column in columns]
    connection.execute(insert(dictionary), [dict(zip(keys, row, strict=True)) for row in rows])
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(";\n".join(_comments(rows)))


_Row = tuple[str, str, str | None, str, str, str | None, str | None]


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _rows(table: str, columns: Iterable[str]) -> Iterable[_Row]:
    text = read_descriptions()[1].get(table)
    if text is None:
        return
    yield (table, "", None, *text.text, *text.purpose)
    for name in columns:
        said = column_text(table, name)
        if said is not None:
            yield (table, name, said.sensitivity, *said.text, *text.purpose)


def _comments(rows: Iterable[_Row]) -> Iterable[str]:
    schemas = protection_classes()
    for table, column, _, fr, en, *_ in rows:
        if table not in schemas:
            continue
        target = f'{schemas[table]}."{table}"'
        kind = f'column {target}."{column}"' if column else f"table {target}"
        quoted = f"{fr} | {en}".replace("'", "''").replace("%", "%%")
        yield f"comment on {kind} is '{quoted}'"
