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
        "dictionary",
        sa.Column("object_name", sa.Text(), primary_key=True),
        sa.Column("column_name", sa.Text(), primary_key=True),
        sa.Column("description_fr", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        schema=_schema("ops"),
    )
    op.create_table(
        "form",
        sa.Column("project_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False, unique=True),
        sa.Column("xform", sa.Text(), nullable=False),
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
