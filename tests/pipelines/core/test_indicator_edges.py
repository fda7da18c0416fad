"""Where indicators could go wrong: no denominator, people merged later, withdrawals, late parents."""

from typing import Any

from pipelines.core.refresh import refresh
from pipelines.indicators.compute import compute

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
