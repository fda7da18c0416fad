"""When members come and go, month by month; the dictionary says how sensitive a column is and why it is."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Create the table, widen the dictionary."""
    op.create_table(
        "membership_change",
        sa.Column("subject_id", sa.Text(), primary_key=True),
        sa.Column("union_code", sa.Text(), primary_key=True),
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Integer(), nullable=False),
        sa.Column("paid_up", sa.Integer(), nullable=False),
        sa.Column("organisers", sa.Integer(), nullable=False),
        schema=_schema("core"),
    )
    op.create_index(
        "membership_change_month", "membership_change", ["month"], schema=_schema("core")
    )
    for name in ("sensitivity", "purpose_fr", "purpose_en"):
        op.add_column("dictionary", sa.Column(name, sa.Text()), schema=_schema("ops"))
