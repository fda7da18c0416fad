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
    op.create_table(
        "person_value",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("rank", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("seen_on", Day()),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_event",
        sa.Column("event_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text()),
        sa.Column("instance_id", sa.Text()),
        schema=schema,
    )
    op.create_index("person_event_person", "person_event", ["person_id"], schema=schema)
    op.create_index("person_event_instance", "person_event", ["instance_id"], schema=schema)
    op.create_table(
        "registration",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.Text(), nullable=False),
        sa.Column("seen_on", Day()),
        sa.Column("card_code", sa.Text()),
        sa.Column("sex", sa.Text()),
        sa.Column("birth_year", sa.BigInteger()),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        schema=schema,
    )
    op.create_index("registration_instance", "registration", ["instance_id"], schema=schema)
    op.create_index("registration_number", "registration", ["number"], schema=schema)
    raw = "raw" if schema else None
    op.create_index("submission_run", "submission", ["form_id", "run_id"], schema=raw)
    op.create_index("submission_purged", "submission", ["form_id", "purged_at"], schema=raw)
    op.create_table(
        "block_key",
        sa.Column("block_hash", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index("block_key_number", "block_key", ["number"], schema=schema)
    op.create_table(
        "match_pair",
        sa.Column("instance_a", sa.Text(), primary_key=True),
        sa.Column("instance_b", sa.Text(), primary_key=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index("match_pair_b", "match_pair", ["instance_b"], schema=schema)
    op.create_index("match_pair_state", "match_pair", ["state", "probability"], schema=schema)
    op.create_table(
        "match_decision",
        sa.Column("decision_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("instance_a", sa.Text(), nullable=False),
        sa.Column("instance_b", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("note", sa.Text()),
        schema=schema,
    )
    op.create_index("match_decision_a", "match_decision", ["instance_a"], schema=schema)
    op.create_index("match_decision_b", "match_decision", ["instance_b"], schema=schema)
    op.create_index("match_decision_undoes", "match_decision", ["undoes"], schema=schema)
    op.create_table(
        "match_problem",
        sa.Column("problem_key", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instance_a", sa.Text(), nullable=False),
        sa.Column("instance_b", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        schema=schema,
    )
    op.create_index("match_problem_a", "match_problem", ["instance_a"], schema=schema)
    op.create_index("match_problem_b", "match_problem", ["instance_b"], schema=schema)
    op.create_table(
        "match_model",
        sa.Column("model_version", sa.Text(), primary_key=True),
        sa.Column("norm_version", sa.Text(), nullable=False),
        sa.Column("used_from", Instant(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("reranker", sa.Text()),
        sa.Column("thresholds", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        schema=schema,
    )
    op.create_table(
        "match_run",
        sa.Column("run_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("seen_run_id", sa.Integer(), nullable=False),
        sa.Column("seen_decision_id", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("split", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        schema=schema,
    )
