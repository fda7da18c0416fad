"""What exact synchronisation keeps besides: form versions, and when a submission was looked at again."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Instant

revision = "0009"
down_revision = "0008"


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "form_version",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("version", sa.Text(), primary_key=True),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "slow_check",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        schema=_schema("raw"),
    )
