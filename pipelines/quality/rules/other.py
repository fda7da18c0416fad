"""Enumerators who write down "other" much more often than the others: the list is not read aloud, or
it lacks a choice where they work."""

from pipelines.quality.peers import about, by_form_and_enumerator, clearly_more
from pipelines.quality.rule import Answers, Fact, Finding, Rule, Window
from pipelines.quality.sources import is_other

_LEAST = 0.05


def _counts(facts: list[Fact], answers: Answers) -> tuple[int, int]:
    """How often "other", of how many answers that could have been."""
    said = [
        answers.choices[question][fact.key[2]]
        for question in answers.other
        for fact in facts
        if fact.key[2] in answers.choices[question]
    ]
    return sum(map(is_other, said)), len(said)


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        answers = window.answers.get(form)
        if answers is None:
            continue
        enough = {n: f for n, f in groups.items() if len(f) >= window.thresholds.min_interviews}
        counts = {name: _counts(facts, answers) for name, facts in enough.items()}
        limit = window.thresholds.other_share
        for name, other, asked, far in clearly_more(counts, window, limit=limit, least=_LEAST):
            found.append(about(
                groups[name],
                f"{form[1]} : {other} « autre » sur {asked} réponses possibles.",
                f"{form[1]}: {other} 'other' in {asked} possible answers.",
                far, form[1],
            ))  # fmt: skip
    return found


RULE = Rule(
    "other", 1,
    "Beaucoup plus de « autre, préciser » que les autres.",
    "Many more 'other, specify' than the others.",
    "Lire ensemble ce qui a été précisé : liste mal lue, ou choix qui manque au formulaire ?",
    "Read together what was specified: list not read aloud, or a choice the form lacks?",
    many=_check,
)  # fmt: skip
