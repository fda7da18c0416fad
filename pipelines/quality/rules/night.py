"""Interviews at an hour when nobody interviews."""

from pipelines.quality.peers import on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.thresholds import Thresholds


def _check(fact: Fact, thresholds: Thresholds) -> Finding | None:
    if fact.started_at is None:
        return None
    if thresholds.night_to <= fact.hour < thresholds.night_from:
        return None
    moment = fact.started_at[11:16]
    return on(
        fact,
        f"Commencé à {moment} (heure de Bamako) le {fact.day}.",
        f"Begun at {moment} (Bamako time) on {fact.day}.",
        1.0,
    )


RULE = Rule(
    "night", 2,
    "Entretien commencé la nuit.",
    "Interview begun at night.",
    "Vérifier l'horloge du téléphone, puis demander à l'enquêteur où il était.",
    "Check the phone's clock, then ask the enumerator where they were.",
    one=_check,
)  # fmt: skip
