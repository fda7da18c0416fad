"""The core, continued: referrals, labour cases and sites with their follow-ups, and the indicators.

A referral or case is the record that opened it; what its follow-ups say is joined to it, whichever
arrived first.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table, Text

from warehouse.core_tables import numbers, source, texts
from warehouse.tables import metadata
from warehouse.types import Day, Instant

referral = Table(
    "referral",
    metadata,
    *source(),
    Column("code", Text),
    Column("opened_on", Day),
    Column("month", Integer),
    *texts("focal_point", "channel", "person_id"),
    Column("sex", Text, nullable=False),
    Column("nationality_group", Text, nullable=False),
    *texts("cercle", "needs", "doc_need", "info_only", "service", "urgency", "consent_share"),
    Column("accompanied", Text),
    Column("follow_ups", Integer, nullable=False),
    Column("status", Text),  # of the last follow-up
    Column("status_on", Day),
    Column("served_on", Day),
    Column("days_to_served", Integer),
    Column("satisfied", Text),
    info={"schema": "core"},
)
Index("referral_month", referral.c.month, referral.c.focal_point)
Index("referral_code", referral.c.code)

referral_follow_up = Table(
    "referral_follow_up",
    metadata,
    *source(),
    Column("code", Text),
    Column("status_on", Day),
    Column("month", Integer),
    *texts("status", "satisfied", "focal_point"),
    Column("sent_at", Instant),
    info={"schema": "core"},
)
Index("referral_follow_up_code", referral_follow_up.c.code)

labour_case = Table(
    "labour_case",
    metadata,
    *source(),
    Column("code", Text),
    Column("opened_on", Day),
    Column("month", Integer),
    *texts("focal_point", "mandate", "collective", "person_id"),
    *numbers("women", "men"),
    *texts("site", "cercle", "sector", "dispute", "fl_indicators"),
    Column("asked_signs", Integer, nullable=False),  # 1: the question on forced labour was answered
    Column("has_signs", Integer, nullable=False),  # 1: at least one sign
    Column("fact_month", Integer),
    Column("amount_claimed", BigInteger),
    Column("follow_ups", Integer, nullable=False),
    Column("steps", Text),  # of the last record
    Column("outcome", Text),  # of the last record
    Column("outcome_on", Day),
    Column("closed_on", Day),
    Column("closed_month", Integer),
    Column("amount_recovered", BigInteger),  # as the last record that gives an amount says
    Column("next_on", Day),
    info={"schema": "core"},
)
Index("labour_case_month", labour_case.c.month, labour_case.c.focal_point)
Index("labour_case_closed_month", labour_case.c.closed_month)
Index("labour_case_code", labour_case.c.code)

labour_case_follow_up = Table(
    "labour_case_follow_up",
    metadata,
    *source(),
    Column("code", Text),
    Column("done_on", Day),
    Column("month", Integer),
    *texts("steps", "outcome", "focal_point"),
    Column("amount_recovered", BigInteger),
    Column("next_on", Day),
    Column("sent_at", Instant),
    info={"schema": "core"},
)
Index("labour_case_follow_up_code", labour_case_follow_up.c.code)

_SITE_STATE = (
    "site_name", "commune", "cercle", "site_type", "site_status", "women_band", "men_band",
    "main_origins", "hazards", "facilities", "children_working", "team_safe",
)  # fmt: skip

site_visit = Table(
    "site_visit",
    metadata,
    *source(),
    Column("site_key", Text, nullable=False),
    Column("visited_on", Day),
    Column("month", Integer),
    Column("focal_point", Text),
    *texts(*_SITE_STATE),
    Column("foreign_share", BigInteger),
    Column("latitude", Float),
    Column("longitude", Float),
    info={"schema": "core"},
)
Index("site_visit_site", site_visit.c.site_key)
Index("site_visit_month", site_visit.c.month)

mining_site = Table(
    "mining_site",
    metadata,
    Column("site_key", Text, primary_key=True),
    Column("listed", Integer, nullable=False),  # 1: in the reference list
    Column("visits", Integer, nullable=False),
    Column("last_visit_on", Day),
    Column("last_visit_month", Integer),
    *texts(*_SITE_STATE),
    Column("foreign_share", BigInteger),
    Column("women_middle", Integer),  # the middle of the band
    Column("men_middle", Integer),
    Column("latitude", Float),
    Column("longitude", Float),
    info={"schema": "core"},
)

indicator = Table(
    "indicator",
    metadata,
    Column("indicator", Text, primary_key=True),  # I-01 … I-25
    Column("measure", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # count, sum, share, mean, median
    Column("unit", Text, nullable=False),  # what units counts: person, interview, referral …
    Column("title_fr", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("measure_fr", Text, nullable=False),
    Column("measure_en", Text, nullable=False),
    Column("numerator_fr", Text, nullable=False),
    Column("numerator_en", Text, nullable=False),
    Column("denominator_fr", Text),
    Column("denominator_en", Text),
    Column("caution_fr", Text),
    Column("caution_en", Text),
    Column("disaggregations", Text, nullable=False),
    Column("position", Integer, nullable=False),
    info={"schema": "reporting"},
)

_CELL = ("row_dimension", "row_value", "column_dimension", "column_value")

indicator_month = Table(
    "indicator_month",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text, primary_key=True) for name in _CELL),
    Column("units", BigInteger, nullable=False),
    Column("numerator", Float),
    Column("denominator", Float),
    info={"schema": "core"},
    sqlite_with_rowid=False,
)

indicator_value = Table(
    "indicator_value",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("period_kind", Text, primary_key=True),  # month, quarter, year
    Column("period_start", Day, primary_key=True),
    *(Column(name, Text, primary_key=True) for name in _CELL),  # '' where there is none
    Column("units", BigInteger, nullable=False),
    Column("numerator", Float),
    Column("denominator", Float),
    Column("value", Float),
    Column("suppressed", Integer),  # null: not judged yet; 1: not for anybody but data managers
    info={"schema": "core"},
    sqlite_with_rowid=False,
)
Index("indicator_value_period", indicator_value.c.period_kind, indicator_value.c.period_start)
