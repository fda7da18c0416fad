"""The identity part: who is who. Personal data; people here have names, everywhere else random IDs.

`person` holds the golden record of each person, `person_registration` which submissions speak of
them, `person_card` the card codes they were given. Decisions refer to instance IDs, never to
person IDs, so that they outlive every rebuild.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from warehouse.tables import metadata
from warehouse.types import Day, Instant

person = Table(
    "person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("state", Text, nullable=False),  # active, merged (see merged_into), retired, erased
    Column("merged_into", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("registrations", Integer, nullable=False),
    Column("first_seen", Day),
    Column("last_seen", Day),
    Column("card_code", Text),
    Column("last_name", Text),
    Column("first_names", Text),
    Column("sex", Text),
    Column("birth_year", BigInteger),
    Column("nationality", Text),
    Column("arrival_year", BigInteger),
    Column("language", Text),
    Column("education", Text),
    Column("work_status", Text),
    Column("occupation", Text),
    Column("sector", Text),
    Column("cercle", Text),
    Column("commune", Text),
    Column("site", Text),
    Column("phone", Text),  # E.164
    Column("phone_shared", Boolean),
    info={"schema": "identity"},
)

person_registration = Table(
    "person_registration",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column(
        "link_class", Text, nullable=False
    ),  # system (alone), auto (matched), verified (decided)
    Column("since", Instant, nullable=False),
    info={"schema": "identity"},
)
Index("person_registration_person", person_registration.c.person_id)

person_card = Table(
    "person_card",
    metadata,
    Column("card_code", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("instance_id", Text, nullable=False),  # the registration that gave it
    Column("given_on", Day),
    info={"schema": "identity"},
)
Index("person_card_person", person_card.c.person_id)
