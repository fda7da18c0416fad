"""Writes docs/fr/dictionnaire.md: `python -m warehouse.dictionary_page > docs/fr/dictionnaire.md`."""

import sys
from collections.abc import Iterator

from warehouse.dictionary import FORM_COLUMNS, FORM_TABLES, TableText, column_text, fixed_tables
from warehouse.dictionary import read_descriptions as _read
from warehouse.tables import schema_of
from warehouse.views import CLASS_OF, View, read_views

_HEAD = """# Dictionnaire des données / Data dictionary

Page tirée de `warehouse/descriptions` et de `warehouse/views` ; ne la modifiez pas à la main. Les questions
des formulaires, avec leur classe et leur raison, sont dans [les formulaires](formulaires.md). Tout est aussi
dans la vue `data_dictionary`. / This page is made from the sources; the questions of the forms are on
their own page; all of it is in the view `data_dictionary`.

Classe / class : **P** publique, **I** interne, **C** confidentielle, **R** restreinte. La classe décide où une
colonne peut aller : `reporting` n'a que P, `ops` que P et I ; les responsables des données et les analystes
ne lisent que P et I dans `core` ; C et R ne sortent que par l'export des deux responsables nommés.
/ The class decides where a column may go: `reporting` holds only P, `ops` only P and I; data managers and
analysts read only P and I in `core`; C and R leave only by the two stewards' export.
"""

_SCHEMAS = {
    "core": "core : sans noms / without names",
    "identity": "identity : qui est qui / who is who",
    "ops": "ops : le système / the system",
    "raw": "raw : comme reçu / as received",
    "reporting": "reporting : pour tous les lecteurs / for all readers",
    "web": "web : comptes des pages / accounts of the pages",
}


def dictionary_page() -> str:
    """The whole page in Markdown, the same for the same sources."""
    lines = [_HEAD]
    tables = fixed_tables()
    for schema, title in _SCHEMAS.items():
        lines += [f"## {title}", ""]
        for table in (t for t in tables if schema_of(t) == schema):
            lines += _table(table.name, [c.name for c in table.columns])
    lines += ["## forms : les réponses / the answers", "", *_table(FORM_TABLES, FORM_COLUMNS)]
    lines += ["## Vues / views", ""]
    for view in sorted(read_views("sqlite"), key=lambda v: v.name):
        lines += _view(view)
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str, columns: list[str] | tuple[str, ...]) -> Iterator[str]:
    text: TableText = _read()[1][name]
    yield from (f"### `{name}`", "", f"{text.text[0]}. / {text.text[1]}.", "")
    yield from (f"Pour / for : {text.purpose[0]} / {text.purpose[1]}", "")
    yield from ("| colonne | | français | English |", "|---|---|---|---|")
    for column in columns:
        said = column_text(name, column)
        if said is not None:
            yield f"| `{column}` | {said.sensitivity} | {said.text[0]} | {said.text[1]} |"
    yield ""


def _view(view: View) -> Iterator[str]:
    fr, en = view.texts[""]
    yield from (f"### `{view.name}` ({view.schema})", "", f"{fr}. / {en}.", "")
    yield from ("| colonne | | français | English |", "|---|---|---|---|")
    for column, (said_fr, said_en) in view.texts.items():
        if column:
            yield f"| `{column}` | {CLASS_OF[view.schema]} | {said_fr} | {said_en} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(dictionary_page())
