"""All tables of one audience as one system: every cell once, and every sum a reader could take.

Two tables that share a margin share its cell, so what one shows counts when the other hides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from forms.errors import KafoError
from pipelines.protection.audiences import TIME, family

Where = tuple[tuple[str, str], ...]
"""Dimension and value, sorted: () is the total of everything."""


@dataclass(frozen=True, slots=True)
class Key:
    """A cell: what is counted (tables that count the same things have the same), and where."""

    counted: str
    where: Where


@dataclass(frozen=True, slots=True)
class Table:
    """A table to publish with all its totals; `counts` by the values of `dimensions`, in order.

    Every unit counted stands in exactly one cell ("unknown" is a value too), or sums would differ
    between tables of the same `counted`.
    """

    counted: str
    dimensions: tuple[str, ...]
    counts: Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Values of a dimension that make up a value of a coarser one: months and quarters."""

    fine: str
    coarse: str
    group_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is what `parts` add up to."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(slots=True)
class Lattice:
    """Cells with their true counts, and the sums among them."""

    counts: dict[Key, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    groupings: Sequence[Grouping] = ()


def key(counted: str, where: Mapping[str, str]) -> Key:
    """The key of a cell by its coordinates."""
    return Key(counted, tuple(sorted(where.items())))


def lattice(tables: Sequence[Table], groupings: Sequence[Grouping] = ()) -> Lattice:
    """Cells and sums of all tables together; KafoError when they cannot be judged together."""
    _check_acyclic(tables)
    found = Lattice(groupings=tuple(groupings))
    sums: dict[tuple[Key, str], set[Key]] = defaultdict(set)
    for table in tables:
        assert min(table.counts.values(), default=0) >= 0
        _add(found, table, sums)
    for grouping in groupings:
        _group(found, grouping, sums)
    found.sums = [Sum(total, tuple(sorted(parts, key=repr))) for (total, _), parts in sums.items()]
    return found


def _add(found: Lattice, table: Table, sums: dict[tuple[Key, str], set[Key]]) -> None:
    free = [d for d in table.dimensions if d not in TIME]
    levels = [set(kept) for n in range(len(free) + 1) for kept in combinations(free, n)]
    for kept in levels:
        margin: dict[Key, int] = defaultdict(int)
        for values, count in table.counts.items():
            where = dict(zip(table.dimensions, values, strict=True))
            here = {d: v for d, v in where.items() if d in TIME or d in kept}
            margin[key(table.counted, here)] += count
            for added in set(free) - kept:
                part = key(table.counted, here | {added: where[added]})
                sums[key(table.counted, here), added].add(part)
        for cell, count in margin.items():
            if found.counts.setdefault(cell, count) != count:
                raise _differing(table)


def _group(found: Lattice, grouping: Grouping, sums: dict[tuple[Key, str], set[Key]]) -> None:
    for cell in list(found.counts):
        where = dict(cell.where)
        fine = where.pop(grouping.fine, None)
        if fine is None or fine not in grouping.group_of:
            continue
        total = key(cell.counted, where | {grouping.coarse: grouping.group_of[fine]})
        if total in found.counts:
            sums[total, grouping.fine].add(cell)


def _check_acyclic(tables: Iterable[Table]) -> None:
    """Tables a × b, b × c and a × c of the same people bound the unseen a × b × c and, with it, each
    other beyond their sums; without such a circle the sums are all that a reader can use."""
    edges: dict[str, set[frozenset[str]]] = defaultdict(set)
    for table in tables:
        pair = frozenset(family(d) for d in table.dimensions if d not in TIME)
        if len(pair) > 1:
            edges[table.counted].add(pair)
    for counted, pairs in edges.items():
        above: dict[str, str] = {}

        def top(name: str, above: dict[str, str] = above) -> str:
            while above.get(name, name) != name:
                name = above[name]
            return name

        for pair in sorted(pairs, key=sorted):
            first, second = (top(name) for name in sorted(pair))
            if first == second:
                raise KafoError(
                    f"Les tableaux de « {counted} » forment un cercle ; ensemble ils trahiraient des "
                    "cases masquées. Retirez l'un des croisements.",
                    f"The tables of '{counted}' form a circle; together they would give hidden cells "
                    "away. Leave one of the crossings out.",
                )
            above[first] = second


def _differing(table: Table) -> KafoError:
    names = " × ".join(table.dimensions)
    return KafoError(
        f"Les totaux du tableau {table.counted} ({names}) diffèrent de ceux d'un autre tableau des "
        "mêmes personnes. Donnez une valeur « unknown » aux réponses manquantes.",
        f"The totals of the table {table.counted} ({names}) differ from those of another table of "
        "the same people. Give missing answers the value 'unknown'.",
    )
