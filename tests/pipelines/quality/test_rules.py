"""Each rule fires on its case and stays silent on the near miss; honest teams are left alone."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.quality.catalogue import rules
from pipelines.quality.rule import Answers, Fact, Finding, Rule, Window
from pipelines.quality.thresholds import Thresholds
from warehouse.types import iso

FORM = (1, "f")
BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
RULES = {rule.code: rule for rule in rules()}
LIMITS = Thresholds()


def fact(number: int, who: str = "PF-01", *, at: datetime | None = None, **more: object) -> Fact:
    began = at or BEGIN + timedelta(days=number // 6, hours=number % 6)
    plain = Fact(
        (*FORM, f"uuid:{who}-{number}"), who, received_at=iso(began + timedelta(hours=5)),
        day=began.date().isoformat(), weekday=began.isoweekday(), hour=began.hour,
        form_version="2", started_at=iso(began), ended_at=iso(began + timedelta(minutes=20)),
        seconds=600.0, timed=True, answered=40, askable=5, consent="yes", rounded=False,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def window(facts: list[Fact], **more: object) -> Window:
    ordered = sorted(facts, key=lambda f: f.started_at or "")
    now = max(f.received_at for f in facts)
    return replace(Window(ordered, LIMITS, now, {FORM: "2"}), **more)  # type: ignore[arg-type]


ONE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("too_fast", {"seconds": 79.0}, {"seconds": 81.0}),
    ("too_fast", {"seconds": 18.0, "answered": 10}, {"seconds": 1.0, "answered": 9}),
    ("too_long", {"seconds": 10_801.0}, {"seconds": 10_801.0, "timed": False}),
    ("night", {"hour": 21}, {"hour": 20}),
    ("night", {"hour": 4}, {"hour": 5}),
    ("backdated", {"received_at": "2026-11-02T07:59:00.000Z"},
     {"received_at": "2026-11-02T08:01:00.000Z"}),
    ("backdated", {"ended_at": "2026-11-02T08:59:59.000Z"}, {"ended_at": "2026-11-02T09:00:00.000Z"}),
    ("backdated", {"received_at": "2026-12-03T09:00:00.000Z"},
     {"received_at": "2026-12-02T08:59:00.000Z"}),
    ("gps_vague", {"measured": True, "accuracy": 51.0}, {"measured": True, "accuracy": 50.0}),
    ("gps_vague", {"measured": True, "accuracy": 51.0}, {"measured": False, "accuracy": 5000.0}),
    ("gps_mocked", {"measured": True, "accuracy": 0.0}, {"measured": True, "accuracy": 3.0}),
    ("gps_mocked", {"measured": True, "accuracy": 0.0}, {"measured": True, "accuracy": None}),
    ("gps_far", {"measured": True, "site_km": 10.1}, {"measured": True, "site_km": 10.0}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fires", "near"), ONE)
def test_a_rule_on_one_interview_fires_and_spares_the_near_miss(
    code: str, fires: dict[str, Any], near: dict[str, Any]
) -> None:
    check = RULES[code].one
    assert check
    found = check(replace(fact(0), **fires), LIMITS)
    assert found
    assert found.key == (1, "f", "uuid:PF-01-0")
    assert check(replace(fact(0), **near), LIMITS) is None


def team(
    suspect: Callable[[int], Fact], count: int, honest: Callable[[int, str], Fact] = fact
) -> list[Fact]:
    """Six honest enumerators with 30 interviews each, and PF-99."""
    others = [honest(n, f"PF-0{who}") for who in range(1, 7) for n in range(30)]
    return others + [suspect(n) for n in range(count)]


MANY: list[tuple[str, Callable[[int], Fact], int, Callable[[int], Fact], int]] = [
    ("fast_enumerator", lambda n: fact(n, "PF-99", seconds=100.0), 10,
     lambda n: fact(n, "PF-99", seconds=100.0), 9),
    ("fast_enumerator", lambda n: fact(n, "PF-99", seconds=300.0), 20,
     lambda n: fact(n, "PF-99", seconds=400.0), 20),
    ("late_upload", lambda n: fact(n, "PF-99", ended_at="2026-10-20T00:00:00.000Z"), 10,
     lambda n: fact(n, "PF-99", ended_at="2026-10-20T00:00:00.000Z"), 9),
    ("unsure", lambda n: fact(n, "PF-99", unsure=3), 20, lambda n: fact(n, "PF-99", unsure=1), 20),
    ("heaping", lambda n: fact(n, "PF-99", rounded=n % 10 != 0), 40,
     lambda n: fact(n, "PF-99", rounded=n % 2 == 0), 40),
    ("heaping", lambda n: fact(n, "PF-99", rounded=True), 20,
     lambda n: fact(n, "PF-99", rounded=True), 19),
    ("consent_rate", lambda n: fact(n, "PF-99", consent="no" if n % 5 else "yes"), 30,
     lambda n: fact(n, "PF-99", consent="no" if n % 2 else "yes"), 30),
    ("old_version", lambda n: fact(n + 30, "PF-99", form_version="1"), 3,
     lambda n: fact(n, "PF-99", form_version="1"), 3),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fires", "count", "near", "few"), MANY)
def test_a_rule_on_enumerators_fires_and_spares_the_near_miss(
    code: str, fires: Callable[[int], Fact], count: int, near: Callable[[int], Fact], few: int
) -> None:
    check = RULES[code].many
    assert check
    assert [f.enumerator for f in check(window(team(fires, count)))] == ["PF-99"]
    assert check(window(team(near, few))) == []


def test_travel_counts_distance_less_uncertainty() -> None:
    check = RULES["travel"].many
    assert check

    def pair(minutes: int, accuracy: float) -> list[Finding]:
        one = fact(0, latitude=13.9, longitude=-11.7, accuracy=accuracy)
        later = BEGIN + timedelta(minutes=20 + minutes)
        other = fact(1, at=later, latitude=13.0, longitude=-11.4, accuracy=accuracy)
        return check(window([one, other]))  # about 105 km apart

    assert [f.key for f in pair(30, 100.0)] == [(1, "f", "uuid:PF-01-1")]
    assert pair(60, 100.0) == []
    assert pair(30, 40_000.0) == []


def test_silence_counts_from_the_last_synchronisation() -> None:
    check = RULES["silent"].many
    assert check
    facts = [fact(n * 6) for n in range(4)]
    last = datetime.fromisoformat(facts[-1].received_at)
    eight, six = iso(last + timedelta(days=8)), iso(last + timedelta(days=6))
    assert len(check(window(facts, now=eight))) == 1
    assert check(window(facts, now=eight, synced_at=six)) == []
    assert check(window(facts[:3], now=eight)) == []


def test_an_outlier_is_found_by_its_distance_and_its_value_is_not_told() -> None:
    check = RULES["outlier"].many
    assert check
    facts = [fact(n) for n in range(40)]

    def found(odd: float) -> list[Finding]:
        values = {f.key[2]: float(20 + n % 9) for n, f in enumerate(facts)}
        values[facts[7].key[2]] = odd
        return check(window(facts, answers={FORM: Answers({}, {"amount": values})}))

    assert [f.key for f in found(777.0)] == [facts[7].key]
    assert "777" not in found(777.0)[0].evidence_fr
    assert found(35.0) == []


def _alike(rng: random.Random, share: float, count: int) -> list[Finding]:
    facts = team(lambda n: fact(n, "PF-99"), count)
    choices = {
        f"q{q}": {
            f.key[2]: "a"
            if f.enumerator == "PF-99" and rng.random() < share
            else rng.choice("abcd")
            for f in facts
        }
        for q in range(15)
    }
    check = RULES["alike"].many
    assert check
    return check(window(facts, answers={FORM: Answers(choices, {})}))


def test_the_same_answers_again_and_again_are_found() -> None:
    assert [f.enumerator for f in _alike(random.Random(1), 1.0, 12)] == ["PF-99"]
    assert _alike(random.Random(1), 1.0, 9) == []
    assert _alike(random.Random(1), 0.5, 12) == []


def _findings(facts: list[Fact], rng: random.Random, straight: str | None) -> set[tuple[str, str]]:
    """Rule and enumerator of every finding about an enumerator or an interview."""
    weights = [rng.choice(((5, 3, 1, 1), (2, 2, 2, 2), (8, 1, 1, 1))) for _ in range(15)]
    choices = {
        f"q{q}": {
            f.key[2]: "a" if f.enumerator == straight else rng.choices("abcd", weights[q])[0]
            for f in facts
        }
        for q in range(15)
    }
    numbers = {"children": {f.key[2]: float(min(9, int(rng.expovariate(0.5)))) for f in facts}}
    seen = window(facts, answers={FORM: Answers(choices, numbers)})
    found = [
        (rule.code, finding.enumerator or "?")
        for rule in RULES.values()
        for finding in _of(rule, seen)
    ]
    return set(found)


def _of(rule: Rule, seen: Window) -> list[Finding]:
    if rule.one:
        return [f for one in seen.facts if (f := rule.one(one, LIMITS))]
    return rule.many(seen) if rule.many else []


def _honest(rng: random.Random, who: str, pace: float) -> list[Fact]:
    """Everybody works until the last day, so nobody is silent."""
    count = rng.randint(12, 60)
    return [
        fact(
            n, who, seconds=40 * max(3.0, rng.lognormvariate(0, 0.3) * pace),
            unsure=sum(rng.random() < 0.1 for _ in range(5)), rounded=rng.random() < 0.35,
            consent="yes" if rng.random() < 0.93 else "no",
            at=BEGIN + timedelta(days=21 * n // count, hours=rng.uniform(-1, 8)),
        )
        for n in range(count)
    ]  # fmt: skip


def test_who_invents_interviews_is_found_and_honest_people_are_not() -> None:
    accused = judged = 0
    for seed in range(40):
        rng = random.Random(seed)
        facts = [f for w in range(8) for f in _honest(rng, f"PF-0{w}", rng.uniform(6, 12))]
        facts += [
            fact(n, "PF-99", seconds=50.0, at=BEGIN + timedelta(days=n // 10, hours=13, minutes=n))
            for n in range(25)
        ]
        found = _findings(facts, rng, "PF-99")
        caught = {code for code, who in found if who == "PF-99"}
        assert {"too_fast", "night", "alike", "fast_enumerator"} <= caught
        judged += 8
        accused += len({who for _, who in found if who != "PF-99"})
    assert accused / judged <= 0.01


def _answered(code: str, answer: Callable[[Fact, int], str], count: int, **more: Any) -> list[str]:
    """Whom a rule on answers names, when everybody answers so to six questions on one scale."""
    facts = team(lambda n: fact(n, "PF-99"), count)
    choices = {f"q{q}": {f.key[2]: answer(f, q) for f in facts} for q in range(6)}
    check = RULES[code].many
    assert check
    found = check(window(facts, answers={FORM: Answers(choices, {}, **more)}))
    return [f.enumerator or "?" for f in found]


def test_other_is_counted_against_the_others() -> None:
    def said(share: float) -> Callable[[Fact, int], str]:
        rng = random.Random(1)
        return lambda f, _: (
            "other" if rng.random() < (share if f.enumerator == "PF-99" else 0.05) else "a"
        )

    offered = {"other": frozenset({"q0", "q1", "q2"})}
    assert _answered("other", said(0.6), 30, **offered) == ["PF-99"]
    assert _answered("other", said(0.6), 9, **offered) == []
    assert _answered("other", said(0.3), 30, **offered) == []
    assert _answered("other", said(0.6), 30) == []  # no list offers it


def test_the_same_answer_all_through_a_grid_is_counted_against_the_others() -> None:
    def said(usual: float) -> Callable[[Fact, int], str]:
        def answer(f: Fact, question: int) -> str:
            chance = random.Random(f.key[2]).random()
            straight = f.enumerator == "PF-99" or chance < usual
            return "1" if straight else str(1 + question % 2)

        return answer

    grids = {"grids": (tuple(f"q{q}" for q in range(6)),)}
    assert _answered("grid", said(0.5), 30, **grids) == ["PF-99"]
    assert _answered("grid", said(0.5), 19, **grids) == []
    assert _answered("grid", said(0.9), 30, **grids) == []  # where most people answer so
    assert _answered("grid", said(0.5), 30) == []


def test_a_position_repeated_to_the_last_digit_is_copied() -> None:
    check = RULES["same_point"].many
    assert check

    def found(
        count: int, *, step: float = 0.0, minutes: int = 60, measured: bool = True
    ) -> list[str]:
        facts = [
            fact(n, at=BEGIN + timedelta(minutes=minutes * n), latitude=13.9 + step * n,
                 longitude=-11.7, accuracy=5.0, measured=measured)
            for n in range(count)
        ]  # fmt: skip
        return [f.enumerator or "?" for f in check(window(facts))]

    assert found(3) == ["PF-01"]
    assert found(2) == []
    assert found(3, step=1e-6) == []  # as a receiver that stays where it is
    assert found(9, minutes=3) == []  # the phone hands out its last position again
    assert found(3, measured=False) == []  # the site's own position
