"""Enumerators who used to send and send no more."""

from pipelines.quality.moments import before
from pipelines.quality.peers import about, by_enumerator
from pipelines.quality.rule import Finding, Rule, Window


def _check(window: Window) -> list[Finding]:
    # Days without a synchronisation are not days of silence.
    edge = before(window.synced_at or window.now, days=window.thresholds.silent_days)
    found = []
    for facts in by_enumerator(window.facts).values():
        last = max(fact.received_at for fact in facts)
        days = len({fact.received_at[:10] for fact in facts})
        if last < edge and days >= window.thresholds.sending_days:
            found.append(about(
                facts,
                f"Dernier envoi le {last[:10]}, après {days} jours d'envois.",
                f"Last upload on {last[:10]}, after {days} days of uploads.",
                float(days),
            ))  # fmt: skip
    return found


RULE = Rule(
    "silent", 2,
    "Enquêteur dont rien n'arrive plus.",
    "Enumerator from whom nothing arrives any more.",
    "L'appeler : téléphone perdu, plus de crédit, congé ?",
    "Call them: phone lost, no credit, on leave?",
    many=_check,
)  # fmt: skip
