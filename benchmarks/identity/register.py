"""A generated register run through the matching as it ships, with time and truth beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.identity.generate import generate
from pipelines.identity.all_pairs import sharing
from pipelines.identity.block import CAP, block_keys
from pipelines.identity.compare_fields import Columns, Fields, columns_of, read_fields
from pipelines.identity.model import Model
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
    seconds: float


def fields_of(answers: list[dict[str, Any]]) -> list[Fields]:
    return [read_fields(said) for said in answers]


def register(people: int, seed: int) -> tuple[list[Fields], list[int]]:
    answers, truth = generate(people, seed)
    return fields_of(answers), truth


def pairs_of(rows: list[Fields], cap: int = CAP) -> tuple[Any, Any]:
    keys: list[int] = []
    held: list[int] = []
    for place, row in enumerate(rows):
        mine = block_keys(row)
        keys += mine
        held += [place] * len(mine)
    numbers, holders = np.array(keys, dtype=np.int64), np.array(held, dtype=np.int64)
    del keys, held
    order = np.lexsort((holders, numbers))
    return sharing(numbers[order], holders[order], cap=cap, holders=len(rows))


def chunks(left: Any, right: Any) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(left), CHUNK):
        yield left[start : start + CHUNK], right[start : start + CHUNK]


def run(rows: list[Fields], truth: list[int], model: Model, *, least: float = -4.0) -> Scored:
    started = perf_counter()
    columns: Columns = columns_of(rows, len(rows))
    left, right = pairs_of(rows)
    people = np.asarray(truth)
    reached = int((people[left] == people[right]).sum())
    shift = model.shift(len(rows))
    found: list[tuple[Any, ...]] = []
    for one, other in chunks(left, right):
        pairs = score_pairs(columns, one, other, model, shift=shift)
        state = verdicts(pairs, model)
        keep = (pairs.weight >= least) | (state > 0)
        found.append((one[keep], other[keep], pairs.weight[keep], state[keep]))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    return Scored(
        parts[0], parts[1], parts[2], people[parts[0]] == people[parts[1]], parts[3],
        len(left), reached, perf_counter() - started,
    )  # fmt: skip
