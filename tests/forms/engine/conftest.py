"""A small form with everything the engine bench must handle."""

from collections.abc import Callable

import pytest

from forms.engine import LoadedForm, load

_FR, _EN = "Français (fr)", "English (en)"


def _texts(fr: str, en: str, column: str = "label") -> dict[str, str]:
    return {f"{column}::{_FR}": fr, f"{column}::{_EN}": en}


SURVEY: list[dict[str, str]] = [
    {"type": "start", "name": "start"},
    {"type": "end", "name": "end"},
    {"type": "today", "name": "today"},
    {"type": "deviceid", "name": "device"},
    {"type": "username", "name": "username"},
    {"type": "audit", "name": "audit"},
    {"type": "start-geopoint", "name": "where"},
    {"type": "select_one_from_file towns.csv", "name": "town", "required": "yes"}
    | _texts("Ville", "Town")
    | _texts("Choisir.", "Choose.", "required_message"),
    {
        "type": "select_one_from_file streets.csv",
        "name": "street",
        "choice_filter": "town=${town}",
    }
    | _texts("Rue", "Street"),
    {
        "type": "calculate",
        "name": "code",
        "calculation": "once(concat('R-', substr(uuid(), 0, 8)))",
    },
    {
        "type": "calculate",
        "name": "district",
        "calculation": "pulldata('towns', 'district', 'name', ${town})",
    },
    {
        "type": "calculate",
        "name": "year",
        "calculation": "number(format-date(today(), '%Y'))",
    },
    {"type": "note", "name": "said"} | _texts("today() : ${code}", "today(): ${code}"),
    {"type": "integer", "name": "age", "constraint": ". >= 18"}
    | _texts("Âge", "Age")
    | _texts("Adulte.", "Adult.", "constraint_message"),
    {
        "type": "select_multiple need",
        "name": "needs",
        "constraint": "count-selected(.) <= 2",
        "relevant": "${age} >= 18",
    }
    | _texts("Besoins", "Needs")
    | _texts("Deux.", "Two.", "constraint_message"),
    {"type": "begin_repeat", "name": "child"} | _texts("Enfant", "Child"),
    {"type": "text", "name": "name"} | _texts("Nom", "Name"),
    {"type": "end_repeat", "name": "child"},
    {"type": "date", "name": "day", "constraint": ". <= today()"}
    | _texts("Jour", "Day")
    | _texts("Passé.", "Past.", "constraint_message"),
    {"type": "image", "name": "photo", "parameters": "max-pixels=1024"} | _texts("Photo", "Photo"),
]
CHOICES = [
    {"list_name": "need", "name": "health"} | _texts("Santé", "Health"),
    {"list_name": "need", "name": "papers"} | _texts("Papiers", "Papers"),
    {"list_name": "need", "name": "work"} | _texts("Travail", "Work"),
]
SETTINGS = [{"form_id": "bench", "version": "7", "default_language": _FR}]
MEDIA = {
    "towns.csv": b"name,label,district\nkayes,Kayes,west\nkita,Kita,east\n",
    "streets.csv": "name,label,town\nmarket,Marché,kayes\nriver,Fleuve,kita\n".encode(),
}


@pytest.fixture(scope="session")
def bench_xform() -> str:
    from pyxform.xls2xform import convert

    sheets = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
    headers = {
        f"{name}_header": [dict.fromkeys(column for row in rows for column in row)]
        for name, rows in sheets.items()
    }
    return str(convert({**sheets, **headers}, form_name="data").xform)


@pytest.fixture(scope="session")
def bench(bench_xform: str) -> LoadedForm:
    return load(bench_xform, MEDIA)


@pytest.fixture
def convert_form() -> Callable[[str], str]:
    """Makes an XForm from the survey sheet of a small form written as Markdown."""
    from pyxform.xls2xform import convert

    return lambda survey: str(convert(survey, form_name="data").xform)
