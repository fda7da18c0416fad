"""Words of the registration form for its columns and codes, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from pipelines.identity.registrations import FORM
from warehouse.tables import choice, question, question_label

Texts = tuple[str, str]
"""French and English."""

_SHORT: dict[str, Texts] = {
    "last_name": ("Nom", "Last name"),
    "first_names": ("Prénoms", "First names"),
    "birth_year": ("Année de naissance", "Year of birth"),
    "nationality": ("Nationalité", "Nationality"),
    "phone": ("Téléphone", "Phone"),
    "phone_shared": ("Téléphone partagé", "Phone is shared"),
    "card_code": ("Carte CIOM", "CIOM card"),
    "language": ("Langue", "Language"),
    "arrival_year": ("Année d'arrivée", "Year of arrival"),
    "mobility": ("Situation ici", "Situation here"),
    "stay_pattern": ("Durée du séjour", "Length of stay"),
    "education": ("Études", "Education"),
    "work_status": ("Situation de travail", "Work status"),
    "occupation": ("Métier", "Occupation"),
    "occupation_other": ("Autre métier", "Other occupation"),
    "sector": ("Secteur", "Sector"),
    "site": ("Site", "Site"),
    "today": ("Jour de l'entretien", "Day of the interview"),
    "focal_point": ("Point focal", "Focal point"),
    "seen_before": ("Dit être déjà enregistré", "Says to be registered"),
}
"""Questions are asked in whole sentences; beside an answer a word is read faster."""

_REFERENCES = {"cercle": "ref_cercles", "commune": "ref_communes", "site": "ref_sites"}


@dataclass(frozen=True, slots=True)
class Wording:
    """Labels of questions and of their choices."""

    questions: Mapping[str, Texts]
    choices: Mapping[tuple[str, str], Texts]
    """Column and code → label."""

    def question(self, column: str) -> Texts:
        """A word for the question, its label, or the column's name where there is none."""
        return _SHORT.get(column) or self.questions.get(column, (column, column))

    def value(self, column: str, value: Any) -> Texts:
        """An answer as people read it; several choices are joined."""
        if value is None or value == "":
            return ("", "")
        if isinstance(value, bool):
            return ("oui", "yes") if value else ("non", "no")
        known = self.choices.get((column, str(value)))
        if known is not None:
            return known
        words = str(value).split()
        labels = [self.choices.get((column, word)) for word in words]
        if words and all(labels):
            parts = [label for label in labels if label is not None]
            return ", ".join(fr for fr, _ in parts), ", ".join(en for _, en in parts)
        return (str(value), str(value))


def wording(connection: Connection) -> Wording:
    """Read them; a few hundred short texts."""
    q, lb = question.c, question_label.c
    rows = connection.execute(
        select(q.column_name, lb.language, lb.label)
        .join(question_label, (q.path == lb.path) & (q.form_id == lb.form_id) & (q.project_id == lb.project_id))
        .where(q.form_id == FORM)
    )  # fmt: skip
    questions: dict[str, Texts] = {}
    for column, language, label in rows:
        fr, en = questions.get(column, ("", ""))
        questions[column] = (fr, label or en) if "(en)" in language else (label or fr, en)
    return Wording(questions, {**_choices(connection), **_places(connection)})


def _choices(connection: Connection) -> dict[tuple[str, str], Texts]:
    q, c = question.c, choice.c
    rows = connection.execute(
        select(q.column_name, c.value, c.label_fr, c.label_en)
        .join(choice, (q.list_name == c.list_name) & (q.form_id == c.form_id) & (q.project_id == c.project_id))
        .where(q.form_id == FORM)
    )  # fmt: skip
    return {(row[0], row[1]): (row[2] or row[1], row[3] or row[2] or row[1]) for row in rows}


def _places(connection: Connection) -> dict[tuple[str, str], Texts]:
    found: dict[tuple[str, str], Texts] = {}
    for column, table in _REFERENCES.items():
        for name, label in connection.execute(text(f"select name, label from {table}")):
            found[column, name] = (label, label)
    return found
