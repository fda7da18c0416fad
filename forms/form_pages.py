"""Writes the page that tells people what each form asks, of whom, and why."""

import re
from collections.abc import Iterator, Mapping

from forms.compiler import CompiledForm
from forms.source import OWN_LANGUAGES

_CLASSES = {"P": "public", "I": "interne", "C": "confidentiel", "R": "restreint"}
_SILENT = {"start", "end", "today", "audit", "calculate", "csv-external", "hidden"}
_KINDS = {
    "text": "texte", "integer": "nombre", "date": "date", "note": "à lire", "barcode": "code scanné",
    "geopoint": "position", "image": "photo", "select_one": "un choix", "select_multiple": "plusieurs choix",
    "select_one_from_file": "un choix dans une liste", "select_multiple_from_file": "plusieurs choix",
}  # fmt: skip
_LABEL = f"label::{OWN_LANGUAGES['fr']}"

HEAD = """# Les formulaires

Cette page est tirée des sources (`forms/definitions`) ; ne la modifiez pas à la main. Pour chaque \
question : ce qui est demandé, quand, et l’indicateur ou le devoir qui en a besoin. Une question sans \
raison n’est pas posée.

Classe : **P** publique, **I** interne, **C** confidentielle (deux responsables), **R** restreinte \
(donnée sensible). ● = réponse obligatoire.
"""


def forms_page(forms: list[CompiledForm]) -> str:
    """The whole page in Markdown, the same for the same forms."""
    return "\n".join([HEAD, *(line for form in forms for line in _form(form))]) + "\n"


def _form(form: CompiledForm) -> Iterator[str]:
    notes = {note.path: note for note in form.notes}
    shown = [row for row in _placed(form) if row[1]["type"].split(" ")[0] not in _SILENT]
    asked = [path for path, row in shown if path in notes and row["type"] != "note"]
    yield f"## {form.title.split(' / ')[0]}"
    yield ""
    yield f"`{form.form_id}`, version {form.version} : {len(asked)} questions. {_sensitivity(form, asked)}"
    yield ""
    yield "| question | réponse | quand | classe | pourquoi |"
    yield "|---|---|---|---|---|"
    for path, row in shown:
        if path in notes:
            note = notes[path]
            cells = [_text(row), _kind(row), _when(row), note.sensitivity, _cell(note.purpose)]
        else:
            cells = [f"**{_text(row)}**", "", _when(row), "", ""]
        yield f"| {' | '.join(cells)} |"
    yield ""
    hidden = [row["name"] for _, row in _placed(form) if row["type"].split(" ")[0] in _SILENT]
    if hidden:
        yield f"Rempli par le téléphone, sans question : {', '.join(f'`{name}`' for name in hidden)}."
        yield ""


def _placed(form: CompiledForm) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every row but ends, with its path."""
    inside: list[str] = []
    for row in form.sheets["survey"]:
        if row["type"].startswith("end_"):
            inside.pop()
            continue
        yield "/".join(["", *inside, row["name"]]), row
        if row["type"].startswith("begin_"):
            inside.append(row["name"])


def _sensitivity(form: CompiledForm, asked: list[str]) -> str:
    counts = dict.fromkeys(_CLASSES, 0)
    for note in form.notes:
        if note.path in asked:
            counts[note.sensitivity] += 1
    parts = [f"{count} {_CLASSES[code]}" for code, count in counts.items() if count]
    return "Classes : " + ", ".join(parts) + "."


def _text(row: Mapping[str, str]) -> str:
    mark = " ●" if row.get("required") else ""
    return _cell(row.get(_LABEL, "")) + mark


def _kind(row: Mapping[str, str]) -> str:
    kind, _, name = row["type"].partition(" ")
    words = _KINDS.get(kind, kind)
    return f"{words} (`{name.removesuffix('.csv')}`)" if name else words


def _when(row: Mapping[str, str]) -> str:
    condition = re.sub(r"\$\{([^}]+)\}", r"\1", row.get("relevant", ""))
    return f"`{_cell(condition)}`" if condition else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
