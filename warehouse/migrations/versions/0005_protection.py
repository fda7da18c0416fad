"""Access log, named exports, erasures, retention and published cells."""

import sqlalchemy as sa
from alembic import op

from warehouse.append_only import make_append_only
from warehouse.types import Day, Instant

revision = "0005"
down_revision = "0004"


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "access_log",
        sa.Column("entry_id", sa.Integer(), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "export_request",
        sa.Column("request_id", sa.Text(), primary_key=True),
        sa.Column("view_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", Instant()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "erasure_salt",
        sa.Column("salt", sa.Text(), primary_key=True),
        schema=_schema("identity"),
    )
    op.create_table(
        "erased_submission",
        sa.Column("instance_hash", sa.Text(), primary_key=True),
        sa.Column("erased_on", Day(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "masked_card",
        sa.Column("instance_hash", sa.Text(), primary_key=True),
        sa.Column("card_hash", sa.Text(), primary_key=True),
        sa.Column("erased_on", Day(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "erasure",
        sa.Column("person_hash", sa.Text(), primary_key=True),
        sa.Column("erased_on", Day(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("central_on", Day()),
        schema=_schema("identity"),
    )
    op.create_table(
        "central_erasure",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("person_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        schema=_schema("identity"),
    )
    op.create_table(
        "dues_account",
        sa.Column("month", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        schema=_schema("core"),
    )
    op.create_table(
        "published_cell",
        sa.Column("audience", sa.Text(), primary_key=True),
        sa.Column("publication", sa.Text(), primary_key=True),
        sa.Column("measure", sa.Text(), primary_key=True),
        sa.Column("period_kind", sa.Text(), primary_key=True),
        sa.Column("period", sa.Text(), primary_key=True),
        sa.Column("row_dimension", sa.Text(), primary_key=True),
        sa.Column("row_value", sa.Text(), primary_key=True),
        sa.Column("column_dimension", sa.Text(), primary_key=True),
        sa.Column("column_value", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer()),
        sa.Column("numerator", sa.Float()),
        sa.Column("denominator", sa.Float()),
        sa.Column("value", sa.Float()),
        sa.Column("suppressed", sa.Integer(), nullable=False),
        schema=_schema("reporting"),
    )
    op.create_table(
        "publication_state",
        sa.Column("audience", sa.Text(), primary_key=True),
        sa.Column("publication", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_index("access_log_at", "access_log", ["at"], schema=_schema("identity"))
    op.create_index(
        "central_erasure_person", "central_erasure", ["person_hash"], schema=_schema("identity")
    )
    make_append_only(op.get_bind(), "access_log", schema="identity")
