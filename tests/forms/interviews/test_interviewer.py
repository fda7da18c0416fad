"""Simulated enumerators finish interviews on every form, slip, correct, and never repeat an ID."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from forms.compiler import compile_form, form_ids
from forms.engine import LoadedForm, check, load
from forms.engine.entities import lists_after
from forms.interviews import Finished, hold

Held = Callable[..., list[Finished]]
Loaded = Callable[[str], LoadedForm]


def answer(xml: str, name: str) -> str | None:
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    return found[1] if found else None


@pytest.fixture(scope="module")
def identifications(held: Held) -> list[Finished]:
    return held("identification", 400)


@pytest.mark.parametrize("form_id", form_ids())
def test_every_form_is_filled_in_and_valid(form_id: str, held: Held, loaded: Loaded) -> None:
    finished = held(form_id, 30)
    assert len({one.instance_id for one in finished}) == 30
    for one in finished:
        assert (one.form_id, one.version) == (form_id, loaded(form_id).version)
        assert check(loaded(form_id), one.xml, at=one.ended).result == "ok"
        assert set(one.attachments) >= {"audit.csv"}


@pytest.mark.parametrize("form_id", ["identification", "referral", "training_attendance"])
def test_interview_is_the_same_whichever_came_before(form_id: str, held: Held) -> None:
    whole, part = held(form_id, 40), held(form_id, 10, first=30)
    assert part == whole[30:]


def test_later_numbers_are_other_people(held: Held, identifications: list[Finished]) -> None:
    later = held("identification", 20, first=400)
    assert not {one.instance_id for one in later} & {one.instance_id for one in identifications}


def test_who_refuses_or_is_minor_leaves_no_name(identifications: list[Finished]) -> None:
    refused = [one.xml for one in identifications if answer(one.xml, "consent_record") == "no"]
    minors = [one.xml for one in identifications if int(answer(one.xml, "age") or 99) < 18]
    assert refused
    assert minors
    for xml in refused + minors:
        assert "<last_name>" not in xml
        assert "<phone>" not in xml
        assert "<card_code>" not in xml


def test_mistakes_are_refused_and_corrected(identifications: list[Finished]) -> None:
    assert 0.02 < sum(one.refusals > 0 for one in identifications) / 400 < 0.3


def test_interviews_are_in_working_hours_of_the_time_given(identifications: list[Finished]) -> None:
    for one in identifications:
        start = answer(one.xml, "start") or ""
        assert "2026-10-01" <= start < "2026-11-20"
        assert "07:30" <= start[11:16] <= "18:59"
        assert one.ended.isoformat()[:10] == start[:10]
        assert one.ended.weekday() < 6


def test_both_languages_are_spoken_and_all_enumerators_work(
    identifications: list[Finished],
) -> None:
    assert {one.english for one in identifications} == {True, False}
    assert len({one.enumerator for one in identifications}) == 25
    for one in identifications:
        assert answer(one.xml, "focal_point") == f"PF-{one.enumerator + 1:02d}"


def test_another_enumerator_meets_a_person_again(identifications: list[Finished]) -> None:
    met: dict[int, set[int]] = {}
    for one in identifications:
        met.setdefault(one.who, set()).add(one.enumerator)
    times = [one.who for one in identifications]
    again = [who for who in met if times.count(who) == 2]
    assert again
    assert all(len(met[who]) == 2 for who in again)


def test_phones_that_know_the_cards_warn_of_people_met_again(
    identifications: list[Finished],
) -> None:
    compiled = compile_form("identification")
    cards = lists_after(compiled.xform, [one.xml for one in identifications])
    form = load(compiled.xform, {**compiled.media, **cards})
    times = {
        "since": datetime(2026, 11, 1, tzinfo=UTC),
        "until": datetime(2026, 11, 20, tzinfo=UTC),
    }
    later = list(hold(form, count=200, first=400, enumerators=25, seed=7, **times))
    warned = [one for one in later if answer(one.xml, "is_new")]
    again = {one.instance_id for one in later if one.who < 400}
    assert again & {one.instance_id for one in warned}
    assert len(warned) < 40


def test_one_enumerator_hurries(identifications: list[Finished]) -> None:
    def seconds(one: Finished) -> float:
        rows = [line.split(",") for line in one.attachments["audit.csv"].decode().splitlines()]
        asked = [row for row in rows if row[0] == "question"]
        return (int(asked[-1][3]) - int(asked[0][2])) / 1000 / len(asked)

    hurried = [seconds(one) for one in identifications if one.enumerator == 12]
    others = [seconds(one) for one in identifications if one.enumerator != 12]
    assert max(hurried) < sum(others) / len(others)


def test_screens_in_the_audit_log_follow_each_other(identifications: list[Finished]) -> None:
    rows = [
        line.split(",")
        for line in identifications[0].attachments["audit.csv"].decode().splitlines()[1:]
    ]
    assert all(int(one[2]) <= int(other[2]) for one, other in pairwise(rows))


def test_follow_ups_name_cases_that_exist(held: Held) -> None:
    finished = held("referral", 60)
    opened = {answer(one.xml, "new_code") for one in finished if "<request>" in one.xml}
    followed = {answer(one.xml, "referral_code") for one in finished} - {None}
    assert followed
    assert followed <= opened | {answer(one.xml, "new_code") for one in finished}
