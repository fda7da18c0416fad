"""The labels of every code that figures are broken down by, from the forms' own lists and files."""

from collections.abc import Mapping

from sqlalchemy import Connection, inspect, select
from sqlalchemy import column as column_of
from sqlalchemy import table as table_of

from forms.compiler import DEFINITIONS
from forms.source import read_yaml
from warehouse.bulk import Row, upsert
from warehouse.tables import choice

CHOICES = {
    "sex": "sex", "age_band": "age_band", "stay_pattern": "stay", "sector": "sector",
    "union": "union", "theme": "theme", "method": "method", "need": "need",
    "doc_need": "doc_need", "service": "service", "part_role": "part_role", "channel": "channel",
    "dispute": "dispute", "site_type": "site_type", "site_status": "site_status", "band": "band",
    "status": "ref_status", "outcome": "outcome", "membership_event": "mem_event",
    "role": "mem_role", "pay_mode": "pay_mode", "hazard": "hazard", "facility": "facility",
    "mobility": "mobility", "move_reason": "reason", "work_status": "work_status",
    "contract_type": "contract", "language": "language", "purpose": "consent_purpose",
    "urgency": "urgency",
}  # fmt: skip
"""Dimension → list of choices of the forms."""

REFERENCES = {
    "nationality": "ref_countries", "nationality_group": "ref_country_groups",
    "occupation": "ref_occupations", "occupation_group": "ref_occupation_groups",
    "cercle": "ref_cercles", "commune": "ref_communes", "site": "ref_sites",
    "team": "ref_focal_points", "base_union": "ref_base_unions", "event_code": "ref_events",
}  # fmt: skip
"""Dimension → reference table."""

UNKNOWN = ("unknown", "Non renseigné", "Not given")
_OWN = {"occupation_group": ("none", "Sans profession", "No occupation")}
_COLUMNS = ("dimension", "code", "label_fr", "label_en", "position")


def write_labels(connection: Connection) -> None:
    """Write `code_label` anew: what the forms and files say now, and what they ever said."""
    rows: dict[tuple[str, str], Row] = {}
    shared = read_yaml(DEFINITIONS / "choices.yaml")
    for dimension in (*CHOICES, *REFERENCES):
        labels = (
            [*_of_choices(connection, CHOICES[dimension]), *_of_book(shared[CHOICES[dimension]])]
            if dimension in CHOICES
            else _of_reference(connection, REFERENCES[dimension])
        )
        own = [_OWN[dimension]] if dimension in _OWN else []
        for position, (code, fr, en) in enumerate([*labels, *own, UNKNOWN]):
            rows.setdefault((dimension, code), (dimension, code, fr, en, position))
    upsert(connection, "code_label", _COLUMNS, list(rows.values()), key=_COLUMNS[:2])


def _of_choices(connection: Connection, name: str) -> list[tuple[str, str, str]]:
    c = choice.c
    query = (
        select(c.value, c.label_fr, c.label_en)
        .where(c.list_name == name)
        .order_by(c.current.desc(), c.position, c.project_id, c.form_id)
    )
    return [
        (str(code), str(fr or en or code), str(en or fr or code))
        for code, fr, en in connection.execute(query)
    ]


def _of_book(choices: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """What the centre's own definitions say, where a form is not published (yet)."""
    return [(str(code), texts["fr"], texts["en"]) for code, texts in choices.items()]


def _of_reference(connection: Connection, name: str) -> list[tuple[str, str, str]]:
    schema = "core" if connection.dialect.name == "postgresql" else None
    inspector = inspect(connection)
    if not inspector.has_table(name, schema=schema):
        return []
    there = {str(c["name"]) for c in inspector.get_columns(name, schema=schema)}
    fr, en = ("label_fr", "label_en") if "label_fr" in there else ("label", "label")
    table = table_of(name, column_of("name"), *(column_of(c) for c in {fr, en}))
    rows = connection.execute(select(table.c.name, table.c[fr], table.c[en]).order_by("name"))
    return [(str(code), str(f or code), str(e or f or code)) for code, f, e in rows]
