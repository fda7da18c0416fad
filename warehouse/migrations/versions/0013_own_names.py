"""Equivalent spellings of names that a deployment adds to those that ship."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "name_equivalence",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("variant", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text()),
        schema="identity" if op.get_bind().dialect.name == "postgresql" else None,
    )
