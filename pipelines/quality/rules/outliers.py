"""Numbers far from all others of the same question."""

from pipelines.quality.peers import on
from pipelines.quality.robust import one_sided
from pipelines.quality.rule import Finding, Rule, Window

_ENOUGH = 30


def _check(window: Window) -> list[Finding]:
    facts = {fact.key: fact for fact in window.facts}
    found = []
    for form, answers in window.answers.items():
        for question, values in answers.numbers.items():
            if len(values) < _ENOUGH:
                continue
            numbers = list(values.values())
            low, high = min(numbers), max(numbers)
            # The farthest values decide whether the others need a look at all.
            extremes = (abs(one_sided(low, numbers)), abs(one_sided(high, numbers)))
            if max(extremes) < window.thresholds.outlier_distance:
                continue
            for instance, value in values.items():
                far = one_sided(value, numbers)
                fact = facts.get((*form, instance))
                if fact and abs(far) >= window.thresholds.outlier_distance:
                    side = ("au-dessus", "above") if far > 0 else ("au-dessous", "below")
                    found.append(on(
                        fact,
                        f"Réponse à « {question} » bien {side[0]} des autres : {abs(far):.0f} fois l'écart "
                        f"habituel, sur {len(values)} réponses.",
                        f"Answer to '{question}' far {side[1]} the others: {abs(far):.0f} times the usual "
                        f"spread, among {len(values)} answers.",
                        abs(far), question,
                    ))  # fmt: skip
    return found


RULE = Rule(
    "outlier", 1,
    "Nombre très loin des autres (médiane et écart absolu médian).",
    "Number very far from the others (median and median absolute deviation).",
    "Vérifier la saisie auprès de l'enquêteur ; renvoyer la fiche s'il s'est trompé.",
    "Check with the enumerator; return the record if it is a slip.",
    many=_check,
)  # fmt: skip
