"""Accounts, sessions, log and settings of the pages."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create them."""
    schema = "web" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "web_account",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text()),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        schema=schema,
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reason_at", Instant()),
        schema=schema,
    )
    op.create_index("web_session_name", "web_session", ["name"], schema=schema)
    op.create_table(
        "web_throttle",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", Instant(), nullable=False),
        sa.Column("closed_until", Instant()),
        schema=schema,
    )
    op.create_table(
        "web_setting",
        sa.Column("setting", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        schema=schema,
    )
    op.create_table(
        "web_action",
        sa.Column("action_id", sa.Integer(), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        schema=schema,
    )
