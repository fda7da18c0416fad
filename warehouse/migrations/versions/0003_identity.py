"""The identity part: persons, their registrations and cards, pairs and decisions."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Day, Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create them."""
    schema = "identity" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "person",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("registrations", sa.Integer(), nullable=False),
        sa.Column("first_seen", Day()),
        sa.Column("last_seen", Day()),
        sa.Column("card_code", sa.Text()),
        sa.Column("last_name", sa.Text()),
        sa.Column("first_names", sa.Text()),
        sa.Column("sex", sa.Text()),
        sa.Column("birth_year", sa.BigInteger()),
        sa.Column("nationality", sa.Text()),
        sa.Column("arrival_year", sa.BigInteger()),
        sa.Column("language", sa.Text()),
        sa.Column("education", sa.Text()),
        sa.Column("work_status", sa.Text()),
        sa.Column("occupation", sa.Text()),
        sa.Column("sector", sa.Text()),
        sa.Column("cercle", sa.Text()),
        sa.Column("commune", sa.Text()),
        sa.Column("site", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("phone_shared", sa.Boolean()),
        schema=schema,
    )
    op.create_table(
        "person_registration",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("link_class", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        schema=schema,
    )
    op.create_index(
        "person_registration_person", "person_registration", ["person_id"], schema=schema
    )
    op.create_table(
        "person_card",
        sa.Column("card_code", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("given_on", Day()),
        schema=schema,
    )
    op.create_index("person_card_person", "person_card", ["person_id"], schema=schema)
