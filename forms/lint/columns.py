"""Rules about columns, settings and files that pyxform takes without a word."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from forms.lint.book import Book, Finding, without_texts

_TRANSLATED = {
    "label", "hint", "guidance_hint", "constraint_message", "required_message", "image",
    "big-image", "audio", "video", "media",
}  # fmt: skip
_KNOWN = {
    "survey": _TRANSLATED | {
        "type", "name", "required", "relevant", "constraint", "calculation", "choice_filter",
        "appearance", "default", "readonly", "read_only", "parameters", "repeat_count", "trigger",
        "save_to", "autoplay", "bind", "body", "instance", "control", "note", "intent",
    },
    "settings": {
        "form_title", "form_id", "version", "default_language", "instance_name", "public_key",
        "submission_url", "style", "auto_send", "auto_delete", "name", "allow_choice_duplicates",
        "namespaces", "clean_text_values", "client_editable", "title", "id_string", "sms_keyword",
    },
    "entities": {"list_name", "dataset", "label", "create_if", "update_if", "entity_id", "repeat"},
}  # fmt: skip
"""The choices sheet may have columns of its own, for choice filters."""
_APPEARANCES = {
    "multiline", "numbers", "thousands-sep", "bearing", "vertical", "horizontal", "no-ticks",
    "picker", "rating", "minimal", "quick", "quickcompact", "compact", "likert", "autocomplete",
    "search", "map", "columns", "columns-pack", "columns-n", "no-buttons", "image-map", "label",
    "list-nolabel", "list", "table-list", "field-list", "month-year", "year", "no-calendar",
    "ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian", "placement-map",
    "maps", "hide-input", "new", "new-front", "front", "annotate", "draw", "signature", "printer",
    "masked", "url", "counter", "multiple", "one-map-per-question",
}  # fmt: skip
"""docs.getodk.org/form-question-types and Collect's Appearances.kt."""
_FILTERED = re.compile(
    r"(?<![\w$/{.'-])([A-Za-z_][\w.-]*)(?=\s*!?=)|=\s*([A-Za-z_][\w-]*)(?![\w(])"
)


def unknown_column(book: Book) -> Iterator[Finding]:
    """pyxform leaves out what it does not know: a misspelt `relevent` asks everybody."""
    for sheet, known in _KNOWN.items():
        for column in book.columns[sheet]:
            if column.split("::")[0].strip() in known:
                continue
            near = get_close_matches(column.split("::")[0], known, n=1)
            fr = f" ; vouliez-vous « {near[0]} » ?" if near else " ; ôtez-la."
            en = f"; did you mean '{near[0]}'?" if near else "; remove it."
            yield book.found(
                "unknown_column",
                None,
                f"feuille {sheet} : la colonne « {column} » n’existe pas{fr}",
                f"sheet {sheet}: there is no column '{column}'{en}",
            )


def unknown_appearance(book: Book) -> Iterator[Finding]:
    """A misspelt appearance shows the question as if it had none."""
    for row in book.rows:
        plain = re.sub(r"\w+\([^)]*\)", "", row.cell("appearance"))
        for word in plain.split():
            if word not in _APPEARANCES and not re.fullmatch(r"columns-\d+|w\d+", word):
                yield book.found(
                    "unknown_appearance",
                    row,
                    f"l’apparence « {word} » n’existe pas.",
                    f"there is no appearance '{word}'.",
                )


def version_not_dated(book: Book) -> Iterator[Finding]:
    """Phones take an update only when the version grows: yyyymmddrr always does."""
    version = book.settings.get("version", "")
    if not re.fullmatch(r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{2}", version):
        yield book.found(
            "version_not_dated",
            None,
            "« version » manque ou n’a pas la forme aaaammjjnn, par exemple 2026112301.",
            "'version' is missing or not of the form yyyymmddnn, for example 2026112301.",
        )


def missing_media(book: Book) -> Iterator[Finding]:
    """A file that is not there: an empty list, a picture that does not show."""
    lists = book.entity_lists()
    for row in book.rows:
        wanted = [row.list_name] if row.kind.endswith("_from_file") else []
        wanted += [text for column, text in row.cells.items() if column.startswith(_MEDIA)]
        for name in wanted:
            from_central = (
                name.endswith(".csv") and name[:-4] in lists and name[:-4] in _declared(book)
            )
            if name not in book.media and not from_central:
                yield book.found(
                    "missing_media",
                    row,
                    f"le fichier {name} manque à côté du formulaire.",
                    f"the file {name} is missing beside the form.",
                )


_MEDIA = ("media::", "audio", "image", "video", "big-image")


def _declared(book: Book) -> set[str]:
    return {entity.get("list_name", "") for entity in book.entities}


def filter_column(book: Book) -> Iterator[Finding]:
    """A filter on a column that the list does not have leaves nothing to choose."""
    for row in book.rows:
        for pair in _FILTERED.findall(without_texts(row.cell("choice_filter"))):
            column = pair[0] or pair[1]
            columns = _columns(book, row.kind, row.list_name)
            if columns and column not in columns | {"and", "or", "not", "selected"}:
                yield book.found(
                    "filter_column",
                    row,
                    f"« choice_filter » : la liste {row.list_name} n’a pas de colonne « {column} ».",
                    f"'choice_filter': the list {row.list_name} has no column '{column}'.",
                )


def _columns(book: Book, kind: str, list_name: str) -> set[str]:
    if not kind.endswith("_from_file"):
        return set(book.columns["choices"])
    header = book.media.get(list_name, b"").decode("utf-8-sig").partition("\n")[0]
    return {name.strip(' "\r') for name in header.split(",") if name.strip()}
