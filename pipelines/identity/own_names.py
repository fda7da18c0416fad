"""Spellings that a deployment adds to the shipped equivalences of names, in its own warehouse.

They are kept there and not in a file, so that whoever compares registrations, on whatever computer,
reads names alike. Changing them makes the next comparison a full one.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from forms.errors import FormError
from pipelines.identity.names import Equivalence, fold
from warehouse.engine import writing
from warehouse.identity_tables import name_equivalence

_N = name_equivalence.c
_HEAD = ("kind", "variant", "name")


def own_equivalences(connection: Connection) -> list[Equivalence]:
    """In the order of their spellings, which is not that of the file."""
    rows = connection.execute(select(_N.kind, _N.variant, _N.name).order_by(_N.kind, _N.variant))
    return [(kind, variant, name) for kind, variant, name in rows]


def replace_equivalences(engine: Engine, path: Path) -> int:
    """Take the deployment's equivalences from a CSV file with the columns kind (`last` or `first`),
    variant, name and, if wanted, source; those of before go. Returns how many there are.

    Raises FormError naming the line that is wrong, OSError when the file cannot be read.
    """
    rows = {(row["kind"], row["variant"]): row for row in _rows(path)}
    with writing(engine) as connection:
        connection.execute(name_equivalence.delete())
        if rows:
            connection.execute(name_equivalence.insert(), list(rows.values()))
    return len(rows)


def _rows(path: Path) -> Iterator[dict[str, str | None]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if not set(_HEAD) <= set(reader.fieldnames or ()):
            raise FormError(
                "Il faut les colonnes kind, variant et name, séparées par des virgules.",
                "The columns kind, variant and name are needed, separated by commas.",
                file=path,
                line=1,
            )
        for line, row in enumerate(reader, 2):
            given = {name: (row[name] or "").strip() for name in _HEAD}
            if given["kind"] not in ("last", "first") or not all(
                fold(given[name]) for name in ("variant", "name")
            ):
                raise FormError(
                    "kind est « last » (nom) ou « first » (prénom) ; variant et name sont des noms.",
                    "kind is 'last' or 'first'; variant and name are names.",
                    file=path,
                    line=line,
                )
            yield {**given, "source": row.get("source") or None}
