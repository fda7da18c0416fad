"""Scores pairs by the model, and says what may be done with them: same, review or different.

Splink's probabilities are not believed: what joins unasked is sure evidence only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.compare import COMPARISONS, Levels, levels
from pipelines.identity.compare_fields import Columns
from pipelines.identity.model import Model
from pipelines.identity.plausible import Ints

Floats = NDArray[np.float64]
DIFFERENT, REVIEW, SAME = 0, 1, 2
SURE = 0.95
"""Likelihood from which a proven re-ranker joins unasked."""
STATES = ("different", "review", "same")

_LEVEL = {c.name: {name: len(c.levels) - n for n, name in enumerate(c.levels)} for c in COMPARISONS}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs: bits with the prior, and the level of every comparison."""

    weight: Floats
    levels: dict[str, Levels]


def score_pairs(
    columns: Columns, left: Ints, right: Ints, model: Model, *, shift: float = 0.0
) -> Pairs:
    """Weights as Splink gives them for the same model, and `shift` (see `Model.shift`)."""
    reached = levels(columns, left, right)
    weight = np.full(len(left), model.prior + shift)
    for comparison in COMPARISONS:
        level = reached[comparison.name]
        weight += model.bits[comparison.name][level + 1]
        if comparison.frequency:
            column = columns.numbers[comparison.frequency]
            common = _common(columns.words[comparison.frequency], comparison.frequency, model)
            for place in comparison.frequent:
                here = np.flatnonzero(level == len(comparison.levels) - place)
                often = np.maximum(common[column[left[here]]], common[column[right[here]]])
                weight[here] += np.log2(model.u[comparison.name][place] / often)
    return Pairs(weight, reached)


def _common(words: list[str], field: str, model: Model) -> Floats:
    known = model.frequencies[field]
    return np.array([max(known.get(word, 0.0), model.floor) for word in words])


def guarded(pairs: Pairs) -> NDArray[np.bool_]:
    """First names clearly different: family, not one person, until somebody says so."""
    first = pairs.levels["first"]
    swapped = pairs.levels["last"] == _LEVEL["last"]["swapped"]
    guard: NDArray[np.bool_] = (first == 0) | ((first < 0) & ~swapped)
    return guard


def contradicted(pairs: Pairs) -> NDArray[np.bool_]:
    """Another sex, another generation, another family or another nationality."""
    reached = pairs.levels
    years = (reached["birth_year"] >= 0) & (reached["birth_year"] < _LEVEL["birth_year"]["5"])
    nation = (reached["origin"] >= 0) & (reached["origin"] < _LEVEL["origin"]["nationality"])
    found: NDArray[np.bool_] = (reached["sex"] == 0) | years | nation | (reached["last"] == 0)
    return found


def held_back(pairs: Pairs) -> NDArray[np.bool_]:
    """Pairs that nothing but a decision joins, however much they weigh."""
    return guarded(pairs) | contradicted(pairs)


def verdicts(pairs: Pairs, model: Model, probability: Floats | None = None) -> Ints:
    """SAME, REVIEW or DIFFERENT; `probability` is the re-ranker's, where there is one."""
    reached = pairs.levels
    named = (reached["last"] >= _LEVEL["last"]["key"]) & (
        (reached["first"] >= _LEVEL["first"]["key"])
        | (reached["last"] == _LEVEL["last"]["swapped"])
    )
    card = reached["card"] == _LEVEL["card"]["exact"]
    phone = (reached["phone"] == _LEVEL["phone"]["own"]) & named
    phone &= pairs.weight >= model.link
    sure = card | phone | (pairs.weight >= model.safe)
    if probability is not None:
        sure |= probability >= SURE
    sure &= ~held_back(pairs)
    found = np.where(pairs.weight >= model.review, REVIEW, DIFFERENT)
    found = np.where(card, np.maximum(found, REVIEW), found)
    return np.where(sure, SAME, found).astype(np.int64)


def shares(weight: Floats, model: Model) -> Floats:
    """Share of pairs of such a weight that were one person when it was measured."""
    at, share = zip(*model.shares, strict=True)
    found: Floats = np.interp(weight, at, share)
    return found


def evidence(pairs: Pairs, at: int) -> str:
    """The levels of one pair as text: one sign per comparison, `-` where nothing is known."""
    return "".join(
        "-" if pairs.levels[c.name][at] < 0 else str(int(pairs.levels[c.name][at]))
        for c in COMPARISONS
    )
