"""Every fixed table of the warehouse; form tables are made from published forms (`form_tables`).

Unique keys of submission data always hold `instance_id`: it is the distribution column when the
warehouse grows to Citus, and the only lasting name of a submission (Central keeps it through
every edit).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from warehouse.types import Instant

metadata = MetaData()

SCHEMAS = ("raw", "forms", "identity", "core", "reporting", "ops", "web")
"""Protection classes on PostgreSQL, in the order of the search path; one file on SQLite. `web` holds
accounts and sessions of the pages: no role but Kafo's own ever reads it."""


def schema_of(table: Table) -> str:
    """The PostgreSQL schema, that is the protection class, a table belongs to."""
    return str(table.info["schema"])


form = Table(
    "form",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("table_name", Text, nullable=False, unique=True),
    Column("xform", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("definition_hash", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    info={"schema": "ops"},
)

question = Table(
    "question",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("column_name", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("select_multiple", Boolean, nullable=False),
    Column("list_name", Text),
    Column("position", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("sensitivity", Text),
    Column("purpose", Text),
    info={"schema": "ops"},
)

question_label = Table(
    "question_label",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("label", Text),
    Column("hint", Text),
    info={"schema": "ops"},
)

choice = Table(
    "choice",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("list_name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("label_fr", Text),
    Column("label_en", Text),
    Column("current", Boolean, nullable=False),
    info={"schema": "ops"},
)

_SUBMISSION = (
    ("form_version", Text),
    ("submitted_at", Instant),
    ("updated_at", Instant),
    ("deleted_at", Instant),
    ("review_state", Text),
    ("edits", Integer),
    ("status", Text),
    ("submitter_id", Text),
    ("submitter_name", Text),
    ("device_id", Text),
    ("attachments_present", Integer),
    ("attachments_expected", Integer),
    ("quarantined", Boolean),
    ("purged_at", Instant),
    ("digest", Text),
    ("revision", Integer),
    ("run_id", Integer),
    ("payload", Text),
)

submission = Table(
    "submission",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    *(Column(name, kind) for name, kind in _SUBMISSION),
    info={"schema": "raw"},
)
Index(
    "submission_deleted_at", submission.c.project_id, submission.c.form_id, submission.c.deleted_at
)

# Who went silent is asked every few minutes, about the last weeks only.
Index("submission_submitted_at", submission.c.submitted_at)

submission_history = Table(
    "submission_history",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    *(Column(name, kind) for name, kind in _SUBMISSION if name != "revision"),
    Column("replaced_by_run_id", Integer, nullable=False),
    info={"schema": "raw"},
)

attachment = Table(
    "attachment",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("etag", Text),
    Column("size", BigInteger),
    Column("sha256", Text),
    Column("media_type", Text),
    Column("listed_revision", Integer, nullable=False),
    Column("checked_at", Instant, nullable=False),
    info={"schema": "raw"},
)

question_timing = Table(
    "question_timing",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("path", Text),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("seconds", Float),
    info={"schema": "raw"},
)

comment = Table(
    "comment",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("created_at", Instant, nullable=False),
    Column("actor_id", Text),
    Column("body", Text, nullable=False),
    info={"schema": "raw"},
)

entity_list = Table(
    "entity_list",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("list_name", Text, primary_key=True),
    Column("table_name", Text, nullable=False, unique=True),
    Column("properties", Text, nullable=False),
    Column("stamp", Instant),
    Column("seen_at", Instant, nullable=False),
    info={"schema": "ops"},
)

entity = Table(
    "entity",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("list_name", Text, primary_key=True),
    Column("entity_id", Text, primary_key=True),
    Column("label", Text),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant),
    Column("updated_at", Instant),
    Column("deleted_at", Instant),
    Column("creator_id", Text),
    Column("creator_name", Text),
    Column("conflict", Text),
    Column("digest", Text, nullable=False),
    Column("run_id", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    info={"schema": "raw"},
)

entity_version = Table(
    "entity_version",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("list_name", Text, primary_key=True),
    Column("entity_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("label", Text),
    Column("created_at", Instant),
    Column("creator_id", Text),
    Column("source_instance_id", Text),
    Column("payload", Text, nullable=False),
    info={"schema": "raw"},
)

proof = Table(
    "proof",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("proven_at", Instant, nullable=False),
    Column("central_live", Integer, nullable=False),
    Column("warehouse_live", Integer, nullable=False),
    Column("central_deleted", Integer, nullable=False),
    Column("warehouse_deleted", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("stale", Integer, nullable=False),
    Column("purged", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("equal", Boolean, nullable=False),
    info={"schema": "ops"},
)

load_problem = Table(
    "load_problem",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("row_path", Text, primary_key=True),
    Column("column_name", Text, primary_key=True),
    Column("problem", Text, nullable=False),
    info={"schema": "ops"},
)

sync_cursor = Table(
    "sync_cursor",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("stamp", Instant),
    Column("etag", Text),
    Column("etag_since", Instant),
    Column("definition_hash", Text, nullable=False),
    Column("run_id", Integer, nullable=False),
    info={"schema": "ops"},
)

BESIDE = "beside"
"""Outcome of a run that asked no feed: late files, restored submissions, opened answers, lists."""

sync_run = Table(
    "sync_run",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text, nullable=False),
    Column("error", Text),
    info={"schema": "ops"},
)

sync_run_form = Table(
    "sync_run_form",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("since", Instant),
    Column("received", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text),
    info={"schema": "ops"},
)

job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", Text),
    Column("succeeded_at", Instant),
    Column("failures", Integer, nullable=False),
    info={"schema": "ops"},
)

alarm = Table(
    "alarm",
    metadata,
    Column("alarm_key", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("ended_at", Instant),
    Column("text_fr", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    info={"schema": "ops"},
)

reference_file = Table(
    "reference_file",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    info={"schema": "ops"},
)

view_definition = Table(
    "view_definition",
    metadata,
    Column("view_name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    info={"schema": "ops"},
)

dictionary = Table(
    "dictionary",
    metadata,
    Column("object_name", Text, primary_key=True),
    Column("column_name", Text, primary_key=True),
    Column("description_fr", Text, nullable=False),
    Column("description_en", Text, nullable=False),
    Column("sensitivity", Text),  # P, I, C, R; null for a table or view as a whole
    Column("purpose_fr", Text),
    Column("purpose_en", Text),
    info={"schema": "ops"},
)
