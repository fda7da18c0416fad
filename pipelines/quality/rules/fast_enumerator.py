"""Enumerators whose usual pace is far below that of the others."""

from math import log

from pipelines.quality.peers import about, by_form_and_enumerator, decimal, far_from_peers, typical
from pipelines.quality.rule import Fact, Finding, Rule, Window

_ENOUGH = 10
_CLEARLY = 0.6
"""Only a pace below this share of the others' is worth a question, however regular they are."""
_LEAST = 0.15
"""Honest people differ by some 15 % anyway."""


def _pace(fact: Fact) -> float | None:
    if fact.seconds is None or fact.seconds <= 0 or fact.answered < _ENOUGH:
        return None
    return fact.seconds / fact.answered


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        paces = typical(groups, _pace, window.thresholds.min_interviews)
        values = {name: pace for name, (pace, _) in paces.items()}
        # Paces differ by ratios: twice as fast is as far as half as fast.
        ratios = {name: log(pace) for name, pace in values.items()}
        for name, pace in values.items():
            far = far_from_peers(name, ratios, window, least=_LEAST)
            others = sorted(v for other, v in values.items() if other != name)
            if far is None or far > -window.thresholds.peer_distance:
                continue
            usual = others[len(others) // 2]
            if pace < _CLEARLY * usual:
                found.append(about(
                    groups[name],
                    f"{form[1]} : {decimal(pace)} s par réponse en général sur {paces[name][1]} "
                    f"entretiens ; les autres {decimal(usual)} s.",
                    f"{form[1]}: usually {pace:.1f} s per answer in {paces[name][1]} interviews; "
                    f"the others {usual:.1f} s.",
                    -far, form[1],
                ))  # fmt: skip
    return found


RULE = Rule(
    "fast_enumerator", 2,
    "Enquêteur bien plus rapide que les autres (médianes).",
    "Enumerator much faster than the others (medians).",
    "Accompagner un entretien ; refaire quelques entretiens au hasard avant toute conclusion.",
    "Sit in on an interview; repeat a few at random before any conclusion.",
    many=_check,
)  # fmt: skip
