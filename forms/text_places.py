"""Where in the YAML sources the texts of a form stand, for those who bring corrected texts back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.error import MarkedYAMLError

from forms.errors import FormError
from forms.review_sheets import Place
from forms.yaml_edit import KeyPath, load_yaml


@dataclass(frozen=True, slots=True)
class Source:
    """A mapping in a file: a question, or an answer of a choice list."""

    file: Path
    path: KeyPath
    content: Mapping[str, Any]

    def texts(self, key: str) -> KeyPath:
        """Where the texts by language are; an answer's label stands in the answer itself."""
        return self.path if "q" not in self.content else (*self.path, key)


@dataclass(frozen=True, slots=True)
class TextPlaces:
    """The sources of one form."""

    definition: Path
    languages: Mapping[str, str]
    """Code -> name of the languages that the definition adds to French and English."""
    rows: Mapping[Place, Source]


def text_places(form_id: str, definitions: Path) -> TextPlaces:
    """Find every question and answer of a form in its definition, its blocks and the shared lists."""
    definition = definitions / f"{form_id}.yaml"
    content = _load(definition)
    questions = _questions(definition, ("questions",), content.get("questions", ()), ())
    return TextPlaces(
        definition=definition,
        languages=content.get("languages") or {},
        rows=dict(questions) | dict(_answers(definitions / "choices.yaml")),
    )


def untranslated(places: TextPlaces) -> dict[str, list[Place]]:
    """Added language -> the questions and answers of this form whose label it does not have yet."""
    lists = {str(source.content["q"]).split(" ")[1] for source in _asked(places)}
    shown = [
        (place, source.content["label"] if "q" in source.content else source.content)
        for place, source in places.rows.items()
        if "label" in source.content or place.name.split("/")[0] in lists
    ]
    return {
        code: [place for place, labels in shown if not labels.get(code)]
        for code in places.languages
    }


def _asked(places: TextPlaces) -> Iterator[Source]:
    return (source for source in places.rows.values() if " " in source.content.get("q", ""))


def _questions(
    file: Path, path: KeyPath, items: Any, inside: tuple[str, ...]
) -> Iterator[tuple[Place, Source]]:
    for number, item in enumerate(items):
        here = (*path, number)
        if "include" in item:
            block = file.parent / "blocks" / f"{item['include']}.yaml"
            block = block if block.exists() else file.parent / f"{item['include']}.yaml"
            yield from _questions(block, (), _load(block), inside)
            continue
        name = str(item.get("q", "")).rsplit(" ", 1)[-1]
        yield Place("survey", "/".join(["", *inside, name])), Source(file, here, item)
        if "questions" in item:
            yield from _questions(file, (*here, "questions"), item["questions"], (*inside, name))


def _answers(file: Path) -> Iterator[tuple[Place, Source]]:
    if not file.exists():
        return
    for list_name, answers in _load(file).items():
        for code, texts in answers.items():
            place = Place("choices", f"{list_name}/{code}")
            yield place, Source(file, (list_name, code), texts)


def _load(file: Path) -> Any:
    try:
        return load_yaml(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormError(
            "la définition n’est pas là ; le classeur vient-il d’un autre projet ?",
            "the definition is not there; is the workbook from another project?",
            file=file,
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise FormError(
            f"YAML illisible ({error.problem}) ; vérifiez retraits et guillemets.",
            f"unreadable YAML ({error.problem}); check indentation and quotes.",
            file=file,
            line=None if mark is None else mark.line + 1,
        ) from error
