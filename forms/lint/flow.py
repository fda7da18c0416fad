"""Rules about the order of questions and what may be asked of a phone."""

from collections.abc import Iterator

from forms.lint.book import Book, Finding, references

_AT_THE_QUESTION = ("relevant", "constraint", "choice_filter", "required")
"""Decided when the question comes up; a calculation is computed again later."""


def forward_reference(book: Book) -> Iterator[Finding]:
    """A question that depends on a later one changes behind the enumerator's back."""
    at = {row.name: number for number, row in enumerate(book.rows) if row.kind[:4] != "end_"}
    for number, row in enumerate(book.rows):
        for column in _AT_THE_QUESTION:
            later = [n for n in sorted(references(row.cell(column))) if at.get(n, -1) > number]
            if later:
                yield book.found(
                    "forward_reference",
                    row,
                    f"« {column} » dépend de « {later[0]} », posée plus loin ; changez l’ordre.",
                    f"'{column}' depends on '{later[0]}', asked later; change the order.",
                )


def required_and_read_only(book: Book) -> Iterator[Finding]:
    """A blank answer that nobody can give: the interview cannot be finished."""
    for row in book.rows:
        if row.cell("required") in ("yes", "true", "true()") and row.cell("readonly") in (
            "yes", "true", "true()",
        ):  # fmt: skip
            yield book.found(
                "required_and_read_only",
                row,
                "obligatoire et en lecture seule : l’entretien ne pourrait pas finir.",
                "required and read-only: the interview could not be finished.",
            )


def last_saved(book: Book) -> Iterator[Finding]:
    """The whole last interview would stay on the phone (docs.getodk.org/form-logic/#last-saved)."""
    for row in book.rows:
        if any("${last-saved#" in text.replace(" ", "") for text in row.cells.values()):
            yield book.found(
                "last_saved",
                row,
                "last-saved garde toute la fiche précédente sur le téléphone ; utilisez « default ».",
                "last-saved keeps the whole last interview on the phone; use 'default'.",
            )
