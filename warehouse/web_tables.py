"""The pages' own part: who may log in, who is logged in, what people did, and their settings.

Schema `web` is granted to nobody: hashes and second factors are Kafo's own business.
"""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from warehouse.tables import metadata
from warehouse.types import Instant

web_account = Table(
    "web_account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),  # Argon2id, with its parameters
    Column("role", Text, nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("totp_secret", Text),
    Column("totp_step", Integer, nullable=False),  # the last one used: a code works once
    Column("state", Text, nullable=False),  # active, disabled
    Column("must_change", Boolean, nullable=False),  # the password was chosen by somebody else
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    info={"schema": "web"},
)

web_session = Table(
    "web_session",
    metadata,
    Column("token_hash", Text, primary_key=True),  # SHA-256: the table cannot open a session
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("reason", Text),  # why personal records are being read, asked before the first one
    Column("reason_at", Instant),
    info={"schema": "web"},
)
Index("web_session_name", web_session.c.name)

web_throttle = Table(
    "web_throttle",
    metadata,
    Column("subject", Text, primary_key=True),  # a hash of an account's name or of an address
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Column("closed_until", Instant),
    info={"schema": "web"},
)

web_setting = Table(
    "web_setting",
    metadata,
    Column("setting", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    info={"schema": "web"},
)

web_action = Table(
    "web_action",
    metadata,
    Column("action_id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    info={"schema": "web"},
)
