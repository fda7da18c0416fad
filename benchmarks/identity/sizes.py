"""Quality, time and memory of matching by size of the register, beside exact keys.

`python -m benchmarks.identity.sizes 16800 11` (people, seed): about 20,000 registrations.
"""

import resource
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.identity.measure import at_threshold, best, of_clusters, prf, true_pairs
from benchmarks.identity.register import Clock, Scored, answers_in, run, traits_of, written
from pipelines.identity.clusters import Edges, cluster
from pipelines.identity.compare_fields import FIELDS, Fields, read_fields
from pipelines.identity.model import Model, read_model
from pipelines.identity.score import SAME


class Exact:
    """Registrations with one key are one person: no model at all."""

    def __init__(self) -> None:
        self.written, self.read = array("q"), array("q")

    def rows(self, path: Path) -> Iterator[Fields]:
        for said in answers_in(path):
            row = read_fields(said)
            names = (said["last_name"], said["first_names"], said["birth_year"])
            self.written.append(hash(tuple(str(n).lower() for n in names)))
            self.read.append(hash((row[0], row[1], row[FIELDS.index("birth_year")])))
            yield row

    def show(self, truth: list[int]) -> None:
        for name, keys in (("as written", self.written), ("normalised", self.read)):
            label = np.unique(np.array(keys), return_inverse=True)[1]
            show(f"exact key, {name}", of_clusters(label, truth)[0])


def show(name: str, found: tuple[float, float, float]) -> None:
    print(f"{name:42} P {found[0]:.4f} R {found[1]:.4f} F1 {found[2]:.4f}", flush=True)


def report(truth: list[int], scored: Scored, model: Model) -> None:
    there = true_pairs(truth)
    least, found = best(scored.weight, scored.match, there)
    show(f"pairs, best threshold ({least:.2f})", found)
    show("pairs, shipped threshold", at_threshold(scored.weight, scored.match, there, model.link))
    auto = scored.state == SAME
    show("joined unasked", prf(int(scored.match[auto].sum()), int(auto.sum()), there))
    print(f"to review: {int((scored.state == 1).sum()):,}")
    traits, clock = traits_of(scored.columns), Clock()
    for name, sure in (("unasked only", auto), ("all pairs above", scored.weight >= model.link)):
        edges = Edges(scored.left, scored.right, scored.weight, sure)
        label = cluster(len(truth), edges, threshold=model.link, traits=traits).label
        seconds = clock.seconds()
        pairs, cubed = of_clusters(label, truth)
        show(f"clusters, {name} (B3 {cubed:.4f})", pairs)
        largest = np.unique(label, return_counts=True)[1].max()
        print(f"largest {largest}; clustered in {seconds:.1f} s")


def main(people: int, seed: int) -> None:
    model, exact = read_model(), Exact()
    with written(people, seed) as (path, truth):
        print(f"{len(truth):,} registrations, {true_pairs(truth):,} true pairs, seed {seed}")
        clock = Clock()
        scored = run(exact.rows(path), truth, model)
        seconds = clock.seconds()
    exact.show(truth)
    print(f"candidates {scored.candidates:,}, true ones {scored.reached / true_pairs(truth):.4f}")
    report(truth, scored, model)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"read, block and score {seconds:.1f} s wall; in all {used.ru_utime + used.ru_stime:.0f} s"
    )
    print(f"of CPU, peak {used.ru_maxrss / 1e6:.2f} GB", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
