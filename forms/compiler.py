"""Compiles a form's YAML source to the XLSForm sheets that pyxform takes, and to the XForm phones run.

Any warning of pyxform fails the build: what it warns of surprises someone in the field.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from forms.errors import FormError
from forms.fingerprint import PLACEHOLDERS
from forms.source import CELLS, OWN_LANGUAGES, TEXTS, Definition, Line, read_definition, read_yaml

DEFINITIONS = Path(__file__).parent / "definitions"
REFERENCE = Path(__file__).parent / "reference"

_REQUIRED = {
    "fr": "Cette réponse est obligatoire.",
    "en": "This answer is required.",
}
_SHARED = {"choices"}
"""YAML files in the definitions folder that are no forms."""

Sheet = list[dict[str, str]]

_ARRIVAL = "rattachement et contrôle de l’envoi"


@dataclass(frozen=True, slots=True)
class QuestionNote:
    """What protection needs to know of a question: its class and the purpose it serves."""

    path: str
    sensitivity: str
    purpose: str


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A form ready for phones and for people. `media` are the files it must carry, by name."""

    form_id: str
    version: str
    title: str
    xform: str
    sheets: Mapping[str, Sheet]
    media: Mapping[str, bytes]
    notes: tuple[QuestionNote, ...]
    source: Path


_META_NOTES = (
    QuestionNote("/meta/instanceID", "I", _ARRIVAL),
    QuestionNote("/meta/instanceName", "I", _ARRIVAL),
    QuestionNote("/meta/audit", "I", "contrôle qualité : temps par question, sans position"),
    QuestionNote("/meta/entity/label", "C", "code de carte, pour l’avertissement de doublon"),
)
"""What every form carries beside its questions."""


def form_ids(definitions: Path = DEFINITIONS) -> tuple[str, ...]:
    """The forms there are sources of, in the order of their names."""
    return tuple(sorted(f.stem for f in definitions.glob("*.yaml") if f.stem not in _SHARED))


def question_notes(form_id: str, definitions: Path = DEFINITIONS) -> dict[str, QuestionNote]:
    """Class and purpose of each question by its path; empty for a form there is no source of."""
    file = definitions / f"{form_id}.yaml"
    if form_id in _SHARED or not file.exists():
        return {}
    return {note.path: note for note in (*_META_NOTES, *_notes(read_definition(file)))}


def _notes(definition: Definition) -> tuple[QuestionNote, ...]:
    return tuple(
        QuestionNote(line.path, str(line.keys["class"]), str(line.keys["why"]))
        for line in definition.all_lines()
        if line.inner is None
    )


def compile_form(
    form_id: str,
    *,
    definitions: Path = DEFINITIONS,
    reference: Path = REFERENCE,
    modules: tuple[str, ...] = (),
    salt: str = "demo",
) -> CompiledForm:
    """Compile one form; FormError naming file, line and question when it cannot be.

    `salt` is the deployment's secret for fingerprints of phones and names (`@SALT@` in a source).
    """
    file = definitions / f"{form_id}.yaml"
    if not file.exists():
        known = ", ".join(form_ids(definitions))
        raise FormError(
            f"le formulaire « {form_id} » n'a pas de source. Formulaires : {known}.",
            f"the form '{form_id}' has no source. Forms: {known}.",
        )
    definition = read_definition(file, modules=modules)
    sheets = _completed(_sheets(definition, definitions, reference), salt)
    return CompiledForm(
        form_id=definition.form_id,
        version=definition.version,
        title=" / ".join(dict.fromkeys(definition.title[code] for code in OWN_LANGUAGES)),
        xform=_convert(definition, sheets),
        sheets=sheets,
        media=_media(definition, reference),
        notes=_notes(definition),
        source=file,
    )


def _sheets(definition: Definition, definitions: Path, reference: Path) -> dict[str, Sheet]:
    survey = [row for line in definition.lines for row in _rows(line, definition.languages)]
    settings = {
        "form_title": " / ".join(dict.fromkeys(definition.title[code] for code in OWN_LANGUAGES)),
        "form_id": definition.form_id,
        "version": definition.version,
        "default_language": OWN_LANGUAGES["fr"],
    }
    if definition.instance_name:
        settings["instance_name"] = definition.instance_name
    return {
        "survey": survey,
        "choices": list(_choices(definition, definitions, reference)),
        "settings": [settings],
        "entities": [dict(entity) for entity in definition.entities],
    }


def _completed(sheets: Mapping[str, Sheet], salt: str) -> dict[str, Sheet]:
    """The salt stands inside a quoted XPath text, where only plain signs mean themselves."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{4,128}", salt):
        raise FormError(
            "le sel des empreintes a de 4 à 128 signes : lettres sans accent, chiffres, « - » ou « _ » ; "
            "corrigez « fingerprint_salt ».",
            "the salt of fingerprints has 4 to 128 characters: plain letters, digits, '-' or '_'; "
            "correct 'fingerprint_salt'.",
        )
    values = {"@SALT@": salt, **PLACEHOLDERS}
    return {
        name: [{key: _filled(cell, values) for key, cell in row.items()} for row in rows]
        for name, rows in sheets.items()
    }


def _filled(cell: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        cell = cell.replace(placeholder, value)
    return cell


def _rows(line: Line, languages: Mapping[str, str]) -> Iterator[dict[str, str]]:
    kind = f"begin_{line.kind}" if line.inner is not None else line.kind
    row = {"type": kind, "name": line.name}
    keys = dict(line.keys)
    if keys.get("required"):
        row["required"] = "yes"
        keys.setdefault("required_message", _REQUIRED)
    if keys.get("read_only"):
        row["readonly"] = "yes"
    for key in TEXTS:
        column = "media::audio" if key == "audio" else key
        for code, name in languages.items():
            text = _text(keys.get(key) or {}, code, fall_back=key != "audio")
            if text:
                row[f"{column}::{name}"] = text
    row |= {column: str(keys[key]) for key, column in CELLS.items() if key in keys}
    yield row
    if line.inner is not None:
        for inner in line.inner:
            yield from _rows(inner, languages)
        yield {"type": f"end_{line.kind}", "name": line.name}


def _text(texts: Mapping[str, Any], code: str, *, fall_back: bool = True) -> str:
    """The text in a language; French where an added language has none yet: phones show no other."""
    return str(texts.get(code) or (texts.get("fr") if fall_back else None) or "")


def _choices(
    definition: Definition, definitions: Path, reference: Path
) -> Iterator[dict[str, str]]:
    shared, done = read_yaml(definitions / "choices.yaml"), set[str]()
    for line in definition.all_lines():
        kind, _, name = line.kind.partition(" ")
        if kind not in ("select_one", "select_multiple", "rank") or name in done:
            continue
        done.add(name)
        answers = shared[name] if name in shared else _reference_list(line, name, reference)
        for code, texts in answers.items():
            missing = [c for c in OWN_LANGUAGES if not texts.get(c)]
            if missing:
                raise line.wrong(
                    f"la réponse « {code} » de la liste « {name} » n'a pas de texte en {missing[0]}.",
                    f"the answer '{code}' of the list '{name}' has no text in {missing[0]}.",
                )
            labels = {f"label::{n}": _text(texts, c) for c, n in definition.languages.items()}
            yield {"list_name": name, "name": str(code), **labels}


def _reference_list(line: Line, name: str, reference: Path) -> Mapping[str, Mapping[str, str]]:
    """A reference file with labels in both languages becomes choices inside the form.

    A select from an external file shows one label column whatever the language, so only lists
    whose names are the same in all languages (places, codes) travel as files.
    """
    file = reference / f"{name}.csv"
    if not file.exists():
        raise line.wrong(
            f"la liste « {name} » n'existe ni dans choices.yaml ni dans reference/.",
            f"the list '{name}' is neither in choices.yaml nor in reference/.",
        )
    rows = read_reference(file)
    return {row["name"]: {"fr": row["label_fr"], "en": row["label_en"]} for row in rows}


def read_reference(file: Path) -> list[dict[str, str]]:
    """A reference file as rows by column."""
    return list(csv.DictReader(StringIO(file.read_text(encoding="utf-8-sig"))))


def _media(definition: Definition, reference: Path) -> dict[str, bytes]:
    found = {}
    for line in definition.all_lines():
        for name in _files_of(line, definition.languages):
            if not (reference / name).exists():
                raise line.wrong(
                    f"le fichier {name} manque dans reference/.",
                    f"the file {name} is missing in reference/.",
                )
            found[name] = (reference / name).read_bytes()
    return found


def _files_of(line: Line, languages: Mapping[str, str]) -> Iterator[str]:
    """The list a question chooses from, and its recordings."""
    kind, _, name = line.kind.partition(" ")
    if kind.endswith("_from_file"):
        yield name
    recordings = line.keys.get("audio") or {}
    yield from (recordings[code] for code in languages if code in recordings)


def _convert(definition: Definition, sheets: Mapping[str, Sheet]) -> str:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    book: dict[str, Any] = {name: rows for name, rows in sheets.items() if rows}
    names = tuple(definition.languages.values())
    book |= {f"{name}_header": [_header(rows, names)] for name, rows in sheets.items() if rows}
    book["sheet_names"] = list(sheets)
    warnings: list[str] = []
    try:
        result = convert(book, form_name="data", warnings=warnings)
    except PyXFormError as error:
        raise _pyxform_error(definition, str(error)) from error
    if warnings:
        raise _pyxform_error(definition, " ".join(warnings))
    return str(result.xform)


def _header(rows: Sheet, languages: tuple[str, ...]) -> dict[str, None]:
    """Every column there is; a recording in one language only asks for no warning about others."""
    columns = dict.fromkeys(column for row in rows for column in row)
    if any(column.startswith("media::audio::") for column in columns):
        columns |= dict.fromkeys(f"media::audio::{name}" for name in languages)
    return columns


def _pyxform_error(definition: Definition, text: str) -> FormError:
    """pyxform names the question or the row of the survey; lead to its line in the source."""
    sentence = " ".join(text.split())
    quoted = [line for line in definition.all_lines() if f"'{line.name}'" in sentence]
    quoted += [line for line in definition.all_lines() if f"'{line.kind}'" in sentence]
    quoted += [line for line in definition.all_lines() if f"${{{line.name}}}" in sentence]
    row = _row_line(definition, sentence)
    fr, en = f"pyxform refuse : {sentence}", f"pyxform refuses: {sentence}"
    if row or quoted:
        return (row or quoted[0]).wrong(fr, en)
    return FormError(fr, en, file=definition.file)


def _row_line(definition: Definition, sentence: str) -> Line | None:
    match = re.search(r"\[row : (\d+)\]|On row (\d+)|row (\d+)", sentence)
    if match is None:
        return None
    wanted = int(next(group for group in match.groups() if group)) - 2
    survey = [row for line in definition.lines for row in _survey_lines(line)]
    return survey[wanted] if 0 <= wanted < len(survey) else None


def _survey_lines(line: Line) -> list[Line]:
    """The lines behind the survey rows of `_rows`, one for one."""
    if line.inner is None:
        return [line]
    return [line, *(row for inner in line.inner for row in _survey_lines(inner)), line]
