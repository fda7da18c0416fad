"""An attacker with every published table, the rules of hiding, and a linear-programming solver."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]
from scipy.sparse import lil_matrix  # type: ignore[import-untyped]

from pipelines.protection.audiences import Audience
from pipelines.protection.lattice import Key, Lattice

Interval = tuple[float, float]


def recover(
    lattice: Lattice, hidden: Mapping[Key, str], audience: Audience | None = None
) -> dict[Key, Interval]:
    """What can be known of each hidden cell from all sums and everything shown.

    `audience` None: shown counts are exact. The attacker knows that no hidden cell is empty.
    """
    cells = list(lattice.counts)
    number = {cell: n for n, cell in enumerate(cells)}
    sums = lil_matrix((len(lattice.sums), len(cells)))
    for row, each in enumerate(lattice.sums):
        for part in each.parts:
            sums[row, number[part]] = 1
        sums[row, number[each.total]] = -1
    bounds = [_bounds(lattice.counts[c], c in hidden, audience) for c in cells]
    found = {}
    for cell in hidden:
        goal = np.zeros(len(cells))
        goal[number[cell]] = 1
        found[cell] = _extent(goal, sums.tocsr(), np.zeros(len(lattice.sums)), bounds)
    return found


def recover_jointly(lattice: Lattice, hidden: Mapping[Key, str]) -> dict[Key, Interval]:
    """The same with the strongest knowledge: that all tables come from the same people, each with a
    value in every dimension. The unknowns are the people at each combination of values."""
    levels = sorted({d for cell in lattice.counts for d, _ in cell.where})
    values = [
        sorted({v for c in lattice.counts for d, v in c.where if d == level}) for level in levels
    ]
    people = list(product(*values))
    shown, counts, least = [], [], []
    for cell, count in lattice.counts.items():
        row = _row(cell, levels, people)
        if cell in hidden:
            least.append(-row)
        else:
            shown.append(row)
            counts.append(count)
    bounds: list[tuple[float, float | None]] = [(0, None)] * len(people)
    at_least = (np.array(least), -np.ones(len(least)))
    return {
        cell: _extent(
            _row(cell, levels, people), np.array(shown), np.array(counts), bounds, at_least
        )
        for cell in hidden
    }


def _row(cell: Key, levels: list[str], people: list[tuple[str, ...]]) -> "np.ndarray":
    where = dict(cell.where)
    return np.array(
        [
            float(all(where.get(d, v) == v for d, v in zip(levels, who, strict=True)))
            for who in people
        ]
    )


def _bounds(count: int, hidden: bool, audience: Audience | None) -> tuple[float, float | None]:
    if hidden:
        return (1, None)
    if audience is None or count == 0:
        return (count, count)
    shown = audience.shown(count)
    return (shown - audience.step / 2, shown + audience.step / 2)


def _extent(
    goal: "np.ndarray",
    sums: object,
    totals: "np.ndarray",
    bounds: list[tuple[float, float | None]],
    at_least: "tuple[np.ndarray, np.ndarray] | None" = None,
) -> Interval:
    more = {} if at_least is None else {"A_ub": at_least[0], "b_ub": at_least[1]}
    if not getattr(sums, "size", 0):
        sums, totals = None, None  # type: ignore[assignment]
    low = linprog(goal, A_eq=sums, b_eq=totals, bounds=bounds, method="highs", **more)
    high = linprog(-goal, A_eq=sums, b_eq=totals, bounds=bounds, method="highs", **more)
    assert low.status == 0
    assert high.status in (0, 3), high.message  # 3: without an upper bound
    return float(low.fun), float("inf") if high.status == 3 else float(-high.fun)
