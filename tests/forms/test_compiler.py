"""The shipped forms compile without a warning; what would surprise in the field is refused."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.compiler import REFERENCE, CompiledForm, compile_form, form_ids
from forms.engine import load
from forms.errors import FormError
from forms.xform import read_xform

XHTML = "{http://www.w3.org/1999/xhtml}"
XFORMS = "{http://www.w3.org/2002/xforms}"
CHOICES = """yes_no:
  yes: {fr: "Oui", en: "Yes"}
  no: {fr: "Non", en: "No"}
half:
  a: {fr: "A"}
"""
HEAD = """form_id: small
title: {fr: "Petit", en: "Small"}
version: "2026112301"
questions:
"""

Build = Callable[..., CompiledForm]


@pytest.fixture(params=form_ids())
def form(request: pytest.FixtureRequest) -> CompiledForm:
    return compile_form(request.param)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    (tmp_path / "choices.yaml").write_text(CHOICES, encoding="utf-8")

    def builder(text: str, salt: str = "demo") -> CompiledForm:
        (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
        return compile_form("small", definitions=tmp_path, reference=REFERENCE, salt=salt)

    return builder


def question(kind: str, name: str, *more: str) -> str:
    lines = [
        f"- q: {kind} {name}",
        '  label: {fr: "F", en: "E"}',
        "  class: I",
        '  why: "essai"',
        *(f"  {line}" for line in more),
    ]
    return "\n".join(lines) + "\n"


def test_shipped_form_compiles_to_a_data_root_with_its_id_and_version(form: CompiledForm) -> None:
    root = ET.fromstring(form.xform).find(f".//{XFORMS}instance/*")
    assert root is not None
    assert root.tag.rpartition("}")[2] == "data"
    assert (root.get("id"), root.get("version")) == (form.form_id, form.version)


def test_engine_in_the_phone_takes_shipped_form_with_its_files(form: CompiledForm) -> None:
    loaded = load(form.xform, form.media)
    created = {each.dataset for each in read_xform(form.xform).entity_lists}
    assert set(loaded.missing_media) <= created  # Central makes the list of entities
    assert set(loaded.languages) == {"Français (fr)", "English (en)"}


def test_every_question_has_class_and_purpose(form: CompiledForm) -> None:
    rows = [row for row in form.sheets["survey"] if not row["type"].startswith(("begin_", "end_"))]
    assert len(form.notes) == len(rows)
    assert all(note.sensitivity in "PICR" and note.purpose for note in form.notes)


def test_texts_of_both_languages_are_in_the_form(form: CompiledForm) -> None:
    model = ET.fromstring(form.xform)
    names = [t.get("lang") for t in model.iter(f"{XFORMS}translation")]
    texts = {
        t.get("lang"): {x.get("id") for x in t.iter(f"{XFORMS}text")}
        for t in model.iter(f"{XFORMS}translation")
    }
    assert names == ["Français (fr)", "English (en)"]
    assert texts["Français (fr)"] == texts["English (en)"]
    assert "<value>-</value>" not in form.xform


def test_forms_that_are_not_there_are_named() -> None:
    with pytest.raises(FormError) as caught:
        compile_form("nowhere")
    assert "identification" in caught.value.fr


MISTAKES = {
    "unknown list": (question("select_one nowhere", "a"), 5, "a", "nowhere", "neither in"),
    "answer without English": (question("select_one half", "a"), 5, "a", "« a »", "no text in en"),
    "missing file": (
        question("select_one_from_file nowhere.csv", "a"), 5, "a", "manque dans", "missing in",
    ),
    "missing recording": (
        question("text", "a", "audio: {fr: a.mp3}"), 5, "a", "manque dans", "missing in",
    ),
    "unknown question in an expression": (
        question("text", "a") + question("text", "b", 'relevant: "${nope} = 1"'),
        9, "b", "pyxform refuse", "pyxform refuses",
    ),
    "unknown type": (
        question("text", "a") + question("colour", "b"), 9, "b", "pyxform refuse", "pyxform refuses",
    ),
    "name that XML does not allow": (
        question("text", "a") + question("text", "2b"), 9, "2b", "pyxform", "pyxform",
    ),
    "what pyxform only warns of": (
        question("text", "a") + question("image", "b"), 9, "b", "max-pixels", "max-pixels",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_where_it_stands(mistake: str, build: Build) -> None:
    text, line, name, fr, en = MISTAKES[mistake]
    with pytest.raises(FormError) as caught:
        build(HEAD + text)
    error = caught.value
    assert error.file is not None
    assert (error.file.name, error.line, error.question) == ("small.yaml", line, name)
    assert fr in error.fr
    assert en in error.en


def test_mistake_inside_groups_is_led_to_its_own_line(build: Build) -> None:
    group = '- q: group g\n  label: {fr: "F", en: "E"}\n  questions:\n'
    inner = "".join(f"  {line}\n" for line in question("colour", "b").splitlines())
    with pytest.raises(FormError) as caught:
        build(HEAD + question("text", "a") + group + inner)
    assert (caught.value.line, caught.value.question) == (12, "b")


def test_required_question_gets_a_message_in_both_languages(build: Build) -> None:
    (row,) = build(HEAD + question("text", "a", "required: true")).sheets["survey"]
    assert row["required_message::Français (fr)"]
    assert row["required_message::English (en)"]


def test_reference_list_with_two_languages_becomes_choices_in_the_form(build: Build) -> None:
    form = build(HEAD + question("select_one countries", "a"))
    assert form.media == {}
    assert {"list_name": "countries", "name": "SN"}.items() <= form.sheets["choices"][1].items()


def test_salt_stands_where_the_source_asks_for_it(build: Build) -> None:
    text = HEAD + question("calculate", "a", "calculation: \"concat('@SALT@', 'x')\"")
    assert "'pepper'" in build(text, salt="pepper").xform
    assert "@SALT@" not in build(text).xform


@pytest.mark.parametrize("salt", ["it's", 'a"b', "a<b", "a${b}", ""])
def test_salt_that_would_break_an_expression_is_refused(salt: str, build: Build) -> None:
    with pytest.raises(FormError, match=r"sel|salt"):
        build(HEAD + question("text", "a"), salt=salt)


def test_disability_module_is_off_until_asked_for() -> None:
    plain = compile_form("identification")
    chosen = compile_form("identification", modules=("wg_ss",))
    asked = [row["name"] for row in chosen.sheets["survey"] if row["name"].startswith("wg_")]
    assert "wg_see" not in plain.xform
    assert len([name for name in asked if name not in ("wg_ss", "wg_intro")]) == 6
    codes = [c["name"] for c in chosen.sheets["choices"] if c["list_name"] == "wg_difficulty"]
    assert codes == ["1", "2", "3", "4"]
    load(chosen.xform, chosen.media)


def test_names_of_interviews_tell_no_names(form: CompiledForm) -> None:
    expression = form.sheets["settings"][0]["instance_name"]
    assert not any(f"${{{name}}}" in expression for name in ("last_name", "first_names", "phone"))
