"""When each erased submission and entity was seen gone from Central's bin."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Day

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "erasure_proof",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("list_name", sa.Text(), primary_key=True),
        sa.Column("item_hash", sa.Text(), primary_key=True),
        sa.Column("person_hash", sa.Text(), nullable=False),
        sa.Column("erased_on", Day, nullable=False),
        sa.Column("deleted_on", Day, nullable=False),
        sa.Column("looked_on", Day),
        sa.Column("gone_on", Day),
        schema="identity" if op.get_bind().dialect.name == "postgresql" else None,
    )
