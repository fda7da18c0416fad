"""Replaces the rows of core tables that are to be made anew, and notes the months that changed by it."""

import re

from sqlalchemy import Connection

from pipelines.core.sources import Source
from pipelines.core.statements import insert_from, read_sql, run

MONTHS = {"labour_case": ("month", "closed_month")}
"""The months a row counts in, where that is not just `month`."""

JOINED = "joined_worker"
"""Topic of the months in which people were met who have, or had, a joining at any time."""

BELONGING = "belonging_worker"
"""Topic of the months in which people were met who became or ceased to be members at any time."""

PLACED = "placed_worker"
"""Topic of the months in which people were met whose sex or cercle changed, who came or went."""

MEMBERS = ("membership_spell", "membership_change", "member")
"""What is known of members, by subject, in the order in which they read each other."""

ANSWERS = (
    "sex, age_band, nationality, nationality_group, occupation_group, cercle, "
    "sector, move_reason, stay_pattern, work_status, contract_type, contract_visa, protection, needs, "
    "union_interest, children_here, children_not_in_school"
)
"""What figures read of a worker besides the month: being seen again changes none of it."""

_MARK = re.compile(r"/\* touched: (.*?) \*/", re.DOTALL)

Sources = dict[str, list[Source]]


def renew(connection: Connection, table: str, found: Sources, *, touched: bool) -> None:
    """Replace the touched rows of a table (in a full refresh it is empty already)."""
    if not touched:
        fill(connection, table, found, touched=False)
        note_all_months(connection, table)
        return
    within = _within("touched_person" if table == "worker" else "touched")
    columns = f"person_id, month, {ANSWERS}" if table == "worker" else "*"
    _copy(connection, "before", f"select {columns} from {table} as c where {within}")
    run(connection, f"delete from {table} as c where {within}")
    fill(connection, table, found, touched=True)
    _copy(connection, "after", f"select {columns} from {table} as c where {within}")
    _compare(connection)
    _note_changed(connection, table)
    _drop_copies(connection)


def _compare(connection: Connection) -> None:
    """What is only in one of the two copies."""
    _copy(
        connection,
        "changed",
        "select * from (select * from before except select * from after) as gone union all "
        "select * from (select * from after except select * from before) as come",
    )


def _drop_copies(connection: Connection) -> None:
    for scratch in ("before", "after", "changed"):
        run(connection, f"drop table {scratch}")


def note_all_months(connection: Connection, table: str) -> None:
    """All months of a table must be counted again."""
    if table != "consent_event":
        _note(connection, table, table)


def delete_touched(connection: Connection, table: str) -> None:
    """Remove the rows of touched records."""
    run(connection, f"delete from {table} as c where {_within('touched')}")


def renew_members(connection: Connection, table: str, found: Sources, *, touched: bool) -> None:
    """Replace what is known of touched members."""
    noted = table == "membership_change"
    if not touched:
        fill(connection, table, found, touched=False)
        if noted:
            note_all_months(connection, table)
        return
    within = "c.subject_id in (select subject_id from touched_subject)"
    if noted:
        _copy(connection, "before", f"select * from {table} as c where {within}")
    run(connection, f"delete from {table} as c where {within}")
    fill(connection, table, found, touched=True)
    if noted:
        _copy(connection, "after", f"select * from {table} as c where {within}")
        _compare(connection)
        _note_changes_of_members(connection)
        _drop_copies(connection)


def fill(connection: Connection, table: str, found: Sources, *, touched: bool) -> None:
    """Write the rows that its `.sql` makes, all or the touched ones."""
    insert_from(connection, table, _sql(table, touched=touched), found, touched=touched)


def fill_scratch(connection: Connection, table: str, *, touched: bool) -> None:
    """Fill a temporary table."""
    run(connection, f"insert into {table}\n{_sql(table, touched=touched)}")
    run(connection, f"analyze {table}")


def _sql(table: str, *, touched: bool) -> str:
    sql = read_sql("pipelines.core", f"sql/{table}.sql")
    return _MARK.sub(r"\1" if touched else "", sql)


def _copy(connection: Connection, name: str, select: str) -> None:
    run(connection, f"create temp table {name} as {select}")


def _within(only: str) -> str:
    if only == "touched_person":
        return "c.person_id in (select person_id from touched_person)"
    # Said twice, because SQLite looks pairs up by their first half only.
    return (
        "c.project_id in (select project_id from touched) "
        "and c.instance_id in (select instance_id from touched) "
        "and (c.project_id, c.instance_id) in (select project_id, instance_id from touched)"
    )


def _note_changed(connection: Connection, table: str) -> None:
    """A row made anew as it was concerns no figure."""
    if table == "consent_event":
        return
    if table == "worker":
        _note_answers(connection)
        _note_moved(connection)
        return
    _note(connection, table, "changed")
    if table == "membership_event":
        _note_members(connection)


def _note_answers(connection: Connection) -> None:
    """Who came, went or was met in another month concerns every figure of that month; a change of an
    answer only those that read it (topic `worker.answer`)."""
    stayed = "select 1 from {} as o where o.person_id = c.person_id and o.month = c.month"
    for part, other in (("before", "after"), ("after", "before")):
        run(connection, f"insert into core_dirty select distinct 'worker', c.month from {part} as c "
            f"where c.month is not null and not exists ({stayed.format(other)}) "
            "on conflict do nothing")  # fmt: skip
    same = "before as b join after as a on a.person_id = b.person_id and a.month = b.month"
    parts = [
        f"select 'worker.{name}', a.month from {same} where a.{name} is distinct from b.{name}"
        for name in ANSWERS.split(", ")
    ]
    run(connection, f"insert into core_dirty select * from ({' union '.join(parts)}) as changed "
        "where 1 = 1 on conflict do nothing")  # fmt: skip


def _note_moved(connection: Connection) -> None:
    """Whose sex, cercle or month of first meeting changed, who came and who went."""
    place = "select person_id, sex, cercle, month from"
    run(connection, "insert into changed_person select distinct person_id from ("
        f"select * from ({place} before except {place} after) as gone union all "
        f"select * from ({place} after except {place} before) as come) as moved")  # fmt: skip
    for part in ("before", "after"):
        run(connection, f"insert into core_dirty select distinct '{PLACED}', c.month from {part} "
            "as c join changed_person as p on p.person_id = c.person_id "
            "where c.month is not null on conflict do nothing")  # fmt: skip


def _note_members(connection: Connection) -> None:
    """Figures of members read sex and cercle of the worker, so these count as changes, too."""
    for part in ("before", "after"):
        run(connection, f"insert into touched_subject select subject_id from {part} "
            "where 1 = 1 on conflict do nothing")  # fmt: skip
    run(connection, "insert into core_dirty select distinct 'membership_event', c.month "
        "from after as c join changed_person as p on p.person_id = c.person_id "
        "where 1 = 1 on conflict do nothing")  # fmt: skip
    _note_joined(connection, "changed")


def _note_changes_of_members(connection: Connection) -> None:
    """By column, and all months of those whose sex or cercle changed."""
    parts = [
        f"select 'membership_change.{name}', month from changed where {name} <> 0"
        for name in ("members", "minors", "paid_up", "organisers")
    ]
    parts += [
        "select 'membership_change', c.month from changed_person as p "
        "cross join membership_change as c where c.subject_id = p.person_id",
        f"select '{BELONGING}', w.month from changed as c join worker as w "
        "on w.person_id = c.subject_id where c.members <> 0 and w.month is not null",
    ]
    run(connection, f"insert into core_dirty select * from ({' union '.join(parts)}) as noted "
        "where 1 = 1 on conflict do nothing")  # fmt: skip


def _note_joined(connection: Connection, rows: str) -> None:
    run(connection, f"insert into core_dirty select distinct '{JOINED}', w.month "
        f"from {rows} as c join worker as w on w.person_id = c.person_id "
        "where c.event = 'join' and w.month is not null on conflict do nothing")  # fmt: skip


def _note(connection: Connection, table: str, rows: str) -> None:
    for column in MONTHS.get(table, ("month",)):
        run(
            connection,
            f"insert into core_dirty select distinct '{table}', {column} from {rows} "
            f"where {column} is not null on conflict do nothing",
        )
    if table == "membership_event" and rows == table:
        _note_joined(connection, table)
    if table == "worker" and rows == table:
        run(connection, f"insert into core_dirty select distinct '{PLACED}', month from worker "
            "where month is not null on conflict do nothing")  # fmt: skip
