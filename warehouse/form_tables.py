"""Makes and widens the tables of a form before its first answer arrives."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    inspect,
    select,
    update,
)
from sqlalchemy.schema import CreateColumn

from forms.compiler import QuestionNote
from forms.xform import XForm
from warehouse.shape import FormShape, FormTable, Known, Question, shape_form, table_name
from warehouse.tables import choice, form, question, question_label
from warehouse.types import Day, Instant

SYSTEM = ("submitted_at", "form_version", "review_state", "submitter_name")
"""What every row of a form's own table carries of its submission, so that BI tools need no join."""


def sql_columns(found: Question) -> list[Column[Any]]:
    """The columns of one question, typed."""
    kinds: dict[str, Any] = {
        "int": BigInteger(), "decimal": Float(), "date": Day(), "dateTime": Instant(),
        "geopoint": Float(),
    }  # fmt: skip
    return [Column(name, kinds.get(found.kind, Text())) for name in found.columns]


def sql_table(shape: FormTable) -> Table:
    """The table as SQLAlchemy sees it, with Kafo's own columns in front."""
    own: list[Any] = [Column("instance_id", Text, primary_key=True)]
    if shape.parent is None:
        own += [Column("submitted_at", Instant)]
        own += [Column(name, Text) for name in SYSTEM[1:]]
    else:
        own += [
            Column("row_path", Text, primary_key=True),
            Column("parent_path", Text, nullable=False),
            Column("row_number", Integer, nullable=False),
        ]
    table = Table(shape.name, MetaData(), *own, info={"schema": "forms"})
    for found in shape.questions:
        for column in sql_columns(found):
            table.append_column(column)
    if shape.parent is None:
        Index(f"{shape.name}_submitted_at", table.c.submitted_at)
    return table


def known_columns(connection: Connection, project_id: int, form_id: str) -> list[Known]:
    """The columns that earlier versions of the form were given."""
    rows = connection.execute(
        select(
            question.c.table_name, question.c.column_name, question.c.path, question.c.type
        ).where(question.c.project_id == project_id, question.c.form_id == form_id)
    )
    return [Known(*row) for row in rows]


def current_shape(connection: Connection, project_id: int, form_id: str) -> FormShape | None:
    """The shape of the form as last published, or None if the warehouse does not know the form."""
    row = connection.execute(
        select(form.c.table_name, form.c.fields).where(
            form.c.project_id == project_id, form.c.form_id == form_id
        )
    ).first()
    if row is None:
        return None
    known = known_columns(connection, project_id, form_id)
    fields = json.loads(row.fields)
    return shape_form(project_id, form_id, name=row.table_name, fields=fields, known=known)


def adopt_form(
    connection: Connection,
    *,
    project_id: int,
    xform: XForm,
    xml: str,
    fields: Sequence[Mapping[str, Any]],
    definition_hash: str,
    now: str,
    notes: Mapping[str, QuestionNote] | None = None,
) -> FormShape:
    """Take a published version into the warehouse: tables, columns, labels, choices.

    Idempotent; `fields` is Central's `/fields?odata=true`, `now` an ISO stamp, `notes` the class
    and purpose of questions by path, as far as their source is known.
    """
    name = _own_name(connection, project_id, xform.form_id)
    shape = shape_form(
        project_id,
        xform.form_id,
        name=name,
        fields=fields,
        known=known_columns(connection, project_id, xform.form_id),
    )
    mine = (form.c.project_id == project_id, form.c.form_id == xform.form_id)
    connection.execute(delete(form).where(*mine))
    connection.execute(
        form.insert().values(
            project_id=project_id,
            form_id=xform.form_id,
            title=xform.title,
            version=xform.version,
            table_name=name,
            xform=xml,
            fields=json.dumps(list(fields)),
            definition_hash=definition_hash,
            seen_at=now,
        )
    )
    for table in shape.tables:
        create_or_widen(connection, sql_table(table))
    _remember_questions(connection, shape, xform, fields, notes or {})
    _remember_labels(connection, shape, xform)
    _remember_choices(connection, shape, xform)
    return shape


def _own_name(connection: Connection, project_id: int, form_id: str) -> str:
    rows = connection.execute(select(form.c.project_id, form.c.form_id, form.c.table_name)).all()
    for project, known_form, name in rows:
        if (project, known_form) == (project_id, form_id):
            return str(name)
    return table_name(form_id, {row.table_name for row in rows}, project_id)


def create_or_widen(connection: Connection, table: Table) -> None:
    """Make the table, or add the columns it lacks; nothing is ever dropped or renamed."""
    schema = table.info["schema"] if connection.dialect.name == "postgresql" else None
    inspector = inspect(connection)
    if not inspector.has_table(table.name, schema=schema):
        table.schema = schema
        table.create(connection)
        return
    there = {str(c["name"]) for c in inspector.get_columns(table.name, schema=schema)}
    for column in table.columns:
        if column.name not in there:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            target = connection.dialect.identifier_preparer.quote(table.name)
            connection.exec_driver_sql(f"alter table {target} add column {definition}")


def _remember_questions(
    connection: Connection,
    shape: FormShape,
    xform: XForm,
    fields: Sequence[Mapping[str, Any]],
    notes: Mapping[str, QuestionNote],
) -> None:
    mine = (question.c.project_id == shape.project_id, question.c.form_id == shape.form_id)
    connection.execute(update(question).where(*mine).values(current=False))
    lists = {f.path: f.choices for f in xform.fields}
    order = {str(f["path"]): position for position, f in enumerate(fields)}
    for table in shape.tables:
        for found in table.questions:
            key = (
                *mine,
                question.c.table_name == table.name,
                question.c.column_name == found.column,
            )
            connection.execute(delete(question).where(*key))
            connection.execute(
                question.insert().values(
                    project_id=shape.project_id,
                    form_id=shape.form_id,
                    table_name=table.name,
                    column_name=found.column,
                    path=found.path,
                    type=found.kind,
                    select_multiple=found.select_multiple,
                    list_name=lists.get(found.path),
                    position=order[found.path],
                    current=True,
                    sensitivity=note.sensitivity if (note := notes.get(found.path)) else None,
                    purpose=note.purpose if note else None,
                )
            )


def _remember_labels(connection: Connection, shape: FormShape, xform: XForm) -> None:
    mine = (
        question_label.c.project_id == shape.project_id,
        question_label.c.form_id == shape.form_id,
    )
    connection.execute(delete(question_label).where(*mine))
    rows = [
        {
            "project_id": shape.project_id,
            "form_id": shape.form_id,
            "path": f.path,
            "language": language,
            "label": f.labels.get(language),
            "hint": f.hints.get(language),
        }
        for f in xform.fields
        for language in {**f.labels, **f.hints}
    ]
    if rows:
        connection.execute(question_label.insert(), rows)


def _remember_choices(connection: Connection, shape: FormShape, xform: XForm) -> None:
    """Choices with their labels; one dropped by a new version stays, marked not current."""
    mine = (choice.c.project_id == shape.project_id, choice.c.form_id == shape.form_id)
    connection.execute(update(choice).where(*mine).values(current=False))
    for list_name, choices in xform.lists.items():
        connection.execute(
            delete(choice).where(
                *mine,
                choice.c.list_name == list_name,
                choice.c.value.in_([c.value for c in choices]),
            )
        )
        unique = {c.value: (position, c) for position, c in enumerate(choices)}
        rows = [
            {
                "project_id": shape.project_id,
                "form_id": shape.form_id,
                "list_name": list_name,
                "value": value,
                "position": position,
                "label_fr": _in_language(c.labels, "fr"),
                "label_en": _in_language(c.labels, "en"),
                "current": True,
            }
            for value, (position, c) in unique.items()
        ]
        if rows:
            connection.execute(choice.insert(), rows)


def _in_language(labels: Mapping[str, str], code: str) -> str | None:
    """The text whose language is named `… (fr)`; a form without languages has one for all."""
    for language, text in labels.items():
        if f"({code})" in language or language in (code, "default", ""):
            return text
    return None
