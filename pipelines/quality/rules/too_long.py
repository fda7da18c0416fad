"""Interviews that were open for hours: often two people in one record, or filled in twice."""

from pipelines.quality.peers import on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.thresholds import Thresholds


def _check(fact: Fact, thresholds: Thresholds) -> Finding | None:
    # Without the audit, the time from start to end counts the nights a draft lay on the phone.
    if not fact.timed or fact.seconds is None or fact.seconds <= thresholds.long_minutes * 60:
        return None
    minutes = fact.seconds / 60
    return on(
        fact,
        f"{minutes:.0f} minutes avec une question ouverte.",
        f"{minutes:.0f} minutes with a question open.",
        minutes / thresholds.long_minutes,
    )


RULE = Rule(
    "too_long", 1,
    "Entretien resté ouvert très longtemps.",
    "Interview open for very long.",
    "Demander ce qui s'est passé : interruption, deux personnes, téléphone laissé ouvert ?",
    "Ask what happened: an interruption, two people, the phone left open?",
    one=_check,
)  # fmt: skip
