"""Measures the quality checks on simulated field teams: who invents interviews, is it seen, and who is
accused wrongly? `python -m benchmarks.quality [teams] [seed]` prints the tables of docs/mesures-qualite.md.

The rules run as they ship, with the thresholds as they ship. The people here were written down before
the first run and the seed was used for nothing else.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import log

from pipelines.quality.catalogue import rules
from pipelines.quality.rule import Answers, Fact, Finding, Window
from pipelines.quality.thresholds import Thresholds
from warehouse.types import iso

FORM = (1, "identification")
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 28
CHOICES = 14
GRID = tuple(f"wg{n}" for n in range(6))


@dataclass(frozen=True)
class Person:
    """An enumerator: how one works, and which share of the interviews is invented, in which way."""

    name: str
    pace: float  # seconds per answer, the median
    late_hours: float
    unsure: float
    rounding: float
    evening: float  # share of interviews at the market after nightfall
    kind: str = "honest"
    invented: float = 0.0


@dataclass
class Field:
    """What a team sends."""

    facts: list[Fact] = field(default_factory=list)
    choices: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    numbers: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))


def honest(rng: random.Random, name: str) -> Person:
    """Honest people differ: pace, coverage, language of the respondents, evening work."""
    return Person(
        name, rng.lognormvariate(log(8), 0.25), rng.choice((1, 4, 12, 30, 60)), rng.uniform(0.01, 0.1),
        rng.uniform(0.25, 0.45), rng.choice((0, 0, 0, 0.01, 0.03)),
    )  # fmt: skip


def team(rng: random.Random, kinds: list[str], honest_people: int = 10) -> list[Person]:
    """Honest people, and one of each kind who invents."""
    people = [honest(rng, f"PF-{n:02d}") for n in range(honest_people)]
    for n, kind in enumerate(kinds):
        share = 0.3 if kind.endswith("30 %") else 1.0
        people.append(replace(honest(rng, f"PF-9{n}"), kind=kind, invented=share))
    return people


def interview(
    rng: random.Random, out: Field, who: Person, number: int, weights: list[list[int]]
) -> None:
    """One interview, true or invented."""
    kind = who.kind if rng.random() < who.invented else "honest"
    day = BEGIN + timedelta(days=rng.randrange(DAYS))
    evening = rng.random() < who.evening
    began = day + timedelta(
        hours=rng.triangular(7, 18.5, 10) if not evening else rng.uniform(21, 22)
    )
    pace = who.pace * rng.lognormvariate(0, 0.3)
    answered = rng.randint(35, 48)
    place = (
        13.9 + rng.gauss(0, 0.02),
        -11.7 + rng.gauss(0, 0.02),
        max(3.0, rng.lognormvariate(2, 0.6)),
    )
    unsure = sum(rng.random() < who.unsure for _ in range(6))
    rounded = rng.random() < who.rounding
    if kind.startswith("rapide"):
        pace = rng.lognormvariate(log(1.2), 0.4)
    elif kind.startswith("nuit"):
        began = day + timedelta(hours=rng.uniform(21, 24))
    elif kind.startswith("position"):
        place = (13.91, -11.71, 8.0)
    elif kind.startswith("âges"):
        rounded = rng.random() < 0.85
    elif kind.startswith(
        "soigneux"
    ):  # invents at home, slowly and by day; answers of the imagination
        place = (13.92 + rng.gauss(0, 5e-5), -11.72 + rng.gauss(0, 5e-5), 6.0)
        unsure = 0
    seconds = pace * answered
    ended = began + timedelta(seconds=seconds)
    key = f"uuid:{who.name}-{number}"
    out.facts.append(Fact(
        (*FORM, key), who.name, received_at=iso(ended + timedelta(hours=rng.expovariate(1 / who.late_hours))),
        day=began.date().isoformat(), weekday=began.isoweekday(), hour=began.hour, form_version="1",
        started_at=iso(began), ended_at=iso(ended), seconds=seconds, timed=True, answered=answered,
        unsure=unsure, askable=6, consent="yes" if rng.random() < 0.92 else "no", rounded=rounded,
        site="s", latitude=place[0], longitude=place[1], accuracy=place[2], measured=True,
        site_km=0.0,
    ))  # fmt: skip
    copied = kind.startswith("copie")
    for q in range(CHOICES):
        varied = not copied or rng.random() < 0.05
        answer = rng.choices("abcd", weights[q])[0] if varied else "a"
        out.choices[f"q{q}"][key] = "other" if q < 3 and rng.random() < 0.05 else answer
    healthy = copied or rng.random() < 0.8
    for asked in GRID:
        out.choices[asked][key] = "1" if healthy else rng.choice("1123")
    out.numbers["children"][key] = float(min(12, int(rng.expovariate(0.4))))


def window(rng: random.Random, people: list[Person]) -> Window:
    """A month of the team's work."""
    out = Field()
    weights = [rng.choice(([5, 3, 1, 1], [2, 2, 2, 2], [8, 1, 1, 1])) for _ in range(CHOICES)]
    for who in people:
        for number in range(rng.randint(25, 70)):
            interview(rng, out, who, number, weights)
    facts = sorted(out.facts, key=lambda fact: fact.started_at or "")
    other = frozenset({"q0", "q1", "q2"})
    answers = Answers(out.choices, out.numbers, other, (GRID,))
    now = iso(BEGIN + timedelta(days=DAYS + 1))
    return Window(facts, Thresholds(), now, {FORM: "1"}, {FORM: answers}, now)


def flags(seen: Window) -> dict[str, list[tuple[str, int, Finding]]]:
    """What the rules say of each enumerator."""
    found: defaultdict[str, list[tuple[str, int, Finding]]] = defaultdict(list)
    for rule in rules():
        some = rule.many(seen) if rule.many else []
        if rule.one:
            some = [f for one in seen.facts if (f := rule.one(one, seen.thresholds))]
        for finding in some:
            found[finding.enumerator or "?"].append((rule.code, rule.severity, finding))
    return found


def remark(said: list[tuple[str, int, Finding]]) -> bool:
    """Anything at all."""
    return bool(said)


def any_flag(said: list[tuple[str, int, Finding]]) -> bool:
    """At least one problem of severity 2 or 3."""
    return any(severity >= 2 for _, severity, _ in said)


def strong(said: list[tuple[str, int, Finding]]) -> bool:
    """A problem of severity 2 or 3 about the enumerator, or about five of the interviews."""
    serious = [finding for _, severity, finding in said if severity >= 2]
    return any(f.key is None for f in serious) or len({f.key for f in serious}) >= 5


KINDS = [
    "rapide", "rapide 30 %", "nuit", "nuit 30 %", "position copiée", "position copiée 30 %",
    "âges ronds", "copie des réponses", "copie 30 %", "soigneux",
]  # fmt: skip


def measure(teams: int, seed: int) -> None:
    """Print recall by kind, wrong accusations, and precision in a team with two who invent."""
    rng = random.Random(seed)
    judges: dict[str, Callable[[list[tuple[str, int, Finding]]], bool]] = {
        "toute remarque": remark, "un problème (gravité 2 ou 3)": any_flag, "signal fort": strong,
    }  # fmt: skip
    caught: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    right: Counter[tuple[str, bool]] = Counter()
    for _ in range(teams):
        people = team(rng, rng.sample(KINDS, 2))
        found = flags(window(rng, people))
        for who in people:
            total[who.kind] += 1
            for name, judge in judges.items():
                if judge(found[who.name]):
                    caught[who.kind, name] += 1
                    right[name, who.kind != "honest"] += 1
            if who.kind == "honest":
                wrong.update({code for code, severity, _ in found[who.name] if severity >= 2})
    print(f"{teams} équipes, graine {seed}\n")
    print(f"| genre | personnes | {' | '.join(judges)} |\n|---|---|---|---|---|")
    for kind in ["honest", *KINDS]:
        shares = [f"{caught[kind, name] / max(total[kind], 1):.0%}" for name in judges]
        print(f"| {kind} | {total[kind]} | {' | '.join(shares)} |")
    for name in judges:
        good, bad = right[name, True], right[name, False]
        invented = sum(n for kind, n in total.items() if kind != "honest")
        print(f"\n{name}: précision {good / max(good + bad, 1):.0%}, rappel {good / invented:.0%}")
    print("\nRègles qui accusent des honnêtes:", dict(wrong.most_common()))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    measure(*(given + [200, 20261123][len(given) :]))
