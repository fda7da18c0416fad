"""The second half of revision 0004: referrals, labour cases, sites and the indicators."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Day, Instant


def schema_name(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def text_columns(*names: str) -> "list[sa.Column[str]]":
    """Columns of text, where an answer may be missing."""
    return [sa.Column(name, sa.Text()) for name in names]


def create_casework() -> None:
    """Create them."""
    op.create_table(
        "referral",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("code"),
        sa.Column("opened_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("focal_point", "channel", "person_id"),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        *text_columns(
            "cercle",
            "needs",
            "doc_need",
            "info_only",
            "service",
            "urgency",
            "consent_share",
            "accompanied",
        ),
        sa.Column("follow_ups", sa.Integer(), nullable=False),
        *text_columns("status"),
        sa.Column("status_on", Day()),
        sa.Column("served_on", Day()),
        sa.Column("days_to_served", sa.Integer()),
        *text_columns("satisfied"),
        schema=schema_name("core"),
    )
    op.create_table(
        "referral_follow_up",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("code"),
        sa.Column("status_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("status", "satisfied", "focal_point"),
        sa.Column("sent_at", Instant()),
        schema=schema_name("core"),
    )
    op.create_table(
        "labour_case",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("code"),
        sa.Column("opened_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("focal_point", "mandate", "collective", "person_id"),
        sa.Column("women", sa.BigInteger()),
        sa.Column("men", sa.BigInteger()),
        *text_columns("site", "cercle", "sector", "dispute", "fl_indicators"),
        sa.Column("asked_signs", sa.Integer(), nullable=False),
        sa.Column("has_signs", sa.Integer(), nullable=False),
        sa.Column("fact_month", sa.Integer()),
        sa.Column("amount_claimed", sa.BigInteger()),
        sa.Column("follow_ups", sa.Integer(), nullable=False),
        *text_columns("steps", "outcome"),
        sa.Column("outcome_on", Day()),
        sa.Column("closed_on", Day()),
        sa.Column("closed_month", sa.Integer()),
        sa.Column("amount_recovered", sa.BigInteger()),
        sa.Column("next_on", Day()),
        schema=schema_name("core"),
    )
    op.create_table(
        "labour_case_follow_up",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("code"),
        sa.Column("done_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("steps", "outcome", "focal_point"),
        sa.Column("amount_recovered", sa.BigInteger()),
        sa.Column("next_on", Day()),
        sa.Column("sent_at", Instant()),
        schema=schema_name("core"),
    )
    op.create_table(
        "site_visit",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("site_key", sa.Text(), nullable=False),
        sa.Column("visited_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns(
            "focal_point",
            "site_name",
            "commune",
            "cercle",
            "site_type",
            "site_status",
            "women_band",
            "men_band",
            "main_origins",
            "hazards",
            "facilities",
            "children_working",
            "team_safe",
        ),
        sa.Column("foreign_share", sa.BigInteger()),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        schema=schema_name("core"),
    )
    op.create_table(
        "mining_site",
        sa.Column("site_key", sa.Text(), primary_key=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("last_visit_on", Day()),
        sa.Column("last_visit_month", sa.Integer()),
        *text_columns(
            "site_name",
            "commune",
            "cercle",
            "site_type",
            "site_status",
            "women_band",
            "men_band",
            "main_origins",
            "hazards",
            "facilities",
            "children_working",
            "team_safe",
        ),
        sa.Column("foreign_share", sa.BigInteger()),
        sa.Column("women_middle", sa.Integer()),
        sa.Column("men_middle", sa.Integer()),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        schema=schema_name("core"),
    )
    op.create_table(
        "indicator",
        sa.Column("indicator", sa.Text(), primary_key=True),
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("measure_fr", sa.Text(), nullable=False),
        sa.Column("measure_en", sa.Text(), nullable=False),
        sa.Column("numerator_fr", sa.Text(), nullable=False),
        sa.Column("numerator_en", sa.Text(), nullable=False),
        *text_columns("denominator_fr", "denominator_en", "caution_fr", "caution_en"),
        sa.Column("disaggregations", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        schema=schema_name("reporting"),
    )
    op.create_table(
        "indicator_month",
        sa.Column("indicator", sa.Text(), primary_key=True),
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("row_dimension", sa.Text(), primary_key=True),
        sa.Column("row_value", sa.Text(), primary_key=True),
        sa.Column("column_dimension", sa.Text(), primary_key=True),
        sa.Column("column_value", sa.Text(), primary_key=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("numerator", sa.Float()),
        sa.Column("denominator", sa.Float()),
        sqlite_with_rowid=False,
        schema=schema_name("core"),
    )
    op.create_table(
        "indicator_value",
        sa.Column("indicator", sa.Text(), primary_key=True),
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("period_kind", sa.Text(), primary_key=True),
        sa.Column("period_start", Day(), primary_key=True),
        sa.Column("row_dimension", sa.Text(), primary_key=True),
        sa.Column("row_value", sa.Text(), primary_key=True),
        sa.Column("column_dimension", sa.Text(), primary_key=True),
        sa.Column("column_value", sa.Text(), primary_key=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("numerator", sa.Float()),
        sa.Column("denominator", sa.Float()),
        sa.Column("value", sa.Float()),
        sa.Column("suppressed", sa.Integer()),
        sqlite_with_rowid=False,
        schema=schema_name("core"),
    )
    op.create_index("referral_code", "referral", ["code"], schema=schema_name("core"))
    op.create_index(
        "referral_month", "referral", ["month", "focal_point"], schema=schema_name("core")
    )
    op.create_index(
        "referral_follow_up_code", "referral_follow_up", ["code"], schema=schema_name("core")
    )
    op.create_index(
        "labour_case_closed_month", "labour_case", ["closed_month"], schema=schema_name("core")
    )
    op.create_index("labour_case_code", "labour_case", ["code"], schema=schema_name("core"))
    op.create_index(
        "labour_case_month", "labour_case", ["month", "focal_point"], schema=schema_name("core")
    )
    op.create_index(
        "labour_case_follow_up_code", "labour_case_follow_up", ["code"], schema=schema_name("core")
    )
    op.create_index("site_visit_month", "site_visit", ["month"], schema=schema_name("core"))
    op.create_index("site_visit_site", "site_visit", ["site_key"], schema=schema_name("core"))
    op.create_index(
        "indicator_value_period",
        "indicator_value",
        ["period_kind", "period_start"],
        schema=schema_name("core"),
    )
