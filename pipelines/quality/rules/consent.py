"""Consent given far less often than with the others: the notice may be read badly, or not at all."""

from pipelines.quality.peers import about, by_enumerator
from pipelines.quality.robust import share_bounds
from pipelines.quality.rule import Finding, Rule, Window


def _check(window: Window) -> list[Finding]:
    asked = [fact for fact in window.facts if fact.consent in ("yes", "no")]
    found = []
    for name, facts in by_enumerator(asked).items():
        if len(facts) < window.thresholds.min_interviews:
            continue
        others = [fact for fact in asked if fact.enumerator != name]
        usual, _ = share_bounds(sum(f.consent == "yes" for f in others), len(others))
        yes = sum(fact.consent == "yes" for fact in facts)
        _, high = share_bounds(yes, len(facts))
        if high < window.thresholds.consent_share and (not others or high < usual):
            found.append(about(
                facts,
                f"{yes} accords sur {len(facts)} personnes abordées.",
                f"{yes} agreed of {len(facts)} people approached.",
                1 - yes / len(facts),
            ))  # fmt: skip
    return found


RULE = Rule(
    "consent_rate", 2,
    "Consentement bien plus rare que chez les autres.",
    "Consent much rarer than with the others.",
    "Écouter comment la notice est lue ; un refus reste toujours un droit.",
    "Listen to how the notice is read; refusing always remains a right.",
    many=_check,
)  # fmt: skip
