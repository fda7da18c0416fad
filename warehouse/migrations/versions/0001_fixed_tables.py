"""The fixed tables: forms and their questions, raw submissions, the run ledger."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Instant

revision = "0001"
down_revision = None


def _schema(name: str) -> str | None:
    """The protection class is a schema on PostgreSQL; SQLite has one file."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "attachment",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("sha256", sa.Text()),
        sa.Column("media_type", sa.Text()),
        sa.Column("listed_revision", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        schema=_schema("raw"),
    )
    op.create_table(
        "choice",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("list_name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_fr", sa.Text()),
        sa.Column("label_en", sa.Text()),
        sa.Column("current", sa.Boolean(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "comment",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("actor_id", sa.Text()),
        sa.Column("body", sa.Text(), nullable=False),
        schema=_schema("raw"),
    )
    op.create_table(
        "dictionary",
        sa.Column("object_name", sa.Text(), primary_key=True),
        sa.Column("column_name", sa.Text(), primary_key=True),
        sa.Column("description_fr", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "entity",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("list_name", sa.Text(), primary_key=True),
        sa.Column("entity_id", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant()),
        sa.Column("updated_at", Instant()),
        sa.Column("deleted_at", Instant()),
        sa.Column("creator_id", sa.Text()),
        sa.Column("creator_name", sa.Text()),
        sa.Column("conflict", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        schema=_schema("raw"),
    )
    op.create_table(
        "entity_list",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("list_name", sa.Text(), primary_key=True),
        sa.Column("table_name", sa.Text(), nullable=False, unique=True),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.Column("stamp", Instant()),
        sa.Column("seen_at", Instant(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "entity_version",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("list_name", sa.Text(), primary_key=True),
        sa.Column("entity_id", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("label", sa.Text()),
        sa.Column("created_at", Instant()),
        sa.Column("creator_id", sa.Text()),
        sa.Column("source_instance_id", sa.Text()),
        sa.Column("payload", sa.Text(), nullable=False),
        schema=_schema("raw"),
    )
    op.create_table(
        "form",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False, unique=True),
        sa.Column("xform", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("definition_hash", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "load_problem",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("table_name", sa.Text(), primary_key=True),
        sa.Column("row_path", sa.Text(), primary_key=True),
        sa.Column("column_name", sa.Text(), primary_key=True),
        sa.Column("problem", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "proof",
        sa.Column("run_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("proven_at", Instant(), nullable=False),
        sa.Column("central_live", sa.Integer(), nullable=False),
        sa.Column("warehouse_live", sa.Integer(), nullable=False),
        sa.Column("central_deleted", sa.Integer(), nullable=False),
        sa.Column("warehouse_deleted", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("purged", sa.Integer(), nullable=False),
        sa.Column("vanished", sa.Integer(), nullable=False),
        sa.Column("equal", sa.Boolean(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "question",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("table_name", sa.Text(), primary_key=True),
        sa.Column("column_name", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("select_multiple", sa.Boolean(), nullable=False),
        sa.Column("list_name", sa.Text()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("sensitivity", sa.Text()),
        sa.Column("purpose", sa.Text()),
        schema=_schema("ops"),
    )
    op.create_table(
        "question_label",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("language", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text()),
        sa.Column("hint", sa.Text()),
        schema=_schema("ops"),
    )
    op.create_table(
        "question_timing",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("path", sa.Text()),
        sa.Column("started_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("seconds", sa.Float()),
        schema=_schema("raw"),
    )
    op.create_table(
        "reference_file",
        sa.Column("table_name", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "submission",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("form_version", sa.Text()),
        sa.Column("submitted_at", Instant()),
        sa.Column("updated_at", Instant()),
        sa.Column("deleted_at", Instant()),
        sa.Column("review_state", sa.Text()),
        sa.Column("edits", sa.Integer()),
        sa.Column("status", sa.Text()),
        sa.Column("submitter_id", sa.Text()),
        sa.Column("submitter_name", sa.Text()),
        sa.Column("device_id", sa.Text()),
        sa.Column("attachments_present", sa.Integer()),
        sa.Column("attachments_expected", sa.Integer()),
        sa.Column("quarantined", sa.Boolean()),
        sa.Column("purged_at", Instant()),
        sa.Column("digest", sa.Text()),
        sa.Column("revision", sa.Integer()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("payload", sa.Text()),
        schema=_schema("raw"),
    )
    op.create_index(
        "submission_deleted_at",
        "submission",
        ["project_id", "form_id", "deleted_at"],
        schema=_schema("raw"),
    )
    op.create_table(
        "submission_history",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("instance_id", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_version", sa.Text()),
        sa.Column("submitted_at", Instant()),
        sa.Column("updated_at", Instant()),
        sa.Column("deleted_at", Instant()),
        sa.Column("review_state", sa.Text()),
        sa.Column("edits", sa.Integer()),
        sa.Column("status", sa.Text()),
        sa.Column("submitter_id", sa.Text()),
        sa.Column("submitter_name", sa.Text()),
        sa.Column("device_id", sa.Text()),
        sa.Column("attachments_present", sa.Integer()),
        sa.Column("attachments_expected", sa.Integer()),
        sa.Column("quarantined", sa.Boolean()),
        sa.Column("purged_at", Instant()),
        sa.Column("digest", sa.Text()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("payload", sa.Text()),
        sa.Column("replaced_by_run_id", sa.Integer(), nullable=False),
        schema=_schema("raw"),
    )
    op.create_table(
        "sync_cursor",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("stamp", Instant()),
        sa.Column("etag", sa.Text()),
        sa.Column("etag_since", Instant()),
        sa.Column("definition_hash", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "sync_run",
        sa.Column("run_id", sa.Integer(), primary_key=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        schema=_schema("ops"),
    )
    op.create_table(
        "sync_run_form",
        sa.Column("run_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("since", Instant()),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text()),
        schema=_schema("ops"),
    )
    op.create_table(
        "view_definition",
        sa.Column("view_name", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
