"""A big warehouse on PostgreSQL for `benchmarks.web`: invented answers, people, runs and problems.

    python -m benchmarks.web_data postgresql://… [submissions]

Answers and people come from `benchmarks.reporting`; here the warehouse gets what the pages show
besides: stamps, senders, runs, proofs, names, pairs that wait, problems, looks.
"""

import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

from sqlalchemy import Engine, select

from benchmarks.reporting import REFERENCE, fill
from kafo.connection import now
from pipelines.core.refresh import refresh
from pipelines.directory.heard import parts
from pipelines.indicators.compute import compute
from warehouse.bulk import upsert
from warehouse.engine import open_warehouse, parse_url
from warehouse.identity_tables import person
from warehouse.migrate import migrate

_PHONES = 300
_STAMP = "now() at time zone 'utc' - interval '1 second' * floor(1095 * 86400 * random())"
_SURNAMES = (
    "Coulibaly Traoré Diarra Keita Sissoko Diallo Ba Sow Camara Ouédraogo Konaté Touré Sidibé "
    "Fofana Sangaré Doumbia Dembélé Koné Cissé Kanté"
)
_FIRST = (
    "Mamadou Fatoumata Aminata Moussa Ibrahim Awa Oumou Seydou Bakary Mariam Issa Kadiatou Adama "
    "Salif Hawa Modibo Rokia Boubacar Djeneba Yaya"
)

_SENT = f"""update submission set submitted_at = {_STAMP}, submitter_id = p::text,
 submitter_name = 'PF-' || p, form_version = '1', quarantined = false
from (select instance_id as i, 1 + abs(hashtext(instance_id)) % {_PHONES} as p from submission) as phones
where i = instance_id"""
_NAMES = f"""update person set
 last_name = (string_to_array('{_SURNAMES}', ' '))[1 + abs(hashtext(person_id)) % 20],
 first_names = (string_to_array('{_FIRST}', ' '))[1 + abs(hashtext(person_id || 'f')) % 20]
  || ' ' || (string_to_array('{_FIRST}', ' '))[1 + abs(hashtext(person_id || 's')) % 20],
 phone = '+223' || (60000000 + abs(hashtext(person_id || 'p')) % 39999999), site = 'yatiya'"""
# As clerks write them: every fourth name has one letter that is another.
_CLERKS = """update person set
 last_name = overlay(last_name placing chr(97 + abs(hashtext(person_id || 'l')) % 26)
  from 2 + abs(hashtext(person_id || 'w')) % 6 for 1),
 first_names = overlay(first_names placing chr(97 + abs(hashtext(person_id || 'm')) % 26)
  from 2 + abs(hashtext(person_id || 'v')) % 12 for 1)
where abs(hashtext(person_id || 'c')) % 4 = 0"""
_RUNS = """insert into sync_run (run_id, started_at, ended_at, outcome)
select n, now() - interval '15 minutes' * (20001 - n), now() - interval '15 minutes' * (20001 - n), 'ok'
from generate_series(1000, 20000) as n"""
_RUN_LINES = """insert into sync_run_form (run_id, project_id, form_id, outcome, asked, received, new,
 changed, deleted, bytes, seconds) select run_id, 1, form_id, 'ok', 'delta', 5, 4, 1, 0, 9000, 0.4
from sync_run cross join form where run_id >= 1000"""
_PROOFS = """insert into proof select 1000 + day * 90, 1, form_id, now() - interval '1 day' * (200 - day),
 10, 10, 0, 0, 0, 0, 0, 0, true from form cross join generate_series(1, 200) as day"""
_FACTS = """insert into quality_fact (project_id, form_id, instance_id, enumerator, received_at, started_at,
 ended_at, day, weekday, hour, seconds, timed, answered, unsure, askable, consent, measured)
select project_id, form_id, instance_id, submitter_name, submitted_at, submitted_at - interval '2 hours',
 submitted_at - interval '1 hour', submitted_at::date, extract(isodow from submitted_at)::int,
 8 + abs(hashtext(instance_id)) % 10, 300 + abs(hashtext(instance_id)) % 600, true, 30, 1, 12, 'yes', false
from submission where form_id = 'identification'"""
_PROBLEMS = """insert into quality_problem (problem_id, rule, severity, weight, project_id, form_id,
 instance_id, enumerator, evidence_fr, evidence_en, action_fr, action_en, first_seen, last_seen, state)
select 'q' || md5(instance_id), (array['fast', 'hours', 'late', 'unsure'])[1 + abs(hashtext(instance_id)) % 4],
 1 + abs(hashtext(instance_id)) % 3, 1, project_id, form_id, instance_id, submitter_name, 'Une preuve.',
 'An evidence.', 'Parlez-en.', 'Talk about it.', submitted_at, submitted_at,
 case when abs(hashtext(instance_id)) % 100 < 5 then 'open' else 'closed' end
from submission where form_id = 'identification' and abs(hashtext(instance_id)) % 10 = 0"""
_PAIRS = """insert into match_pair select min(a), max(b), 3.5, 0.4 + 0.5 * random(),
 case when abs(hashtext(min(a))) % 20 = 0 then 'review' else 'different' end, '{}', 'm1' from (
 select instance_id as a, lead(instance_id) over (order by instance_id) as b from person_registration
) as neighbours where b is not null group by a"""
_LOOKS = """insert into access_log (at, who, action, what, row_count, reason)
select now() - interval '1 minute' * n, 'aminata', 'show', 'p' || n, 1, 'mesure'
from generate_series(1, 200000) as n"""
# As if every figure might be published: judging millions of cells is measured elsewhere.
_PUBLISHED = """insert into published_cell select audience, indicator, measure, period_kind,
 cast(period_start as text),
 row_dimension, row_value, column_dimension, column_value, max(units), max(numerator), max(denominator),
 max(value), 0 from indicator_value cross join (values ('inside'), ('outside')) as readers (audience)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9"""
_STEPS = (_SENT, _NAMES, _CLERKS, _RUNS, _RUN_LINES, _PROOFS, _FACTS, _PROBLEMS, _PAIRS, _LOOKS)


def main() -> None:
    """Make it once; a second time on the same database fails at once."""
    engine = open_warehouse(parse_url(sys.argv[1]))
    migrate(engine, REFERENCE)
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    _timed("answers and people", lambda: fill(engine, wanted))
    _timed("what pages show besides", lambda: _enrich(engine))
    _timed("core", lambda: refresh(engine, now=now(), full=True))
    _timed("indicators", lambda: compute(engine, now=now(), full=True))
    _timed("publication", partial(_run, engine, _PUBLISHED))
    engine.dispose()


def _enrich(engine: Engine) -> None:
    for statement in _STEPS:
        _timed("  " + " ".join(statement.split()[:3]), partial(_run, engine, statement))
    _timed("  parts of names", lambda: _name_parts(engine))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")


def _name_parts(engine: Engine) -> None:
    with engine.begin() as connection:
        named = select(person.c.person_id, person.c.last_name, person.c.first_names)
        rows = [
            (part, person_id)
            for person_id, *names in connection.execute(named)
            for part in parts(*names)
        ]
        upsert(connection, "person_name", ("part", "person_id"), rows, key=("part", "person_id"))


def _run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _timed(name: str, step: Callable[[], object]) -> None:
    begun = perf_counter()
    step()
    print(f"{name}: {perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
