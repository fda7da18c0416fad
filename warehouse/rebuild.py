"""Makes a form's tables again from what was received, for when they were lost or changed by hand.

In batches, each in a transaction of its own, and idempotent: stopped anywhere, run it again. Answers
to questions that the form no longer asks are in no later payload: rows that belong stay, and only
what their payload says is written over them.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, text, tuple_

from warehouse.bulk import Row, delete_submissions, upsert
from warehouse.engine import reading, writing
from warehouse.flatten import Flat, columns_of, flattener
from warehouse.form_tables import current_shape, sql_table
from warehouse.load import OPENED, note_problems
from warehouse.shape import FormShape, FormTable
from warehouse.tables import form, submission

_BATCH = 500


def rebuild(engine: Engine) -> dict[tuple[int, str], int]:
    """Every form's tables; how many submissions each holds afterwards, by project and form."""
    with reading(engine) as connection:
        known = connection.execute(select(form.c.project_id, form.c.form_id)).all()
        shapes = [current_shape(connection, *each) for each in known]
    return {
        (shape.project_id, shape.form_id): _rebuild_form(engine, shape) for shape in shapes if shape
    }


def _rebuild_form(engine: Engine, shape: FormShape) -> int:
    done, after = 0, ""
    while True:
        with writing(engine) as connection:
            batch = _next(connection, shape, after)
            if not batch:
                _remove_strangers(connection, shape)
                return done
            done += _write(connection, shape, batch)
        after = batch[-1][0]


_Raw = tuple[str, Mapping[str, Any] | None]
"""Instance ID and payload; None when the submission belongs into no table."""


def _next(connection: Connection, shape: FormShape, after: str) -> list[_Raw]:
    s = submission.c
    found = connection.execute(
        select(s.instance_id, s.payload, s.status, s.deleted_at, s.quarantined, s.submitter_name)
        .where(
            s.project_id == shape.project_id,
            s.form_id == shape.form_id,
            s.instance_id > after,
        )
        .order_by(s.instance_id)
        .limit(_BATCH)
    )
    return [(row.instance_id, _answers(row)) for row in found]


def _answers(row: Any) -> Mapping[str, Any] | None:
    readable = row.status in (None, OPENED) and row.deleted_at is None and not row.quarantined
    if not readable or not row.payload:
        return None
    payload: dict[str, Any] = json.loads(row.payload)
    # A phone that was renamed since has its new name in this column only.
    payload["__system"]["submitterName"] = row.submitter_name
    return payload


def _write(connection: Connection, shape: FormShape, batch: list[_Raw]) -> int:
    flat, flatten = Flat(), flattener(shape)
    live = [i for i, payload in batch if payload is not None]
    for _, payload in batch:
        if payload is not None:
            flatten(payload, flat)
    gone = [i for i, payload in batch if payload is None]
    for table in reversed(shape.tables):
        delete_submissions(connection, table.name, gone)
        if table.parent is not None:
            _remove_rows(connection, table, live, flat.rows.get(table.name, []))
    for table in shape.tables:
        key = ("instance_id",) if table.parent is None else ("instance_id", "row_path")
        upsert(connection, table.name, columns_of(table), flat.rows.get(table.name, []), key=key)
    note_problems(connection, shape, [i for i, _ in batch], flat)
    return len(live)


def _remove_rows(
    connection: Connection, table: FormTable, live: Collection[str], rows: list[Row]
) -> None:
    """Rows of a repeat that the payload does not have."""
    target = sql_table(table)
    key = (target.c.instance_id, target.c.row_path)
    kept = {(row[0], row[1]) for row in rows}
    there = connection.execute(select(*key).where(key[0].in_(live)))
    wrong = [tuple(row) for row in there if tuple(row) not in kept]
    for start in range(0, len(wrong), _BATCH):
        some = wrong[start : start + _BATCH]
        connection.execute(target.delete().where(tuple_(*key).in_(some)))


def _remove_strangers(connection: Connection, shape: FormShape) -> None:
    """Rows of submissions that raw has never seen."""
    for table in shape.tables:
        name = connection.dialect.identifier_preparer.quote(table.name)
        connection.execute(
            text(
                f"delete from {name} where not exists (select 1 from submission as s where "
                f"s.instance_id = {name}.instance_id and s.project_id = :project_id "
                "and s.form_id = :form_id)"
            ).bindparams(
                bindparam("project_id", shape.project_id), bindparam("form_id", shape.form_id)
            )
        )
