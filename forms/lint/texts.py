"""Rules about what people read."""

import re
from collections.abc import Iterator

from forms.lint.book import TEXTS, Book, Finding

_ONLY_SPACE = re.compile(r"\$\{[^}]+\}[ \t]+\$\{[^}]+\}")


def message_without_constraint(book: Book) -> Iterator[Finding]:
    """The message can never be seen: the constraint was forgotten or lost."""
    for row in book.rows:
        has_message = any(column.startswith("constraint_message") for column in row.cells)
        if has_message and not row.cell("constraint"):
            yield book.found(
                "message_without_constraint",
                row,
                "un message d’erreur sans contrainte ; ajoutez « constraint » ou ôtez le message.",
                "an error message without a constraint; add 'constraint' or remove the message.",
            )


def required_without_message(book: Book) -> Iterator[Finding]:
    """Collect then says its own text, in the language of the phone, not of the form."""
    for row in book.rows:
        has_message = any(column.startswith("required_message") for column in row.cells)
        if row.cell("required") not in ("", "no", "false()") and not has_message:
            yield book.found(
                "required_without_message",
                row,
                "obligatoire sans « required_message » ; écrivez-le dans chaque langue.",
                "required without 'required_message'; write it in every language.",
            )


def blank_translation(book: Book) -> Iterator[Finding]:
    """pyxform puts «-» where a language has no text, and phones show it."""
    for row in book.rows:
        for column in TEXTS:
            cells = {name: row.cell(f"{column}::{name}").strip() for name in book.languages()}
            missing = [name for name, text in cells.items() if text in ("", "-")]
            if any(cells.values()) and missing:
                yield book.found(
                    "blank_translation",
                    row,
                    f"« {column} » n’a pas de texte en {missing[0]}.",
                    f"'{column}' has no text in {missing[0]}.",
                )
    for choice in book.choices:
        for name in book.languages():
            if choice.get(f"label::{name}", "").strip() in ("", "-"):
                code = f"{choice.get('list_name')}/{choice.get('name')}"
                yield book.found(
                    "blank_translation",
                    None,
                    f"la réponse {code} n’a pas de texte en {name}.",
                    f"the answer {code} has no text in {name}.",
                )


def default_language_unknown(book: Book) -> Iterator[Finding]:
    """The form then opens in a language without a single text."""
    chosen = book.settings.get("default_language", "")
    if chosen and book.languages() and chosen not in book.languages():
        known = ", ".join(book.languages())
        yield book.found(
            "default_language_unknown",
            None,
            f"« default_language » {chosen} : aucune colonne n’a cette langue ({known}).",
            f"'default_language' {chosen}: no column has this language ({known}).",
        )


def joined_references(book: Book) -> Iterator[Finding]:
    """JavaRosa drops a plain space between two answers: «AwaDiallo» (getodk/javarosa#506)."""
    for row in book.rows:
        texts = [text for column, text in row.cells.items() if column.split("::")[0] in TEXTS]
        if any(_ONLY_SPACE.search(text) for text in texts):
            yield book.found(
                "joined_references",
                row,
                "deux réponses séparées par un simple espace se collent sur le téléphone ; mettez un "
                "espace insécable ou un signe entre elles.",
                "two answers with only a space between them stick together on the phone; put a no-break "
                "space or a sign between them.",
            )
