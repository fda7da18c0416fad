"""Which problems people decided to ignore or to reopen: who, when and why."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "quality_decision",
        sa.Column("decision_id", sa.Integer(), primary_key=True),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("acted_at", Instant(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        schema="identity" if op.get_bind().dialect.name == "postgresql" else None,
    )
