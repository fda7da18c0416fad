"""Figures as they come from the indicators, and as one system of cells that must be judged together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.protection.lattice import Grouping, Key, Lattice, Sum, key

_MET = "met"
"""The dimension that splits those asked of a share into yes and no: the no is known by subtraction."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one publication. `count` is how many units stand behind it."""

    publication: str
    measure: str
    kind: str  # count, sum, share, mean, median
    period_kind: str
    period: str
    row: tuple[str, str]
    column: tuple[str, str]
    count: int
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Publication and measure."""
        return self.publication, self.measure

    @property
    def dimensions(self) -> list[str]:
        """What it is broken down by."""
        return [dimension for dimension, _ in (self.row, self.column) if dimension]

    @property
    def where(self) -> dict[str, str]:
        """Its coordinates."""
        places = {self.period_kind: self.period}
        return places | {d: v for d, v in (self.row, self.column) if d}

    @property
    def parts(self) -> tuple[int, int] | None:
        """Of a share of units: how many did and how many did not."""
        if self.kind != "share" or self.numerator is None or self.denominator is None:
            return None
        if self.numerator % 1 or self.denominator % 1 or self.denominator != self.count:
            return None
        return int(self.numerator), int(self.denominator - self.numerator)


def families(figures: Iterable[Figure]) -> list[list[Figure]]:
    """Figures that count the same units together: what one hides, the others must not show.

    Two measures count the same if all cells that both have are equal and they have some; or if the
    one over all time is what the other adds up to.
    """
    by_name: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        by_name[figure.name].append(figure)
    groups: list[tuple[dict[Key, int], int, list[Figure]]] = []
    for name in sorted(by_name):
        mine = by_name[name]
        cells = {key("", f.where): f.count for f in mine}
        total = _total(cells)
        for known, all_of_it, members in groups:
            shared = known.keys() & cells.keys()
            same = all(known[cell] == cells[cell] for cell in shared)
            if same and (shared or (total > 0 and total == all_of_it)):
                known.update(cells)
                members.extend(mine)
                break
        else:
            groups.append((cells, total, list(mine)))
    return [members for _, _, members in groups]


def _total(cells: Mapping[Key, int]) -> int:
    ever = cells.get(key("", {"all": ""}))
    if ever is not None:
        return ever
    return sum(n for cell, n in cells.items() if [d for d, _ in cell.where] == ["year"])


def cells_of(figures: Sequence[Figure]) -> Lattice:
    """One family as cells, with every sum that holds among them."""
    counts: dict[Key, int] = {}
    for figure in figures:
        counts[key("", figure.where)] = figure.count
        if figure.parts is not None:
            for word, part in zip(("yes", "no"), figure.parts, strict=True):
                counts[_met(figure, word)] = part
    found = Lattice(counts=counts, groupings=_periods(figures))
    found.sums = [each for each in _sums(found) if _holds(each, counts)]
    return found


def keys_of(figure: Figure) -> list[Key]:
    """The cells that the figure shows; hidden is one of them, hidden is all of it."""
    own = [key("", figure.where)]
    if figure.parts is not None:
        own += [_met(figure, "yes"), _met(figure, "no")]
    return own


def _met(figure: Figure, word: str) -> Key:
    dimension = f"{_MET} {figure.publication} {figure.measure}"
    return key("", figure.where | {dimension: word})


def _periods(figures: Iterable[Figure]) -> tuple[Grouping, ...]:
    days = {(f.period_kind, f.period) for f in figures}
    months = [day for kind, day in days if kind == "month"]
    quarters = [day for kind, day in days if kind == "quarter"] + [_quarter(m) for m in months]
    years = [day for kind, day in days if kind == "year"] + [f"{q[:4]}-01-01" for q in quarters]
    return (
        Grouping("month", "quarter", {m: _quarter(m) for m in months}),
        Grouping("quarter", "year", {q: f"{q[:4]}-01-01" for q in quarters}),
        Grouping("year", "all", dict.fromkeys(years, "")),
    )


def _quarter(month: str) -> str:
    return f"{month[:4]}-{(int(month[5:7]) - 1) // 3 * 3 + 1:02}-01"


def _sums(found: Lattice) -> Iterable[Sum]:
    parts: dict[tuple[Key, str], list[Key]] = defaultdict(list)
    coarser = {g.fine: (g.coarse, g.group_of) for g in found.groupings}
    for cell in found.counts:
        where = dict(cell.where)
        for dimension, value in cell.where:
            rest = {d: v for d, v in where.items() if d != dimension}
            if dimension in coarser:
                coarse, group_of = coarser[dimension]
                rest[coarse] = group_of[value]
            total = key("", rest)
            if total in found.counts:
                parts[total, dimension].append(cell)
    return [Sum(total, tuple(cells)) for (total, _), cells in parts.items()]


def _holds(each: Sum, counts: Mapping[Key, int]) -> bool:
    """Answers of which several may be given do not add up, and then tell nothing by adding up."""
    return sum(counts[part] for part in each.parts) == counts[each.total]
