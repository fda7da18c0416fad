"""All 25 indicators against a small centre computed by hand."""

from typing import Any

import pytest

from pipelines.core.refresh import refresh
from pipelines.indicators.compute import compute
from pipelines.indicators.definition import read_definitions

A, B, C = "1000000001", "1000000002", "1000000003"

# October 2026 of a very small centre. (measure, disaggregation) → (numerator, denominator, value).
EXPECTED: dict[tuple[str, str, str], tuple[float | None, float | None, float | None]] = {
    # Awa, Binta, Cheick and Demba: i1 and i2 are both Awa's, i3 … i5 the others'.
    ("I-01", "people", ""): (4, None, 4),
    ("I-01", "people", "sex=female"): (2, None, 2),
    ("I-01", "people", "sex=female nationality_group=ecowas"): (1, None, 1),
    ("I-01", "people", "sex=male occupation_group=mining"): (2, None, 2),
    ("I-01", "people", "cercle=kenieba"): (3, None, 3),
    ("I-01", "people", "age_band=a60"): (1, None, 1),
    # Five registered, a minor and a refusal.
    ("I-02", "consent", ""): (6, 7, 6 / 7),
    ("I-02", "consent", "team=PF-02"): (1, 2, 0.5),
    # Awa's second interview; she said no although she was known, the others said no rightly.
    ("I-03", "duplicates", ""): (1, 5, 0.2),
    ("I-03", "seen_before_right", ""): (4, 5, 0.8),
    ("I-04", "people", ""): (4, None, 4),
    ("I-04", "people", "cercle=sadiola"): (1, None, 1),
    ("I-05", "women", ""): (2, 4, 0.5),
    ("I-05", "women", "sector=catering"): (1, 1, 1),
    ("I-05", "undisclosed", ""): (None, None, None),
    # Of the three non-Malians with a reason, Awa and Cheick came for work.
    ("I-06", "for_work", ""): (2, 3, 2 / 3),
    ("I-06", "for_work", "stay_pattern=over12"): (1, 1, 1),
    # Awa (cdd) and Binta (verbal) know their contract, Cheick (dk) does not.
    ("I-07", "written", ""): (1, 2, 0.5),
    ("I-08", "stamped", ""): (0, 1, 0),
    ("I-09", "covered", ""): (1, 2, 0.5),
    ("I-10", "attendances", ""): (50, None, 50),
    ("I-10", "attendances", "sex=female"): (30, None, 30),
    ("I-10", "attendances", "sex=male method=talk"): (15, None, 15),
    ("I-10", "sessions", ""): (2, None, 2),
    ("I-10", "mean", ""): (50, 2, 25),
    ("I-10", "minors", ""): (5, 35, 1 / 7),
    ("I-10", "foreigners", ""): (10, 15, 2 / 3),
    # Two sessions and three training days.
    ("I-11", "coverage", "theme=osh"): (4, 5, 0.8),
    ("I-11", "coverage", "theme=contracts"): (1, 5, 0.2),
    ("I-12", "attendances", ""): (7, None, 7),
    ("I-12", "people", ""): (2, None, 2),
    ("I-12", "completion", ""): (1, 2, 0.5),
    ("I-12", "gain", ""): (7, 2, 3.5),
    # Awa joined, and Cheick, whose membership dates from before his registration; a boy of 16.
    ("I-13", "joined", ""): (2, None, 2),
    ("I-13", "joined", "union=untm"): (2, None, 2),
    ("I-13", "members", ""): (3, None, 3),
    ("I-13", "members", "union=cstm"): (1, None, 1),
    ("I-13", "members", "sex=unknown"): (1, None, 1),
    ("I-13", "minors", ""): (1, None, 1),
    ("I-13", "rate", ""): (2, 4, 0.5),
    ("I-13", "rate", "cercle=kenieba"): (2, 3, 2 / 3),
    ("I-13", "conversion", ""): (1, 2, 0.5),
    ("I-14", "delivered", ""): (1, 2, 0.5),
    ("I-15", "women", ""): (1, 2, 0.5),
    # Cheick paid 12 months in May and one in October; Awa one month in September; the boy never.
    ("I-16", "up_to_date", ""): (1, 3, 1 / 3),
    ("I-16", "collected", ""): (1000, None, 1000),
    ("I-17", "visits", ""): (2, None, 2),
    ("I-17", "share", ""): (2, 4, 0.5),
    ("I-17", "contacts", "channel=phone"): (1, None, 1),
    ("I-18", "registered", "need=health"): (2, 3, 2 / 3),
    ("I-18", "registered", "need=health sex=female"): (1, 2, 0.5),
    ("I-18", "requested", "need=documents"): (2, 4, 0.5),
    ("I-18", "asked", "need=union"): (1, 1, 1),
    ("I-19", "out_of_school", ""): (2, 5, 0.4),
    ("I-20", "documents", ""): (2, 4, 0.5),
    ("I-20", "by_need", "doc_need=lost"): (1, None, 1),
    # Three were referred on more than 30 days before; two were served, after 4 and 10 days.
    ("I-21", "served", ""): (2, 3, 2 / 3),
    ("I-21", "delay", ""): (None, None, 7),
    ("I-21", "delay", "service=inps"): (None, None, 4),
    ("I-21", "satisfied", ""): (1, 1, 1),
    ("I-22", "presence", ""): (2, 5, 0.4),
    ("I-22", "by_service", "service=inps"): (1, 5, 0.2),
    ("I-22", "services", ""): (2, None, 2),
    ("I-23", "opened", ""): (2, None, 2),
    ("I-23", "by_subject", "dispute=unpaid"): (2, None, 2),
    ("I-23", "workers", "sex=female"): (3, None, 3),
    ("I-23", "resolved", ""): (1, 1, 1),
    ("I-23", "recovered", ""): (30000, None, 30000),
    ("I-23", "recovery", ""): (30000, 60000, 0.5),
    ("I-24", "forced_labour_signs", ""): (1, 2, 0.5),
    ("I-24", "children_working", ""): (1, 2, 0.5),
    ("I-25", "covered", "site_type=processing"): (1, 1, 1),
    ("I-25", "workforce", ""): (175, None, 175),
    ("I-25", "workforce", "cercle=kenieba"): (150, None, 150),
}


def _people(centre: Any) -> None:
    register = centre.register
    work = {"work_status": "employee"}
    register("i1", needs="health legal", union_interest="yes", children_here=3,
             children_not_in_school=2, move_reason="family", contract_type="verbal")  # fmt: skip
    # What counts is the last interview of a person.
    register("i2", today="2026-10-09", needs="health legal", union_interest="yes", children_here=3,
             children_not_in_school=2, move_reason="work", stay_pattern="over12",
             contract_type="cdd", contract_visa="no", protection="inps amo")  # fmt: skip
    register("i3", cercle="sadiola", needs="food", contract_type="verbal", protection="none",
             children_here=2, children_not_in_school=0)  # fmt: skip
    register("i4", needs="health", move_reason="work", contract_type="dk", protection="dk",
             union_interest="yes", children_here=0)  # fmt: skip
    register("i5", move_reason="study", focal_point="PF-02")
    register("i6", birth_year=2012)
    register("i7", consent_record="no", focal_point="PF-02")
    centre.sync()
    centre.know("awa", "i1", "i2", cards={A: "2026-10-05"}, sector="asgm", **work)
    centre.know("binta", "i3", cards={B: "2026-10-05"}, nationality="ML", cercle="sadiola",
                sector="catering", occupation="5120", **work)  # fmt: skip
    centre.know("cheick", "i4", cards={C: "2026-10-05"}, sex="male", nationality="BF", **work)
    centre.know("demba", "i5", sex="male", birth_year=1960, nationality="MR", work_status="own")


def _union(centre: Any) -> None:
    def event(name: str, card: str, what: str, day: str, union: str = "untm", **more: Any) -> None:
        centre.send("membership", name, consent_membership="yes", card_code=card, event=what,
                    event_date=day, union=union, **more)  # fmt: skip

    # The role in an organisation counts from its last telling.
    event("m1", A, "join", "2026-10-10", age_years=36, card_issued="yes", role="delegate")
    event("m2", A, "dues", "2026-09-20", dues_amount=500, dues_months=1, dues_mode="cash")
    event("m3", C, "renew", "2026-05-02", "cstm", role="relay", dues_amount=6000, dues_months=12,
          dues_mode="mobile")  # fmt: skip
    event("m4", "1000000009", "join", "2026-10-11", age_years=16, card_issued="no", role="member")
    event("m5", "1000000008", "join", "2026-08-01", age_years=40, card_issued="yes")
    event("m6", "1000000008", "resign", "2026-10-30")
    event("m8", C, "dues", "2026-10-31", "cstm", dues_amount=1000, dues_months=1)
    centre.send("membership", "m7", consent_membership="no")


def _activities(centre: Any) -> None:
    centre.send("awareness_session", "s1", session_date="2026-10-03", method="talk", women=20, men=15,
                minors=5, themes="osh union", services_present="drt untm",
                questions_asked="union", cercle="kenieba")  # fmt: skip
    centre.send("awareness_session", "s2", session_date="2026-10-04", method="door", women=10, men=5,
                foreign=10, themes="contracts", cercle="kenieba")  # fmt: skip
    awa = {"part_role": "migrant", "card_code": A, "sex": "female"}
    cheick = {"part_role": "migrant", "card_code": C, "sex": "male"}
    elected = {"part_role": "elected", "sex": "male", "age_band": "a60"}
    days = [
        [{**awa, "pre_score": 3, "post_score": 8}, {**cheick, "pre_score": 5, "post_score": 7},
         {**elected, "pre_score": 2}],
        [awa, cheick],
        [awa, elected],
    ]  # fmt: skip
    for number, participants in enumerate(days, start=1):
        centre.send("training_attendance", f"t{number}", event_code="F-2026-01",
                    session_date=f"2026-10-1{number}", day_no=number, themes="osh",
                    services_present="inps" if number == 2 else None,
                    participant=participants)  # fmt: skip


def _casework(centre: Any) -> None:
    def refer(name: str, code: str, **answers: Any) -> None:
        said = {"record_type": "new", "channel": "site_visit", "info_only": "no", "service": "drt"}
        centre.send("referral", name, new_code=code, **(said | answers))

    def follow(name: str, code: str, status: str, day: str, **answers: Any) -> None:
        centre.send("referral", name, record_type="follow_up", referral_code=code, status=status,
                    status_date=day, **answers)  # fmt: skip

    follow("f1", "R-1", "served", "2026-10-09", satisfied="yes")
    refer("r1", "R-1", channel="ciom_visit", needs="documents", doc_need="lost renew",
          service="inps", card_code=A)  # fmt: skip
    refer("r2", "R-2", channel="ciom_visit", needs="health legal", service="health")
    follow("f2", "R-2", "served", "2026-10-15", satisfied="dk")
    refer("r3", "R-3", needs="food documents")
    refer("r4", "R-4", channel="phone", info_only="yes", service=None, needs="union", sex="male")
    follow("f9", "R-9", "served", "2026-10-15")

    def case(name: str, **answers: Any) -> None:
        said = {"record_type": "new", "new_code": name, "sector": "asgm", "outcome": "open",
                "women": 1, "men": 2, "dispute": "unpaid"}  # fmt: skip
        centre.send("labour_case", name, **(said | answers))

    centre.send("labour_case", "k1", record_type="follow_up", case_code="L1", today="2026-10-20",
                outcome="partly", amount_recovered=30000)  # fmt: skip
    case("L1", fl_indicators="wages threats", amount_claimed=60000)
    case("L2", women=2, men=0, fl_indicators="none", dispute="unpaid hours", amount_claimed=10000)

    def visit(name: str, site: str, **answers: Any) -> None:
        said = {"record_type": "new", "site_name": site, "commune": "kenieba_faraba",
                "cercle": "kenieba", "site_type": "dredge", "site_status": "active",
                "women_band": "b0", "men_band": "b1", "children_working": "no"}  # fmt: skip
        centre.send("mining_site", name, **(said | answers))

    visit("v1", "Un", today="2026-10-01", children_working="yes", women_band="b1000")
    visit("v2", "Un", today="2026-10-02", women_band="b50")
    visit("v3", "Deux", site_type="processing", cercle="sadiola")
    visit("v4", "Vieux", today="2025-10-31", men_band="b5000")


def _compute(centre: Any, *, full: bool = False) -> None:
    refresh(centre.engine, now=centre.now(), full=full)
    compute(centre.engine, now=centre.now(), full=full)


def _cells(centre: Any, period: str = "2026-10-01", kind: str = "month") -> dict[Any, Any]:
    found = {}
    for row in centre.ask(
        "select indicator, measure, row_dimension, row_value, column_dimension, column_value, "
        f"numerator, denominator, value, units from indicator_value where period_kind = '{kind}' "
        f"and cast(period_start as text) = '{period}'"
    ):
        place = " ".join(f"{d}={v}" for d, v in (row[2:4], row[4:6]) if d)
        found[row[0], row[1], place] = row[6:]
    return found


def test_a_small_centre_computed_by_hand(centre: Any) -> None:
    for part in (_people, _union, _activities, _casework):
        part(centre)
    centre.sync()
    _compute(centre)
    found = _cells(centre)
    for key, expected in EXPECTED.items():
        if expected == (None, None, None):
            assert key not in found, key
            continue
        assert key in found, key
        assert found[key][:3] == pytest.approx(expected), key


def test_every_measure_of_all_25_indicators_is_tested_above() -> None:
    measures = {(m.indicator, m.measure) for m in read_definitions()}
    assert len({name for name, _ in measures}) == 25
    assert measures == {key[:2] for key in EXPECTED}


def test_definitions_are_told_in_both_languages(centre: Any) -> None:
    _compute(centre)
    for row in centre.ask(
        "select title_fr, title_en, measure_fr, measure_en, numerator_fr, numerator_en, kind, "
        "denominator_fr, denominator_en from indicator"
    ):
        assert all(row[:6]), row
        assert (row[6] in ("share", "mean")) == bool(row[7]) == bool(row[8]), row
