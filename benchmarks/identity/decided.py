"""What the re-ranker gains from decisions: some are taken from the head of the review list, and what is
joined unasked afterwards is judged on the pairs that nobody decided.

`python -m benchmarks.identity.decided 168000 12` (people, seed).
"""

import sys
from typing import Any

import numpy as np

from benchmarks.identity.generate import generate
from benchmarks.identity.register import keyed, pairs_of
from pipelines.identity.all_pairs import Keys
from pipelines.identity.clusters import components
from pipelines.identity.compare_fields import read_fields
from pipelines.identity.model import read_model
from pipelines.identity.rerank import fit, probabilities, usable
from pipelines.identity.score import REVIEW, SAME, Pairs, score_pairs, verdicts

_WRONG = (0.0, 0.005, 0.02)
"""Shares of decisions that are mistaken: people are not the truth either."""


def some(pairs: Pairs, which: Any) -> Pairs:
    return Pairs(pairs.weight[which], {name: level[which] for name, level in pairs.levels.items()})


def learnt(pairs: Pairs, decided: Any, said: Any, group: Any) -> tuple[str, Any]:
    """What is said of the proof, and what is done with every pair afterwards."""
    reranker, proof = fit(some(pairs, decided), said, group)
    if reranker is None or proof is None:
        return "too few of a kind", None
    told = f"{proof.sure} sure, {proof.wrong} wrong, at least {proof.at_least:.4f}"
    if not usable(proof):
        return f"{told}: not used", None
    again = verdicts(pairs, read_model(), probabilities(reranker, pairs))
    return f"{told}, down to a weight of {proof.floor:.1f}", again


def main(people: int, seed: int) -> None:
    answers, persons = generate(people, seed)
    truth, keys, model = np.asarray(persons), Keys(), read_model()
    columns = keyed(map(read_fields, answers), len(truth), keys)
    left, right = pairs_of(keys, len(truth))
    pairs = score_pairs(columns, left, right, model, shift=model.shift(len(truth)))
    state, match = verdicts(pairs, model), truth[left] == truth[right]
    auto = state == SAME
    print(
        f"{len(truth):,} registrations; joined unasked {auto.sum():,}, right {match[auto].mean():.4f}"
    )
    listed = np.flatnonzero(state == REVIEW)
    listed = listed[np.argsort(-pairs.weight[listed], kind="stable")]
    for many in (300, 1000, 3000, 10_000):
        for wrong in _WRONG:
            rng = np.random.default_rng(seed)
            # Not the very head alone: people also open what is further down.
            decided = rng.permutation(listed[: many * 3 // 2])[:many]
            if len(decided) < many:
                continue
            said = match[decided] ^ (rng.random(many) < wrong)
            group = components(len(truth), left[decided], right[decided])[left[decided]]
            told, again = learnt(pairs, decided, said, group)
            if again is not None:
                fresh = np.setdiff1d(np.flatnonzero((again == SAME) & ~auto), decided)
                told += f"; joins {len(fresh):,} more unasked, right {match[fresh].mean():.4f}"
            print(f"{many:6} decisions, {100 * wrong:3.1f} % mistaken: {told}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
