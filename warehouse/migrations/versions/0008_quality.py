"""Problems found in the data, and what people did about them."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Day, Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create them."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    raw, ops, identity = ("raw", "ops", "identity") if postgresql else (None, None, None)
    op.create_table(
        "quality_fact",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("form_version", sa.Text()),
        sa.Column("enumerator", sa.Text(), nullable=False),
        sa.Column("focal_point", sa.Text()),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("started_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("day", Day(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float()),
        sa.Column("timed", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("askable", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text()),
        sa.Column("rounded", sa.Boolean()),
        sa.Column("site", sa.Text()),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("accuracy", sa.Float()),
        sa.Column("measured", sa.Boolean(), nullable=False),
        sa.Column("site_km", sa.Float()),
        schema=raw,
    )
    op.create_table(
        "quality_problem",
        sa.Column("problem_id", sa.Text(), primary_key=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("project_id", sa.Integer()),
        sa.Column("form_id", sa.Text()),
        sa.Column("instance_id", sa.Text()),
        sa.Column("enumerator", sa.Text()),
        sa.Column("focal_point", sa.Text()),
        sa.Column("evidence_fr", sa.Text(), nullable=False),
        sa.Column("evidence_en", sa.Text(), nullable=False),
        sa.Column("action_fr", sa.Text(), nullable=False),
        sa.Column("action_en", sa.Text(), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_by", sa.Text()),
        sa.Column("state_at", Instant()),
        sa.Column("state_why", sa.Text()),
        schema=ops,
    )
    op.create_table(
        "quality_run",
        sa.Column("part", sa.Text(), primary_key=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        schema=ops,
    )
    op.create_table(
        "review_action",
        sa.Column("action_id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("acted_at", Instant(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        schema=identity,
    )
    op.create_index("quality_fact_received_at", "quality_fact", ["received_at"], schema=raw)
    op.create_index("quality_problem_state", "quality_problem", ["state", "severity"], schema=ops)
    op.create_index("quality_problem_instance", "quality_problem", ["instance_id"], schema=ops)
