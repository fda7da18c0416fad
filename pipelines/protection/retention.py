"""Lets go of personal data when its time is over, class by class. Run daily; nothing due costs little.

Periods (to be confirmed with the authority and the unions): a person 24 months after the last contact,
a referral 12 months after it was closed, a labour case 5 years after, accounts of dues 10 years.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, inspect, select, text

from forms.errors import KafoError
from pipelines.core.calendar import note_months
from pipelines.protection.erase import erase, erase_submissions, sweep_files
from pipelines.protection.footprint import Of, footprint, held
from pipelines.protection.relations import some
from warehouse.engine import reading, writing
from warehouse.erasure import hash_of, salt_of
from warehouse.identity_tables import person
from warehouse.protection_tables import dues_account
from warehouse.tables import SCHEMAS, form, submission


@dataclass(frozen=True, slots=True)
class Periods:
    """Months after which each class of data goes."""

    person: int = 24
    referral: int = 12
    labour_case: int = 60
    dues: int = 120


@dataclass(frozen=True, slots=True)
class Report:
    """How much went."""

    persons: int = 0
    referrals: int = 0
    labour_cases: int = 0
    accounts: int = 0
    files: int = 0


def run_retention(
    engine: Engine, *, now: str, store: Path, periods: Periods | None = None
) -> Report:
    """Erase all that is past its period; `store` is the folder of attachments. Idempotent."""
    using = periods or Periods()
    persons = _persons(engine, now, using.person, store)
    with writing(engine) as connection:
        referrals = _closed(connection, _REFERRALS, "referral", before(now, using.referral))
        cases = _closed(connection, _CASES, "labour_case", before(now, using.labour_case))
        for keys in (referrals, cases):
            if keys:
                owner = hash_of(salt_of(connection), min(i for _, _, i in keys))
                erase_submissions(connection, keys, now=now, owner=owner)
        month = before(now, using.dues)[:7]
        old = dues_account.c.month < month
        gone = connection.scalars(select(dues_account.c.month).where(old)).all()
        note_months(connection, "dues_account", gone)
        accounts = connection.execute(delete(dues_account).where(old))
    files = sweep_files(engine, store)
    return Report(persons, len(referrals), len(cases), accounts.rowcount, files)


def before(now: str, months: int) -> str:
    """The day so many months ago; the 28th at most, so that it exists in every month."""
    year, month, day = (int(part) for part in now[:10].split("-"))
    total = year * 12 + month - 1 - months
    return f"{total // 12:04}-{total % 12 + 1:02}-{min(day, 28):02}"


def _persons(engine: Engine, now: str, months: int, store: Path) -> int:
    limit, done = before(now, months), 0
    p = person.c
    with reading(engine) as connection:
        silent = select(p.person_id).where(p.last_seen < limit, p.merged_into.is_(None))
        due = [i for i in connection.scalars(silent) if _last_contact(connection, i) < limit]
    for person_id in due:
        try:
            erase(engine, person_id, now=now, store=store, cause="retention")
        except KafoError:  # went with somebody else's erasure in the meantime
            continue
        done += 1
    return done


def _last_contact(connection: Connection, person_id: str) -> str:
    """The newest day of anything that names the person: a training or a referral is contact too."""
    s, found = submission.c, ""
    known = footprint(connection, person_id)
    for ids in some({i for _, _, i in known.own | known.shared}):
        for stamp in connection.scalars(select(s.submitted_at).where(s.instance_id.in_(ids))):
            found = max(found, str(stamp or "")[:10])
    return found


_REFERRALS = """
with thread as (
    select instance_id, coalesce(referral_code, new_code) as code, info_only, status, status_date,
        submitted_at
    from form_referral
),
closed as (
    select
        code,
        max(cast(submitted_at as text)) as last_sent,
        max(case when info_only = 'yes' or status in ('served', 'refused', 'lost', 'withdrawn')
            then 1 else 0 end) as is_closed
    from thread
    group by code
)
select thread.instance_id
from thread
join closed on closed.code = thread.code
where closed.is_closed = 1 and closed.last_sent < :limit
"""

_CASES = """
with thread as (
    select instance_id, coalesce(case_code, new_code) as code, outcome, submitted_at
    from form_labour_case
),
last_sent as (
    select code, max(submitted_at) as submitted_at from thread group by code
),
closed as (
    select last_sent.code
    from last_sent
    join thread on thread.code = last_sent.code and thread.submitted_at = last_sent.submitted_at
    where thread.outcome <> 'open' and cast(last_sent.submitted_at as text) < :limit
)
select thread.instance_id from thread join closed on closed.code = thread.code
"""
"""A thread is a request with its follow-ups. A referral is closed by any final status; a case by its
newest record, because a case can be opened again."""


def _closed(connection: Connection, query: str, form_id: str, limit: str) -> set[Of]:
    schemas = SCHEMAS if connection.dialect.name == "postgresql" else (None,)
    there = inspect(connection)
    if not any(there.has_table(f"form_{form_id}", schema=schema) for schema in schemas):
        return set()
    ids = list(connection.scalars(text(query), {"limit": limit}))
    projects = list(connection.scalars(select(form.c.project_id).where(form.c.form_id == form_id)))
    return held(connection, {(p, form_id, str(i)) for p in projects for i in ids})
