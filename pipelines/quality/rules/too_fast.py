"""Interviews in which no person could have read the questions aloud."""

from pipelines.quality.peers import decimal, on
from pipelines.quality.rule import Fact, Finding, Rule
from pipelines.quality.thresholds import Thresholds

_ENOUGH = 10
"""Answers below which a pace says nothing: a refusal is short, and rightly so."""


def _check(fact: Fact, thresholds: Thresholds) -> Finding | None:
    if fact.seconds is None or fact.answered < _ENOUGH or fact.seconds < 0:
        return None
    pace = fact.seconds / fact.answered
    if pace >= thresholds.seconds_per_answer:
        return None
    return on(
        fact,
        f"{fact.seconds:.0f} s pour {fact.answered} réponses, soit {decimal(pace)} s par réponse.",
        f"{fact.seconds:.0f} s for {fact.answered} answers: {pace:.1f} s per answer.",
        thresholds.seconds_per_answer / max(pace, 0.1),
    )


RULE = Rule(
    "too_fast", 3,
    "Entretien trop rapide pour que les questions aient été lues (temps du fichier audit, sinon "
    "du début à la fin).",
    "Interview too fast for the questions to have been read (times of the audit file, else from "
    "start to end).",
    "Rappeler l'enquêteur, puis renvoyer la fiche (« problèmes ») si l'entretien n'a pas eu lieu ainsi.",
    "Call the enumerator, then return the record ('has issues') if the interview was not so.",
    one=_check,
)  # fmt: skip
