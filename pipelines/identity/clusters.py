"""From pairs to persons: constrained clustering that cannot chain strangers together.

Inside each component of sure pairs, two clusters become one, heaviest pair first, only while the
mean weight between all their registrations stays above the threshold; a pair nobody scored counts
`MISSING`. Decisions come first: `same` makes one node of its registrations, `different` is never
crossed. The outcome depends on the pairs and decisions alone, not on the order they came in: nodes
are numbered in the order of their instance IDs, and every tie falls by these numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.plausible import (
    Flags,
    Group,
    Ints,
    Traits,
    group_of,
    objections,
    objections_to_pairs,
    union,
)

Floats = NDArray[np.float64]
Pair = tuple[int, int]

MISSING = -4.0
"""Bits for a pair that no blocking rule brought together (measured on generated registers)."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Scored pairs of nodes; only `sure` ones may join, but all count in the mean."""

    left: Ints
    right: Ints
    weight: Floats
    sure: Flags


@dataclass(frozen=True, slots=True)
class Apart:
    """A sure pair, or a decision `same`, that was not followed, and why.

    `reason` is `sexes`, `birth_years` or `cards` (see `plausible`), `weak` (the other
    registrations speak against it), `decided` (a decision keeps their clusters apart), or
    `conflict` (it is itself a decision, and others contradict it).
    """

    left: int
    right: int
    reason: str


@dataclass(frozen=True, slots=True)
class Clusters:
    """`label` is, for each node, the smallest node of its cluster."""

    label: Ints
    apart: list[Apart] = field(default_factory=list)


def cluster(
    nodes: int,
    edges: Edges,
    *,
    threshold: float,
    traits: Traits | None = None,
    same: Sequence[Pair] = (),
    different: Sequence[Pair] = (),
) -> Clusters:
    """Who is one person. `same` and `different` are decisions, oldest first."""
    traits = traits if traits is not None else Traits.unknown(nodes)
    block, conflicts = contract(nodes, same, different)
    forbidden = {_pair(int(block[a]), int(block[b])) for a, b in different}
    ties = _between_blocks(edges, block)
    label = components(nodes, ties.left[ties.sure], ties.right[ties.sure])
    members = np.bincount(label[np.unique(block)], minlength=nodes)[label]
    decided = np.zeros(nodes, dtype=np.bool_)
    for a, b in (*same, *different):
        decided[[block[a], block[b]]] = True
    inside = label[ties.left] == label[ties.right]
    simple = inside & ties.sure & (members[ties.left] == 2)
    simple &= ~(decided[ties.left] | decided[ties.right])
    root = block.copy()
    apart = conflicts + _join_twos(ties, simple, root, traits, threshold)
    rest = np.flatnonzero(inside & ~simple)
    apart += _join_more(ties, rest, label, root, _Rules(block, traits, forbidden, threshold))
    return Clusters(_smallest(root[block]), apart)


def components(nodes: int, left: Ints, right: Ints) -> Ints:
    """The smallest node that each node is connected to."""
    label = np.arange(nodes, dtype=np.int64)
    while True:
        ends = label[left], label[right]
        if np.array_equal(*ends):
            return label
        low = np.minimum(*ends)
        np.minimum.at(label, ends[0], low)
        np.minimum.at(label, ends[1], low)
        while not np.array_equal(jumped := label[label], label):
            label = jumped


def contract(
    nodes: int, same: Sequence[Pair], different: Sequence[Pair]
) -> tuple[Ints, list[Apart]]:
    """Each node's smallest fellow by decision, and the decisions that others contradict."""
    parent = {node: node for pair in same for node in pair}

    def find(node: int) -> int:
        while parent.get(node, node) != node:
            node = parent[node]
        return node

    conflicts = []
    for a, b in same:
        low, high = _pair(find(a), find(b))
        if low == high:
            continue
        if any(_pair(find(c), find(d)) == (low, high) for c, d in different):
            conflicts.append(Apart(*_pair(a, b), "conflict"))
        else:
            parent[high] = low
    block = np.arange(nodes, dtype=np.int64)
    for node in parent:
        block[node] = find(node)
    return block, conflicts


@dataclass(frozen=True, slots=True)
class _Ties:
    """Edges between blocks, the heaviest of parallel ones; `edge` leads back to the pair of nodes."""

    left: Ints
    right: Ints
    weight: Floats
    sure: Flags
    first: Ints
    second: Ints


def _between_blocks(edges: Edges, block: Ints) -> _Ties:
    """Registrations known to be one person stand for each other: their best pair counts."""
    a, b = block[edges.left], block[edges.right]
    left, right = np.minimum(a, b), np.maximum(a, b)
    first, second = np.minimum(edges.left, edges.right), np.maximum(edges.left, edges.right)
    # Sure pairs first among parallel ones, so that one that may join is not hidden by another.
    order = np.lexsort((second, first, -edges.weight, ~edges.sure, right, left))
    order = order[left[order] != right[order]]
    kept = np.ones(len(order), dtype=np.bool_)
    kept[1:] = (np.diff(left[order]) != 0) | (np.diff(right[order]) != 0)
    order = order[kept]
    return _Ties(*(part[order] for part in (left, right, edges.weight, edges.sure, first, second)))


def _join_twos(
    ties: _Ties, simple: Flags, root: Ints, traits: Traits, threshold: float
) -> list[Apart]:
    """Components of two registrations without decisions: nearly all, so all at once."""
    found = np.flatnonzero(simple)
    against = objections_to_pairs(traits, ties.left[found], ties.right[found])
    against = np.where((against == "") & (ties.weight[found] <= threshold), "weak", against)
    joined = found[against == ""]
    root[ties.right[joined]] = ties.left[joined]
    refused = found[against != ""]
    reasons = against[against != ""]
    return [
        Apart(int(a), int(b), str(reason))
        for a, b, reason in zip(ties.first[refused], ties.second[refused], reasons, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Rules:
    block: Ints
    traits: Traits
    forbidden: set[Pair]
    threshold: float


def _join_more(ties: _Ties, rest: Ints, label: Ints, root: Ints, rules: _Rules) -> list[Apart]:
    """Larger components, one after the other."""
    order = rest[np.lexsort((ties.right[rest], ties.left[rest], label[ties.left[rest]]))]
    starts = np.flatnonzero(np.diff(label[ties.left[order]], prepend=-1))
    apart: list[Apart] = []
    fellows = _fellows(rules.block)
    enemies: dict[int, set[int]] = {}
    for a, b in rules.forbidden:
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    for part in np.split(order, starts[1:]):
        if len(part):
            apart += _Component(ties, part, rules, fellows, enemies).join(root)
    return apart


def _fellows(block: Ints) -> dict[int, list[int]]:
    """Block → its nodes, for blocks of several."""
    found: dict[int, list[int]] = {}
    for node in np.flatnonzero(block != np.arange(len(block))).tolist():
        found.setdefault(int(block[node]), [int(block[node])]).append(node)
    return found


class _Component:
    """One component while its clusters grow; a cluster is named by one of its blocks."""

    def __init__(
        self,
        ties: _Ties,
        part: Ints,
        rules: _Rules,
        fellows: dict[int, list[int]],
        enemies: dict[int, set[int]],
    ) -> None:
        self.threshold = rules.threshold
        self.rows = list(
            zip(
                *(column[part].tolist() for column in (ties.left, ties.right, ties.weight)),
                *(column[part].tolist() for column in (ties.sure, ties.first, ties.second)),
                strict=True,
            )
        )
        blocks = {row[side] for row in self.rows for side in (0, 1)}
        self.of = {b: b for b in blocks}
        self.members = {b: [b] for b in blocks}
        self.groups: dict[int, Group] = {
            b: group_of(rules.traits, fellows.get(b, [b])) for b in blocks
        }
        self.enemies = {b: enemies.get(b, set()) & blocks for b in blocks}
        self.links: dict[int, dict[int, tuple[float, int]]] = {b: {} for b in blocks}
        for left, right, weight, *_ in self.rows:
            self.links[left][right] = self.links[right][left] = (weight, 1)

    def join(self, root: Ints) -> list[Apart]:
        """Merge what may be merged, write it into `root`, and say what was refused."""
        sure = sorted((row for row in self.rows if row[3]), key=lambda r: (-r[2], r[0], r[1]))
        refused: dict[Pair, str] = {}
        for left, right, _, _, first, second in sure:
            one, other = self.of[left], self.of[right]
            if one == other:
                continue
            reason = self._refusal(one, other)
            if reason:
                refused[first, second] = reason
            else:
                self._merge(one, other)
        for name, members in self.members.items():
            root[members] = min(name, *members)
        return [
            Apart(first, second, refused[first, second])
            for left, right, _, _, first, second in sure
            if self.of[left] != self.of[right]
            and right not in self.enemies[left]
            and (first, second) in refused
        ]

    def _refusal(self, one: int, other: int) -> str:
        mine, theirs = self.members[one], self.members[other]
        if any(self.enemies[block].intersection(theirs) for block in mine):
            return "decided"
        both = union(self.groups[one], self.groups[other])
        known = {*objections(self.groups[one]), *objections(self.groups[other])}
        # What a person has decided in spite of an objection is not held against a third.
        new = [reason for reason in objections(both) if reason not in known]
        if new:
            return new[0]
        total, count = self.links[one].get(other, (0.0, 0))
        pairs = len(mine) * len(theirs)
        mean = (total + MISSING * (pairs - count)) / pairs
        return "" if mean > self.threshold else "weak"

    def _merge(self, one: int, other: int) -> None:
        if len(self.members[one]) < len(self.members[other]):
            one, other = other, one
        moved = self.members.pop(other)
        self.members[one] += moved
        for block in moved:
            self.of[block] = one
        self.groups[one] = union(self.groups[one], self.groups.pop(other))
        for third, (total, count) in self.links.pop(other).items():
            del self.links[third][other]
            if third == one:
                continue
            mine, known = self.links[one].get(third, (0.0, 0))
            self.links[one][third] = self.links[third][one] = (mine + total, known + count)


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def _smallest(label: Ints) -> Ints:
    """Labels as the smallest node that bears the same label."""
    low = np.full(len(label), len(label), dtype=np.int64)
    np.minimum.at(low, label, np.arange(len(label), dtype=np.int64))
    return low[label]
