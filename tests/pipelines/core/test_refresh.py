"""The core follows the answers and the persons, in whatever order they come."""

from typing import Any

import pytest

from pipelines.core.refresh import refresh

CARD = "1234567890"


def _joined(centre: Any, instance_id: str, card: str = CARD, **answers: Any) -> None:
    said = {"consent_membership": "yes", "card_code": card, "event": "join",
            "event_date": "2026-10-10", "union": "untm", "base_union": "untm_mines",
            "age_years": 30, "card_issued": "yes", "focal_point": "PF-01"}  # fmt: skip
    known = centre.rows.get((1, "membership", instance_id), {})
    centre.send("membership", instance_id, **(said | known | answers))


def test_nothing_published_is_nothing_to_say(centre: Any) -> None:
    assert refresh(centre.engine, now=centre.now()).kind == "full"
    assert refresh(centre.engine, now=centre.now()).kind == "nothing"
    assert centre.ask("select count(*) from interview") == [(0,)]
    assert centre.ask("select count(*) from mining_site where listed = 1")[0][0] > 10


def test_a_registered_adult_becomes_a_worker_and_others_do_not(centre: Any) -> None:
    centre.register("i1")
    centre.register("i2", consent_record="no", birth_year=None)
    centre.register("i3", birth_year=2012)
    centre.register("i4", system={"reviewState": "rejected"})
    centre.sync()
    centre.know("p1", "i1")
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select instance_id, result from interview order by 1") == [
        ("i1", "registered"), ("i2", "refused"), ("i3", "minor"),
    ]  # fmt: skip
    assert centre.ask(
        "select person_id, sex, age_band, nationality_group, occupation_group, month from worker"
    ) == [("p1", "female", "a35_59", "ecowas", "mining", 2026 * 12 + 9)]


def test_a_missing_question_reads_as_no_answer(centre: Any) -> None:
    centre.publish("identification", without=("union_interest", "needs", "today"))
    centre.register("i1")
    with centre.engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into form_identification (instance_id, submitted_at, consent_record, birth_year)"
            " values ('i9', '2026-09-01T00:00:00.000Z', 'yes', 1990)"
        )
    refresh(centre.engine, now=centre.now(), full=True)
    assert centre.rows_of("interview", "instance_id, seen_on, union_interest") == [
        ("i9", "2026-09-01", "None")
    ]


def test_two_projects_are_one_centre(centre: Any) -> None:
    for project in (1, 2):
        centre.send("awareness_session", f"s{project}", project=project, women=3, men=4)
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select project_id, women from awareness_session order by 1") == [
        (1, 3), (2, 3),
    ]  # fmt: skip


def test_few_people_of_a_session_are_not_counted_in_the_open(centre: Any) -> None:
    centre.send("awareness_session", "s1", women=3, men=13)
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select sessions, women, men from awareness_activity") == [(1, None, 15)]


def test_a_follow_up_finds_its_referral_whichever_comes_first(centre: Any) -> None:
    centre.send("referral", "f1", record_type="follow_up", referral_code="R-0000000A",
                status_date="2026-10-20", status="served", satisfied="yes")  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select count(*) from referral") == [(0,)]
    centre.send("referral", "r1", record_type="new", new_code="R-0000000A", info_only="no",
                service="inps", sex="male")  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    state = "select follow_ups, status, days_to_served, satisfied from referral"
    assert centre.ask(state) == [(1, "served", 15, "yes")]
    centre.send("referral", "f2", record_type="follow_up", referral_code="R-0000000A",
                status_date="2026-10-08", status="sent")  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask(state) == [(2, "served", 15, "yes")]
    centre.delete("referral", "f1")
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask(state) == [(1, "sent", None, None)]


def test_a_case_stands_where_its_last_record_says(centre: Any) -> None:
    centre.send("labour_case", "c2", record_type="follow_up", case_code="L-1", today="2026-11-02",
                outcome="settled", steps="conciliation", amount_recovered=50000)  # fmt: skip
    centre.send("labour_case", "c1", record_type="new", new_code="L-1", outcome="open", women=2,
                men=1, site="bilalkoto", sector="asgm", dispute="unpaid", fl_indicators="wages",
                amount_claimed=80000, fact_month="2026-07-01")  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask(
        "select cercle, has_signs, follow_ups, outcome, closed_month, amount_recovered, fact_month "
        "from labour_case"
    ) == [("kenieba", 1, 1, "settled", 2026 * 12 + 10, 50000, 2026 * 12 + 6)]


def test_records_follow_the_person_of_their_card(centre: Any) -> None:
    centre.register("i1")
    centre.register("i2", today="2026-10-07")
    _joined(centre, "m1", CARD)
    _joined(centre, "m2", "2222222222", event="dues", dues_amount=500, dues_months=2)
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    centre.know("p2", "i2", cards={"2222222222": "2026-10-07"})
    refresh(centre.engine, now=centre.now())
    owners = "select instance_id, person_id, subject_id from membership_event order by 1"
    assert centre.ask(owners) == [("m1", "p1", "p1"), ("m2", "p2", "p2")]
    centre.know("p2", state="merged", into="p1")
    centre.know("p1", "i1", "i2", cards={CARD: "2026-10-05", "2222222222": "2026-10-07"})
    assert refresh(centre.engine, now=centre.now()).kind == "incremental"
    assert centre.ask(owners) == [("m1", "p1", "p1"), ("m2", "p1", "p1")]
    assert centre.ask("select person_id, interviews from worker") == [("p1", 2)]
    assert centre.ask("select turn from interview order by instance_id") == [(1,), (2,)]
    assert centre.ask("select subject_id, is_member, payments, paid_total from member") == [
        ("p1", 1, 1, 500)
    ]


def test_cards_still_held_by_a_merged_person_lead_to_the_one_that_stays(centre: Any) -> None:
    centre.register("i1")
    _joined(centre, "m1", CARD)
    centre.sync()
    centre.know("p1", "i1")
    centre.know("p2", state="merged", into="p1", cards={CARD: "2026-10-05"})
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select person_id from membership_event") == [("p1",)]


def test_a_member_of_sixteen_is_a_member_and_no_worker(centre: Any) -> None:
    _joined(centre, "m1", CARD, age_years=16)
    _joined(centre, "m2", CARD, event="resign", event_date="2026-11-01", age_years=None)
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.rows_of("member", "subject_id, person_id, minor, is_member, left_on") == [
        ("card-m1", "None", "1", "0", "2026-11-01")
    ]
    assert centre.ask("select joined_month, left_month from membership_spell") == [
        (2026 * 12 + 9, 2026 * 12 + 10)
    ]


def test_who_withdraws_leaves_the_directory_at_once(centre: Any) -> None:
    centre.register("i1", mobility="destination")
    _joined(centre, "m1", CARD)
    centre.send("referral", "r1", record_type="new", new_code="R-0000000A", card_code=CARD)
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select count(*) from worker") == [(1,)]
    centre.send("rights_request", "d1", request="withdraw", withdrawn="record", card_code=CARD,
                request_date="2026-10-15")  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select count(*) from worker") == [(0,)]
    assert centre.ask("select result, person_id, mobility from interview") == [
        ("withdrawn", None, None)
    ]
    assert centre.ask("select person_id from referral") == [(None,)]
    # Membership is an agreement of its own, told apart from the person from now on.
    assert centre.ask("select person_id, subject_id from membership_event") == [(None, "card-d1")]
    assert centre.ask("select purpose, given from consent_event where given < 1") == [
        ("record", -1)
    ]
    centre.register("i2", today="2026-11-01")
    centre.sync()
    centre.know("p1", "i1", "i2", cards={CARD: "2026-10-05"})
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select person_id, interviews from worker") == [("p1", 1)]


def test_an_erasure_takes_the_membership_along(centre: Any) -> None:
    _joined(centre, "m1", CARD)
    centre.send("rights_request", "d1", request="erase", card_code=CARD, request_date="2026-10-15")
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select count(*) from membership_event") == [(0,)]
    assert centre.ask("select count(*) from member") == [(0,)]


@pytest.mark.parametrize("full", [False, True])
def test_what_was_erased_in_raw_goes_from_the_core(centre: Any, full: bool) -> None:
    centre.register("i1")
    centre.register("i2")
    _joined(centre, "m1", CARD)
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    refresh(centre.engine, now=centre.now())
    centre.forget("i1", "m1")
    refresh(centre.engine, now=centre.now(), full=full)
    assert centre.ask("select instance_id from interview") == [("i2",)]
    for table in ("worker", "membership_event", "member", "record_card"):
        assert centre.ask(f"select count(*) from {table}") == [(0,)], table


def test_participants_with_a_card_are_known_again(centre: Any) -> None:
    centre.register("i1")
    people = [
        {
            "part_role": "migrant",
            "card_code": CARD,
            "sex": "female",
            "pre_score": 3,
            "post_score": 8,
        },
        {"part_role": "elected", "sex": "male", "age_band": "a60"},
    ]
    centre.send("training_attendance", "t1", event_code="F-2026-01", session_date="2026-10-12",
                day_no=1, themes="osh", participant=people)  # fmt: skip
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select participants from training_session") == [(2,)]
    assert centre.ask(
        "select row_path, subject_id, age_band, nationality_group, post_score from attendance "
        "order by 1"
    ) == [("1", "p1", "a35_59", "ecowas", 8), ("2", None, "a60", "unknown", None)]


def test_a_site_shows_its_latest_state(centre: Any) -> None:
    centre.send("mining_site", "s1", record_type="follow_up", site="yatiya", commune="kenieba_sitakily",
                cercle="kenieba", site_type="artisanal", site_status="active", women_band="b50",
                children_working="yes", today="2026-09-01")  # fmt: skip
    centre.send("mining_site", "s2", record_type="new", site_name="Yatiya", commune="kenieba_sitakily",
                cercle="kenieba", site_type="artisanal", site_status="seasonal", women_band="b0",
                children_working="no", today="2026-10-01",
                location={"type": "Point", "coordinates": [-11.2, 12.9]})  # fmt: skip
    centre.sync()
    refresh(centre.engine, now=centre.now())
    assert centre.ask(
        "select visits, site_status, women_middle, children_working, latitude from mining_site "
        "where site_key = 'yatiya'"
    ) == [(2, "seasonal", 0, "no", 12.9)]


def test_labels_come_from_the_reference_files(centre: Any) -> None:
    refresh(centre.engine, now=centre.now())
    assert centre.ask(
        "select code, label_fr, label_en from code_label where dimension = 'nationality_group' "
        "and code in ('aes', 'unknown') order by 1"
    ) == [
        ("aes", "AES (Burkina Faso, Niger)", "AES (Burkina Faso, Niger)"),
        ("unknown", "Non renseigné", "Not given"),
    ]
