"""Takes texts that reviewers corrected in Excel back into the YAML sources; texts and nothing else.

Questions, rules, codes and order stay as they are in the sources: what else differs in the workbook
is listed for a person to decide.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from forms.errors import FormError
from forms.language import say
from forms.review_sheets import Place, Sheets, by_place, read_review
from forms.text_places import TextPlaces, text_places
from forms.yaml_edit import KeyPath, Value, edit_yaml, load_yaml

_TEXT_COLUMN = re.compile(
    r"(?P<key>label|hint|guidance_hint|constraint_message|required_message|(?:media::)?audio)"
    r"::(?P<language>.+\((?P<code>[a-z]{2,3}(?:-[A-Za-z0-9]+)?)\))"
)
"""`label::Bamanankan (bm)`: what a reviewer may change, and in which language."""

_OWN_LANGUAGES = ("fr", "en")
"""Every definition has these."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that goes from the workbook into a source."""

    place: Place
    key: str
    language: str
    """As in the column: `Bamanankan (bm)`."""
    code: str
    before: str
    after: str
    file: Path

    def __str__(self) -> str:
        return (
            f"{self.file.name} : {self.place} {self.key} [{self.language}] : "
            f"« {self.before} » → « {self.after} »"
        )


@dataclass(frozen=True, slots=True)
class Left:
    """A difference that was left for a person."""

    place: Place
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.column:
            kind = (
                ("ligne ajoutée", "row added") if self.after else ("ligne retirée", "row removed")
            )
            return f"{say(*kind)} : {self.place}"
        return f"{self.place} {self.column} : « {self.before} » → « {self.after} »"


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What came back from a review."""

    applied: tuple[TextChange, ...]
    left: tuple[Left, ...]


def import_labels(
    workbook: Path, definitions: Path, *, compiled: Sheets, dry_run: bool = False
) -> LabelImport:
    """Take the texts of a reviewed workbook into the definition it was exported from.

    `compiled` are the sheets of the form as its definition says it now. A text in a shared block or
    choice list changes for all forms that use it.
    """
    reviewed = read_review(workbook)
    places = text_places(reviewed_form(workbook, sheets=reviewed), definitions)
    found = _compare(reviewed, compiled, places)
    if not dry_run:
        for file, text in _edited(found.applied, places).items():
            write_whole(file, text)
    return found


def reviewed_form(workbook: Path, *, sheets: Sheets | None = None) -> str:
    """Which form a workbook is about (`form_id` of its sheet `settings`)."""
    settings = (read_review(workbook) if sheets is None else sheets).get("settings", ())
    form_id = next((row.get("form_id", "") for row in settings), "")
    if not form_id:
        raise FormError(
            "la feuille « settings » ne dit pas de quel formulaire il s’agit (form_id) ; partez "
            "d’un classeur fait par « kafo forms export ».",
            "the sheet 'settings' does not say which form this is (form_id); start from a workbook "
            "made by `kafo forms export`.",
            file=workbook,
        )
    return form_id


def raise_version(definition: Path, version: str) -> None:
    """Write this version into a definition, for a publication that asked for it."""
    text = definition.read_text(encoding="utf-8")
    path = ("settings", "version") if "settings" in load_yaml(text) else ("version",)
    write_whole(definition, edit_yaml(text, {path: version}))


def write_whole(file: Path, text: str) -> None:
    """Replace a source at once: a crash leaves the old text or the new one."""
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(text, encoding="utf-8", newline="")
    draft.chmod(file.stat().st_mode)
    draft.replace(file)


# -- comparing


def _compare(reviewed: Sheets, compiled: Sheets, places: TextPlaces) -> LabelImport:
    new, old = by_place(reviewed), by_place(compiled)
    applied: list[TextChange] = []
    left = [Left(place, "", "-", "") for place in old if place not in new]
    left += [Left(place, "", "", "+") for place in new if place not in old]
    if [place for place in old if place in new] != [place for place in new if place in old]:
        left.append(Left(Place("survey", ""), say("ordre des lignes", "order of rows"), "…", "…"))
    for place, column, before, after in _differing_cells(old, new):
        change = _text_change(place, column, before, after, places)
        if change is None:
            left.append(Left(place, column, before, after))
        else:
            applied.append(change)
    return LabelImport(tuple(applied), tuple(left))


def _differing_cells(
    old: Mapping[Place, Mapping[str, str]], new: Mapping[Place, Mapping[str, str]]
) -> Iterator[tuple[Place, str, str, str]]:
    for place in (place for place in old if place in new):
        for column in dict.fromkeys((*old[place], *new[place])):
            before, after = old[place].get(column, "").strip(), new[place].get(column, "")
            if before != after:
                yield place, column, before, after


def _text_change(
    place: Place, column: str, before: str, after: str, places: TextPlaces
) -> TextChange | None:
    """The change, if it is one of words: in a text column, not emptied, with a place of its own."""
    match, source = _TEXT_COLUMN.fullmatch(column), places.rows.get(place)
    if match is None or source is None or not after:
        return None
    key, code = match["key"].removeprefix("media::"), match["code"]
    if before and key in ("constraint_message", "required_message") and key not in source.content:
        return None  # a text common to many questions, not this question's own
    return TextChange(place, key, match["language"], code, before, after, source.file)


# -- editing


def _edited(changes: Iterable[TextChange], places: TextPlaces) -> dict[Path, str]:
    """File -> its new text."""
    wanted: dict[Path, dict[KeyPath, Value]] = {}
    for change in changes:
        source = places.rows[change.place]
        path, into = source.texts(change.key), wanted.setdefault(source.file, {})
        if len(path) == len(source.path) or change.key in source.content:
            into[(*path, change.code)] = change.after
        else:
            texts = into.setdefault(path, {})
            assert isinstance(texts, dict)
            texts[change.code] = change.after
    added = _new_languages(changes, places)
    if added:
        into = wanted.setdefault(places.definition, {})
        if places.languages:
            into |= {("languages", code): name for code, name in added.items()}
        else:
            into[("languages",)] = added
    return {
        file: edit_yaml(file.read_text(encoding="utf-8"), edits) for file, edits in wanted.items()
    }


def _new_languages(changes: Iterable[TextChange], places: TextPlaces) -> dict[str, str]:
    """Code -> name of the languages that the definition does not know yet."""
    known = {*_OWN_LANGUAGES, *places.languages}
    return {change.code: change.language for change in changes if change.code not in known}
