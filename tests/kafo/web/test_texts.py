"""Every text of the pages stands in the English catalogue, and nothing else does."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kafo.web import app
from kafo.web.language import language

WEB = Path(app.__file__).parent
KEYWORDS = {"_": None, "text": None, "_n": (1, 2), "count": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def used() -> dict[str, tuple[str, ...]]:
    """French text → all its forms."""
    options = {"templates/**.html": {"trimmed": "true"}}
    found: dict[str, tuple[str, ...]] = {}
    for _, _, message, _, _ in extract_from_dir(WEB, METHODS, options, keywords=KEYWORDS):
        forms = message if isinstance(message, tuple) else (message,)
        found[forms[0]] = forms
    return found


def catalogue() -> Catalog:
    with (WEB / "locale" / "en.po").open(encoding="utf-8") as file:
        return read_po(file, locale="en")


def entries() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for message in catalogue():
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            texts = (
                message.string if isinstance(message.string, tuple | list) else (message.string,)
            )
            yield tuple(ids), tuple(str(text or "") for text in texts)


def test_every_text_has_its_english_and_every_english_is_used() -> None:
    known = {ids[0] for ids, _ in entries()}
    assert sorted(set(used()) - known) == []
    assert sorted(known - set(used())) == []


def test_both_languages_have_the_same_places_to_fill_in() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for ids, texts in entries():
        assert all(texts), ids
        for text in texts:
            assert places(text) == places(ids[-1]), ids


def test_french_texts_are_typed_with_care() -> None:
    for text in used():
        assert "  " not in text, text
        assert not re.search(r"\w[?!;]", text), text  # a blank stands before them in French


def test_numbers_and_times_are_written_as_people_write_them() -> None:
    fr, en = language("fr"), language("en")
    assert fr.number(12345.5).replace("\u202f", " ") == "12 345,5"
    assert en.number(12345.5) == "12,345.5"
    assert fr.moment("2026-11-23T15:04:00.000Z") == "23 nov. 2026, 15:04"
    assert fr.ago(300) == "il y a 5 minutes"
    assert en.ago(300) == "5 minutes ago"
    assert fr.count("{n} ligne", "{n} lignes", 0) == "0 ligne"
    assert en.count("{n} ligne", "{n} lignes", 1) == "1 row"
    assert en.count("{n} ligne", "{n} lignes", 0) == "0 rows"
    assert language("xx").code == "fr"
