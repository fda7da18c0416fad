"""The core: what the answers mean to a union. People are random IDs here; no names, phones, cards.

All of it can be made again from the form tables and the persons (`pipelines.core.refresh`). A
`month` is a number, year × 12 + month − 1, so that months can be compared and counted; days are
days. `subject_id` tells people apart where the person may be unknown: the person ID, or a name
derived from the first submission that held the same card.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from warehouse.identity_tables import person
from warehouse.tables import metadata
from warehouse.types import Day, Instant


def texts(*names: str) -> list[Column[Any]]:
    """Columns of text, where an answer may be missing."""
    return [Column(name, Text) for name in names]


def numbers(*names: str) -> list[Column[Any]]:
    """Columns of whole numbers, where an answer may be missing."""
    return [Column(name, BigInteger) for name in names]


def source() -> list[Column[Any]]:
    """Which submission says so."""
    return [
        Column("project_id", Integer, primary_key=True, autoincrement=False),
        Column("instance_id", Text, primary_key=True),
    ]


# Which card a record speaks of: personal, and the only way from a card to the records of its bearer.
record_card = Table(
    "record_card",
    metadata,
    *source(),
    Column("row_path", Text, primary_key=True),  # '' except in repeats
    Column("form_id", Text, nullable=False),
    Column("card_code", Text, nullable=False),
    info={"schema": "identity"},
)
Index("record_card_card", record_card.c.card_code)

# Persons changed since the last refresh are asked after every synchronisation.
Index("person_updated", person.c.updated_at, person.c.state)

core_state = Table(
    "core_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    info={"schema": "ops"},
)

core_dirty = Table(
    "core_dirty",
    metadata,
    Column("topic", Text, primary_key=True),  # a core table
    Column("month", Integer, primary_key=True, autoincrement=False),
    info={"schema": "ops"},
)

code_label = Table(
    "code_label",
    metadata,
    Column("dimension", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("label_fr", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("position", Integer, nullable=False),
    info={"schema": "reporting"},
)

calendar = Table(
    "calendar",
    metadata,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("month_start", Day, nullable=False),
    Column("quarter_start", Day, nullable=False),
    Column("year_start", Day, nullable=False),
    info={"schema": "reporting"},
)

interview = Table(
    "interview",
    metadata,
    *source(),
    Column("seen_on", Day),
    Column("month", Integer),
    Column("result", Text, nullable=False),  # registered, refused, minor, unfinished
    Column("person_id", Text),
    Column("turn", Integer),  # 1: the person's first registration
    *texts("focal_point", "cercle", "commune", "site", "seen_before", "is_new"),
    *texts("consent_mode", "consent_contact", "mobility", "stay_pattern", "move_reason"),
    *texts("contract_type", "contract_visa", "protection", "needs", "training_interest"),
    *texts("union_interest"),
    *numbers("children_here", "children_not_in_school"),
    Column("sent_at", Instant),
    info={"schema": "core"},
)
# A month's interviews by team are counted from the index alone: the table is wide.
Index("interview_month", interview.c.month, interview.c.focal_point, interview.c.result)
Index("interview_person", interview.c.person_id)

worker = Table(
    "worker",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("first_seen", Day),
    Column("last_seen", Day),
    Column("month", Integer),  # of first_seen
    Column("interviews", Integer, nullable=False),
    Column("sex", Text, nullable=False),
    Column("birth_year", BigInteger),
    Column("age_band", Text, nullable=False),  # in the year of first_seen
    Column("nationality", Text),
    Column("nationality_group", Text, nullable=False),
    *texts("mobility", "stay_pattern", "move_reason", "language", "education", "work_status"),
    Column("arrival_year", BigInteger),
    Column("occupation", Text),
    Column("occupation_group", Text, nullable=False),  # none: has no occupation
    *texts("sector", "contract_type", "contract_visa", "protection", "needs"),
    *texts("training_interest", "union_interest"),
    *numbers("children_here", "children_not_in_school"),
    *texts("cercle", "commune", "site", "consent_mode", "consent_contact"),
    info={"schema": "core"},
)
Index("worker_month", worker.c.month)

consent_event = Table(
    "consent_event",
    metadata,
    *source(),
    Column("purpose", Text, primary_key=True),  # record, contact, membership, referral
    Column("given", Integer, nullable=False),  # 1 given, 0 refused, -1 withdrawn
    Column("event_on", Day),
    Column("month", Integer),
    Column("person_id", Text),
    Column("target", Text),  # the service, for referral
    info={"schema": "core"},
)
Index("consent_event_month", consent_event.c.month)

rights_request = Table(
    "rights_request",
    metadata,
    *source(),
    *texts("request_code", "request"),
    Column("request_on", Day),
    Column("month", Integer),
    *texts("withdrawn", "parts", "identity_check", "handled_by", "person_id"),
    info={"schema": "core"},
)

membership_event = Table(
    "membership_event",
    metadata,
    *source(),
    Column("subject_id", Text, nullable=False),
    Column("person_id", Text),
    Column("event", Text, nullable=False),  # join, renew, transfer, dues, resign
    Column("event_on", Day, nullable=False),
    Column("month", Integer, nullable=False),
    *texts("union_code", "base_union", "role", "card_issued", "focal_point"),
    Column("minor", Integer, nullable=False),  # 1: 16 or 17 years old when joining
    *numbers("amount", "months_covered"),
    Column("pay_mode", Text),
    Column("paid_through", Integer),  # last month covered
    info={"schema": "core"},
)
Index("membership_event_month", membership_event.c.month, membership_event.c.focal_point)
Index("membership_event_subject", membership_event.c.subject_id)

membership_spell = Table(
    "membership_spell",
    metadata,
    Column("subject_id", Text, primary_key=True),
    Column("union_code", Text, primary_key=True),
    Column("spell", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Text),
    Column("joined_on", Day, nullable=False),
    Column("joined_month", Integer, nullable=False),
    Column("left_on", Day),
    Column("left_month", Integer),
    Column("minor", Integer, nullable=False),
    info={"schema": "core"},
)

# What a month adds to how many there are at its end; union_code '' counts people in several once.
membership_change = Table(
    "membership_change",
    metadata,
    Column("subject_id", Text, primary_key=True),
    Column("union_code", Text, primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),
    *(Column(n, Integer, nullable=False) for n in ("members", "minors", "paid_up", "organisers")),
    info={"schema": "core"},
)
Index("membership_change_month", membership_change.c.month)

member = Table(
    "member",
    metadata,
    Column("subject_id", Text, primary_key=True),
    Column("union_code", Text, primary_key=True),
    Column("person_id", Text),
    Column("is_member", Integer, nullable=False),
    Column("joined_on", Day),
    Column("left_on", Day),
    *texts("base_union", "role", "card_issued"),
    Column("minor", Integer, nullable=False),
    Column("payments", Integer, nullable=False),
    Column("paid_total", BigInteger, nullable=False),
    Column("last_paid_on", Day),
    Column("paid_through", Integer),
    info={"schema": "core"},
)

training_session = Table(
    "training_session",
    metadata,
    *source(),
    Column("event_code", Text),
    Column("session_on", Day, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day_no", BigInteger),
    *texts("themes", "services_present", "focal_point", "cercle", "commune", "site"),
    Column("participants", Integer, nullable=False),
    info={"schema": "core"},
)
Index("training_session_month", training_session.c.month)
Index("training_session_event", training_session.c.event_code)

attendance = Table(
    "attendance",
    metadata,
    *source(),
    Column("row_path", Text, primary_key=True),
    Column("event_code", Text),
    Column("session_on", Day, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day_no", BigInteger),
    *texts("part_role", "subject_id", "person_id"),
    Column("sex", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("nationality_group", Text, nullable=False),
    *numbers("pre_score", "post_score"),
    info={"schema": "core"},
)
Index("attendance_month", attendance.c.month)

awareness_session = Table(
    "awareness_session",
    metadata,
    *source(),
    Column("session_on", Day, nullable=False),
    Column("month", Integer, nullable=False),
    *texts("method", "themes", "languages", "services_present", "questions_asked", "incident"),
    *texts("focal_point", "cercle", "commune", "site"),
    *numbers("women", "men", "minors", "foreigners", "materials", "referrals_opened"),
    info={"schema": "core"},
)
Index("awareness_session_month", awareness_session.c.month)
