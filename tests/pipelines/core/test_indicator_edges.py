"""Where indicators could go wrong: no denominator, people merged later, withdrawals, late parents."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.core.refresh import refresh
from pipelines.indicators.compute import compute
from pipelines.protection.erase import erase

CARD = "1000000001"
NEVER = "2030-01-01T00:00:00.000Z"


def _update(centre: Any, now: str | None = None, *, full: bool = False) -> None:
    refresh(centre.engine, now=now or centre.now(), full=full)
    compute(centre.engine, now=now or centre.now(), full=full)


def _value(centre: Any, indicator: str, measure: str, month: str, where: str = "1 = 1") -> Any:
    rows = centre.ask(
        "select numerator, denominator, value from indicator_value where period_kind = 'month' "
        f"and cast(period_start as text) = '{month}-01' and indicator = '{indicator}' "
        f"and measure = '{measure}' and row_dimension = '' and {where}"
    )
    return rows[0] if rows else None


def _join(centre: Any, name: str, day: str, card: str = CARD, **answers: Any) -> None:
    said = {"consent_membership": "yes", "card_code": card, "event": "join", "union": "untm",
            "event_date": day}  # fmt: skip
    centre.send("membership", name, **(said | answers))


def test_without_anybody_asked_there_is_no_share(centre: Any) -> None:
    centre.send("labour_case", "c1", record_type="new", new_code="L-1", outcome="settled", women=1,
                amount_claimed=0, sector="asgm")  # fmt: skip
    centre.register("i1", children_here=0, children_not_in_school=0)
    centre.sync()
    centre.know("p1", "i1", nationality="ML", sex="undisclosed")
    _update(centre)
    for indicator, measure in [
        ("I-05", "women"), ("I-06", "for_work"), ("I-08", "stamped"), ("I-19", "out_of_school"),
        ("I-23", "recovery"), ("I-24", "forced_labour_signs"), ("I-16", "up_to_date"),
    ]:  # fmt: skip
        assert _value(centre, indicator, measure, "2026-10") is None, indicator
    assert _value(centre, "I-05", "undisclosed", "2026-10") == (1, None, 1)


def test_members_without_anybody_identified_have_no_rate(centre: Any) -> None:
    _join(centre, "m1", "2026-10-10")
    centre.sync()
    _update(centre)
    assert _value(centre, "I-13", "members", "2026-10") == (1, None, 1)
    assert _value(centre, "I-13", "rate", "2026-10") is None


def test_two_persons_found_to_be_one_are_counted_once_from_then_on(centre: Any) -> None:
    centre.register("i1", today="2026-08-05")
    centre.register("i2", today="2026-10-05")
    _join(centre, "m1", "2026-10-10", CARD)
    _join(centre, "m2", "2026-10-11", "1000000002", union="cstm")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-08-05"})
    centre.know("p2", "i2", cards={"1000000002": "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-01", "people", "2026-10") == (1, None, 1)
    assert _value(centre, "I-13", "joined", "2026-10") == (2, None, 2)
    centre.know("p2", state="merged", into="p1")
    centre.know("p1", "i1", "i2", cards={CARD: "2026-08-05", "1000000002": "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-01", "people", "2026-10") is None
    assert _value(centre, "I-01", "people", "2026-08") == (1, None, 1)
    assert _value(centre, "I-04", "people", "2026-10") == (1, None, 1)
    assert _value(centre, "I-03", "duplicates", "2026-10") == (1, 1, 1)
    assert _value(centre, "I-13", "joined", "2026-10") == (1, None, 1)


def test_who_withdraws_is_in_no_figure_any_more(centre: Any) -> None:
    centre.register("i1", needs="health", union_interest="yes")
    _join(centre, "m1", "2026-10-10")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-13", "rate", "2026-10") == (1, 1, 1)
    centre.send("rights_request", "d1", request="withdraw", withdrawn="record membership",
                card_code=CARD, request_date="2026-11-15")  # fmt: skip
    centre.sync()
    _update(centre)
    assert centre.ask("select count(*) from indicator_value") == [
        (centre.ask("select count(*) from indicator_value where indicator = 'I-25'")[0][0],)
    ]


def test_an_outcome_told_before_its_referral_counts_when_that_arrives(centre: Any) -> None:
    centre.send("referral", "f1", record_type="follow_up", referral_code="R-1", status="served",
                status_date="2026-09-20", today="2026-09-20", satisfied="no")  # fmt: skip
    centre.sync()
    _update(centre)
    assert _value(centre, "I-21", "served", "2026-09") is None
    centre.send("referral", "r1", record_type="new", new_code="R-1", info_only="no",
                service="inps", today="2026-09-10")  # fmt: skip
    centre.sync()
    _update(centre)
    assert _value(centre, "I-21", "served", "2026-09") == (1, 1, 1)
    assert _value(centre, "I-21", "delay", "2026-09") == (None, None, 10)
    assert _value(centre, "I-21", "satisfied", "2026-09") == (0, 1, 0)


def test_a_referral_is_judged_from_the_thirty_first_day(centre: Any) -> None:
    centre.send("referral", "r1", record_type="new", new_code="R-1", info_only="no",
                service="inps", today="2026-11-20")  # fmt: skip
    centre.sync()
    for day in ("2026-12-20", "2026-12-21"):
        _update(centre, f"{day}T08:00:00.000Z")
        expected = None if day == "2026-12-20" else (0, 1, 0)
        assert _value(centre, "I-21", "served", "2026-11") == expected


def test_a_membership_older_than_the_registration_counts_in_its_own_month(centre: Any) -> None:
    _join(centre, "m1", "2026-03-10", role="delegate")
    _join(centre, "m0", "2015-01-01", "1000000002")
    centre.register("i1", today="2026-10-05", union_interest="yes")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-13", "joined", "2026-03") == (1, None, 1)
    assert _value(centre, "I-13", "members", "2026-03") == (2, None, 2)
    assert _value(centre, "I-15", "women", "2026-03") == (1, 1, 1)
    # In the rate a member counts only from when he is in the directory, too.
    assert _value(centre, "I-13", "rate", "2026-03") is None
    assert _value(centre, "I-13", "rate", "2026-10") == (1, 1, 1)
    assert _value(centre, "I-13", "conversion", "2026-10") == (1, 1, 1)


def test_whoever_joins_long_after_being_met_counts_where_she_was_met(centre: Any) -> None:
    centre.register("i1", today="2026-06-05", union_interest="yes")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-06-05"})
    _update(centre)
    assert _value(centre, "I-13", "conversion", "2026-06") == (0, 1, 0)
    _join(centre, "m1", "2026-11-10")
    centre.sync()
    _update(centre)
    assert _value(centre, "I-13", "conversion", "2026-06") == (1, 1, 1)
    centre.delete("membership", "m1")
    centre.sync()
    _update(centre)
    assert _value(centre, "I-13", "conversion", "2026-06") == (0, 1, 0)


def test_stocks_go_on_into_months_in_which_nothing_happens(centre: Any) -> None:
    centre.register("i1")
    _join(centre, "m1", "2026-10-10", dues_amount=500, dues_months=2)
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    _update(centre)
    later = "2027-02-03T08:00:00.000Z"
    _update(centre, later)
    assert _value(centre, "I-04", "people", "2027-02") == (1, None, 1)
    assert _value(centre, "I-13", "members", "2027-02") == (1, None, 1)
    paid = [_value(centre, "I-16", "up_to_date", m) for m in ("2026-11", "2026-12", "2027-02")]
    assert paid == [(1, 1, 1), (0, 1, 0), (0, 1, 0)]


def test_quarters_and_years_add_months_up(centre: Any) -> None:
    for number, day in enumerate(["2026-07-31", "2026-08-01", "2026-10-01"]):
        centre.send("awareness_session", f"s{number}", session_date=day, women=10, men=number)
    centre.sync()
    _update(centre)
    rows = centre.ask(
        "select period_kind, cast(period_start as text), numerator from indicator_value "
        "where indicator = 'I-10' and measure = 'attendances' and row_dimension = '' "
        "and period_kind <> 'month' order by 1, 2"
    )
    assert rows == [("quarter", "2026-07-01", 21), ("quarter", "2026-10-01", 12),
                    ("year", "2026-01-01", 33)]  # fmt: skip


def test_a_change_of_an_answer_reaches_the_figures_it_left(centre: Any) -> None:
    centre.send("awareness_session", "s1", session_date="2026-07-31", women=10, men=0)
    centre.sync()
    _update(centre)
    centre.send("awareness_session", "s1", session_date="2026-08-31")
    centre.sync()
    _update(centre)
    assert _value(centre, "I-10", "attendances", "2026-07") is None
    assert _value(centre, "I-10", "attendances", "2026-08") == (10, None, 10)
    assert compute(centre.engine, now=centre.now()).months == 0


def test_a_person_in_both_confederations_counts_in_each_and_once_in_all(centre: Any) -> None:
    centre.register("i1")
    paid: dict[str, Any] = {"role": "delegate", "dues_amount": 500, "dues_months": 3}
    _join(centre, "m1", "2026-08-10", **paid)
    _join(centre, "m2", "2026-09-10", union="cstm", **paid)
    _join(centre, "m3", "2026-10-02", event="resign")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    _update(centre)
    for indicator, measure, one in [
        ("I-13", "members", (1, None, 1)), ("I-15", "women", (1, 1, 1)),
        ("I-16", "up_to_date", (1, 1, 1)),
    ]:  # fmt: skip
        for month in ("2026-08", "2026-09", "2026-10"):
            assert _value(centre, indicator, measure, month) == one, (measure, month)
        rows = centre.ask(
            "select row_value, cast(period_start as text), numerator from indicator_value "
            f"where indicator = '{indicator}' and measure = '{measure}' and row_dimension = 'union' "
            "and period_kind = 'month' and period_start < '2026-11-01' order by 1, 2"
        )
        months = ["2026-08-01", "2026-09-01", "2026-10-01"]
        expected = [("cstm", m, 1) for m in months[1:]] + [("untm", m, 1) for m in months[:2]]
        assert rows == expected, measure


def test_who_left_is_neither_up_to_date_nor_in_a_role(centre: Any) -> None:
    centre.register("i1")
    _join(centre, "m1", "2026-08-10", role="relay", dues_amount=6000, dues_months=12)
    _join(centre, "m2", "2026-10-02", event="resign")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05"})
    _update(centre)
    for indicator, measure in (("I-16", "up_to_date"), ("I-15", "women")):
        assert _value(centre, indicator, measure, "2026-09") == (1, 1, 1)
        assert _value(centre, indicator, measure, "2026-10") is None


def test_dues_paid_before_joining_count_once_there_is_a_member(centre: Any) -> None:
    _join(centre, "m1", "2026-08-10", event="dues", dues_amount=500, dues_months=3)
    _join(centre, "m2", "2026-10-02")
    centre.sync()
    _update(centre)
    assert _value(centre, "I-16", "up_to_date", "2026-09") is None
    assert _value(centre, "I-16", "up_to_date", "2026-10") == (1, 1, 1)
    assert _value(centre, "I-16", "up_to_date", "2026-11") == (0, 1, 0)


@pytest.mark.parametrize("full", [False, True])
def test_what_an_erased_member_had_paid_stays_in_the_sum(
    centre: Any, full: bool, tmp_path: Path
) -> None:
    for number, card in enumerate([CARD, "1000000002"]):
        _join(centre, f"m{number}", "2026-10-10", card, dues_amount=500, dues_months=1)
        centre.register(f"i{number}", card_code=card)
    centre.sync()
    centre.know("p0", "i0", cards={CARD: "2026-10-05"})
    centre.know("p1", "i1", cards={"1000000002": "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-16", "collected", "2026-10") == (1000, None, 1000)
    erase(centre.engine, "p0", now=centre.now(), store=tmp_path)
    _update(centre, full=full)
    assert _value(centre, "I-13", "joined", "2026-10") == (1, None, 1)
    assert _value(centre, "I-16", "collected", "2026-10") == (1000, None, 1000)


def test_an_outcome_told_before_its_case_counts_when_that_arrives(centre: Any) -> None:
    centre.send("labour_case", "k1", record_type="follow_up", case_code="L-1", today="2026-09-20",
                outcome="settled", amount_recovered=50000)  # fmt: skip
    centre.sync()
    _update(centre)
    assert _value(centre, "I-23", "resolved", "2026-09") is None
    centre.send("labour_case", "c1", record_type="new", new_code="L-1", today="2026-08-01",
                outcome="open", amount_claimed=100000, women=1, sector="asgm")  # fmt: skip
    centre.sync()
    _update(centre)
    assert _value(centre, "I-23", "opened", "2026-08") == (1, None, 1)
    assert _value(centre, "I-23", "resolved", "2026-09") == (1, 1, 1)
    assert _value(centre, "I-23", "recovered", "2026-09") == (50000, None, 50000)


def test_a_participant_met_before_registering_is_one_person_once_cards_meet(centre: Any) -> None:
    for day, card in (("2026-08-01", CARD), ("2026-08-02", "1000000002")):
        centre.send("training_attendance", f"t{day}", session_date=day, event_code="F-1",
                    participant=[{"part_role": "migrant", "card_code": card}])  # fmt: skip
    centre.sync()
    _update(centre)
    assert _value(centre, "I-12", "people", "2026-08") == (2, None, 2)
    centre.register("i1", today="2026-10-05")
    centre.sync()
    centre.know("p1", "i1", cards={CARD: "2026-10-05", "1000000002": "2026-10-05"})
    _update(centre)
    assert _value(centre, "I-12", "people", "2026-08") == (1, None, 1)


def test_a_changed_answer_moves_only_the_figures_that_read_it(centre: Any) -> None:
    centre.register("i1", today="2026-06-05", needs="health")
    centre.sync()
    centre.know("p1", "i1", sector="asgm")
    _update(centre)
    centre.know("p1", "i1", sector="catering")
    refresh(centre.engine, now=centre.now())
    assert centre.ask("select topic from core_dirty where topic like 'worker%'") == [
        ("worker.sector",)
    ]
    compute(centre.engine, now=centre.now())
    rows = centre.ask(
        "select row_value from indicator_value where indicator = 'I-05' and measure = 'women' "
        "and period_kind = 'month' and row_dimension = 'sector'"
    )
    assert rows == [("catering",)]
