"""What exact synchronisation keeps besides the submissions: versions, rounds, lists."""

from sqlalchemy import Boolean, Column, Integer, Table, Text

from warehouse.tables import metadata
from warehouse.types import Instant

form_version = Table(
    "form_version",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("published_at", Instant, nullable=False),
    Column("sealed", Boolean, nullable=False),
    info={"schema": "ops"},
)

slow_check = Table(
    "slow_check",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("checked_at", Instant, nullable=False),
    info={"schema": "raw"},
)
