"""The protection part: who looked at whom, who asked for exports, what was erased, what is published.

The log and the hashes of what was erased lie with the personal data (schema `identity`), because a
reason may say something of a person; published cells are for everybody who may read figures.
"""

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from warehouse.tables import metadata
from warehouse.types import Day, Instant

access_log = Table(
    "access_log",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),  # sql, show, list, search, export, correct, erase …
    Column("what", Text, nullable=False),  # table, view or person ID; never a name
    Column("row_count", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    info={"schema": "identity"},
)

export_request = Table(
    "export_request",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("view_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("state", Text, nullable=False),  # asked, approved, refused, used
    Column("expires_at", Instant, nullable=False),
    info={"schema": "identity"},
)

erasure_salt = Table(
    "erasure_salt",
    metadata,
    Column("salt", Text, primary_key=True),  # one row, made at the first erasure
    info={"schema": "identity"},
)

erased_submission = Table(
    "erased_submission",
    metadata,
    Column("instance_hash", Text, primary_key=True),
    Column("erased_on", Day, nullable=False),
    info={"schema": "identity"},
)

# Submissions that speak of several people stay; the card of the erased person is taken out of them
# again whenever they come. Its hash is slow to make, because a card has only 100 million codes.
masked_card = Table(
    "masked_card",
    metadata,
    Column("instance_hash", Text, primary_key=True),
    Column("card_hash", Text, primary_key=True),
    Column("erased_on", Day, nullable=False),
    info={"schema": "identity"},
)

erasure = Table(
    "erasure",
    metadata,
    Column("person_hash", Text, primary_key=True),
    Column("erased_on", Day, nullable=False),
    Column("cause", Text, nullable=False),  # request, retention
    Column("central_on", Day),  # when nothing was left to delete in Central
    info={"schema": "identity"},
)

# What Central still has to delete; a row goes once Central has confirmed. Until then it must be named.
central_erasure = Table(
    "central_erasure",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # submission, entity, card (entities of that label)
    Column("form_id", Text, primary_key=True),  # or the name of the entity list
    Column("instance_id", Text, primary_key=True),  # or entity UUID, or card code
    Column("person_hash", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    info={"schema": "identity"},
)

# Central keeps what it deleted in a bin for 30 days. The salted hash is enough to find a row there
# again (each ID of the bin is hashed and compared), so that no ID of an erased record is kept.
erasure_proof = Table(
    "erasure_proof",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # submission, entity
    Column("list_name", Text, primary_key=True),  # form or entity list
    Column("item_hash", Text, primary_key=True),  # of the instance ID or the entity UUID
    Column("person_hash", Text, nullable=False),
    Column("erased_on", Day, nullable=False),
    Column("deleted_on", Day, nullable=False),  # when Central confirmed, the last time
    Column("looked_on", Day),
    Column("gone_on", Day),  # when it was first seen neither in the bin nor among the living
    info={"schema": "identity"},
)

# Accounts must be kept ten years: amounts by month and union, without a link to who paid.
dues_account = Table(
    "dues_account",
    metadata,
    Column("month", Text, primary_key=True),
    Column("union_code", Text, primary_key=True),
    Column("payments", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
    info={"schema": "core"},
)

published_cell = Table(
    "published_cell",
    metadata,
    Column("audience", Text, primary_key=True),  # inside, outside
    Column("publication", Text, primary_key=True),  # directory, I-01 … I-25
    Column("measure", Text, primary_key=True),
    Column("period_kind", Text, primary_key=True),  # month, quarter, year, all
    Column("period", Text, primary_key=True),  # its first day; '' for all
    Column("row_dimension", Text, primary_key=True),  # '' where there is none
    Column("row_value", Text, primary_key=True),
    Column("column_dimension", Text, primary_key=True),
    Column("column_value", Text, primary_key=True),
    Column("count", Integer),  # rounded for the audience; null where hidden, as all figures
    Column("numerator", Float),
    Column("denominator", Float),
    Column("value", Float),
    Column("suppressed", Integer, nullable=False),
    info={"schema": "reporting"},
)

publication_state = Table(
    "publication_state",
    metadata,
    Column("audience", Text, primary_key=True),
    Column("publication", Text, primary_key=True),
    Column("digest", Text, nullable=False),  # of the true counts: unchanged means nothing to do
    Column("seconds", Float, nullable=False),
    Column("published_at", Instant, nullable=False),
    info={"schema": "ops"},
)

Index("access_log_at", access_log.c.at)
Index("central_erasure_person", central_erasure.c.person_hash)
