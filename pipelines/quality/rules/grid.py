"""Straight-lining: the same answer to all questions of a grid, more often than with the others.

A healthy person rightly has "no difficulty" six times in a row, so only a share that the others' chance
does not explain says something.
"""

from pipelines.quality.peers import about, by_form_and_enumerator
from pipelines.quality.robust import share_bounds
from pipelines.quality.rule import Answers, Fact, Finding, Rule, Window

_ENOUGH = 20


def _counts(facts: list[Fact], answers: Answers) -> tuple[int, int]:
    """How many grids have one answer all through, of how many filled in whole."""
    whole = straight = 0
    for grid in answers.grids:
        for fact in facts:
            said = [answers.choices.get(question, {}).get(fact.key[2]) for question in grid]
            if None not in said:
                whole += 1
                straight += len(set(said)) == 1
    return straight, whole


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        answers = window.answers.get(form)
        if answers is None or not answers.grids:
            continue
        counts = {name: _counts(facts, answers) for name, facts in groups.items()}
        for name, (straight, whole) in counts.items():
            others = [count for other, count in counts.items() if other != name and count[1]]
            if whole < _ENOUGH or len(others) < window.thresholds.min_peers:
                continue
            _, usual = share_bounds(sum(n for n, _ in others), sum(n for _, n in others))
            low, _ = share_bounds(straight, whole)
            share = straight / whole
            if share >= window.thresholds.grid_share and low > usual:
                found.append(about(
                    groups[name],
                    f"{form[1]} : la même réponse partout dans {straight} grilles sur {whole}.",
                    f"{form[1]}: the same answer all through in {straight} of {whole} grids.",
                    share, form[1],
                ))  # fmt: skip
    return found


RULE = Rule(
    "grid", 2,
    "Toujours la même réponse dans les grilles, plus que chez les autres.",
    "Always the same answer in grids, more than with the others.",
    "Écouter comment la série est lue ; refaire trois entretiens au hasard.",
    "Listen to how the series is read; repeat three interviews at random.",
    many=_check,
)  # fmt: skip
