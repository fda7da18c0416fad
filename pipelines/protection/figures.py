"""Figures as they come from the indicators, and as one system of cells that must be judged together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.protection.exchanges import END
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
    stock: bool = False  # of all up to the end of the period, when what came in it is published too

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
        places = {self.period_kind + (END if self.stock else ""): self.period}
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
    one over all time is what the other adds up to; or if the one is at the end of each period what
    the other adds to it.
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
    return _with_stocks([members for _, _, members in groups])


def _with_stocks(groups: list[list[Figure]]) -> list[list[Figure]]:
    """Join every stock to the flow that fills it."""
    totals = [{(f.period_kind, f.period): f.count for f in g if not f.dimensions} for g in groups]
    into: dict[int, int] = {}
    for n, stock in enumerate(totals):
        flows = (m for m, flow in enumerate(totals) if m != n and _fills(flow, stock))
        flow_number = next(flows, None)
        if flow_number is not None:
            into[n] = flow_number
    joined = [list(g) for n, g in enumerate(groups)]
    for n, m in into.items():
        joined[m] += [replace(figure, stock=True) for figure in groups[n]]
    return [g for n, g in enumerate(joined) if n not in into]


_Totals = Mapping[tuple[str, str], int]


def _fills(flow: _Totals, stock: _Totals) -> bool:
    """Whether in every kind of period the stock grows by just the flow, in two periods at least."""
    grows = 0
    for kind in ("month", "quarter", "year"):
        days = sorted(day for k, day in stock if k == kind)
        for before, day in pairwise(days):
            if stock[kind, before] + flow.get((kind, day), 0) != stock[kind, day]:
                return False
            grows += flow.get((kind, day), 0) > 0
    return grows > 0


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
    known = (*_sums(found), *_stock_sums(counts))
    found.sums = [each for each in known if _holds(each, counts)]
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


_KINDS: tuple[str, ...] = tuple(f"{kind}{END}" for kind in ("month", "quarter", "year"))


def _last(kind: str, day: str) -> str:
    """The last month of a period that begins on the day."""
    if kind not in _KINDS:  # the end of all time
        return "9999-12"
    months = {_KINDS[0]: 0, _KINDS[1]: 2, _KINDS[2]: 11}[kind]
    return f"{day[:4]}-{int(day[5:7]) + months:02}"


def _finer(kind: str) -> tuple[str, ...]:
    """The kinds of periods that end within such a one; within all time, every kind."""
    return _KINDS[: _KINDS.index(kind)] if kind in _KINDS else _KINDS


def _stock_sums(counts: Mapping[Key, int]) -> Iterable[Sum]:
    """What was there at the end of the period before and what came, or the same end by another name."""
    days: dict[str, list[str]] = defaultdict(list)
    for kind, day in {place for cell in counts for place in cell.where if place[0].endswith(END)}:
        days[kind].append(day)
    ordered = {kind: sorted(found) for kind, found in days.items()}
    for cell in counts:
        for kind, day in cell.where:
            if kind not in ordered:
                continue
            rest = {d: v for d, v in cell.where if d != kind}
            place = ordered[kind].index(day)
            parts = [key("", rest | {kind.removesuffix(END): day})]
            parts += [key("", rest | {kind: ordered[kind][place - 1]})] if place else []
            yield Sum(cell, tuple(part for part in parts if part in counts))
            for finer in _finer(kind):
                until = [d for d in ordered.get(finer, ()) if _last(finer, d) <= _last(kind, day)]
                same = [key("", rest | {finer: until[-1]})] if until else []
                yield Sum(cell, tuple(k for k in same if k in counts))
            if place == len(ordered[kind]) - 1 and (ever := key("", rest | {"all": ""})) in counts:
                yield Sum(ever, (cell,))


def _holds(each: Sum, counts: Mapping[Key, int]) -> bool:
    """Answers of which several may be given do not add up, and then tell nothing by adding up."""
    return bool(each.parts) and sum(counts[part] for part in each.parts) == counts[each.total]
