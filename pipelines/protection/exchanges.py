"""Exchanges: what the tables would show if a few units had other values, the totals staying.

A unit has a value in every dimension. One unit more here and one less there changes one or two cells
of every published table; combined as a rectangle (in every dimension either two values take part,
or one) most of these changes cancel, and what is left keeps every sum by itself. Where values are
grouped (months into quarters), the groups change only if the two values are in different ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from pipelines.protection.lattice import Grouping, Key, Lattice

_MOST = 600
"""Exchanges looked at for one cell."""

_VARIANTS = 12
"""Ways looked at to place one exchange in the dimensions that the cell does not show."""

END = "_end"
"""Ends the name of a level of time that counts all up to its end: `quarter_end`."""

Profile = Mapping[str, frozenset[str]]
"""One finest value of a dimension, by level: where a unit with this value counts. It is one value at
each level (month, quarter, year), but counts at the end of every period from its own on."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Along one dimension: one unit more at `more`, one less at `less` unless that is None."""

    name: str
    more: Profile
    less: Profile | None

    def at(self, level: str) -> list[tuple[str, int]]:
        """Values of the level that change, and by how much."""
        less = frozenset[str]() if self.less is None else self.less[level]
        added, taken = sorted(self.more[level] - less), sorted(less - self.more[level])
        return [(value, 1) for value in added] + [(value, -1) for value in taken]


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
        coarse |= {d for d in dimensions if d.endswith(END)}
        for dimension in sorted(dimensions - coarse):
            # The biggest values first: they have most to exchange.
            found = sorted((-n, v) for (d, v), n in weights.items() if d == dimension)
            profiles = [_profile(dimension, v, groupings) for _, v in found]
            self.profiles[dimension] = [_with_ends(p, weights) for p in profiles]
            self.axis_of |= {level: dimension for p in self.profiles[dimension] for level in p}

    def of(self, cell: Key) -> Iterator[dict[Key, int]]:
        """Exchanges that add 1 to the cell: cell → +1 or −1."""
        own = [self._own(dimension, value) for dimension, value in cell.where]
        alone = [[axis for axis in axes if axis.less is None] for axes in own]
        # One more in all totals is always possible, if dear: it must not fall off the end.
        yield from islice(self._all(cell.counted, own), _MOST)
        yield from islice(self._all(cell.counted, alone), _MOST // 10)

    def _all(self, counted: str, own: list[list[_Axis]]) -> Iterator[dict[Key, int]]:
        for chosen in product(*own):
            fixed = {axis.name: axis for axis in chosen}
            touched = self._touched(counted, chosen)
            others = sorted({self.axis_of[d] for shape in touched for d in shape} - set(fixed))
            alone = [[_Axis(name, p, None) for p in self.profiles[name]] for name in others]
            for rest in islice(product(*alone), _VARIANTS):
                yield _changes(counted, touched, fixed | {a.name: a for a in rest}, self.axis_of)

    def _touched(self, counted: str, chosen: tuple[_Axis, ...]) -> list[tuple[str, ...]]:
        """Tables that show every dimension in which two values take part; others cancel."""
        paired = {axis.name for axis in chosen if axis.less is not None}
        shapes = self.shapes[counted]
        return [shape for shape in shapes if paired <= {self.axis_of[d] for d in shape}]

    def _own(self, dimension: str, value: str) -> list[_Axis]:
        name = self.axis_of[dimension]
        mine = [p for p in self.profiles[name] if value in p.get(dimension, ())]
        others = [p for p in self.profiles[name] if value not in p.get(dimension, ())]
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


def _profile(dimension: str, value: str, groupings: Sequence[Grouping]) -> dict[str, str]:
    profile = {dimension: value}
    for grouping in groupings:
        if grouping.fine in profile and profile[grouping.fine] in grouping.group_of:
            profile[grouping.coarse] = grouping.group_of[profile[grouping.fine]]
    return profile


def _with_ends(profile: Mapping[str, str], places: Iterable[tuple[str, str]]) -> Profile:
    found = {level: frozenset((value,)) for level, value in profile.items()}
    for level, value in profile.items():
        ends = frozenset(v for d, v in places if d == level + END and v >= value)
        if ends:
            found[level + END] = ends
    return found
