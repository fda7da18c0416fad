"""Exchanges: what the tables would show if a few units had other values, the totals staying.

A unit has a value in every dimension. One unit more here and one less there changes one or two cells
of every published table; combined as a rectangle (in every dimension either two values take part,
or one) most of these changes cancel, and what is left keeps every sum by itself. Where values are
grouped (months into quarters), the groups change only if the two values are in different ones.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from pipelines.protection.lattice import Grouping, Key, Lattice

_MOST = 600
"""Exchanges looked at for one cell."""

Profile = Mapping[str, str]
"""One finest value of a dimension with the groups it is in: month, quarter, year."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Along one dimension: one unit more at `more`, one less at `less` unless that is None."""

    name: str
    more: Profile
    less: Profile | None

    def at(self, level: str) -> list[tuple[str, int]]:
        """Values of the level that change, and by how much."""
        if self.less is None:
            return [(self.more[level], 1)]
        if self.more[level] == self.less[level]:
            return []
        return [(self.more[level], 1), (self.less[level], -1)]


class Exchanges:
    """What every exchange does to the cells of one lattice."""

    def __init__(self, lattice: Lattice) -> None:
        self.axis_of: dict[str, str] = {}
        self.profiles: dict[str, list[Profile]] = {}
        self.shapes: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        weights: dict[tuple[str, str], int] = defaultdict(int)
        for cell, count in lattice.counts.items():
            self.shapes[cell.counted].add(tuple(dimension for dimension, _ in cell.where))
            for place in cell.where:
                weights[place] += count
        self._find_profiles(weights, lattice.groupings)

    def _find_profiles(
        self, weights: Mapping[tuple[str, str], int], groupings: Sequence[Grouping]
    ) -> None:
        dimensions = {dimension for dimension, _ in weights}
        coarse = {g.coarse for g in groupings if g.fine in dimensions}
        for dimension in sorted(dimensions - coarse):
            # The biggest values first: they have most to exchange.
            found = sorted((-n, v) for (d, v), n in weights.items() if d == dimension)
            self.profiles[dimension] = [_profile(dimension, v, groupings) for _, v in found]
            self.axis_of |= {level: dimension for p in self.profiles[dimension] for level in p}

    def of(self, cell: Key) -> Iterator[dict[Key, int]]:
        """Exchanges that add 1 to the cell: cell → +1 or −1."""
        axes = [self._own(dimension, value) for dimension, value in cell.where]
        return islice(self._all(cell.counted, axes), _MOST)

    def _all(self, counted: str, own: list[list[_Axis]]) -> Iterator[dict[Key, int]]:
        for chosen in product(*own):
            fixed = {axis.name: axis for axis in chosen}
            touched = self._touched(counted, chosen)
            others = sorted({self.axis_of[d] for shape in touched for d in shape} - set(fixed))
            alone = [[_Axis(name, p, None) for p in self.profiles[name]] for name in others]
            for rest in product(*alone):
                yield _changes(counted, touched, fixed | {a.name: a for a in rest}, self.axis_of)

    def _touched(self, counted: str, chosen: tuple[_Axis, ...]) -> list[tuple[str, ...]]:
        """Tables that show every dimension in which two values take part; others cancel."""
        paired = {axis.name for axis in chosen if axis.less is not None}
        shapes = self.shapes[counted]
        return [shape for shape in shapes if paired <= {self.axis_of[d] for d in shape}]

    def _own(self, dimension: str, value: str) -> list[_Axis]:
        name = self.axis_of[dimension]
        mine = [p for p in self.profiles[name] if p.get(dimension) == value]
        others = [p for p in self.profiles[name] if p.get(dimension) != value]
        pairs = [_Axis(name, here, there) for here in mine for there in others]
        return pairs + [_Axis(name, here, None) for here in mine]


def _changes(
    counted: str,
    shapes: list[tuple[str, ...]],
    axes: Mapping[str, _Axis],
    axis_of: Mapping[str, str],
) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for shape in shapes:
        for steps in product(*(axes[axis_of[level]].at(level) for level in shape)):
            sign = 1
            for _, each in steps:
                sign *= each
            values = (value for value, _ in steps)
            found[Key(counted, tuple(zip(shape, values, strict=True)))] = sign
    return found


def _profile(dimension: str, value: str, groupings: Sequence[Grouping]) -> Profile:
    profile = {dimension: value}
    for grouping in groupings:
        if grouping.fine in profile and profile[grouping.fine] in grouping.group_of:
            profile[grouping.coarse] = grouping.group_of[profile[grouping.fine]]
    return profile
