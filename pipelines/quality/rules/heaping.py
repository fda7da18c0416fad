"""Years of birth that end in 0 or 5 too often: guessed, not asked."""

from pipelines.quality.peers import about, by_enumerator
from pipelines.quality.robust import share_bounds
from pipelines.quality.rule import Finding, Rule, Window

_ENOUGH = 20


def _check(window: Window) -> list[Finding]:
    said = [fact for fact in window.facts if fact.rounded is not None]
    found = []
    for name, facts in by_enumerator(said).items():
        if len(facts) < max(_ENOUGH, window.thresholds.min_interviews):
            continue
        # Where most people do not know their year of birth, everybody's years are rounded.
        others = [fact for fact in said if fact.enumerator != name]
        _, usual = share_bounds(sum(bool(f.rounded) for f in others), len(others))
        count = sum(bool(fact.rounded) for fact in facts)
        low, _ = share_bounds(count, len(facts))
        if low > window.thresholds.rounded_share and (not others or low > usual):
            found.append(about(
                facts,
                f"{count} années de naissance sur {len(facts)} finissent par 0 ou 5 (attendu : 1 sur 5).",
                f"{count} of {len(facts)} years of birth end in 0 or 5 (expected: 1 in 5).",
                count / len(facts),
            ))  # fmt: skip
    return found


RULE = Rule(
    "heaping", 1,
    "Années de naissance arrondies.",
    "Rounded years of birth.",
    "Rappeler comment estimer une année de naissance avec des événements connus.",
    "Recall how to estimate a year of birth from known events.",
    many=_check,
)  # fmt: skip
