"""What one more question, the mother's first name, would buy: the shipped model with and without it.

`python -m benchmarks.identity.mother 16800 11` (people, seed). The answer is written by ear as other
names are, and 8 % do not say it; its weights come from pairs with the same card and from strangers of
another register, never from the truth.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from rapidfuzz.distance import JaroWinkler

from benchmarks.identity.generate import _written, generate
from benchmarks.identity.measure import best, true_pairs
from benchmarks.identity.register import keyed, pairs_of
from pipelines.identity.all_pairs import Keys
from pipelines.identity.compare_fields import FIELDS, read_fields
from pipelines.identity.model import read_model
from pipelines.identity.names import read_name, sound_key
from pipelines.identity.score import score_pairs

_UNSAID = 0.08
_FLOOR = 2e-4


def said(answers: Sequence[dict[str, Any]], seed: int) -> list[str]:
    """Each registration's answer, as it is compared; '' where nothing was said."""
    rng = np.random.default_rng([seed, 7])
    found = []
    for one in answers:
        forms = tuple(str(one["mother"]).split(" ")[0].split("/"))
        hand = int(str(one["focal_point"])[-2:]) * 37 % 4
        name = "" if rng.random() < _UNSAID else _written(forms, hand, rng)
        found.append(read_name("x", name).first if name else "")
    return found


def level(one: str, other: str) -> int:
    """-1 unknown, 0 different, 1 near, 2 the same sound, 3 the same."""
    if not one or not other:
        return -1
    if one == other:
        return 3
    if sound_key(one) == sound_key(other):
        return 2
    return int(JaroWinkler.similarity(one, other) >= 0.85)


def shares(pairs: list[tuple[str, str]]) -> Any:
    counts = Counter(level(*pair) for pair in pairs)
    known = sum(counts[n] for n in range(4))
    return np.array([max(counts[n] / known, 1e-4) for n in range(4)])


def trained(people: int, seed: int) -> tuple[Any, dict[str, float]]:
    """Bits per level, and how common each name is."""
    answers, _ = generate(people, seed)
    names = said(answers, seed)
    card = FIELDS.index("card")
    by_card: dict[str, list[str]] = {}
    for one, name in zip(answers, names, strict=True):
        by_card.setdefault(read_fields(one)[card], []).append(name)
    anchors = [(group[0], name) for key, group in by_card.items() if key for name in group[1:]]
    rng = np.random.default_rng(seed)
    strangers = [
        (names[a], names[b]) for a, b in rng.integers(0, len(names), (200_000, 2)) if a != b
    ]
    counts = Counter(filter(None, names))
    total = counts.total()
    return np.log2(shares(anchors) / shares(strangers)), {n: c / total for n, c in counts.items()}


def main(people: int, seed: int) -> None:
    bits, common = trained(16_800, 1)
    same = shares_of_same(common)
    answers, persons = generate(people, seed)
    truth, keys, model = np.asarray(persons), Keys(), read_model()
    names = said(answers, seed)
    columns = keyed(map(read_fields, answers), len(truth), keys)
    left, right = pairs_of(keys, len(truth))
    weight = score_pairs(columns, left, right, model, shift=model.shift(len(truth))).weight
    more = np.zeros(len(left))
    for at, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        reached = level(names[a], names[b])
        if reached >= 0:
            rare = max(common.get(names[a], _FLOOR), _FLOOR)
            more[at] = bits[reached] + (np.log2(same / rare) if reached == 3 else 0)
    match, there = truth[left] == truth[right], true_pairs(persons)
    for name, worth in (("without", weight), ("with", weight + more)):
        _, (precision, recall, f1) = best(worth, match, there)
        print(
            f"{len(truth):,} registrations, {name:8} P {precision:.4f} R {recall:.4f} F1 {f1:.4f}"
        )


def shares_of_same(common: dict[str, float]) -> float:
    """How often two strangers' mothers bear one name."""
    return float(sum(share**2 for share in common.values()))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
