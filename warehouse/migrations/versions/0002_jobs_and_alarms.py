"""The jobs of the schedule with their last outcome, and the alarms that were told."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Instant

revision = "0002"
down_revision = "0001"


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("succeeded_at", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "alarm",
        sa.Column("alarm_key", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("told_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_index(
        "submission_submitted_at", "submission", ["submitted_at"], schema=_schema("raw")
    )
