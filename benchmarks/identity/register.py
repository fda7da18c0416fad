"""A generated register run through the matching as it ships, with time and truth beside it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.identity.generate import generate
from pipelines.identity.all_pairs import Keys, sharing
from pipelines.identity.block import CAP, block_keys
from pipelines.identity.compare_fields import Columns, Fields, columns_of, read_fields
from pipelines.identity.model import Model
from pipelines.identity.plausible import SEX_BITS, Traits
from pipelines.identity.score import score_pairs, verdicts

CHUNK = 500_000


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs above the floor: who, how heavy, whether true, and what is done with them."""

    left: Any
    right: Any
    weight: Any
    match: Any
    state: Any
    candidates: int
    reached: int
    columns: Columns


def register(people: int, seed: int) -> tuple[list[Fields], list[int]]:
    answers, truth = generate(people, seed)
    return [read_fields(said) for said in answers], truth


@contextmanager
def written(people: int, seed: int) -> Iterator[tuple[Path, list[int]]]:
    """The answers in a file, a line each, and the truth: made by a process of its own, whose memory is
    not that of matching."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        arguments = [str(people), str(seed), str(path)]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.identity.register", *arguments], check=True
        )
        yield path, json.loads(path.with_suffix(".truth").read_text(encoding="utf-8"))


def answers_in(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def keyed(rows: Iterable[Fields], size: int, keys: Keys) -> Columns:
    """The columns of the rows, and their block keys, in one reading."""

    def noted() -> Iterator[Fields]:
        for place, row in enumerate(rows):
            keys.add(place, block_keys(row))
            yield row

    return columns_of(noted(), size)


def pairs_of(keys: Keys, size: int, cap: int = CAP) -> tuple[Any, Any]:
    return sharing(*keys.sorted(), cap=cap, holders=size)


def chunks(left: Any, right: Any) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(left), CHUNK):
        yield left[start : start + CHUNK], right[start : start + CHUNK]


def run(rows: Iterable[Fields], truth: list[int], model: Model, *, least: float = -4.0) -> Scored:
    size, keys = len(truth), Keys()
    columns = keyed(rows, size, keys)
    left, right = pairs_of(keys, size)
    del keys
    people = np.asarray(truth)
    reached = int((people[left] == people[right]).sum())
    shift = model.shift(size)
    found: list[tuple[Any, ...]] = []
    for one, other in chunks(left, right):
        pairs = score_pairs(columns, one, other, model, shift=shift)
        state = verdicts(pairs, model)
        keep = (pairs.weight >= least) | (state > 0)
        found.append((one[keep], other[keep], pairs.weight[keep], state[keep]))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    return Scored(
        parts[0], parts[1], parts[2], people[parts[0]] == people[parts[1]], parts[3],
        len(left), reached, columns,
    )  # fmt: skip


def traits_of(columns: Columns) -> Traits:
    number, words = columns.numbers, columns.words
    sex = np.array([SEX_BITS.get(word, 0) for word in words["sex"]])
    card = np.array([int(word or 0) for word in words["card"]])
    return Traits(
        sex[number["sex"]], number["birth_year"].astype(np.int64),
        number["day"].astype(np.int64), card[number["card"]],
    )  # fmt: skip


class Clock:
    """Seconds since the last look."""

    def __init__(self) -> None:
        self._then = perf_counter()

    def seconds(self) -> float:
        since, self._then = self._then, perf_counter()
        return self._then - since


def _write(people: int, seed: int, path: Path) -> None:
    answers, truth = generate(people, seed)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(said) + "\n" for said in answers)
    path.with_suffix(".truth").write_text(json.dumps(truth), encoding="utf-8")


if __name__ == "__main__":
    _write(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
