"""Straight-lining: one interview after the other with nearly the same answers."""

from collections.abc import Mapping
from itertools import pairwise
from statistics import median

from pipelines.quality.peers import about, by_form_and_enumerator, far_from_peers
from pipelines.quality.rule import Fact, Finding, Rule, Window

_ENOUGH = 6
_LEAST = 0.05


def _likeness(one: Fact, other: Fact, choices: Mapping[str, Mapping[str, str]]) -> float | None:
    """Share of the questions answered in both to which the answer is the same."""
    pairs = [
        (answers[one.key[2]], answers[other.key[2]])
        for answers in choices.values()
        if one.key[2] in answers and other.key[2] in answers
    ]
    return sum(a == b for a, b in pairs) / len(pairs) if len(pairs) >= _ENOUGH else None


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        answers = window.answers.get(form)
        if answers is None:
            continue
        values, counts = {}, {}
        for name, facts in groups.items():
            known = [
                v for a, b in pairwise(facts) if (v := _likeness(a, b, answers.choices)) is not None
            ]
            if len(known) >= window.thresholds.min_interviews - 1:
                values[name], counts[name] = median(known), len(known) + 1
        for name, value in values.items():
            far = far_from_peers(name, values, window, least=_LEAST)
            if far is None or far < window.thresholds.peer_distance:
                continue
            if value >= window.thresholds.alike_share:
                found.append(about(
                    groups[name],
                    f"{form[1]} : d'un entretien au suivant, {value:.0%} des réponses sont les mêmes "
                    f"({counts[name]} entretiens).",
                    f"{form[1]}: from one interview to the next, {value:.0%} of the answers are the "
                    f"same ({counts[name]} interviews).",
                    far, form[1],
                ))  # fmt: skip
    return found


RULE = Rule(
    "alike", 3,
    "Entretiens presque identiques les uns après les autres.",
    "Nearly identical interviews one after the other.",
    "Refaire au hasard trois entretiens par une autre personne ; parler ensuite avec l'enquêteur.",
    "Have three interviews picked at random repeated by somebody else; then talk to the enumerator.",
    many=_check,
)  # fmt: skip
