"""Differences between two forms are told as people think of them: questions, texts, rules."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from forms import language
from forms.changes import Change, Kind, report
from forms.compare import compare_files, compare_forms, md5_of, same_form

FR, EN = "Français (fr)", "English (en)"
Row = dict[str, str]


def row(kind: str, name: str, fr: str = "", en: str = "", **more: str) -> Row:
    texts = {f"label::{FR}": fr or name, f"label::{EN}": en or name} if kind[:3] != "end" else {}
    return {"type": kind, "name": name, **texts, **more}


BASE = [
    row("text", "name", "Nom ?", "Name?"),
    row("integer", "age", "Âge ?", "Age?", constraint=". < 120"),
    row("select_one sex", "sex", "Sexe ?", "Sex?"),
    row("begin_group", "work", "Travail", "Work"),
    row("text", "site", "Site ?", "Site?", relevant="today() > '2026-01-01'"),
    row("text", "job", "Métier ?", "Job?"),
    row("end_group", "work"),
    row("note", "thanks", "Merci.", "Thank you."),
]
CHOICES = {"f": ("Femme", "Woman"), "m": ("Homme", "Man")}


def form(
    rows: list[Row] = BASE,
    choices: dict[str, tuple[str, str]] = CHOICES,
    *,
    version: str = "2026112301",
    title: str = "Essai",
    extra: str = "",
) -> str:
    languages = [FR, EN, *([extra] if extra else [])]
    listed = [
        {"list_name": "sex", "name": name, f"label::{FR}": fr, f"label::{EN}": en}
        for name, (fr, en) in choices.items()
    ]
    if extra:
        rows = [{**r, f"label::{extra}": "x"} for r in rows if r["type"] != "end_group"]
        rows.insert(6, row("end_group", "work"))
        listed = [{**c, f"label::{extra}": "x"} for c in listed]
    columns = dict.fromkeys(key for each in rows for key in each)
    settings = {"form_id": "essai", "form_title": title, "version": version}
    sheets = {
        "survey": rows,
        "survey_header": [columns],
        "choices": listed,
        "choices_header": [dict.fromkeys(listed[0])],
        "settings": [{**settings, "default_language": languages[0]}],
    }
    return str(convert(sheets).xform)


def changed(name: str, **columns: str) -> list[Row]:
    return [{**r, **columns} if r["name"] == name and "end" not in r["type"] else r for r in BASE]


def without(name: str) -> list[Row]:
    return [r for r in BASE if r["name"] != name]


def test_a_form_is_the_same_as_itself_under_another_version_and_layout() -> None:
    pretty = form(version="2026112302").replace("><", ">\n  <")
    assert compare_forms(form(), pretty) == []
    assert same_form(form(), pretty)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (without("site"), Change(Kind.REMOVED, "/work/site", "string")),
        ([*BASE, row("date", "born")], Change(Kind.ADDED, "/born", "", "date")),
        (changed("age", type="text"), Change(Kind.RETYPED, "/age", "int", "string")),
        (
            changed("sex", type="select_multiple sex"),
            Change(Kind.RETYPED, "/sex", "select_one", "select_multiple"),
        ),
        (
            [*without("site"), BASE[4]],
            Change(Kind.MOVED, "/work/site", "/work/site", "/site"),
        ),
        ([BASE[1], BASE[0], *BASE[2:]], Change(Kind.REORDERED)),
        (
            changed("name", **{f"label::{EN}": "Full name?"}),
            Change(Kind.TEXT, f"/name label [{EN}]", "Name?", "Full name?"),
        ),
        (
            changed("name", **{f"hint::{FR}": "Tel que dit", f"hint::{EN}": "As said"}),
            Change(Kind.TEXT, f"/name hint [{FR}]", "", "Tel que dit"),
        ),
        (
            changed(
                "age", **{f"constraint_message::{FR}": "Trop", f"constraint_message::{EN}": "x"}
            ),
            Change(Kind.TEXT, f"/age constraintMsg [{FR}]", "", "Trop"),
        ),
        (
            changed("age", constraint=". < 99"),
            Change(Kind.LOGIC, "/age constraint", ". < 120", ". < 99"),
        ),
        (
            changed("work", relevant="today() > 5"),
            Change(Kind.LOGIC, "/work relevant", "", "today() > 5"),
        ),
        (
            changed("name", **{f"media::audio::{FR}": "nom.mp3", f"media::audio::{EN}": "nom.mp3"}),
            Change(Kind.TEXT, f"/name audio [{FR}]", "", "nom.mp3"),
        ),
        (without("thanks"), Change(Kind.TEXT, "/thanks", "Merci.", "")),
        (changed("name", appearance="multiline"), Change(Kind.OTHER)),
    ],
)
def test_each_sort_of_difference_is_found(rows: list[Row], expected: Change) -> None:
    found = compare_forms(form(), form(rows))
    assert expected in found
    same_sort = {Kind.TEXT, Kind.LOGIC, Kind.RETYPED, Kind.REORDERED}
    assert {change.kind for change in found} <= {expected.kind} | same_sort


@pytest.mark.parametrize("name", ["name", "age", "sex", "site"])
def test_only_lost_moved_and_retyped_questions_break_received_answers(name: str) -> None:
    assert any(change.breaking for change in compare_forms(form(), form(without(name))))
    assert not any(c.breaking for c in compare_forms(form(without(name)), form()))


def test_a_note_may_go_without_breaking_anything() -> None:
    assert not any(change.breaking for change in compare_forms(form(), form(without("thanks"))))


def test_choices_are_told_by_code_and_label() -> None:
    new = {"f": ("Une femme", "Woman"), "o": ("Autre", "Other")}
    assert compare_forms(form(), form(choices=new)) == [
        Change(Kind.CHOICE_REMOVED, "sex", "m (Homme)"),
        Change(Kind.CHOICE_ADDED, "sex", "", "o (Autre)"),
        Change(Kind.TEXT, f"sex f [{FR}]", "Femme", "Une femme"),
    ]


def test_a_whole_new_language_is_told_once() -> None:
    bambara = "Bamanankan (bm)"
    assert compare_forms(form(), form(extra=bambara)) == [Change(Kind.LANGUAGE_ADDED, bambara)]
    assert compare_forms(form(extra=bambara), form()) == [Change(Kind.LANGUAGE_REMOVED, bambara)]


def test_centrals_own_encryption_is_no_difference_but_losing_a_key_breaks() -> None:
    key = '<submission base64RsaPublicKey="MIIB"/></model>'
    managed = form(version="2026112301[encrypted:AaIHIF/e]").replace("</model>", key)
    assert compare_forms(managed, form()) == []
    assert same_form(managed, form())
    own = form().replace("</model>", key)
    (change,) = compare_forms(own, form())
    assert change == Change(Kind.UNENCRYPTED)
    assert change.breaking


def test_files_are_compared_by_their_sum() -> None:
    live = {"a.csv": md5_of(b"1"), "b.csv": md5_of(b"2"), "cards.csv": None}
    assert compare_files(live, {"a.csv": b"1", "b.csv": b"3", "c.csv": b""}) == [
        Change(Kind.FILE_ADDED, "c.csv"),
        Change(Kind.FILE_CHANGED, "b.csv"),
    ]
    assert compare_files(live, {"a.csv": b"1"}) == [Change(Kind.FILE_REMOVED, "b.csv")]


@pytest.fixture
def _french_again() -> Iterator[None]:
    yield
    language.use("fr")


@pytest.mark.usefixtures("_french_again")
def test_the_report_puts_what_breaks_first_in_both_languages() -> None:
    rows = [*changed("name", **{f"label::{FR}": "Le nom ?"}), row("date", "born")]
    changes = compare_forms(form(), form([r for r in rows if r["name"] != "age"]))
    lines = report(changes).splitlines()
    assert lines[0] == "! question retirée : /age"
    assert "· question ajoutée : /born (date)" in lines
    assert f"· texte changé : /name label [{FR}] : « Nom ? » → « Le nom ? »" in lines
    language.use("en")
    assert report(changes).startswith("! question removed: /age")
    assert report([]) == "no difference"


names = st.lists(st.sampled_from([r["name"] for r in BASE[:3]]), unique=True)


@given(names, names)
def test_what_is_added_one_way_is_removed_the_other_way(one: list[str], other: list[str]) -> None:
    left = form([r for r in BASE if r["name"] not in one])
    right = form([r for r in BASE if r["name"] not in other])
    there, back = compare_forms(left, right), compare_forms(right, left)
    added = {c.subject for c in there if c.kind is Kind.ADDED}
    assert added == {c.subject for c in back if c.kind is Kind.REMOVED}
    assert (there == []) == (left == right)
