"""Enumerators who write down "does not know" or "refused" much more often than the others."""

from pipelines.quality.peers import about, by_form_and_enumerator, clearly_more
from pipelines.quality.rule import Finding, Rule, Window

_LEAST = 0.05


def _check(window: Window) -> list[Finding]:
    found = []
    for form, groups in by_form_and_enumerator(window.facts).items():
        enough = {n: f for n, f in groups.items() if len(f) >= window.thresholds.min_interviews}
        sums = {
            n: (sum(f.unsure for f in fs), sum(f.askable for f in fs)) for n, fs in enough.items()
        }
        limit = window.thresholds.unsure_share
        for name, unsure, asked, far in clearly_more(sums, window, limit=limit, least=_LEAST):
            found.append(about(
                groups[name],
                f"{form[1]} : {unsure} « ne sait pas » ou refus sur {asked} réponses possibles.",
                f"{form[1]}: {unsure} 'does not know' or refusals in {asked} possible answers.",
                far, form[1],
            ))  # fmt: skip
    return found


RULE = Rule(
    "unsure", 2,
    "Beaucoup plus de « ne sait pas » et de refus que les autres.",
    "Many more 'does not know' and refusals than the others.",
    "Revoir ensemble comment poser ces questions, et dans quelle langue.",
    "Go together through how these questions are asked, and in which language.",
    many=_check,
)  # fmt: skip
