"""Rules about what expressions compare and compute."""

import re
from collections.abc import Iterator

from forms.lint.book import Book, Finding, Row, without_texts

_COMPARED = re.compile(r"(\$\{[^}]+\}|(?<![\w.])\.)\s*!?=\s*(?:'([^']*)'|\"([^\"]*)\")")
_SELECTED = re.compile(r"selected\(\s*(\$\{[^}]+\}|\.)\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_ARITHMETIC = re.compile(
    r"(\$\{[^}]+\})\s*(?:[*+]|-\s|\bdiv\b|\bmod\b)|(?:[*+]|\s-|\bdiv\b|\bmod\b)\s*(\$\{[^}]+\})"
)
_REGEX = re.compile(r"regex\([^,]+,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")


def unknown_choice_compared(book: Book) -> Iterator[Finding]:
    """A comparison with a value that is no answer is never true; the question is never asked."""
    for row, column, expression in _expressions(book):
        for pattern in (_COMPARED, _SELECTED):
            for place, *values in pattern.findall(expression):
                asked, value = _asked(book, row, place), "".join(values)
                codes = book.codes(asked.list_name) if asked and _is_select(asked) else set()
                if asked and codes and value and value not in codes:
                    yield book.found(
                        "unknown_choice_compared",
                        row,
                        f"« {column} » : « {value} » n’est pas une réponse de « {asked.name} ».",
                        f"'{column}': '{value}' is not an answer of '{asked.name}'.",
                    )


def select_multiple_equals(book: Book) -> Iterator[Finding]:
    """Several answers are one text with spaces: `=` holds only when just that one is chosen."""
    for row, column, expression in _expressions(book):
        for place, *values in _COMPARED.findall(expression):
            asked = _asked(book, row, place)
            if asked and asked.kind.startswith("select_multiple") and "".join(values):
                yield book.found(
                    "select_multiple_equals",
                    row,
                    f"« {column} » compare « {asked.name} » avec « = » ; écrivez selected(…).",
                    f"'{column}' compares '{asked.name}' with '='; write selected(…).",
                )


def text_arithmetic(book: Book) -> Iterator[Finding]:
    """Arithmetic on a text gives NaN, which phones show and store."""
    for row, column, expression in _expressions(book):
        for before, after in _ARITHMETIC.findall(without_texts(expression)):
            asked = _asked(book, row, before or after)
            if asked and asked.kind in ("text", "barcode", "date", "note"):
                yield book.found(
                    "text_arithmetic",
                    row,
                    f"« {column} » calcule avec « {asked.name} », qui n’est pas un nombre ; number(…) ?",
                    f"'{column}' computes with '{asked.name}', which is no number; number(…)?",
                )


def unanchored_regex(book: Book) -> Iterator[Finding]:
    """JavaRosa matches the whole answer, browsers any part of it: ^…$ makes them agree."""
    for row, column, expression in _expressions(book):
        for found in _REGEX.findall(expression):
            pattern = "".join(found)
            if not (pattern.startswith("^") and pattern.endswith("$")):
                yield book.found(
                    "unanchored_regex",
                    row,
                    f"« {column} » : le motif {pattern} doit commencer par ^ et finir par $.",
                    f"'{column}': the pattern {pattern} must begin with ^ and end with $.",
                )


def _expressions(book: Book) -> Iterator[tuple[Row, str, str]]:
    return ((row, column, text) for row in book.rows for column, text in row.expressions())


def _asked(book: Book, row: Row, place: str) -> Row | None:
    return row if place == "." else book.row(place[2:-1])


def _is_select(row: Row) -> bool:
    return row.kind in ("select_one", "select_multiple")
