"""Quality, time and memory of matching by size of the register, beside exact keys.

`python -m benchmarks.identity.sizes 16800 11` (people, seed): about 20,000 registrations.
"""

import resource
import sys
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.identity.generate import generate
from benchmarks.identity.measure import at_threshold, best, of_clusters, prf, true_pairs
from benchmarks.identity.register import Scored, fields_of, run
from pipelines.identity.clusters import Edges, cluster
from pipelines.identity.compare_fields import FIELDS, Fields
from pipelines.identity.model import Model, read_model
from pipelines.identity.plausible import SEX_BITS, Traits
from pipelines.identity.score import SAME


def traits_of(rows: list[Fields]) -> Traits:
    at = FIELDS.index
    return Traits(
        np.array([SEX_BITS.get(row[at("sex")], 0) for row in rows]),
        np.array([row[at("birth_year")] for row in rows]),
        np.array([row[at("day")] for row in rows]),
        np.array([int(row[at("card")] or 0) for row in rows]),
    )


def exact_key(keys: list[Any], truth: list[int]) -> tuple[float, float, float]:
    """Registrations with one key are one person: no model at all."""
    label = np.unique(np.array(keys), return_inverse=True)[1]
    return of_clusters(label, truth)[0]


def show(name: str, found: tuple[float, float, float]) -> None:
    print(f"{name:42} P {found[0]:.4f} R {found[1]:.4f} F1 {found[2]:.4f}", flush=True)


def report(rows: list[Fields], truth: list[int], scored: Scored, model: Model) -> None:
    there = true_pairs(truth)
    least, found = best(scored.weight, scored.match, there)
    show(f"pairs, best threshold ({least:.2f})", found)
    show("pairs, shipped threshold", at_threshold(scored.weight, scored.match, there, model.link))
    auto = scored.state == SAME
    show("joined unasked", prf(int(scored.match[auto].sum()), int(auto.sum()), there))
    print(f"to review: {int((scored.state == 1).sum()):,}")
    traits, started = traits_of(rows), perf_counter()
    for name, sure in (("all pairs above", scored.weight >= model.link), ("unasked only", auto)):
        edges = Edges(scored.left, scored.right, scored.weight, sure)
        label = cluster(len(rows), edges, threshold=model.link, traits=traits).label
        pairs, cubed = of_clusters(label, truth)
        show(f"clusters, {name} (B3 {cubed:.4f})", pairs)
        print(f"largest {np.unique(label, return_counts=True)[1].max()}")
    print(f"clustering twice {perf_counter() - started:.1f} s")


def main(people: int, seed: int) -> None:
    model = read_model()
    answers, truth = generate(people, seed)
    raw = [f"{a['last_name']}|{a['first_names']}|{a['birth_year']}".lower() for a in answers]
    started = perf_counter()
    rows = fields_of(answers)
    normalised = perf_counter() - started
    del answers
    print(f"{len(rows):,} registrations, {true_pairs(truth):,} true pairs, seed {seed}")
    show("exact key, as written", exact_key(raw, truth))
    del raw
    read = [f"{r[0]}|{r[1]}|{r[FIELDS.index('birth_year')]}" for r in rows]
    show("exact key, normalised", exact_key(read, truth))
    del read
    scored = run(rows, truth, model)
    print(f"candidates {scored.candidates:,}, true ones {scored.reached / true_pairs(truth):.4f}")
    print(f"normalise {normalised:.1f} s, block and score {scored.seconds:.1f} s")
    report(rows, truth, scored, model)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"peak {memory:.2f} GB, {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} CPU s in all"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
