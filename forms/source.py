"""Reads a form's YAML source: questions in order, blocks put in, every text in every language.

YAML 1.2, so that yes and no stay words. A mistake is refused with its file, line and question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from forms.errors import FormError

OWN_LANGUAGES = {"fr": "Français (fr)", "en": "English (en)"}
"""What every text has; a definition's `languages` adds others."""

TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message", "audio")
CELLS = {
    "appearance": "appearance",
    "calculation": "calculation",
    "choice_filter": "choice_filter",
    "constraint": "constraint",
    "default": "default",
    "parameters": "parameters",
    "relevant": "relevant",
    "repeat_count": "repeat_count",
    "save_to": "save_to",
    "trigger": "trigger",
}
"""Keys that go into the XLSForm column of the same name as they are."""

_KEYS = {"q", "required", "read_only", "class", "why", "questions", *TEXTS, *CELLS}
_FORM_KEYS = {
    "form_id", "title", "version", "languages", "instance_name", "questions", "entities", "modules",
}  # fmt: skip
_INCLUDE_KEYS = {"include", "module"}
_CLASSES = {"P", "I", "C", "R"}
_SILENT = {"start", "end", "today", "audit", "calculate", "csv-external", "hidden"}
"""Types that show nothing, so need no label."""


@dataclass(frozen=True, slots=True)
class Line:
    """A question, or a group or repeat around others, where it stands in the sources."""

    file: Path
    number: int
    kind: str
    name: str
    path: str
    keys: Mapping[str, Any]
    inner: "tuple[Line, ...] | None" = None

    def wrong(self, fr: str, en: str) -> FormError:
        """An error that leads here."""
        return FormError(fr, en, file=self.file, line=self.number, question=self.name)


@dataclass(frozen=True, slots=True)
class Definition:
    """A form's source, checked."""

    file: Path
    form_id: str
    title: Mapping[str, str]
    version: str
    languages: Mapping[str, str]
    instance_name: str | None
    lines: tuple[Line, ...]
    entities: tuple[Mapping[str, str], ...]

    def all_lines(self) -> Iterator[Line]:
        """Every line, groups before what is in them."""
        yield from _walk(self.lines)


def read_definition(file: Path, *, modules: tuple[str, ...] = ()) -> Definition:
    """Read a source and the blocks it includes; optional `modules` are included where named."""
    tree = read_yaml(file) or CommentedMap()
    _check_head(file, tree)
    languages = {**OWN_LANGUAGES, **(tree.get("languages") or {})}
    lines = tuple(_lines(file, tree["questions"], "", modules))
    definition = Definition(
        file,
        str(tree["form_id"]),
        dict(tree["title"]),
        str(tree["version"]),
        languages,
        tree.get("instance_name"),
        lines,
        tuple(dict(entity) for entity in tree.get("entities") or ()),
    )
    _check(definition)
    return definition


def _check_head(file: Path, tree: CommentedMap) -> None:
    _refuse_unknown(file, tree, _FORM_KEYS)
    for key in ("form_id", "title", "version", "questions"):
        if not tree.get(key):
            raise FormError(f"la clé « {key} » manque.", f"the key '{key}' is missing.", file=file)
    if not isinstance(tree["title"], dict) or not all(tree["title"].get(c) for c in OWN_LANGUAGES):
        raise FormError(
            "« title » doit avoir un texte en fr et en en.",
            "'title' needs a text in fr and in en.",
            file=file,
        )


def read_yaml(file: Path) -> Any:
    """A YAML mapping or sequence with its line numbers; FormError when it cannot be read."""
    try:
        return YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormError(
            "ce fichier manque ou ne peut pas être lu.",
            "this file is missing or unreadable.",
            file=file,
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise FormError(
            f"YAML illisible ({error.problem}) ; vérifiez retraits et guillemets.",
            f"unreadable YAML ({error.problem}); check indents and quotes.",
            file=file,
            line=mark.line + 1 if mark else None,
        ) from error


def _lines(
    file: Path, items: CommentedSeq, inside: str, modules: tuple[str, ...]
) -> Iterator[Line]:
    for position, item in enumerate(items):
        number = items.lc.item(position)[0] + 1
        if not isinstance(item, CommentedMap):
            raise _nameless(file, number)
        if "include" in item:
            _refuse_unknown(file, item, _INCLUDE_KEYS)
            if "module" in item and item["module"] not in modules:
                continue
            block = file.parent / "blocks" / f"{item['include']}.yaml"
            block = block if block.exists() else file.parent / f"{item['include']}.yaml"
            yield from _lines(block, read_yaml(block), inside, modules)
            continue
        kind, _, name = str(item.get("q", "")).rpartition(" ")
        _refuse_unknown(file, item, _KEYS, name or None)
        if not kind or not name:
            raise _nameless(file, number)
        path = f"{inside}/{name}"
        inner = None
        if "questions" in item:
            inner = tuple(_lines(file, item["questions"], path, modules))
        yield Line(file, number, kind, name, path, item, inner)


def _nameless(file: Path, number: int) -> FormError:
    return FormError(
        "une question s'écrit « q: type nom ».",
        "a question is written 'q: type name'.",
        file=file,
        line=number,
    )


def _refuse_unknown(
    file: Path, item: CommentedMap, known: set[str], question: str | None = None
) -> None:
    for key in item:
        if key not in known:
            raise FormError(
                f"clé inconnue « {key} ». Clés possibles : {', '.join(sorted(known))}.",
                f"unknown key '{key}'. Possible keys: {', '.join(sorted(known))}.",
                file=file,
                line=item.lc.key(key)[0] + 1,
                question=question,
            )


def _walk(lines: tuple[Line, ...]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _walk(line.inner or ())


def _check(definition: Definition) -> None:
    seen: dict[str, Line] = {}
    for line in definition.all_lines():
        if line.name in seen:
            raise line.wrong(
                f"ce nom sert déjà à la ligne {seen[line.name].number} ; donnez-en un autre.",
                f"this name is already used on line {seen[line.name].number}; give another one.",
            )
        seen[line.name] = line
        _check_texts(line, definition)
        if line.inner is None:
            _check_notes(line)


def _check_texts(line: Line, definition: Definition) -> None:
    languages = definition.languages
    for key in TEXTS:
        texts = line.keys.get(key)
        if texts is None:
            continue
        if not isinstance(texts, dict):
            raise line.wrong(
                f"« {key} » s'écrit par langue : {{fr: …, en: …}}.",
                f"'{key}' is written by language: {{fr: …, en: …}}.",
            )
        # A recording may be for one language only.
        needed = () if key == "audio" else OWN_LANGUAGES
        missing = [code for code in needed if not str(texts.get(code) or "").strip()]
        # A block shared with a form that has more languages may hold texts of theirs.
        unknown = [code for code in texts if code not in languages and line.file == definition.file]
        if missing:
            raise line.wrong(
                f"« {key} » n'a pas de texte en {', '.join(missing)}.",
                f"'{key}' has no text in {', '.join(missing)}.",
            )
        if unknown:
            raise line.wrong(
                f"la langue {unknown[0]} n'est pas déclarée ; ajoutez-la à « languages » du formulaire.",
                f"the language {unknown[0]} is not declared; add it to the form's 'languages'.",
            )
    if line.kind not in _SILENT and "label" not in line.keys:
        raise line.wrong("il manque un texte « label ».", "a 'label' text is missing.")
    if "constraint" in line.keys and "constraint_message" not in line.keys:
        raise line.wrong(
            "une contrainte sans « constraint_message » : l'enquêteur ne saura pas quoi corriger.",
            "a constraint without 'constraint_message': the enumerator will not know what to correct.",
        )


def _check_notes(line: Line) -> None:
    if line.keys.get("class") not in _CLASSES:
        raise line.wrong(
            "il manque « class » : P (public), I (interne), C (confidentiel) ou R (restreint).",
            "'class' is missing: P (public), I (internal), C (confidential) or R (restricted).",
        )
    if not str(line.keys.get("why") or "").strip():
        raise line.wrong(
            "il manque « why » : l'indicateur ou le devoir qui a besoin de cette réponse ; "
            "sans lui, ne la demandez pas.",
            "'why' is missing: the indicator or duty that needs this answer; without one, do not ask it.",
        )
