"""The core tables: what the answers mean to a union, without names."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Day, Instant

revision = "0004"
down_revision = "0003"


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def _texts(*names: str) -> "list[sa.Column[str]]":
    """Columns of text, where an answer may be missing."""
    return [sa.Column(name, sa.Text()) for name in names]


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "record_card",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("row_path", sa.Text(), primary_key=True),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("card_code", sa.Text(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "core_state",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "core_dirty",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "code_label",
        sa.Column("dimension", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        schema=_schema("reporting"),
    )
    op.create_table(
        "calendar",
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("month_start", Day(), nullable=False),
        sa.Column("quarter_start", Day(), nullable=False),
        sa.Column("year_start", Day(), nullable=False),
        schema=_schema("reporting"),
    )
    op.create_table(
        "interview",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("seen_on", Day()),
        sa.Column("month", sa.Integer()),
        sa.Column("result", sa.Text(), nullable=False),
        *_texts("person_id"),
        sa.Column("turn", sa.Integer()),
        *_texts(
            "focal_point",
            "cercle",
            "commune",
            "site",
            "seen_before",
            "is_new",
            "consent_mode",
            "consent_contact",
            "mobility",
            "stay_pattern",
            "move_reason",
            "contract_type",
            "contract_visa",
            "protection",
            "needs",
            "training_interest",
            "union_interest",
        ),
        sa.Column("children_here", sa.BigInteger()),
        sa.Column("children_not_in_school", sa.BigInteger()),
        sa.Column("sent_at", Instant()),
        schema=_schema("core"),
    )
    op.create_table(
        "worker",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("first_seen", Day()),
        sa.Column("last_seen", Day()),
        sa.Column("month", sa.Integer()),
        sa.Column("interviews", sa.Integer(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.BigInteger()),
        sa.Column("age_band", sa.Text(), nullable=False),
        *_texts("nationality"),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        *_texts("mobility", "stay_pattern", "move_reason", "language", "education", "work_status"),
        sa.Column("arrival_year", sa.BigInteger()),
        *_texts("occupation"),
        sa.Column("occupation_group", sa.Text(), nullable=False),
        *_texts(
            "sector",
            "contract_type",
            "contract_visa",
            "protection",
            "needs",
            "training_interest",
            "union_interest",
        ),
        sa.Column("children_here", sa.BigInteger()),
        sa.Column("children_not_in_school", sa.BigInteger()),
        *_texts("cercle", "commune", "site", "consent_mode", "consent_contact"),
        schema=_schema("core"),
    )
    op.create_table(
        "consent_event",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("event_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("person_id", "target"),
        schema=_schema("core"),
    )
    op.create_table(
        "rights_request",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("request_code", "request"),
        sa.Column("request_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("withdrawn", "parts", "identity_check", "handled_by", "person_id"),
        schema=_schema("core"),
    )
    op.create_table(
        "membership_event",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("subject_id", sa.Text(), nullable=False),
        *_texts("person_id"),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        *_texts("union_code", "base_union", "role", "card_issued", "focal_point"),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("months_covered", sa.BigInteger()),
        *_texts("pay_mode"),
        sa.Column("paid_through", sa.Integer()),
        schema=_schema("core"),
    )
    op.create_table(
        "membership_spell",
        sa.Column("subject_id", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        sa.Column("spell", sa.Integer(), primary_key=True, autoincrement=False),
        *_texts("person_id"),
        sa.Column("joined_on", Day(), nullable=False),
        sa.Column("joined_month", sa.Integer(), nullable=False),
        sa.Column("left_on", Day()),
        sa.Column("left_month", sa.Integer()),
        sa.Column("minor", sa.Integer(), nullable=False),
        schema=_schema("core"),
    )
    op.create_table(
        "member",
        sa.Column("subject_id", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        *_texts("person_id"),
        sa.Column("is_member", sa.Integer(), nullable=False),
        sa.Column("joined_on", Day()),
        sa.Column("left_on", Day()),
        *_texts("base_union", "role", "card_issued"),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("paid_total", sa.BigInteger(), nullable=False),
        sa.Column("last_paid_on", Day()),
        sa.Column("paid_through", sa.Integer()),
        schema=_schema("core"),
    )
    op.create_table(
        "training_session",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("event_code"),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day_no", sa.BigInteger()),
        *_texts("themes", "services_present", "focal_point", "cercle", "commune", "site"),
        sa.Column("participants", sa.Integer(), nullable=False),
        schema=_schema("core"),
    )
    op.create_table(
        "attendance",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("row_path", sa.Text(), primary_key=True),
        *_texts("event_code"),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day_no", sa.BigInteger()),
        *_texts("part_role", "subject_id", "person_id"),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        sa.Column("pre_score", sa.BigInteger()),
        sa.Column("post_score", sa.BigInteger()),
        schema=_schema("core"),
    )
    op.create_table(
        "awareness_session",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        *_texts(
            "method",
            "themes",
            "languages",
            "services_present",
            "questions_asked",
            "incident",
            "focal_point",
            "cercle",
            "commune",
            "site",
        ),
        sa.Column("women", sa.BigInteger()),
        sa.Column("men", sa.BigInteger()),
        sa.Column("minors", sa.BigInteger()),
        sa.Column("foreigners", sa.BigInteger()),
        sa.Column("materials", sa.BigInteger()),
        sa.Column("referrals_opened", sa.BigInteger()),
        schema=_schema("core"),
    )
    op.create_table(
        "referral",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("code"),
        sa.Column("opened_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("focal_point", "channel", "person_id"),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        *_texts(
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
        *_texts("status"),
        sa.Column("status_on", Day()),
        sa.Column("served_on", Day()),
        sa.Column("days_to_served", sa.Integer()),
        *_texts("satisfied"),
        schema=_schema("core"),
    )
    op.create_table(
        "referral_follow_up",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("code"),
        sa.Column("status_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("status", "satisfied", "focal_point"),
        sa.Column("sent_at", Instant()),
        schema=_schema("core"),
    )
    op.create_table(
        "labour_case",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("code"),
        sa.Column("opened_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("focal_point", "mandate", "collective", "person_id"),
        sa.Column("women", sa.BigInteger()),
        sa.Column("men", sa.BigInteger()),
        *_texts("site", "cercle", "sector", "dispute", "fl_indicators"),
        sa.Column("asked_signs", sa.Integer(), nullable=False),
        sa.Column("has_signs", sa.Integer(), nullable=False),
        sa.Column("fact_month", sa.Integer()),
        sa.Column("amount_claimed", sa.BigInteger()),
        sa.Column("follow_ups", sa.Integer(), nullable=False),
        *_texts("steps", "outcome"),
        sa.Column("outcome_on", Day()),
        sa.Column("closed_on", Day()),
        sa.Column("closed_month", sa.Integer()),
        sa.Column("amount_recovered", sa.BigInteger()),
        sa.Column("next_on", Day()),
        schema=_schema("core"),
    )
    op.create_table(
        "labour_case_follow_up",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *_texts("code"),
        sa.Column("done_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts("steps", "outcome", "focal_point"),
        sa.Column("amount_recovered", sa.BigInteger()),
        sa.Column("next_on", Day()),
        sa.Column("sent_at", Instant()),
        schema=_schema("core"),
    )
    op.create_table(
        "site_visit",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("site_key", sa.Text(), nullable=False),
        sa.Column("visited_on", Day()),
        sa.Column("month", sa.Integer()),
        *_texts(
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
        schema=_schema("core"),
    )
    op.create_table(
        "mining_site",
        sa.Column("site_key", sa.Text(), primary_key=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("last_visit_on", Day()),
        sa.Column("last_visit_month", sa.Integer()),
        *_texts(
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
        schema=_schema("core"),
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
        *_texts("denominator_fr", "denominator_en", "caution_fr", "caution_en"),
        sa.Column("disaggregations", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        schema=_schema("reporting"),
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
        schema=_schema("core"),
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
        schema=_schema("core"),
    )
    op.create_index("record_card_card", "record_card", ["card_code"], schema=_schema("identity"))
    op.create_index("interview_month", "interview", ["month"], schema=_schema("core"))
    op.create_index("interview_person", "interview", ["person_id"], schema=_schema("core"))
    op.create_index("worker_month", "worker", ["month"], schema=_schema("core"))
    op.create_index("consent_event_month", "consent_event", ["month"], schema=_schema("core"))
    op.create_index("membership_event_month", "membership_event", ["month"], schema=_schema("core"))
    op.create_index(
        "membership_event_subject", "membership_event", ["subject_id"], schema=_schema("core")
    )
    op.create_index(
        "training_session_event", "training_session", ["event_code"], schema=_schema("core")
    )
    op.create_index("training_session_month", "training_session", ["month"], schema=_schema("core"))
    op.create_index("attendance_month", "attendance", ["month"], schema=_schema("core"))
    op.create_index(
        "awareness_session_month", "awareness_session", ["month"], schema=_schema("core")
    )
    op.create_index("referral_code", "referral", ["code"], schema=_schema("core"))
    op.create_index("referral_month", "referral", ["month"], schema=_schema("core"))
    op.create_index(
        "referral_follow_up_code", "referral_follow_up", ["code"], schema=_schema("core")
    )
    op.create_index(
        "labour_case_closed_month", "labour_case", ["closed_month"], schema=_schema("core")
    )
    op.create_index("labour_case_code", "labour_case", ["code"], schema=_schema("core"))
    op.create_index("labour_case_month", "labour_case", ["month"], schema=_schema("core"))
    op.create_index(
        "labour_case_follow_up_code", "labour_case_follow_up", ["code"], schema=_schema("core")
    )
    op.create_index("site_visit_month", "site_visit", ["month"], schema=_schema("core"))
    op.create_index("site_visit_site", "site_visit", ["site_key"], schema=_schema("core"))
    op.create_index(
        "indicator_value_period",
        "indicator_value",
        ["period_kind", "period_start"],
        schema=_schema("core"),
    )
    op.create_index("person_updated", "person", ["updated_at", "state"], schema=_schema("identity"))
