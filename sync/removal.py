"""What leaves the warehouse because Central no longer has it, and names that changed there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, update

from warehouse.bulk import delete_submissions
from warehouse.form_tables import current_shape, sql_table
from warehouse.sync_tables import slow_check
from warehouse.tables import (
    attachment,
    comment,
    load_problem,
    question_timing,
    submission,
    submission_history,
)

_SOME = 400


def forget_purged(
    connection: Connection, project_id: int, form_id: str, instance_ids: Sequence[str], at: str
) -> None:
    """Submissions deleted in Central and purged there after 30 days: answers go, the fact stays."""
    for ids in _parts(instance_ids):
        for table in (submission_history, attachment, question_timing, comment, slow_check):
            c = table.c
            connection.execute(
                delete(table).where(
                    c.project_id == project_id, c.form_id == form_id, c.instance_id.in_(ids)
                )
            )
        _mark(connection, project_id, form_id, ids, purged_at=at, payload=None, digest="")


def mark_vanished(
    connection: Connection, project_id: int, form_id: str, instance_ids: Sequence[str], at: str
) -> None:
    """Submissions that Central no longer knows though nobody here saw them deleted: they leave
    the form's tables; what was received stays in raw, for a server may have lost them."""
    shape = current_shape(connection, project_id, form_id)
    for ids in _parts(instance_ids):
        _mark(connection, project_id, form_id, ids, deleted_at=at, purged_at=at, digest="")
        for table in reversed(shape.tables if shape else ()):
            delete_submissions(connection, table.name, ids)
        p = load_problem.c
        connection.execute(
            delete(load_problem).where(
                p.project_id == project_id, p.form_id == form_id, p.instance_id.in_(ids)
            )
        )


def rename_submitters(
    connection: Connection, project_id: int, form_id: str, names: Mapping[str, str]
) -> None:
    """A phone renamed in Central is renamed here; no stamp of Central's feed shows it."""
    shape = current_shape(connection, project_id, form_id)
    s = submission.c
    for submitter_id, name in names.items():
        mine = (s.project_id == project_id, s.form_id == form_id, s.submitter_id == submitter_id)
        renamed = connection.execute(
            update(submission)
            .where(*mine, s.submitter_name.is_distinct_from(name))
            .values(submitter_name=name)
        )
        if renamed.rowcount and shape is not None:
            table = sql_table(shape.root)
            ids = submission.select().where(*mine).with_only_columns(s.instance_id)
            connection.execute(
                update(table).where(table.c.instance_id.in_(ids)).values(submitter_name=name)
            )


def _mark(
    connection: Connection, project_id: int, form_id: str, ids: Sequence[str], **values: object
) -> None:
    s = submission.c
    connection.execute(
        update(submission)
        .where(s.project_id == project_id, s.form_id == form_id, s.instance_id.in_(ids))
        .values(**values)
    )


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _SOME] for start in range(0, len(ids), _SOME)]
