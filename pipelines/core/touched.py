"""What one refresh has to make anew: records that came, changed or went, and records of people who did.

A record changes with its own submission, with the person its card belongs to, with other records of
the same card, and, for referrals and cases, with its follow-ups. Nothing goes further than that one
step, or a training session would pull in everything its participants ever did.
"""

from sqlalchemy import Connection

from pipelines.core.sources import FIELDS, Source, source_sql
from pipelines.core.statements import run

TEMPORARY = {
    "touched": "project_id integer, instance_id text, primary key (project_id, instance_id)",
    "touched_person": "person_id text primary key",
    "touched_card": "card_code text primary key",
    "changed_person": "person_id text primary key",
    "touched_subject": "subject_id text primary key",
    "merged_person": "person_id text primary key, final_id text",
    "card_owner": (
        "card_code text primary key, holder text, subject_id text, person_id text, "
        "first_instance text"
    ),
    "withdrawn": "holder text, purpose text, withdrawn_on {day}, primary key (holder, purpose)",
}
_NEW = "on conflict do nothing"

_FORMS = ", ".join(f"'{name}'" for name in FIELDS)

CORE = (
    "interview", "membership_event", "training_session", "attendance", "awareness_session",
    "referral", "referral_follow_up", "labour_case", "labour_case_follow_up", "site_visit",
    "rights_request",
)  # fmt: skip
"""Tables with a row for a submission, or for a row of its repeat."""


def open_scratch(connection: Connection) -> None:
    """Empty temporary tables for this transaction."""
    postgresql = connection.dialect.name == "postgresql"
    for name, columns in TEMPORARY.items():
        if postgresql:
            columns = columns.format(day="date")
            run(connection, f"create temp table {name} ({columns}) on commit drop")
        else:
            run(
                connection, f"create temp table if not exists {name} ({columns.format(day='text')})"
            )
            run(connection, f"delete from {name}")


def touch_changed(connection: Connection, *, seen_run: int, since: str | None, again: bool) -> int:
    """Fill the scratch tables from what changed after a run and a moment (`again`: or at that moment)."""
    run(
        connection,
        "insert into touched select project_id, instance_id from submission "
        f"where form_id in ({_FORMS}) and run_id > {seen_run} {_NEW}",
    )
    later = "1 = 1" if since is None else f"updated_at {'>=' if again else '>'} '{since}'"
    run(connection, f"insert into touched_person select person_id from person where {later} {_NEW}")
    return _counted(connection)


def touch_vanished(connection: Connection) -> None:
    """Records whose submission is no longer there: erased, or purged out of sight."""
    for table in CORE:
        run(
            connection,
            f"insert into touched select c.project_id, c.instance_id from {table} as c "
            "where not exists (select 1 from submission as s where s.project_id = c.project_id "
            f"and s.instance_id = c.instance_id) {_NEW}",
        )


def touch_related(connection: Connection, found: dict[str, list[Source]]) -> None:
    """Add everything that changes with what is touched; old cards are still in `record_card`."""
    _touch_parents(connection, found)
    run(
        connection,
        "insert into touched_card select c.card_code from touched as t cross join record_card as c "
        f"where c.project_id = t.project_id and c.instance_id = t.instance_id {_NEW}",
    )


def touch_people(connection: Connection) -> None:
    """Once `record_card` is new: people, their cards, and the records of these."""
    for statement in (
        # Persons who are or were spoken of by a changed interview.
        "insert into touched_person select i.person_id from touched as t cross join interview as i "
        "where i.project_id = t.project_id and i.instance_id = t.instance_id "
        "and i.person_id is not null",
        "insert into touched_person select r.person_id from touched as t "
        "cross join person_registration as r "
        "where r.project_id = t.project_id and r.instance_id = t.instance_id "
        "and r.form_id = 'identification'",
        # Cards of changed records; who makes a request about his data changes as a whole.
        "insert into touched_card select c.card_code from touched as t cross join record_card as c "
        "where c.project_id = t.project_id and c.instance_id = t.instance_id",
        "insert into touched_person select g.person_id from touched as t "
        "cross join record_card as c cross join person_card as g "
        "where c.project_id = t.project_id and c.instance_id = t.instance_id "
        "and c.form_id = 'rights_request' and g.card_code = c.card_code",
        "insert into touched_person select p.merged_into from touched_person as t "
        "cross join person as p where p.person_id = t.person_id and p.merged_into is not null",
        "insert into touched_card select g.card_code from touched_person as t "
        "cross join person_card as g where g.person_id = t.person_id",
        "insert into touched select c.project_id, c.instance_id from touched_card as t "
        "cross join record_card as c where c.card_code = t.card_code",
        "insert into touched select i.project_id, i.instance_id from touched_person as t "
        "cross join interview as i where i.person_id = t.person_id",
        "insert into touched select r.project_id, r.instance_id from touched_person as t "
        "cross join person_registration as r where r.person_id = t.person_id "
        "and r.form_id = 'identification'",
        # Every card that the records to be made speak of must have its owner at hand, and so must
        # the cards of all withdrawals, because one counts for all cards of a person.
        "insert into touched_card select c.card_code from touched as t cross join record_card as c "
        "where c.project_id = t.project_id and c.instance_id = t.instance_id",
        "insert into touched_card select c.card_code from rights_request as q "
        "cross join record_card as c "
        "where q.request in ('erase', 'withdraw', 'object') "
        "and c.project_id = q.project_id and c.instance_id = q.instance_id",
        # Those owners may have been merged into others before.
        "insert into touched_person select g.person_id from touched_card as t "
        "cross join person_card as g cross join person as p where g.card_code = t.card_code "
        "and p.person_id = g.person_id and p.state = 'merged'",
    ):
        run(connection, f"{statement} {_NEW}")


def _touch_parents(connection: Connection, found: dict[str, list[Source]]) -> None:
    for form_id, code, parent in (
        ("referral", "referral_code", "referral"),
        ("labour_case", "case_code", "labour_case"),
    ):
        answers = source_sql(connection, form_id, found, touched=True)
        run(
            connection,
            f"insert into touched select p.project_id, p.instance_id from touched as t "
            f"cross join {parent}_follow_up as u cross join {parent} as p "
            "where u.project_id = t.project_id and u.instance_id = t.instance_id "
            f"and p.code = u.code {_NEW}",
        )
        run(
            connection,
            f"insert into touched select p.project_id, p.instance_id from ({answers}) as a "
            f"cross join {parent} as p where a.record_type = 'follow_up' and p.code = a.{code} {_NEW}",
        )


def _counted(connection: Connection) -> int:
    count = "select (select count(*) from touched) + (select count(*) from touched_person)"
    return int(connection.exec_driver_sql(count).scalar() or 0)
