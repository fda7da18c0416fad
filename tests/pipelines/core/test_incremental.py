"""Whatever happens, in whatever steps: refreshing bit by bit gives what making all anew gives."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.refresh import refresh
from pipelines.indicators.compute import compute

TABLES = (
    "record_card", "interview", "worker", "consent_event", "rights_request", "membership_event",
    "membership_spell", "member", "training_session", "attendance", "awareness_session",
    "referral", "referral_follow_up", "labour_case", "labour_case_follow_up", "site_visit",
    "mining_site", "indicator_month", "indicator_value",
)  # fmt: skip
CARDS = ["1000000001", "1000000002", "1000000003"]
FEW = st.integers(0, 3)
DAYS = st.sampled_from(["2026-08-31", "2026-09-10", "2026-10-01", "2026-10-20"])

happening = st.tuples(
    st.sampled_from([
        "register", "member", "refer", "case", "train", "request", "person", "merge", "delete",
        "erase", "site",
    ]),
    FEW, FEW, FEW, DAYS,
)  # fmt: skip


_ANSWERS: list[dict[str, Any]] = [
    {}, {"consent_record": "no"}, {"birth_year": 2015}, {"needs": "health"},
]  # fmt: skip


def _happen(centre: Any, what: str, n: int, m: int, k: int, day: str) -> None:
    card = CARDS[m % 3]
    if what == "register":
        centre.register(f"i{n}", today=day, **_ANSWERS[k])
    elif what == "member":
        event = ["join", "dues", "resign", "renew"][k]
        centre.send("membership", f"m{n}", consent_membership="yes", card_code=card, event=event,
                    event_date=day, union=["untm", "cstm"][n % 2], dues_amount=500 * k,
                    dues_months=k, role=["member", None][n % 2], age_years=17 + n)  # fmt: skip
    elif what in ("refer", "case"):
        form, code, link = (("referral", f"R-{m}", "referral_code") if what == "refer"
                            else ("labour_case", f"L-{m}", "case_code"))  # fmt: skip
        kind = "follow_up" if k % 2 else "new"
        links = {link: code} if k % 2 else {"new_code": code, "card_code": card}
        centre.send(form, f"{form[0]}{n}", record_type=kind, today=day, status="served",
                    status_date=day, outcome=["open", "settled"][n % 2], amount_recovered=n or None,
                    **links)  # fmt: skip
    elif what == "train":
        people = [{"part_role": "migrant", "card_code": c} for c in CARDS[: k % 3 + 1]]
        centre.send("training_attendance", f"t{n}", session_date=day, day_no=n,
                    participant=people)  # fmt: skip
    elif what == "request":
        asked = [("erase", None), ("withdraw", "record"), ("object", "membership contact"),
                 ("access", None)][k]  # fmt: skip
        centre.send("rights_request", f"d{n}", request=asked[0], withdrawn=asked[1],
                    request_date=day, card_code=card)  # fmt: skip
    elif what == "person":
        cards = {CARDS[x % 3]: day for x in (n, n + k)}
        centre.know(f"p{n}", f"i{m}", cards=cards, sex=["female", "male"][k % 2])
    elif what == "merge" and n != m:
        centre.know(f"p{m}", state="merged", into=f"p{n}", cards={card: day})
    elif what == "site":
        centre.send("mining_site", f"s{n}", site="yatiya", today=day, women_band="b1")
    elif centre.rows:
        project, form, name = sorted(centre.rows)[(n * 16 + m * 4 + k) % len(centre.rows)]
        if what == "delete" or (project, form, name) in centre.waiting:
            centre.delete(form, name)
        else:
            centre.forget(name)
            del centre.rows[project, form, name]


def _update(centre: Any, *, full: bool = False) -> str:
    kind = refresh(centre.engine, now=centre.now(), full=full).kind
    compute(centre.engine, now=centre.now(), full=full)
    return kind


def _cycle(centre: Any) -> bool:
    """Two persons merged into each other: no identity run leaves that."""
    rows = centre.ask("select person_id, merged_into from person where state = 'merged'")
    into = dict(rows)
    return any(into.get(target) for target in into.values())


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.lists(happening, min_size=1, max_size=5), min_size=1, max_size=4))
def test_bit_by_bit_gives_what_making_all_anew_gives(
    centre: Any, emptied: Callable[[Any], None], steps: list[list[Any]]
) -> None:
    emptied(centre)
    _update(centre)
    for step in steps:
        for one in step:
            _happen(centre, *one)
        if _cycle(centre):
            return
        centre.sync()
        _update(centre)
    bit_by_bit = {table: centre.rows_of(table) for table in TABLES}
    assert _update(centre, full=True) == "full"
    for table in TABLES:
        assert bit_by_bit[table] == centre.rows_of(table), table
