"""Texts change in place: comments, spacing and quotes around them stay as written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import FormError
from forms.yaml_edit import edit_yaml, load_yaml

SOURCE = """\
# Formulaire d’essai
version: "2026112301"   # à relever
questions:
  - q: text nom          # le nom tel que dit
    label: {fr: Nom ?,   en: "Name?"}   # court

  - q: select_one yes_no ok
    label:
      fr: D'accord ?     # consentement
      en: 'Agree?'
    hint:
      fr: |
        Deux
        lignes.
      en: >-
        One
        line.
    required: yes
# fin
"""


def changed_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def test_a_text_in_braces_changes_alone() -> None:
    after = edit_yaml(SOURCE, {("questions", 0, "label", "fr"): "Quel nom ?"})
    assert changed_lines(SOURCE, after) == ['    label: {fr: Quel nom ?,   en: "Name?"}   # court']


def test_quotes_and_comments_stay() -> None:
    after = edit_yaml(
        SOURCE,
        {
            ("version",): "2026112302",
            ("questions", 1, "label", "fr"): "Oui, d’accord : vraiment ?",
            ("questions", 1, "label", "en"): "Really?",
        },
    )
    assert changed_lines(SOURCE, after) == [
        'version: "2026112302"   # à relever',
        '      fr: "Oui, d’accord : vraiment ?"     # consentement',
        '      en: "Really?"',
    ]


def test_several_lines_become_one_text_and_back() -> None:
    after = edit_yaml(SOURCE, {("questions", 1, "hint", "fr"): "Trois\nlignes\n ici."})
    assert load_yaml(after)["questions"][1]["hint"]["fr"] == "Trois\nlignes\n ici."
    assert "    required: yes\n# fin\n" in after
    after = edit_yaml(after, {("questions", 1, "hint", "en"): "Short."})
    assert load_yaml(after)["questions"][1]["hint"]["en"] == "Short."


def test_a_language_is_added_after_the_others() -> None:
    after = edit_yaml(
        SOURCE,
        {
            ("questions", 0, "label", "bm"): "I tɔgɔ ?",
            ("questions", 1, "label", "bm"): "I sɔnna ?",
            ("questions", 1, "hint", "bm"): "Kelen.",
        },
    )
    assert '{fr: Nom ?,   en: "Name?", bm: I tɔgɔ ?}   # court' in after
    assert "      en: 'Agree?'\n      bm: I sɔnna ?\n    hint:" in after
    assert "        line.\n      bm: Kelen.\n    required: yes" in after


def test_a_text_that_was_not_there_follows_the_label() -> None:
    after = edit_yaml(SOURCE, {("questions", 0, "hint"): {"fr": "Tel que dit", "en": "As said"}})
    label = '    label: {fr: Nom ?,   en: "Name?"}   # court\n'
    assert label + "    hint: {fr: Tel que dit, en: As said}\n" in after


def test_a_place_that_is_not_there_is_told() -> None:
    with pytest.raises(FormError, match=r"questions\.7"):
        edit_yaml(SOURCE, {("questions", 7, "label", "fr"): "x"})
    with pytest.raises(FormError, match="n’est pas dans la définition"):
        edit_yaml(SOURCE, {("version", "fr"): "x"})


places = st.sampled_from(
    [
        ("version",),
        ("questions", 0, "label", "fr"),
        ("questions", 0, "label", "en"),
        ("questions", 0, "label", "bm"),
        ("questions", 1, "label", "fr"),
        ("questions", 1, "label", "snk"),
        ("questions", 1, "hint", "fr"),
        ("questions", 1, "hint", "en"),
        ("questions", 1, "hint", "ff"),
    ]
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(deadline=None)
@given(st.dictionaries(places, words, max_size=4))
def test_any_text_can_be_written_anywhere(changes: dict[tuple[str | int, ...], str]) -> None:
    after = edit_yaml(SOURCE, changes)
    content = load_yaml(after)
    for path, value in changes.items():
        found = content
        for key in path:
            found = found[key]
        assert found == value
    assert all(f"# {c}" in after for c in ("le nom tel que dit", "court", "consentement", "fin"))
