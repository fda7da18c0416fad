"""A mistake in a source is refused with its file, line and question, in both languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.errors import FormError
from forms.source import Definition, read_definition

HEAD = """form_id: small
title: {fr: "Petit", en: "Small"}
version: "2026112301"
questions:
"""
NAME = """- q: text village
  label: {fr: "Village", en: "Village"}
  class: I
  why: "lieu"
"""

Reader = Callable[..., Definition]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reader(
        text: str, *, blocks: dict[str, str] | None = None, **keys: tuple[str, ...]
    ) -> Definition:
        (tmp_path / "blocks").mkdir(exist_ok=True)
        for name, block in (blocks or {}).items():
            (tmp_path / "blocks" / f"{name}.yaml").write_text(block, encoding="utf-8")
        file = tmp_path / "small.yaml"
        file.write_text(text, encoding="utf-8")
        return read_definition(file, **keys)

    return reader


MISTAKES = {
    "unknown key of a question": (
        HEAD + NAME + '  relevent: "1"\n', 9, "village", "relevent", "relevent",
    ),
    "unknown key of the form": ("form: x\n" + HEAD + NAME, 1, None, "form", "form"),
    "label without English": (
        HEAD + NAME.replace(', en: "Village"', ""), 5, "village", "texte en en", "no text in en",
    ),
    "hint without French": (
        HEAD + NAME + '  hint: {en: "h"}\n', 5, "village", "texte en fr", "no text in fr",
    ),
    "blank text": (
        HEAD + NAME.replace('fr: "Village"', 'fr: " "'), 5, "village", "texte en fr", "no text in fr",
    ),
    "text without languages": (
        HEAD + NAME.replace('{fr: "Village", en: "Village"}', '"Village"'),
        5, "village", "par langue", "by language",
    ),
    "language not declared": (
        HEAD + NAME.replace('en: "Village"', 'en: "Village", bm: "Dugu"'),
        5, "village", "n'est pas déclarée", "not declared",
    ),
    "no label": (HEAD + NAME.replace("  label", "  hint"), 5, "village", "label", "label"),
    "no class": (HEAD + NAME.replace("  class: I\n", ""), 5, "village", "class", "class"),
    "wrong class": (HEAD + NAME.replace("class: I", "class: X"), 5, "village", "class", "class"),
    "no purpose": (HEAD + NAME.replace('why: "lieu"', 'why: ""'), 5, "village", "why", "why"),
    "constraint without message": (
        HEAD + NAME + "  constraint: \". != 'x'\"\n",
        5, "village", "constraint_message", "constraint_message",
    ),
    "name twice": (HEAD + NAME + NAME, 9, "village", "ligne 5", "line 5"),
    "question without name": (HEAD + "- q: text\n", 5, None, "type nom", "type name"),
    "question that is a word": (HEAD + "- village\n", 5, None, "type nom", "type name"),
    "form without title": (HEAD.replace("title", "hint", 1), 2, None, "hint", "hint"),
    "form without version": (
        HEAD.replace('version: "2026112301"\n', "") + NAME, None, None, "version", "version",
    ),
    "title in one language": (
        HEAD.replace(', en: "Small"', "") + NAME, None, None, "title", "title",
    ),
    "broken YAML": (HEAD + "- q: 'text village\n", None, None, "YAML", "YAML"),
    "empty file": ("", None, None, "clé", "key"),
    "no questions": (HEAD, None, None, "questions", "questions"),
    "missing block": (HEAD + "- include: nowhere\n", None, None, "manque", "missing"),
    "unknown key of an include": (
        HEAD + "- include: place\n  relevant: \"1\"\n", 6, None, "relevant", "relevant",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_where_it_stands(mistake: str, read: Reader) -> None:
    text, line, question, fr, en = MISTAKES[mistake]
    with pytest.raises(FormError) as caught:
        read(text)
    error = caught.value
    assert error.file is not None
    if line is not None:
        assert error.line == line
    assert error.question == question
    assert fr in error.fr
    assert en in error.en
    assert "\n" not in error.fr + error.en


def test_source_without_mistake_is_read(read: Reader) -> None:
    definition = read(HEAD + NAME)
    assert [(line.name, line.path, line.number) for line in definition.all_lines()] == [
        ("village", "/village", 5)
    ]


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"none\.yaml"):
        read_definition(tmp_path / "none.yaml")


def test_mistake_in_a_block_leads_into_the_block(read: Reader) -> None:
    with pytest.raises(FormError) as caught:
        read(HEAD + "- include: place\n", blocks={"place": NAME.replace("  class: I\n", "")})
    assert caught.value.file is not None
    assert (caught.value.file.name, caught.value.line) == ("place.yaml", 1)


def test_block_stands_where_it_is_included_and_in_its_group(read: Reader) -> None:
    group = (
        '- q: group place\n  label: {fr: "Lieu", en: "Place"}\n  questions:\n  - include: place\n'
    )
    definition = read(HEAD + group, blocks={"place": NAME})
    assert [line.path for line in definition.all_lines()] == ["/place", "/place/village"]


def test_module_is_left_out_unless_named(read: Reader) -> None:
    text = HEAD + NAME + "- include: extra\n  module: extra\n"
    blocks = {"extra": NAME.replace("village", "hamlet")}
    assert [line.name for line in read(text, blocks=blocks).all_lines()] == ["village"]
    chosen = read(text, blocks=blocks, modules=("extra",))
    assert [line.name for line in chosen.all_lines()] == ["village", "hamlet"]


def test_yes_and_no_stay_words(read: Reader) -> None:
    text = HEAD + NAME + "  relevant: no\n"
    (line,) = read(text).all_lines()
    assert line.keys["relevant"] == "no"
