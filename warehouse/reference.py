"""Loads the reference files (countries, cercles, occupations …) as `ref_` tables.

They are the same files that phones carry, so a code on a phone always has its label in SQL.
"""

import csv
import hashlib
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, inspect, select

from forms.errors import FormError
from warehouse.tables import reference_file


def load_reference(connection: Connection, files: Iterable[Path]) -> list[str]:
    """Bring each file's table up to date as a whole; returns the tables that changed."""
    changed = []
    for file in sorted(files):
        text, name = file.read_text(encoding="utf-8-sig"), f"ref_{file.stem}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        mine = reference_file.c.table_name == name
        if connection.scalar(select(reference_file.c.digest).where(mine)) == digest:
            continue
        header, *rows = [row for row in csv.reader(StringIO(text)) if row]
        _check(file, header, rows)
        _replace(connection, name, header, rows)
        connection.execute(delete(reference_file).where(mine))
        connection.execute(reference_file.insert().values(table_name=name, digest=digest))
        changed.append(name)
    return changed


def _check(file: Path, header: list[str], rows: list[list[str]]) -> None:
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise FormError(
                f"{len(row)} colonnes au lieu de {len(header)}. Corrigez cette ligne.",
                f"{len(row)} columns instead of {len(header)}. Correct this line.",
                file=file,
                line=line,
            )


def _replace(connection: Connection, name: str, header: list[str], rows: list[list[str]]) -> None:
    """Rows are replaced; the table and its old columns stay, because views stand on them."""
    schema = "core" if connection.dialect.name == "postgresql" else None
    inspector = inspect(connection)
    if inspector.has_table(name, schema=schema):
        there = {c["name"] for c in inspector.get_columns(name, schema=schema)}
        for column in [c for c in header if c not in there]:
            quoted = connection.dialect.identifier_preparer.quote(column)
            connection.exec_driver_sql(f"alter table {name} add column {quoted} text")
    else:
        table = Table(name, MetaData(), *(Column(c, Text) for c in header), schema=schema)
        table.create(connection)
    connection.exec_driver_sql(f"delete from {name}")
    _insert(connection, name, header, rows)


def _insert(connection: Connection, name: str, header: list[str], rows: list[list[str]]) -> None:
    table = Table(name, MetaData(), *(Column(c, Text) for c in header))
    values = [{c: (v or None) for c, v in zip(header, row, strict=True)} for row in rows]
    if values:
        connection.execute(table.insert(), values)
