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


Steps = tuple[tuple[str, int], ...]
"""Values that change along one axis, and by how much."""

_Table = tuple[tuple[tuple[str, str], ...], Mapping[tuple[str, ...], int]]
"""Axis and level of each dimension of a table, and its cells that anybody is at: values → number."""


class _Axis:
    """Along one dimension: one unit more at `more`, one less at `less` unless that is None."""

    def __init__(self, name: str, more: Profile, less: Profile | None) -> None:
        self.name, self.more, self.less = name, more, less
        self._steps: dict[str, Steps] = {}

    def at(self, level: str) -> Steps:
        """Values of the level that change, and by how much."""
        known = self._steps.get(level)
        if known is None:
            less = frozenset[str]() if self.less is None else self.less[level]
            added, taken = sorted(self.more[level] - less), sorted(less - self.more[level])
            known = (*((value, 1) for value in added), *((value, -1) for value in taken))
            self._steps[level] = known
        return known


class Exchanges:
    """What every exchange does to the cells of one lattice; `number` names the cells."""

    def __init__(self, lattice: Lattice, number: Mapping[Key, int]) -> None:
        self.axis_of: dict[str, str] = {}
        self.profiles: dict[str, list[Profile]] = {}
        self._tables: dict[str, dict[tuple[str, ...], dict[tuple[str, ...], int]]] = {}
        self._axes: dict[tuple[str, str], list[_Axis]] = {}
        self._plans: dict[tuple[str, frozenset[str], frozenset[str]], _Plan] = {}
        weights: dict[tuple[str, str], int] = defaultdict(int)
        for cell, count in lattice.counts.items():
            shape = tuple(dimension for dimension, _ in cell.where)
            table = self._tables.setdefault(cell.counted, {}).setdefault(shape, {})
            if count:
                table[tuple(value for _, value in cell.where)] = number[cell]
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

    def of(self, cell: Key) -> Iterator[dict[int, int]]:
        """Exchanges that add 1 to the cell, as number → +1 or −1; those that would take away where
        nobody is, or add where nothing is published, are left out."""
        own = [self._own(dimension, value) for dimension, value in cell.where]
        alone = [[axis for axis in axes if axis.less is None] for axes in own]
        # One more in all totals is always possible, if dear: it must not fall off the end.
        for axes, most in ((own, _MOST), (alone, _MOST // 10)):
            for changes in islice(self._all(cell.counted, axes), most):
                if changes is not None:
                    yield changes

    def _all(self, counted: str, own: list[list[_Axis]]) -> Iterator[dict[int, int] | None]:
        names = frozenset(axes[0].name for axes in own if axes)
        for chosen in product(*own):
            fixed = {axis.name: axis for axis in chosen}
            paired = frozenset(axis.name for axis in chosen if axis.less is not None)
            plan = self._plan(counted, names, paired)
            for rest in islice(product(*plan.others), _VARIANTS):
                yield _changes(plan.touched, fixed | {axis.name: axis for axis in rest})

    def _plan(self, counted: str, names: frozenset[str], paired: frozenset[str]) -> "_Plan":
        """Tables that show every dimension in which two values take part; others cancel."""
        known = self._plans.get((counted, names, paired))
        if known is None:
            touched: list[_Table] = []
            for shape, cells in self._tables[counted].items():
                axes = tuple((self.axis_of[level], level) for level in shape)
                if paired <= {name for name, _ in axes}:
                    touched.append((axes, cells))
            others = sorted({name for axes, _ in touched for name, _ in axes} - names)
            alone = [[_Axis(name, p, None) for p in self.profiles[name]] for name in others]
            known = self._plans[counted, names, paired] = _Plan(touched, alone)
        return known

    def _own(self, dimension: str, value: str) -> list[_Axis]:
        known = self._axes.get((dimension, value))
        if known is None:
            name = self.axis_of[dimension]
            mine = [p for p in self.profiles[name] if value in p.get(dimension, ())]
            others = [p for p in self.profiles[name] if value not in p.get(dimension, ())]
            pairs = [_Axis(name, here, there) for here in mine for there in others]
            known = pairs + [_Axis(name, here, None) for here in mine]
            self._axes[dimension, value] = known
        return known


@dataclass(frozen=True, slots=True)
class _Plan:
    """Tables that an exchange changes, and who may take part along the axes that its cell lacks."""

    touched: list[_Table]
    others: list[list[_Axis]]


def _changes(touched: list[_Table], axes: Mapping[str, _Axis]) -> dict[int, int] | None:
    """What the exchange does to the cells; None if it cannot be."""
    found: dict[int, int] = {}
    for places, cells in touched:
        rows: list[tuple[tuple[str, ...], int]] = [((), 1)]
        for name, level in places:
            steps = axes[name].at(level)
            rows = [((*row, value), sign * each) for row, sign in rows for value, each in steps]
        for row, sign in rows:
            number = cells.get(row)
            if number is None:
                return None
            found[number] = sign
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
