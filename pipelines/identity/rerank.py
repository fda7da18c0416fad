"""A re-ranker that learns from decisions: how likely a pair is one person, in this register.

Logistic regression on the levels and the weight: fitted with scikit-learn (extra `train`), kept as
JSON, applied with numpy. It is used only where decisions held out of the fitting proved its sure pairs
to be right: the lower end of a one-sided 95 % interval (Clopper and Pearson), not the share itself,
must reach `PRECISION`. Without a single error that takes 149 groups of decisions.

People decide the heaviest pairs first, and what is true of those is not of lighter ones (measured:
docs/identite-mesures.md). So every band of weights is proven by itself, from the heaviest down to the
first that is not.
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
_BAND = 4.0
"""Bits."""
_DOUBT = 0.05
_FOLDS = 5
_UNSURE = 0.949
"""What a pair outside the proven bands is given at most."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What decisions that were not learnt from say of the sure pairs, one pair a group.

    `floor` is the weight down to which pairs are proven, None where none are; `sure` and `wrong` are
    counted down to there, or in the heaviest band where that is not proven. `at_least` is the precision
    that 95 of 100 such samples exceed, the lowest of the bands.
    """

    decisions: int
    sure: int
    wrong: int
    at_least: float
    floor: float | None


def usable(proof: Proof | None) -> bool:
    """Whether pairs may be joined unasked on its word."""
    return proof is not None and proof.floor is not None


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
    sure = (_judged(table, same, group) >= SURE) & ~held_back(pairs)
    proof = _prove(pairs.weight[sure], same[sure], group[sure], decisions=len(same))
    model = _fitted(table, same)
    return {
        "weights": [float(w) for w in model.coef_[0]],
        "intercept": float(model.intercept_[0]),
        "floor": proof.floor,
    }, proof


def features(pairs: Pairs) -> NDArray[np.float64]:
    """One column for the weight, its square, and each level of each comparison."""
    columns: list[Any] = [pairs.weight / 10, (pairs.weight / 10) ** 2]
    for comparison in COMPARISONS:
        level = pairs.levels[comparison.name]
        columns += [level == n for n in range(-1, len(comparison.levels) + 1)]
    return np.column_stack(columns).astype(np.float64)


def probabilities(reranker: Mapping[str, Any], pairs: Pairs) -> Floats:
    """How likely each pair is one person; below `SURE` for those lighter than was proven."""
    score = features(pairs) @ np.array(reranker["weights"]) + reranker["intercept"]
    found: Floats = 1 / (1 + np.exp(-np.clip(score, -50, 50)))
    return np.where(pairs.weight < reranker["floor"], np.minimum(found, _UNSURE), found)


def _fitted(table: NDArray[np.float64], same: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    return LogisticRegression(C=0.3, max_iter=2000).fit(table, same)


def _judged(table: NDArray[np.float64], same: NDArray[np.bool_], group: Ints) -> Floats:
    """How likely each pair is one person by a model that saw nothing of its group."""
    from sklearn.model_selection import (  # type: ignore[import-untyped]
        StratifiedGroupKFold,
    )

    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=1)
    judged: Floats = np.zeros(len(same))
    for learnt, held in folds.split(table, same, group):
        if len(np.unique(same[learnt])) == 2:
            judged[held] = _fitted(table[learnt], same[learnt]).predict_proba(table[held])[:, 1]
    return judged


def _prove(weight: Floats, same: NDArray[np.bool_], group: Ints, *, decisions: int) -> Proof:
    """From the heaviest of the sure pairs down, band by band, while each is proven by itself."""
    found = Proof(decisions, 0, 0, 0.0, None)
    high = np.inf
    while (weight < high).any():
        low = _lower_end(weight, group, high)
        here = (weight < high) & (weight >= low)
        sure, wrong = _groups(group[here]), _groups(group[here & ~same])
        bound = at_least(sure, wrong)
        if bound < PRECISION:
            return found if usable(found) else Proof(decisions, sure, wrong, bound, None)
        least = min(bound, found.at_least) if usable(found) else bound
        found = Proof(decisions, found.sure + sure, found.wrong + wrong, least, low)
        high = low
    return found


def _lower_end(weight: Floats, group: Ints, high: float) -> float:
    """Where the band below `high` ends: `_BAND` further down, or where there are enough to prove it."""
    low = float(weight[weight < high].max()) - _BAND
    while at_least(_groups(group[(weight < high) & (weight >= low)]), 0) < PRECISION:
        lighter = weight[weight < low]
        if not lighter.size:
            break
        low = float(lighter.max())
    return float(weight[(weight < high) & (weight >= low)].min())


def _groups(group: Ints) -> int:
    return len(np.unique(group))


def at_least(sure: int, wrong: int) -> float:
    """Lower end of the exact one-sided 95 % interval of the precision."""
    from scipy.stats import beta  # type: ignore[import-untyped]

    if sure == wrong:
        return 0.0
    return float(beta.ppf(_DOUBT, sure - wrong, wrong + 1))
