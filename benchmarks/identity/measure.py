"""Precision and recall of pairs, and B-cubed of clusters, against the truth."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def true_pairs(truth: Sequence[int]) -> int:
    sizes = np.unique(np.asarray(truth), return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def prf(right: float, said: float, there: float) -> tuple[float, float, float]:
    precision, recall = right / max(said, 1), right / max(there, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def at_threshold(weight: Any, match: Any, there: int, least: float) -> tuple[float, float, float]:
    taken = weight >= least
    return prf(int(match[taken].sum()), int(taken.sum()), there)


def best(weight: Any, match: Any, there: int) -> tuple[float, tuple[float, float, float]]:
    """The threshold with the best F1 (chosen on the set itself, so optimistic)."""
    order = np.argsort(-weight)
    right = np.cumsum(match[order])
    said = np.arange(1, len(order) + 1)
    f1 = 2 * right / (said + there)
    at = int(np.argmax(f1))
    return float(weight[order[at]]), prf(int(right[at]), at + 1, there)


def of_clusters(label: Any, truth: Sequence[int]) -> tuple[tuple[float, float, float], float]:
    """Pairwise P, R, F1 of the clusters, and their B-cubed F1."""
    people = np.unique(np.asarray(truth), return_inverse=True)[1]
    groups = np.unique(label, return_inverse=True)[1]
    both, where, common = np.unique(
        groups.astype(np.int64) * (people.max() + 1) + people,
        return_inverse=True,
        return_counts=True,
    )
    del both
    here, there = np.bincount(groups), np.bincount(people)
    pairs = prf(
        int((common * (common - 1) // 2).sum()),
        int((here * (here - 1) // 2).sum()),
        int((there * (there - 1) // 2).sum()),
    )
    shared = common[where]
    p, r = float((shared / here[groups]).mean()), float((shared / there[people]).mean())
    return pairs, 2 * p * r / (p + r)
