"""Why the model gave a pair its weight: every comparison in words, what weighs most first."""

import numpy as np

from pipelines.identity.compare import COMPARISONS
from pipelines.identity.compare_fields import columns_of_texts
from pipelines.identity.matcher import Reason
from pipelines.identity.model import Model
from pipelines.identity.model_matcher import ModelMatcher
from pipelines.identity.plausible import Ints
from pipelines.identity.score import score_pairs

Texts = tuple[str, str]

_FIELDS: dict[str, tuple[str, Texts]] = {
    "last": ("last_name", ("nom", "last name")),
    "first": ("first_names", ("prénom", "first name")),
    "other": ("", ("autres prénoms", "other first names")),
    "sex": ("sex", ("sexe", "sex")),
    "birth_year": ("birth_year", ("année de naissance", "year of birth")),
    "origin": ("nationality", ("origine", "origin")),
    "arrival_year": ("arrival_year", ("année d’arrivée", "year of arrival")),
    "education": ("education", ("études", "education")),
    "work": ("occupation", ("travail", "work")),
    "place": ("site", ("lieu", "place")),
    "phone": ("phone", ("téléphone", "phone")),
    "card": ("card_code", ("carte", "card")),
    "seen": ("seen_before", ("dit être déjà enregistré", "says to be registered")),
    "visit": ("today", ("entretien", "interview")),
}
"""Comparison → the question beside which its bits are shown, and a word for it."""

_LEVELS: dict[str, Texts] = {
    "exact": ("pareil", "the same"),
    "swapped": ("nom et prénom inversés", "names swapped"),
    "other": ("pareil à un autre prénom", "the same as another first name"),
    "key": ("même son", "same sound"),
    "close": ("presque pareil", "nearly the same"),
    "near": ("proche", "close"),
    "heaped": ("proche, âge arrondi", "close, age rounded"),
    "1": ("à un an près", "within a year"),
    "2": ("à deux ans près", "within two years"),
    "3": ("à trois ans près", "within three years"),
    "5": ("à cinq ans près", "within five years"),
    "10": ("à dix ans près", "within ten years"),
    "both": ("pareil", "the same"),
    "nationality": ("même nationalité", "same nationality"),
    "language": ("même langue", "same language"),
    "occupation": ("même métier", "same occupation"),
    "sector": ("même secteur", "same sector"),
    "site": ("même site", "same site"),
    "cercle": ("même cercle", "same cercle"),
    "own": ("le même", "the same"),
    "shared": ("le même, partagé", "the same, shared"),
    "yes": ("oui", "yes"),
    "unsure": ("ne sait pas", "unsure"),
    "same": ("même jour, même enquêteur", "same day and enumerator"),
    "day": ("même jour", "same day"),
    "week": ("même semaine", "same week"),
    "focal_point": ("même enquêteur", "same enumerator"),
    "else": ("différent", "different"),
}


class ExplainingMatcher(ModelMatcher):
    """The model's matcher, able to say why."""

    def reasons(self, one: str, other: str) -> list[Reason]:
        """See `matcher.Matcher`."""
        return reasons_of(self.model, one, other, shift=self.shift)


def reasons_of(model: Model, one: str, other: str, *, shift: float = 0.0) -> list[Reason]:
    """The comparisons of two contents that say anything, and what is expected of any two at all."""
    left, right = (_place(n) for n in (0, 1))
    pairs = score_pairs(columns_of_texts([one, other]), left, right, model, shift=shift)
    found = []
    rest = float(pairs.weight[0])
    for comparison in COMPARISONS:
        level = int(pairs.levels[comparison.name][0])
        bits = float(model.bits[comparison.name][level + 1])
        rest -= bits
        if level >= 0:
            steps = (*comparison.levels, "else")
            name, word = _FIELDS[comparison.name]
            told = _LEVELS[steps[len(comparison.levels) - level]]
            found.append(Reason(name, round(bits, 2), *_joined(word, told)))
    found.sort(key=lambda reason: -abs(reason.bits or 0))
    base = Reason(
        "", round(rest, 2),
        "rareté des noms, et deux personnes quelconques", "rarity of the names, and any two people",
    )  # fmt: skip
    return [*found, base]


def _joined(word: Texts, told: Texts) -> Texts:
    return f"{word[0]} : {told[0]}", f"{word[1]}: {told[1]}"


def _place(at: int) -> Ints:
    return np.array([at], dtype=np.int64)
