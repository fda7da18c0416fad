"""Times that cannot be true: begun after it ended, after it was received, or long before it was sent."""

from pipelines.quality.moments import hours
from pipelines.quality.peers import on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.thresholds import Thresholds

_CLOCK_HOURS = 1.0
"""A phone's clock may be this wrong without meaning."""


def _check(fact: Fact, thresholds: Thresholds) -> Finding | None:
    if fact.started_at is None:
        return None
    if hours(fact.started_at, fact.received_at) < -_CLOCK_HOURS:
        return _says(fact, "commence après sa réception", "begins after it was received", 3.0)
    if fact.ended_at and hours(fact.started_at, fact.ended_at) < 0:
        return _says(fact, "finit avant de commencer", "ends before it begins", 2.0)
    days = hours(fact.started_at, fact.received_at) / 24
    if days > thresholds.backdated_days:
        fr = f"commence {days:.0f} jours avant sa réception"
        return _says(fact, fr, f"begins {days:.0f} days before it was received", 1.0)
    return None


def _says(fact: Fact, fr: str, en: str, weight: float) -> Finding:
    times = f"{fact.started_at} → {fact.received_at}"
    return on(fact, f"L'entretien {fr} ({times}).", f"The interview {en} ({times}).", weight)


RULE = Rule(
    "backdated", 2,
    "Entretien antidaté, ou horloge fausse.",
    "Backdated interview, or a wrong clock.",
    "Régler l'horloge du téléphone sur automatique ; faire confirmer la date par l'enquêteur.",
    "Set the phone's clock to automatic; let the enumerator confirm the date.",
    one=_check,
)  # fmt: skip
