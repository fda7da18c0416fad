"""Rules about look-ups in lists, above all in lists of entities."""

import re
from collections.abc import Iterator

from forms.lint.book import REFERENCE, Book, Finding, Row, references

_LOOKUP = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item\[([^\]]*)\]")
_PROPERTY = re.compile(r"(?<![\w$/{.'-])([A-Za-z_][\w.-]*)\s*!?=")
_OWN = {"name", "label", "__version", "__trunkVersion", "__branchId"}


def unknown_property(book: Book) -> Iterator[Finding]:
    """A look-up by a property that no row has finds nothing, for ever."""
    for row, name, predicate in _lookups(book):
        known = _properties(book, name)
        for asked in _PROPERTY.findall(predicate):
            if known and asked not in known:
                yield book.found(
                    "unknown_property",
                    row,
                    f"la liste {name} n’a pas de « {asked} » ; elle a : {', '.join(sorted(known - _OWN))}.",
                    f"the list {name} has no '{asked}'; it has: {', '.join(sorted(known - _OWN))}.",
                )


def function_in_predicate(book: Book) -> Iterator[Finding]:
    """Collect then reads the whole list into memory instead of asking its database."""
    for row, name, predicate in _lookups(book):
        if "(" in predicate:
            yield book.found(
                "function_in_predicate",
                row,
                f"la recherche dans {name} contient une fonction ; calculez d’abord, puis comparez ${{…}}.",
                f"the look-up in {name} contains a function; compute first, then compare ${{…}}.",
            )


def blank_key(book: Book) -> Iterator[Finding]:
    """A blank answer equals every blank property: all people without a phone are «the same»."""
    lists = book.entity_lists()
    for row, name, predicate in _lookups(book):
        if name not in lists:
            continue
        guarded = any("if(" in text for _, text in row.expressions() if predicate in text)
        open_keys = [key for key in sorted(references(predicate)) if not _is_required(book, key)]
        if open_keys and not guarded:
            yield book.found(
                "blank_key",
                row,
                f"si « {open_keys[0]} » est vide, toutes les lignes vides de {name} répondent ; "
                f"écrivez if(${{{open_keys[0]}}} = '', 0, …).",
                f"if '{open_keys[0]}' is blank, all blank rows of {name} match; "
                f"write if(${{{open_keys[0]}}} = '', 0, …).",
            )


def entity_id_computed(book: Book) -> Iterator[Finding]:
    """Anything but a bare reference makes Collect look through the whole list three times."""
    for entity in book.entities:
        text = entity.get("entity_id", "").strip()
        if text and not REFERENCE.fullmatch(text):
            yield book.found(
                "entity_id_computed",
                None,
                "« entity_id » doit être une seule référence ${…} ; calculez-la dans une question.",
                "'entity_id' must be a single reference ${…}; compute it in a question.",
            )


def _lookups(book: Book) -> Iterator[tuple[Row, str, str]]:
    for row in book.rows:
        for text in dict(row.expressions()).values():
            for name, predicate in _LOOKUP.findall(text):
                yield row, name, predicate


def _properties(book: Book, name: str) -> set[str]:
    """What a list's rows have; empty when only Central knows."""
    if f"{name}.csv" in book.media:
        header = book.media[f"{name}.csv"].decode("utf-8-sig").partition("\n")[0]
        return {column.strip(' "\r') for column in header.split(",")}
    if name in {entity.get("list_name", "") for entity in book.entities}:
        return _OWN | {row.cell("save_to").rpartition("#")[2] for row in book.rows} - {""}
    return set()


def _is_required(book: Book, name: str) -> bool:
    row = book.row(name)
    return row is not None and row.cell("required") in ("yes", "true", "true()")
