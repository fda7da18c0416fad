"""Random interviews find what is wrong with a form."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.monkey import Report, try_form
from forms.engine.string_of import string_of
from forms.language import use

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
Convert = Callable[[str], str]

HEAD = "| survey |\n| | type | name | label | relevant | required | constraint | choice_filter |\n"


def kinds(report: Report) -> set[tuple[str, str]]:
    return {(finding.kind, finding.path) for finding in report.findings}


def tried(xform: str, media: dict[str, bytes] | None = None) -> Report:
    return try_form(xform, media or {}, interviews=15, seed=1, at=AT)


def test_same_seed_gives_the_same_report(convert_form: Convert) -> None:
    xform = convert_form(
        HEAD + "| | text | a | A | | yes | | |\n| | integer | b | B | | | . > 3 | |\n"
    )
    assert tried(xform) == tried(xform)


def test_question_that_never_comes_is_named(convert_form: Convert) -> None:
    rows = "| | select_one yn | a | A | | yes | | |\n| | text | b | B | ${a} = 'yse' | | | |\n"
    choices = "| choices |\n| | list_name | name | label |\n| | yn | yes | Y |\n| | yn | no | N |\n"
    assert kinds(tried(convert_form(HEAD + rows + choices))) == {("never_reached", "/b")}


def test_question_behind_a_narrow_door_is_found(convert_form: Convert) -> None:
    rows = (
        "| | integer | a | A | | yes | | |\n"
        "| | text | b | B | ${a} = 4217 | yes | regex(., '^X-[0-9A-F]{8}$') | |\n"
        "| | text | c | C | ${b} != '' | | | |\n"
    )
    assert try_form(convert_form(HEAD + rows), {}, interviews=60, seed=1, at=AT).findings == ()


def test_required_choice_from_an_empty_list_is_a_dead_end(convert_form: Convert) -> None:
    rows = (
        "| | select_one kind | a | A | | yes | | |\n"
        "| | select_one_from_file p.csv | b | B | | yes | | kind = ${a} |\n"
    )
    choices = (
        "| choices |\n| | list_name | name | label |\n| | kind | x | X |\n| | kind | y | Y |\n"
    )
    report = tried(convert_form(HEAD + rows + choices), {"p.csv": b"name,label,kind\n1,One,x\n"})
    assert ("dead_end", "/b") in kinds(report)
    assert 0 < report.finished < report.interviews


def test_list_without_file_and_always_empty_list_are_named(convert_form: Convert) -> None:
    xform = convert_form(HEAD + "| | select_one_from_file p.csv | b | B | | | | |\n")
    assert ("missing_media", "") in kinds(tried(xform))
    assert ("always_empty", "/b") in kinds(tried(xform))


def test_question_that_takes_no_answer_is_named(convert_form: Convert) -> None:
    xform = convert_form(HEAD + "| | integer | a | A | | yes | . > 5 and . < 3 | |\n")
    report = tried(xform)
    assert {("never_accepted", "/a"), ("cannot_finish", "")} <= kinds(report)
    assert report.finished == 0


def test_missing_and_strange_texts_are_named_with_their_language(convert_form: Convert) -> None:
    xform = convert_form(
        "| survey |\n| | type | name | label::fr | label::en | calculation |\n"
        "| | text | a | Un | - | |\n| | calculate | n | | | concat(number('x'), '') |\n"
        "| | note | b | Il y a ${n} | There are ${n} | |\n"
    )
    found = {(f.kind, f.path, f.language) for f in tried(xform).findings}
    assert found == {
        ("no_text", "/a", "en"),
        ("strange_text", "/b", "fr"),
        ("strange_text", "/b", "en"),
    }


def test_warning_about_somebody_met_before_is_reached(convert_form: Convert) -> None:
    xform = convert_form(
        "| survey |\n| | type | name | label | save_to | relevant | required |\n"
        "| | csv-external | people | | | | |\n| | text | nick | Nick | nick | | yes |\n"
        "| | note | again | Met | | count(instance('people')/root/item[nick = ${nick}]) > 0 | |\n"
        "| entities |\n| | list_name | label |\n| | people | ${nick} |\n"
    )
    report = tried(xform)
    assert report.findings == ()
    assert report.shown["/again"]


def test_what_would_stop_collect_is_named(convert_form: Convert) -> None:
    xform = convert_form(
        "| survey |\n| | type | name | label | calculation |\n| | begin_repeat | r | R | |\n"
        "| | text | b | B | |\n| | end_repeat | r | | |\n| | calculate | d | | ${b} + 1 |\n"
    )
    [finding] = tried(xform).findings
    assert finding.kind == "stops"
    assert "indexed-repeat" in finding.detail


def test_findings_read_in_both_languages(convert_form: Convert) -> None:
    [finding] = tried(
        convert_form(HEAD + "| | integer | a | A | | | . > 5 and . < 3 | |\n")
    ).findings
    assert str(finding) == "/a : aucune réponse n'est acceptée"
    use("en")
    try:
        assert str(finding) == "/a : no answer is accepted"
    finally:
        use("fr")


@given(st.integers())
@pytest.mark.parametrize(
    "pattern",
    [r"^[A-Z0-9/-]{3,20}$", r"^R-[0-9A-F]{8}$", r"(\+223)?[2-9]\d{7}", r"^(a|b+)?[^x-z\s].\w\W$"],
)
def test_texts_written_for_a_pattern_match_it(pattern: str, seed: int) -> None:
    text = string_of(pattern, Random(seed))
    assert re.search(pattern, text), text
