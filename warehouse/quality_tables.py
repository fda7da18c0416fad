"""What the quality checks know: facts of each interview, problems found, and what people did about them."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text

from warehouse.tables import metadata
from warehouse.types import Day, Instant

# Positions make this raw data; everything else here is time, counts and codes. All of it can be
# made again from the submissions.
quality_fact = Table(
    "quality_fact",
    metadata,
    Column("project_id", Integer, primary_key=True, autoincrement=False),
    Column("form_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("form_version", Text),
    Column("enumerator", Text, nullable=False),  # name of the app user in Central
    Column("focal_point", Text),
    Column("received_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("day", Day, nullable=False),
    Column("weekday", Integer, nullable=False),  # 1 Monday … 7 Sunday
    Column("hour", Integer, nullable=False),
    Column("seconds", Float),  # with a question open, else from start to end
    Column("timed", Boolean, nullable=False),  # the seconds come from the audit of the phone
    Column("answered", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),  # "does not know" or "refused"
    Column("askable", Integer, nullable=False),  # answers that could have been one of these
    Column("consent", Text),
    Column("rounded", Boolean),  # the year of birth ends in 0 or 5
    Column("site", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("accuracy", Float),  # metres
    Column("measured", Boolean, nullable=False),  # position by the phone, else that of the site
    Column("site_km", Float),
    info={"schema": "raw"},
)
Index("quality_fact_received_at", quality_fact.c.received_at)
Index("quality_fact_day", quality_fact.c.day)

quality_problem = Table(
    "quality_problem",
    metadata,
    Column("problem_id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("severity", Integer, nullable=False),  # 3 act today, 2 this week, 1 good to know
    Column("weight", Float, nullable=False),  # rank among problems of one severity
    Column("project_id", Integer),
    Column("form_id", Text),
    Column("instance_id", Text),
    Column("enumerator", Text),
    Column("focal_point", Text),
    Column("evidence_fr", Text, nullable=False),
    Column("evidence_en", Text, nullable=False),
    Column("action_fr", Text, nullable=False),
    Column("action_en", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("state", Text, nullable=False),  # open, closed (vanished by itself), ignored (decided)
    Column("state_by", Text),
    Column("state_at", Instant),
    Column("state_why", Text),
    info={"schema": "ops"},
)
Index("quality_problem_state", quality_problem.c.state, quality_problem.c.severity)
Index("quality_problem_instance", quality_problem.c.instance_id)

quality_run = Table(
    "quality_run",
    metadata,
    Column("part", Text, primary_key=True),
    Column("run_id", Integer, nullable=False),  # submissions up to this run have been seen
    Column("basis", Text, nullable=False),  # digest of the thresholds and rules
    Column("checked_at", Instant, nullable=False),
    info={"schema": "ops"},
)

review_action = Table(
    "review_action",
    metadata,
    Column("action_id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("form_id", Text, nullable=False),
    Column("instance_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("acted_at", Instant, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("note", Text, nullable=False),  # people's own words
    Column("outcome", Text, nullable=False),  # begun, done, failed, undone (settled since)
    Column("undoes", Integer),
    info={"schema": "identity"},
)

# A log that only grows; the problem itself shows the last decision. The reasons are people's own
# words, so it is kept where personal data are and leaves with its record.
quality_decision = Table(
    "quality_decision",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("problem_id", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("instance_id", Text),
    Column("actor", Text, nullable=False),
    Column("acted_at", Instant, nullable=False),
    Column("before", Text, nullable=False),  # open, ignored
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("undoes", Integer),
    info={"schema": "identity"},
)
