"""What is recorded of one person, in words: the answer to a request for access."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from pipelines.protection.footprint import Footprint, Of
from pipelines.protection.relations import reflected, some
from warehouse.tables import choice, form, question, question_label, submission


@dataclass(frozen=True, slots=True)
class Sheet:
    """One submission: form, when it came, and the answers with their questions."""

    form_id: str
    title: str
    instance_id: str
    sent_at: str
    answers: list[tuple[str, str]]


def record(connection: Connection, found: Footprint, *, language: str) -> list[Sheet]:
    """All submissions of the person, oldest first; of lists of several people the person's line only."""
    sheets = [_sheet(connection, key, found.cards, language) for key in found.own | found.shared]
    return sorted((s for s in sheets if s is not None), key=lambda s: (s.sent_at, s.instance_id))


def _sheet(connection: Connection, key: Of, cards: set[str], language: str) -> Sheet | None:
    project_id, form_id, instance_id = key
    f, s = form.c, submission.c
    known = connection.execute(
        select(f.title, f.table_name).where(f.project_id == project_id, f.form_id == form_id)
    ).first()
    if known is None:
        return None
    sent = connection.scalar(
        select(s.submitted_at).where(
            s.project_id == project_id, s.form_id == form_id, s.instance_id == instance_id
        )
    )
    answers: list[tuple[str, str]] = []
    for table_name in _tables(connection, project_id, form_id):
        there = reflected(connection, table_name)
        mine = select(there).where(there.c.instance_id == instance_id)
        for row in connection.execute(mine).mappings():
            card = row.get("card_code")
            if table_name == known.table_name or (card in cards if card else False):
                answers += _answers(connection, key, table_name, row, language)
    return Sheet(form_id, str(known.title), instance_id, str(sent or ""), answers)


def _tables(connection: Connection, project_id: int, form_id: str) -> list[str]:
    q = question.c
    names = select(q.table_name).where(q.project_id == project_id, q.form_id == form_id)
    return sorted(set(connection.scalars(names)))


def _answers(
    connection: Connection, key: Of, table_name: str, row: RowMapping, language: str
) -> list[tuple[str, str]]:
    q, label = question.c, question_label.c
    mine = (q.project_id == key[0], q.form_id == key[1], q.table_name == table_name)
    same = (
        (label.project_id == q.project_id) & (label.form_id == q.form_id) & (label.path == q.path)
    )
    spoken = label.language.contains(f"({language})")
    query = (
        select(q.column_name, q.list_name, label.label)
        .outerjoin(question_label, same & spoken)
        .where(*mine)
        .order_by(q.position)
    )
    found = []
    for column_name, list_name, text in connection.execute(query):
        value = row.get(column_name)
        if value is not None and text:
            found.append((str(text), _shown(connection, key, list_name, str(value), language)))
    return found


def _shown(
    connection: Connection, key: Of, list_name: str | None, value: str, language: str
) -> str:
    if list_name is None:
        return value
    c = choice.c
    label = c.label_en if language == "en" else c.label_fr
    labels: dict[str, str] = {}
    for values in some(set(value.split())):
        rows = connection.execute(
            select(c.value, label).where(
                c.project_id == key[0], c.form_id == key[1], c.list_name == list_name,
                c.value.in_(values),
            )
        )  # fmt: skip
        labels |= {str(v): str(words) for v, words in rows if words}
    return ", ".join(labels.get(part, part) for part in value.split())
