"""The same registers matched by others, as their documentation says, beside Kafo's shipped model.

`python -m benchmarks.identity.baselines 16800 11` (people, seed), or `… febrl`. Needs besides the
extra `train` the package `recordlinkage`, which pins an old pandas and runs on the present one:
`pip install --no-deps --target DIR recordlinkage jellyfish`, then PYTHONPATH=DIR.
"""

import logging
import resource
import sys
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.identity.generate import generate
from benchmarks.identity.measure import at_threshold, best, true_pairs
from benchmarks.identity.register import run
from pipelines.identity.compare_fields import read_fields
from pipelines.identity.model import read_model
from pipelines.identity.score import SAME

Answers = Sequence[dict[str, Any]]
Said = tuple[Any, Any, float]
"""Weights of pairs, whether each is one person, and the threshold that the tool would take."""

NAMES = ("last_name", "first_names")
REST = ("sex", "birth_year", "nationality", "phone", "card_code", "occupation", "site")


def kafo(answers: Answers, truth: Sequence[int]) -> Said:
    scored = run(map(read_fields, answers), list(truth), read_model())
    auto = scored.state == SAME
    print(f"{'  of these joined unasked':34} P {scored.match[auto].mean():.4f}", flush=True)
    return scored.weight, scored.match, read_model().link


def splink_defaults(answers: Answers, truth: Sequence[int]) -> Said:
    """Splink's tutorial: Jaro-Winkler on the names as written, exact on the rest, with frequencies;
    blocking on each name with the year and on the phone; the prior from sure rules; EM twice."""
    import pyarrow  # type: ignore[import-untyped]
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns: dict[str, Any] = {"unique_id": pyarrow.array(range(len(answers)))}
    for name in (*NAMES, *REST):
        said = (a.get(name) for a in answers)
        columns[name] = pyarrow.array([None if v in (None, "") else str(v) for v in said])
    rules: list[Any] = [block_on("last_name", "birth_year"), block_on("first_names", "birth_year"),
             block_on("last_name", "first_names"), block_on("phone"), block_on("card_code")]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            *(cl.JaroWinklerAtThresholds(n, [0.92, 0.8]).configure(term_frequency_adjustments=True)
              for n in NAMES),
            *(cl.ExactMatch(n) for n in REST),
        ],
    )  # fmt: skip
    logging.getLogger("splink").setLevel(logging.WARNING)
    api = DuckDBAPI()
    linker = Linker(api.register(pyarrow.table(columns)), settings)
    sure: list[Any] = [block_on("card_code"), block_on("last_name", "first_names", "phone")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("last_name", "first_names"), block_on("birth_year", "phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted: Any = linker.inference.predict(threshold_match_weight=-4)
    found = predicted.as_pyarrow_table()
    left, right = (found.column(f"unique_id_{side}").to_numpy() for side in "lr")
    people = np.asarray(truth)
    # Its documentation links from a probability of .9 on: a weight of 3.17.
    return found.column("match_weight").to_numpy(), people[left] == people[right], 3.17


def recordlinkage(answers: Answers, truth: Sequence[int]) -> Said:
    """Its guide: a sorted neighbourhood of the last names, Jaro-Winkler, and the ECM classifier."""
    import pandas as pd
    import recordlinkage as rl  # type: ignore[import-not-found]

    frame = pd.DataFrame(
        [
            {n: None if a.get(n) in (None, "") else str(a[n]) for n in (*NAMES, *REST)}
            for a in answers
        ]
    )
    index = rl.Index()
    index.sortedneighbourhood("last_name", window=3, block_on="birth_year")
    index.block(["first_names", "birth_year"])
    index.block(list(NAMES))
    index.add(rl.index.Block("card_code"))
    pairs = index.index(frame)
    compare = rl.Compare()
    for name in NAMES:
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in REST:
        compare.exact(name, name, label=name)
    table = compare.compute(pairs, frame)
    model = rl.ECMClassifier()
    model.fit(table)
    weight = np.log2(np.clip(model.prob(table).to_numpy(), 1e-12, 1 - 1e-12))
    people = np.asarray(truth)
    left, right = (np.asarray(pairs.get_level_values(n)) for n in (0, 1))
    return weight, people[left] == people[right], -1.0


def show(name: str, way: Callable[[Answers, Sequence[int]], Said], answers: Answers,
         truth: Sequence[int]) -> None:  # fmt: skip
    started = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weight, match, least = way(answers, truth)
    there = true_pairs(truth)
    own, (_, highest) = at_threshold(weight, match, there, least), best(weight, match, there)
    print(
        f"{name:34} P {own[0]:.4f} R {own[1]:.4f} F1 {own[2]:.4f}; best F1 {highest[2]:.4f}; "
        f"{perf_counter() - started:.1f} s",
        flush=True,
    )


def febrl(*, number: bool) -> tuple[list[dict[str, Any]], list[int]]:
    """FEBRL's third set (5,000 invented Australians, up to five copies each) as our questions: the
    number of social security stands for the card, postcode for the site, state for the cercle."""
    from recordlinkage.datasets import load_febrl3  # type: ignore[import-not-found]

    frame = load_febrl3().fillna("").astype(str)
    answers = [
        {
            "last_name": row["surname"], "first_names": row["given_name"],
            "birth_year": row["date_of_birth"][:4], "cercle": row["state"],
            "site": row["postcode"], "card_code": row["soc_sec_id"] if number else "",
            "today": "2026-01-01", "focal_point": "", "occupation": row["street_number"],
            "sector": "",
        }
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return answers, [int(str(name).split("-")[1]) for name in frame.index]


def main(words: Sequence[str]) -> None:
    if words[0] == "febrl":
        for number in (False, True):
            answers, truth = febrl(number=number)
            print(f"FEBRL 3, {'with' if number else 'without'} the number of social security")
            for name, way in (("Kafo, shipped model", kafo), ("recordlinkage, ECM", recordlinkage)):
                show(name, way, answers, truth)
        return
    answers, truth = generate(int(words[0]), int(words[1]))
    print(f"{len(truth):,} registrations, {true_pairs(truth):,} true pairs, seed {words[1]}")
    show("Kafo, shipped model", kafo, answers, truth)
    show("Splink, its defaults", splink_defaults, answers, truth)
    if len(truth) <= 250_000:  # its pairs grow with the square: 5 GB at 200,000
        show("recordlinkage, ECM", recordlinkage, answers, truth)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak {peak:.1f} GB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
