"""The identity part: who is who. Personal data; people here have names, everywhere else random IDs.

`person` holds the golden record of each person, `person_registration` which submissions speak of
them, `person_card` the card codes they were given, `person_value` which answer every value came
from. Decisions refer to instance IDs, never to person IDs, so that they outlive every rebuild;
`registration`, `block_key` and `match_pair` can always be made again from the answers.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    Table,
    Text,
    func,
    literal_column,
)

from warehouse.tables import metadata, submission
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

# What people remember of a number. Both databases have indexes on such expressions.
phone_end: ColumnElement[str] = func.substr(
    person.c.phone, func.length(person.c.phone) - literal_column("5")
)
Index("person_phone_end", phone_end)
Index("person_names", person.c.last_name, person.c.first_names)

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

# Few however many people there are, so that a search compares names with parts, not with people.
person_name = Table(
    "person_name",
    metadata,
    Column("part", Text, primary_key=True),  # as `pipelines.directory.heard` folds it
    Column("person_id", Text, primary_key=True),
    info={"schema": "identity"},
    sqlite_with_rowid=False,
)
Index("person_name_person", person_name.c.person_id)

person_value = Table(
    "person_value",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),  # 0: in the golden record
    Column("value", Text, nullable=False),
    Column("instance_id", Text, nullable=False),  # the last registration that says so
    Column("seen_on", Day),
    info={"schema": "identity"},
    sqlite_with_rowid=False,
)

person_event = Table(
    "person_event",
    metadata,
    Column("event_id", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Integer, nullable=False),  # of match_run
    Column("happened_at", Instant, nullable=False),
    # create, attach, detach, merge, split, revive, retire, erase
    Column("kind", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("other_id", Text),  # the person that a registration came from
    Column("instance_id", Text),
    info={"schema": "identity"},
)
Index("person_event_person", person_event.c.person_id)
Index("person_event_instance", person_event.c.instance_id)

registration = Table(
    "registration",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),  # short name of the instance ID in block_key
    Column("source_digest", Text, nullable=False),  # submission.digest that was read
    Column("norm_version", Text, nullable=False),
    Column("seen_on", Day),
    Column("card_code", Text),
    Column("sex", Text),
    Column("birth_year", BigInteger),
    Column("content_digest", Text, nullable=False),  # of what matching reads
    Column("content", Text, nullable=False),  # that, as JSON
    info={"schema": "identity"},
)
Index("registration_instance", registration.c.instance_id)
Index("registration_number", registration.c.number)

# What changed since the last comparison is asked after every synchronisation.
Index("submission_run", submission.c.form_id, submission.c.run_id)
Index("submission_purged", submission.c.form_id, submission.c.purged_at)

block_key = Table(
    "block_key",
    metadata,
    Column("block_hash", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    info={"schema": "identity"},
    sqlite_with_rowid=False,
)
Index("block_key_number", block_key.c.number)

match_pair = Table(
    "match_pair",
    metadata,
    Column("instance_a", Text, primary_key=True),  # the smaller of the two, as text
    Column("instance_b", Text, primary_key=True),
    Column("weight", Float, nullable=False),  # bits for one person against two
    Column("probability", Float, nullable=False),  # measured or learnt, not Splink's
    Column("state", Text, nullable=False),  # same, review, different: what the model says
    Column("evidence", Text, nullable=False),  # level reached per field
    Column("model_version", Text, nullable=False),
    info={"schema": "identity"},
    sqlite_with_rowid=False,
)
Index("match_pair_b", match_pair.c.instance_b)
Index("match_pair_state", match_pair.c.state, match_pair.c.probability)

match_decision = Table(
    "match_decision",
    metadata,
    Column("decision_id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", Integer, nullable=False),  # what was decided, and is undone, at once
    Column("instance_a", Text, nullable=False),
    Column("instance_b", Text, nullable=False),
    Column("verdict", Text, nullable=False),  # same, different, later, undone
    Column("undoes", Integer),  # the decision_id that an `undone` takes back
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("note", Text),
    info={"schema": "identity"},
)
Index("match_decision_a", match_decision.c.instance_a)
Index("match_decision_b", match_decision.c.instance_b)
Index("match_decision_undoes", match_decision.c.undoes)

match_problem = Table(
    "match_problem",
    metadata,
    Column("problem_key", Text, primary_key=True),
    # conflict (decisions contradict each other), kept_apart (a sure pair that was not joined)
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("instance_a", Text, nullable=False),
    Column("instance_b", Text, nullable=False),
    Column("since", Instant, nullable=False),
    info={"schema": "identity"},
)
Index("match_problem_a", match_problem.c.instance_a)
Index("match_problem_b", match_problem.c.instance_b)

match_model = Table(
    "match_model",
    metadata,
    Column("model_version", Text, primary_key=True),
    Column("norm_version", Text, nullable=False),
    Column("used_from", Instant, nullable=False),
    Column("model", Text, nullable=False),  # the model file, JSON
    Column("reranker", Text),  # JSON
    Column("thresholds", Text, nullable=False),  # with the error measured at each, JSON
    Column("decisions", Integer, nullable=False),  # how many it has learnt from
    info={"schema": "identity"},
)

name_equivalence = Table(
    "name_equivalence",
    metadata,
    Column("kind", Text, primary_key=True),  # last, first
    Column("variant", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text),
    info={"schema": "identity"},
)

match_run = Table(
    "match_run",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # incremental, full
    Column("started_at", Instant, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("seen_run_id", Integer, nullable=False),  # newest sync_run that was read
    Column("seen_decision_id", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("pairs", Integer, nullable=False),
    Column("persons", Integer, nullable=False),  # made or changed
    Column("merged", Integer, nullable=False),
    Column("split", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    info={"schema": "identity"},
)
