"""An XLSForm's sheets as the lint rules look at them, and what a rule says of them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forms.language import say

EXPRESSIONS = (
    "relevant", "constraint", "calculation", "choice_filter", "required", "readonly",
    "repeat_count", "default",
)  # fmt: skip
TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
REFERENCE = re.compile(r"\$\{([^}#]+)\}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake that no other tool tells: where it is, and what to do in both languages."""

    rule: str
    file: Path
    line: int | None
    question: str | None
    fr: str
    en: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        question = f" ({self.question})" if self.question else ""
        return f"{self.file.name}{line}{question}: {say(self.fr, self.en)}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the survey sheet."""

    number: int
    kind: str
    list_name: str
    name: str
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The cell's text, blank when there is none."""
        return self.cells.get(column, "")

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Column and XPath of every expression."""
        return ((column, self.cell(column)) for column in EXPRESSIONS if self.cell(column))


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of one form and the files beside it."""

    file: Path
    rows: tuple[Row, ...]
    choices: Sequence[Mapping[str, str]]
    settings: Mapping[str, str]
    entities: Sequence[Mapping[str, str]]
    columns: Mapping[str, tuple[str, ...]]
    """Sheet -> its columns."""
    media: Mapping[str, bytes]
    """The files at hand, by name."""
    lines: Mapping[str, tuple[Path, int]]
    """Question -> file and line of its source, where there is one."""

    def languages(self) -> tuple[str, ...]:
        """Every language that a text column has, in the order of the columns."""
        names = [
            c.split("::")[-1]
            for sheet in ("survey", "choices")
            for c in self.columns[sheet]
            if "::" in c
        ]
        return tuple(dict.fromkeys(names))

    def row(self, name: str) -> Row | None:
        """The question of that name."""
        return next((row for row in self.rows if row.name == name and row.kind[:4] != "end_"), None)

    def codes(self, list_name: str) -> set[str]:
        """The answers of a choice list."""
        return {c.get("name", "") for c in self.choices if c.get("list_name") == list_name}

    def entity_lists(self) -> set[str]:
        """Lists of entities: what the form declares, and files it wants that come from Central."""
        wanted = {
            r.list_name.removesuffix(".csv") for r in self.rows if r.kind.endswith("_from_file")
        }
        wanted |= {row.name for row in self.rows if row.kind == "csv-external"}
        declared = {entity.get("list_name", "") for entity in self.entities}
        return declared | {name for name in wanted if f"{name}.csv" not in self.media}

    def found(self, rule: str, row: Row | None, fr: str, en: str) -> Finding:
        """A finding about a row, or about the whole form."""
        if row is None:
            return Finding(rule, self.file, None, None, fr, en)
        file, line = self.lines.get(row.name, (self.file, row.number))
        return Finding(rule, file, line, row.name, fr, en)


Rule = Callable[[Book], Iterator[Finding]]


def read_book(
    sheets: Mapping[str, Sequence[Mapping[str, str]]],
    file: Path,
    *,
    media: Mapping[str, bytes],
    lines: Mapping[str, tuple[Path, int]],
) -> Book:
    """Put sheets into the shape that rules look at."""
    survey = sheets.get("survey", ())
    return Book(
        file=file,
        rows=tuple(_row(number, cells) for number, cells in enumerate(survey, start=2)),
        choices=sheets.get("choices", ()),
        settings=next(iter(sheets.get("settings", ())), {}),
        entities=sheets.get("entities", ()),
        columns={
            name: tuple(dict.fromkeys(column for row in sheets.get(name, ()) for column in row))
            for name in ("survey", "choices", "settings", "entities")
        },
        media=media,
        lines=lines,
    )


def without_texts(expression: str) -> str:
    """The expression with its quoted texts emptied, so that rules see its code only."""
    return _QUOTED.sub("''", expression)


def references(expression: str) -> set[str]:
    """The questions that an expression speaks of."""
    return set(REFERENCE.findall(expression))


def _row(number: int, cells: Mapping[str, str]) -> Row:
    words = cells.get("type", "").split()
    # «begin group» and «begin_group» are the same to pyxform
    if len(words) == 2 and words[0] in ("begin", "end"):
        words = ["_".join(words)]
    kind, list_name = (*words, "", "")[:2]
    return Row(number, kind, list_name, cells.get("name", ""), cells)
