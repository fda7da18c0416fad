"""The core tables: what the answers mean to a union, without names."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.casework import create_casework, schema_name, text_columns
from warehouse.types import Day, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "record_card",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("row_path", sa.Text(), primary_key=True),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("card_code", sa.Text(), nullable=False),
        schema=schema_name("identity"),
    )
    op.create_table(
        "core_state",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        schema=schema_name("ops"),
    )
    op.create_table(
        "core_dirty",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        schema=schema_name("ops"),
    )
    op.create_table(
        "code_label",
        sa.Column("dimension", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        schema=schema_name("reporting"),
    )
    op.create_table(
        "calendar",
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("month_start", Day(), nullable=False),
        sa.Column("quarter_start", Day(), nullable=False),
        sa.Column("year_start", Day(), nullable=False),
        schema=schema_name("reporting"),
    )
    op.create_table(
        "interview",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("seen_on", Day()),
        sa.Column("month", sa.Integer()),
        sa.Column("result", sa.Text(), nullable=False),
        *text_columns("person_id"),
        sa.Column("turn", sa.Integer()),
        *text_columns(
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
        schema=schema_name("core"),
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
        *text_columns("nationality"),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        *text_columns(
            "mobility", "stay_pattern", "move_reason", "language", "education", "work_status"
        ),
        sa.Column("arrival_year", sa.BigInteger()),
        *text_columns("occupation"),
        sa.Column("occupation_group", sa.Text(), nullable=False),
        *text_columns(
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
        *text_columns("cercle", "commune", "site", "consent_mode", "consent_contact"),
        schema=schema_name("core"),
    )
    op.create_table(
        "consent_event",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("event_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("person_id", "target"),
        schema=schema_name("core"),
    )
    op.create_table(
        "rights_request",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("request_code", "request"),
        sa.Column("request_on", Day()),
        sa.Column("month", sa.Integer()),
        *text_columns("withdrawn", "parts", "identity_check", "handled_by", "person_id"),
        schema=schema_name("core"),
    )
    op.create_table(
        "membership_event",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("subject_id", sa.Text(), nullable=False),
        *text_columns("person_id"),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        *text_columns("union_code", "base_union", "role", "card_issued", "focal_point"),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("months_covered", sa.BigInteger()),
        *text_columns("pay_mode"),
        sa.Column("paid_through", sa.Integer()),
        schema=schema_name("core"),
    )
    op.create_table(
        "membership_spell",
        sa.Column("subject_id", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        sa.Column("spell", sa.Integer(), primary_key=True, autoincrement=False),
        *text_columns("person_id"),
        sa.Column("joined_on", Day(), nullable=False),
        sa.Column("joined_month", sa.Integer(), nullable=False),
        sa.Column("left_on", Day()),
        sa.Column("left_month", sa.Integer()),
        sa.Column("minor", sa.Integer(), nullable=False),
        schema=schema_name("core"),
    )
    op.create_table(
        "member",
        sa.Column("subject_id", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        *text_columns("person_id"),
        sa.Column("is_member", sa.Integer(), nullable=False),
        sa.Column("joined_on", Day()),
        sa.Column("left_on", Day()),
        *text_columns("base_union", "role", "card_issued"),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("paid_total", sa.BigInteger(), nullable=False),
        sa.Column("last_paid_on", Day()),
        sa.Column("paid_through", sa.Integer()),
        schema=schema_name("core"),
    )
    op.create_table(
        "training_session",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        *text_columns("event_code"),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day_no", sa.BigInteger()),
        *text_columns("themes", "services_present", "focal_point", "cercle", "commune", "site"),
        sa.Column("participants", sa.Integer(), nullable=False),
        schema=schema_name("core"),
    )
    op.create_table(
        "attendance",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("row_path", sa.Text(), primary_key=True),
        *text_columns("event_code"),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day_no", sa.BigInteger()),
        *text_columns("part_role", "subject_id", "person_id"),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        sa.Column("pre_score", sa.BigInteger()),
        sa.Column("post_score", sa.BigInteger()),
        schema=schema_name("core"),
    )
    op.create_table(
        "awareness_session",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("session_on", Day(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        *text_columns(
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
        schema=schema_name("core"),
    )
    op.create_index(
        "record_card_card", "record_card", ["card_code"], schema=schema_name("identity")
    )
    op.create_index(
        "interview_month",
        "interview",
        ["month", "focal_point", "result"],
        schema=schema_name("core"),
    )
    op.create_index("interview_person", "interview", ["person_id"], schema=schema_name("core"))
    op.create_index("worker_month", "worker", ["month"], schema=schema_name("core"))
    op.create_index("consent_event_month", "consent_event", ["month"], schema=schema_name("core"))
    op.create_index(
        "membership_event_month",
        "membership_event",
        ["month", "focal_point"],
        schema=schema_name("core"),
    )
    op.create_index(
        "membership_event_subject", "membership_event", ["subject_id"], schema=schema_name("core")
    )
    op.create_index(
        "training_session_event", "training_session", ["event_code"], schema=schema_name("core")
    )
    op.create_index(
        "training_session_month", "training_session", ["month"], schema=schema_name("core")
    )
    op.create_index("attendance_month", "attendance", ["month"], schema=schema_name("core"))
    op.create_index(
        "awareness_session_month", "awareness_session", ["month"], schema=schema_name("core")
    )
    op.create_index(
        "person_updated", "person", ["updated_at", "state"], schema=schema_name("identity")
    )
    create_casework()
