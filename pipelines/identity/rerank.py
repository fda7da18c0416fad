"""A re-ranker that learns from decisions: how likely a pair is one person, in this register.

Logistic regression on the levels and the weight: fitted with scikit-learn (extra `train`), kept as
JSON, applied with numpy. It is used only when decisions held out of the fitting proved its sure pairs
to be right: the lower end of a one-sided 95 % interval (Clopper and Pearson), not the share itself,
must reach `PRECISION`. Without a single error that takes 149 groups of decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.compare import COMPARISONS
from pipelines.identity.plausible import Ints
from pipelines.identity.score import SURE, Floats, Pairs, held_back

ENOUGH = 300
"""Decisions without which nothing is learnt."""
OF_EACH = 30
"""Of them at least so many « one person » and so many « two »."""
PRECISION = 0.98
_DOUBT = 0.05
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """What decisions that were not learnt from say of the sure pairs, one pair a group."""

    decisions: int
    sure: int
    wrong: int
    at_least: float
    """Precision that 95 of 100 such samples exceed; 0 without sure pairs."""


def usable(proof: Proof | None) -> bool:
    """Whether pairs may be joined unasked on its word."""
    return proof is not None and proof.at_least >= PRECISION


def fit(
    pairs: Pairs, same: NDArray[np.bool_], group: Ints
) -> tuple[dict[str, Any], Proof] | tuple[None, None]:
    """The re-ranker from decided pairs, and its proof; None when they are too few or nearly all alike.

    `group` holds together pairs that share registrations: they are learnt from together or not at
    all, so that nothing is proven by what it was learnt from.
    """
    if len(same) < ENOUGH or min(int(same.sum()), int((~same).sum())) < OF_EACH:
        return None, None
    table = features(pairs)
    proof = _prove(table, same, group, held_back(pairs))
    model = _fitted(table, same)
    return {
        "weights": [float(w) for w in model.coef_[0]],
        "intercept": float(model.intercept_[0]),
    }, proof


def features(pairs: Pairs) -> NDArray[np.float64]:
    """One column for the weight, its square, and each level of each comparison."""
    columns: list[Any] = [pairs.weight / 10, (pairs.weight / 10) ** 2]
    for comparison in COMPARISONS:
        level = pairs.levels[comparison.name]
        columns += [level == n for n in range(-1, len(comparison.levels) + 1)]
    return np.column_stack(columns).astype(np.float64)


def probabilities(reranker: Mapping[str, Any], pairs: Pairs) -> Floats:
    """How likely each pair is one person."""
    score = features(pairs) @ np.array(reranker["weights"]) + reranker["intercept"]
    found: Floats = 1 / (1 + np.exp(-np.clip(score, -50, 50)))
    return found


def _fitted(table: NDArray[np.float64], same: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    return LogisticRegression(C=0.3, max_iter=2000).fit(table, same)


def _prove(
    table: NDArray[np.float64], same: NDArray[np.bool_], group: Ints, back: NDArray[np.bool_]
) -> Proof:
    """Every group is judged once by a model that never saw it; pairs that a guard holds back, whatever
    is learnt, prove nothing."""
    from sklearn.model_selection import (  # type: ignore[import-untyped]
        StratifiedGroupKFold,
    )

    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=1)
    judged = np.zeros(len(same))
    for learnt, held in folds.split(table, same, group):
        if len(np.unique(same[learnt])) == 2:
            judged[held] = _fitted(table[learnt], same[learnt]).predict_proba(table[held])[:, 1]
    sure = (judged >= SURE) & ~back
    groups, wrong = set(group[sure].tolist()), set(group[sure & ~same].tolist())
    return Proof(len(same), len(groups), len(wrong), at_least(len(groups), len(wrong)))


def at_least(sure: int, wrong: int) -> float:
    """Lower end of the exact one-sided 95 % interval of the precision."""
    from scipy.stats import beta  # type: ignore[import-untyped]

    if sure == wrong:
        return 0.0
    return float(beta.ppf(_DOUBT, sure - wrong, wrong + 1))
