"""Whether a question in SQL reads rows of people, so that a reason is asked and the log has a line.

A question is read by its words, not understood: rather one reason too many than one too few. (Who
works on PostgreSQL without Kafo is held by the roles of the database instead.)
"""

import re

from sqlalchemy import Connection, inspect, select

from warehouse.all_tables import protection_classes
from warehouse.tables import SCHEMAS, question
from warehouse.views import read_views

_OPEN_IDENTITY = frozenset({
    "match_run", "match_model", "erasure", "erased_submission", "masked_card", "erasure_salt",
    "name_equivalence", "erasure_proof",
})  # fmt: skip
"""Tables beside the persons that hold numbers, hashes and spellings only."""

_RAW_COLUMNS = frozenset({"payload", "body", "label"})
_EVERYTHING = frozenset({"row_to_json", "to_json", "to_jsonb", "json_agg", "jsonb_agg", "row"})


def personal_relations(connection: Connection, statement: str) -> list[str]:
    """Tables and views with rows of people that the statement may read, by name."""
    words = set(re.findall(r"\w+", statement.lower()))
    bare = re.sub(r"count\s*\(\s*\*\s*\)", "", statement.lower())
    everything = "*" in bare or bool(words & _EVERYTHING)
    classes = _classes(connection)

    def personal(name: str) -> bool:
        if classes[name] in ("forms", "raw"):
            return everything or bool(words & _closed(connection, name))
        return classes[name] == "identity" and name not in _OPEN_IDENTITY

    return [name for name in sorted(words & classes.keys()) if personal(name)]


def _closed(connection: Connection, name: str) -> set[str]:
    """Columns of a table that may say who somebody is."""
    q = question.c
    sensitive = select(q.column_name).where(
        q.table_name == name,
        # A form that is not ours says nothing of its columns: each may name somebody.
        q.sensitivity.in_(("C", "R")) | q.sensitivity.is_(None),
    )
    return {*connection.scalars(sensitive), *_RAW_COLUMNS}


def _classes(connection: Connection) -> dict[str, str]:
    dialect = connection.dialect.name
    inspector = inspect(connection)
    if dialect == "postgresql":
        return {
            name.lower(): schema
            for schema in SCHEMAS
            for name in (
                *inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)
            )
        }  # fmt: skip
    known = protection_classes() | {view.name: view.schema for view in read_views(dialect)}
    names = (*inspector.get_table_names(), *inspector.get_view_names())
    return {name.lower(): known.get(name, _guess(name)) for name in names}


def _guess(name: str) -> str:
    if name.startswith("form_"):
        return "forms"
    return "core" if name.startswith(("ref_", "kafo_", "core_")) else "identity"
