"""Where the answers lie: the tables of the centre's forms in every project, as far as published.

A form, a question or a whole project may be missing (not published yet, an optional module): what is
not there reads as empty, so that everything built on it still runs.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Inspector, inspect, select

from warehouse.tables import form

REPEATS = {"participant": ("training_attendance", "participant")}
"""Sources that are repeats: form and repeat."""

FIELDS: dict[str, str] = {
    "identification": (
        "today:day focal_point cercle commune site consent_record consent_mode consent_contact "
        "birth_year:int seen_before is_new mobility stay_pattern move_reason contract_type "
        "contract_visa protection needs training_interest union_interest children_here:int "
        "children_not_in_school:int"
    ),
    "membership": (
        "today:day focal_point consent_membership card_code event event_date:day union base_union "
        "age_years:int role card_issued dues_amount:int dues_mode dues_months:int"
    ),
    "training_attendance": (
        "today:day focal_point cercle commune site event_code session_date:day day_no:int themes "
        "services_present"
    ),
    "participant": (
        "part_role has_card card_code sex age_band nationality pre_score:int post_score:int"
    ),
    "awareness_session": (
        "today:day focal_point cercle commune site session_date:day method themes languages women:int "
        "men:int minors:int foreign:int services_present materials:int questions_asked "
        "referrals_opened:int incident"
    ),
    "referral": (
        "today:day focal_point record_type referral_code new_code channel has_card card_code sex "
        "nationality needs doc_need info_only service urgency consent_share accompanied "
        "status_date:day status satisfied"
    ),
    "labour_case": (
        "today:day focal_point record_type case_code new_code mandate collective card_code women:int "
        "men:int site sector dispute fl_indicators fact_month:day amount_claimed:int steps outcome "
        "amount_recovered:int next_date:day"
    ),
    "mining_site": (
        "today:day focal_point cercle commune record_type site site_name site_type site_status "
        "women_band men_band foreign_share:int main_origins hazards children_working facilities "
        "team_safe location_latitude:number location_longitude:number"
    ),
    "rights_request": (
        "today:day request_date:day request withdrawn parts card_code identity_check handled_by "
        "request_code"
    ),
}
"""What core reads of each source; without a type it is text."""

_KINDS = {"BIGINT": "int", "DATE": "day", "DOUBLE PRECISION": "number", "TEXT": "text"}
_NULLS = {
    "instant": "timestamptz",
    "int": "bigint",
    "day": "date",
    "number": "double precision",
    "text": "text",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table of answers; `columns`: those of its fields that are there with the wanted type."""

    project_id: int
    table: str
    parent: str | None
    columns: frozenset[str]


def find_sources(connection: Connection) -> dict[str, list[Source]]:
    """The tables behind every source that has any, by its name."""
    inspector = inspect(connection)
    rows = connection.execute(
        select(form.c.form_id, form.c.project_id, form.c.table_name)
        .where(form.c.form_id.in_(FIELDS))
        .order_by(form.c.project_id)
    )
    found: dict[str, list[Source]] = {}
    for form_id, project_id, table in rows.all():
        _add(found, inspector, form_id, Source(project_id, table, None, frozenset()))
        for name, (parent, repeat) in REPEATS.items():
            if parent == form_id:
                child = Source(project_id, f"{table}__{repeat}", table, frozenset())
                _add(found, inspector, name, child)
    return found


def _add(found: dict[str, list[Source]], inspector: Inspector, name: str, source: Source) -> None:
    schema = "forms" if inspector.dialect.name == "postgresql" else None
    if not inspector.has_table(source.table, schema=schema):
        return
    kinds = {
        str(c["name"]): _KINDS.get(str(c["type"]).upper(), "")
        for c in inspector.get_columns(source.table, schema=schema)
    }
    strict = inspector.dialect.name == "postgresql"
    there = {
        column
        for column, kind in fields(name)
        if column in kinds and (not strict or kinds[column] == kind)
    }
    columns = frozenset(there)
    found.setdefault(name, []).append(
        Source(source.project_id, source.table, source.parent, columns)
    )


def fields(name: str) -> list[tuple[str, str]]:
    """Column and kind of every field of a source."""
    pairs = (word.partition(":") for word in FIELDS[name].split())
    return [(column, kind or "text") for column, _, kind in pairs]


def source_sql(
    connection: Connection, name: str, found: dict[str, list[Source]], *, touched: bool
) -> str:
    """A select of all rows of a source that count: live, readable and not rejected in Central.

    Besides its fields it gives project_id, instance_id, submitted_at and `seen_on`, the day of the
    interview (of sending, where the phone gave none); repeats give row_path instead of these days.
    """
    strict = connection.dialect.name == "postgresql"
    parts = [_select(s, name, strict=strict, touched=touched) for s in found.get(name, [])]
    return "\n    union all\n    ".join(parts) or _nothing(name, strict=strict)


def _select(source: Source, name: str, *, strict: bool, touched: bool) -> str:
    values = [
        f'f."{column}"' if column in source.columns else _null(column, kind, strict=strict)
        for column, kind in fields(name)
    ]
    root = "f" if source.parent is None else "p"
    own = [f"{source.project_id} as project_id", "f.instance_id"]
    own += ["f.row_path"] if source.parent else _days(source, strict=strict)
    tables = f"{source.table} as f"
    if source.parent:
        tables += f" join {source.parent} as p on p.instance_id = f.instance_id"
    where = f"coalesce({root}.review_state, '') <> 'rejected'"
    if touched:
        # A cross join keeps SQLite from walking the big table and looking up the small one.
        tables = f"touched as t cross join {source.table} as f"
        tables += f" cross join {source.parent} as p" if source.parent else ""
        where += f" and t.project_id = {source.project_id} and f.instance_id = t.instance_id"
        where += " and p.instance_id = f.instance_id" if source.parent else ""
    return f"select {', '.join(own + values)} from {tables} where {where}"


def _days(source: Source, *, strict: bool) -> list[str]:
    sent = "cast(f.submitted_at as date)" if strict else "substr(f.submitted_at, 1, 10)"
    seen = f"coalesce(f.today, {sent})" if "today" in source.columns else sent
    return ["f.submitted_at", f"{seen} as seen_on"]


def _null(column: str, kind: str, *, strict: bool) -> str:
    return f'cast(null as {_NULLS[kind]}) as "{column}"' if strict else f'null as "{column}"'


def _nothing(name: str, *, strict: bool) -> str:
    own = [("project_id", "int"), ("instance_id", "text")]
    if name in REPEATS:
        own += [("row_path", "text")]
    own += [("submitted_at", "instant"), ("seen_on", "day")] if name not in REPEATS else []
    nulls = [_null(column, kind, strict=strict) for column, kind in [*own, *fields(name)]]
    return f"select {', '.join(nulls)} where 1 = 0"
