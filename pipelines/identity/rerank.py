"""A re-ranker that learns from decisions: how likely a pair is one person, in this register.

Logistic regression on the levels and the weight: fitted with scikit-learn (extra `train`), kept as
JSON in the model, applied with numpy. Below `ENOUGH` decisions there is none; and it joins nothing
unasked unless decisions held out of the fitting showed its sure ones to be right.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.compare import COMPARISONS
from pipelines.identity.score import Floats, Pairs

ENOUGH = 300
SURE = 0.95
PRECISION = 0.98
"""What the pairs of `SURE` must reach among decisions held out; otherwise they are capped below."""
_LEAST_SURE = 30
"""Held-out sure pairs without which the precision proves nothing."""
_CAPPED = 0.949


def features(pairs: Pairs) -> NDArray[np.float64]:
    """One column for the weight, its square, and each level of each comparison."""
    columns: list[Any] = [pairs.weight / 10, (pairs.weight / 10) ** 2]
    for comparison in COMPARISONS:
        level = pairs.levels[comparison.name]
        columns += [level == n for n in range(-1, len(comparison.levels) + 1)]
    return np.column_stack(columns).astype(np.float64)


def fit(pairs: Pairs, same: NDArray[np.bool_]) -> dict[str, Any] | None:
    """The re-ranker from decided pairs; None when they are too few or all alike.

    Every fifth pair is held out to measure the precision of its sure ones.
    """
    if len(same) < ENOUGH or same.all() or not same.any():
        return None
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    table = features(pairs)
    held = np.arange(len(same)) % 5 == 0
    if len(np.unique(same[~held])) < 2:
        return None
    trial = LogisticRegression(C=0.3, max_iter=2000).fit(table[~held], same[~held])
    sure = trial.predict_proba(table[held])[:, 1] >= SURE
    right = int(same[held][sure].sum())
    whole = LogisticRegression(C=0.3, max_iter=2000).fit(table, same)
    return {
        "kind": "logistic",
        "weights": [float(w) for w in whole.coef_[0]],
        "intercept": float(whole.intercept_[0]),
        "decisions": len(same),
        "held_out_sure": int(sure.sum()),
        "held_out_right": right,
        "may_join": bool(sure.sum() >= _LEAST_SURE and right >= PRECISION * sure.sum()),
    }


def probabilities(reranker: Mapping[str, Any], pairs: Pairs) -> Floats:
    """How likely each pair is one person; below `SURE` for all while the re-ranker is unproven."""
    score = features(pairs) @ np.array(reranker["weights"]) + reranker["intercept"]
    found: Floats = 1 / (1 + np.exp(-np.clip(score, -50, 50)))
    return found if reranker["may_join"] else np.minimum(found, _CAPPED)
