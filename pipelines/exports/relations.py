"""Which protection class a table or view belongs to, and so how it may leave."""

import re
from collections.abc import Sequence

from sqlalchemy import Connection, inspect

from forms.errors import UsageError
from warehouse.all_tables import protection_classes
from warehouse.tables import SCHEMAS
from warehouse.views import read_views

NAMED = frozenset({"forms", "identity", "core"})
"""Rows of persons. Those of `core` bear no names, but a person with site, nationality and occupation is
easily found: they leave only as the stewards' own export."""

_NEVER = "web"
"""Accounts of the pages: their tables' names begin like their schema."""

_RAW = "raw"
"""Answers as they came, in one text that also holds exact positions: never a file. The tables of the
forms say the same, column by column."""

_POINTS = ("latitude", "longitude")
_PLACE = re.compile(r'"coordinates"|^\s*-?\d+\.\d+\s+-?\d+\.\d+(?:[\s;]|$)')
"""GeoJSON as the warehouse keeps lines and areas, or positions as ODK writes them: 13.88 -11.70 0 0."""

_GRID = 0.05
"""Degrees, about 5 km: as exactly as the unions see a place. Stewards read positions in the warehouse."""


def class_of(connection: Connection, name: str) -> str:
    """The protection class (a schema on PostgreSQL); UsageError for what is not there or never leaves."""
    inspector = inspect(connection)
    if connection.dialect.name == "postgresql":
        for schema in SCHEMAS:
            names = (
                inspector.get_table_names(schema=schema),
                inspector.get_view_names(schema=schema),
            )
            if name in (*names[0], *names[1]):
                return _may_leave("reporting" if name.startswith("ref_") else schema, name)
        raise _unknown(name)
    if name not in (*inspector.get_table_names(), *inspector.get_view_names()):
        raise _unknown(name)
    views = {view.name: view.schema for view in read_views("sqlite")}
    known = views | protection_classes()
    if name.startswith("form_"):
        known.setdefault(name, "forms")
    if name.startswith("ref_"):
        known.setdefault(name, "reporting")
    # What somebody else made in the file may hold anything.
    return _may_leave(known.get(name, "identity"), name)


def coarse(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """The rows with positions on a grid, so that no place of work or dwelling is shown. Texts that hold
    positions (traces, outlines, places of entity lists) are left out: no grid makes them safe."""
    places = {n for n, column in enumerate(columns) if column.endswith(_POINTS)}
    return [
        [_on_grid(value) if n in places else _unplaced(value) for n, value in enumerate(row)]
        for row in rows
    ]


def _on_grid(value: object) -> object:
    return round(round(float(str(value)) / _GRID) * _GRID, 2) if value is not None else None


def _unplaced(value: object) -> object:
    return None if isinstance(value, str) and _PLACE.search(value) else value


def _may_leave(schema: str, name: str) -> str:
    if schema == _NEVER or name.startswith(f"{_NEVER}_"):
        raise _unknown(name)
    if schema == _RAW:
        raise UsageError(
            f"« {name} » garde les réponses brutes, positions exactes comprises : elles ne sortent pas "
            "en fichier. Exportez la table du formulaire, form_….",
            f"'{name}' holds raw answers, with exact positions: they do not leave as a file. Export the "
            "table of the form, form_….",
        )
    return schema


def _unknown(name: str) -> UsageError:
    return UsageError(
        f"« {name} » n'est ni une table ni une vue qui s'exporte. La liste : "
        'kafo sql "select * from view_definition".',
        f"'{name}' is neither a table nor a view that can be exported. The list: "
        'kafo sql "select * from view_definition".',
    )
