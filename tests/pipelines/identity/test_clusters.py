"""Clusters keep to decisions, never chain strangers, and do not depend on the order of arrival."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.clusters import Clusters, Edges, cluster
from pipelines.identity.plausible import Traits

NODES = 9
Row = tuple[int, int, float, bool]


def edges(rows: Sequence[Row]) -> Edges:
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    left, right = (np.array(c, dtype=np.int64) for c in columns[:2])
    return Edges(left, right, np.array(columns[2], dtype=float), np.array(columns[3], dtype=bool))


def people(found: Clusters) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for node, label in enumerate(found.label.tolist()):
        groups.setdefault(label, set()).add(node)
    return {frozenset(group) for group in groups.values()}


def several(found: Clusters) -> set[frozenset[int]]:
    return {group for group in people(found) if len(group) > 1}


node = st.integers(0, NODES - 1)
pair = st.tuples(node, node).filter(lambda p: p[0] < p[1])
rows_of = st.dictionaries(
    pair, st.tuples(st.integers(-8, 24).map(lambda n: n / 2), st.booleans()), max_size=24
).map(lambda d: [(a, b, w, s) for (a, b), (w, s) in sorted(d.items())])
pairs = st.lists(pair, max_size=6, unique=True)
traits_of = st.tuples(
    *(st.lists(st.integers(0, top), min_size=NODES, max_size=NODES) for top in (2, 3, 2, 2))
).map(lambda c: Traits(*(np.array(part, dtype=np.int64) for part in c)))


def test_a_sure_pair_becomes_one_person_and_others_stay_alone() -> None:
    found = cluster(4, edges([(0, 1, 9, True), (1, 2, 9, False), (2, 3, 2, True)]), threshold=3)
    assert several(found) == {frozenset({0, 1})}
    assert [(a.left, a.right, a.reason) for a in found.apart] == [(2, 3, "weak")]


def test_a_chain_of_strangers_is_cut_where_it_is_weakest() -> None:
    chain = [(n, n + 1, 10.0 - n / 10, True) for n in range(8)]
    found = cluster(9, edges(chain), threshold=3)
    assert max(len(group) for group in people(found)) == 2
    closed = [(a, b, 10.0, True) for a in range(9) for b in range(a + 1, 9)]
    assert several(cluster(9, edges(closed), threshold=3)) == {frozenset(range(9))}


def test_a_decision_outranks_the_model_both_ways() -> None:
    heavy = edges([(0, 1, 30, True), (2, 3, -3, False)])
    found = cluster(4, heavy, threshold=3, same=[(2, 3)], different=[(0, 1)])
    assert several(found) == {frozenset({2, 3})}
    assert found.apart == []


def test_a_decision_same_takes_nothing_away_from_what_matched_before() -> None:
    found = cluster(4, edges([(0, 1, 12, True), (2, 3, 12, True)]), threshold=3, same=[(1, 2)])
    assert several(found) == {frozenset(range(4))}


def test_contradicting_decisions_are_shown_and_keep_people_apart() -> None:
    found = cluster(3, edges([]), threshold=3, same=[(0, 1), (1, 2)], different=[(0, 2)])
    assert several(found) == {frozenset({0, 1})}
    assert [(a.left, a.right, a.reason) for a in found.apart] == [(1, 2, "conflict")]


def test_one_person_has_one_sex_one_generation_and_one_card_a_day() -> None:
    sure = edges([(0, 1, 20, True)])
    blank = Traits.unknown(2)
    cases = {
        "sexes": replace(blank, sex=np.array([1, 2])),
        "birth_years": replace(blank, birth_year=np.array([1980, 1991])),
        "cards": replace(blank, day=np.array([5, 5]), card=np.array([7, 8])),
    }
    for reason, traits in cases.items():
        found = cluster(2, sure, threshold=3, traits=traits)
        assert several(found) == set(), reason
        assert [a.reason for a in found.apart] == [reason]
        assert several(cluster(2, sure, threshold=3, traits=traits, same=[(0, 1)]))
    fine = Traits(np.array([1, 0]), np.array([1980, 1990]), np.array([5, 5]), np.array([7, 7]))
    assert several(cluster(2, sure, threshold=3, traits=fine))


def test_what_a_person_decided_is_not_held_against_a_third() -> None:
    traits = replace(Traits.unknown(3), sex=np.array([1, 2, 2]))
    found = cluster(3, edges([(1, 2, 20, True)]), threshold=3, traits=traits, same=[(0, 1)])
    assert several(found) == {frozenset({0, 1, 2})}


@given(rows_of, pairs, pairs, traits_of)
def test_decisions_hold_unless_they_contradict_each_other(
    rows: list[Row], same: list[Any], different: list[Any], traits: Traits
) -> None:
    found = cluster(NODES, edges(rows), threshold=3, traits=traits, same=same, different=different)
    label = found.label.tolist()
    assert all(label[a] != label[b] for a, b in different)
    shown = {(a.left, a.right) for a in found.apart if a.reason == "conflict"}
    assert {(a, b) for a, b in same if label[a] != label[b]} <= shown
    for a, b in shown:  # each conflict is real: with this decision alone left out, it would hold
        assert (a, b) in same
        assert label[a] != label[b]
    if not different:
        assert not shown


@given(rows_of, pairs, pairs, traits_of, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(
    rows: list[Row], same: list[Any], different: list[Any], traits: Traits, random: Any
) -> None:
    whole = cluster(NODES, edges(rows), threshold=3, traits=traits, same=same, different=different)
    shuffled = [(b, a, w, s) if random.random() < 0.5 else (a, b, w, s) for a, b, w, s in rows]
    random.shuffle(shuffled)
    again = cluster(
        NODES, edges(shuffled), threshold=3, traits=traits, same=same, different=different
    )
    assert again.label.tolist() == whole.label.tolist()
    assert sorted(map(str, again.apart)) == sorted(map(str, whole.apart))


@given(rows_of, pairs, pairs, traits_of)
def test_each_component_can_be_clustered_by_itself(
    rows: list[Row], same: list[Any], different: list[Any], traits: Traits
) -> None:
    """What makes comparing only the affected registrations the same as comparing all."""
    whole = cluster(NODES, edges(rows), threshold=3, traits=traits, same=same, different=different)
    sure = [(a, b) for a, b, _, s in rows if s] + same
    parts = people(Clusters(_connected(sure)))
    found: set[frozenset[int]] = set()
    for part in parts:
        here = sorted(part)
        at = {n: i for i, n in enumerate(here)}
        local = Traits(*(c[here] for c in (traits.sex, traits.birth_year, traits.day, traits.card)))
        alone = cluster(
            len(here),
            edges([(at[a], at[b], w, s) for a, b, w, s in rows if a in at and b in at]),
            threshold=3,
            traits=local,
            same=[(at[a], at[b]) for a, b in same if a in at],
            different=[(at[a], at[b]) for a, b in different if a in at and b in at],
        )
        found |= {frozenset(here[i] for i in group) for group in people(alone)}
    assert found == people(whole)


def _connected(links: list[Any]) -> Any:
    label = list(range(NODES))
    for _ in range(NODES):
        for a, b in links:
            label[a] = label[b] = min(label[a], label[b])
    return np.array(label)


def test_a_hundred_thousand_registrations_take_about_a_second() -> None:
    rng = np.random.default_rng(7)
    nodes, pairs = 100_000, 60_000
    left = rng.integers(0, nodes, pairs)
    right = (left + rng.integers(1, 40, pairs)) % nodes
    sure = rng.random(pairs) < 0.7
    began = time.process_time()
    found = cluster(nodes, Edges(left, right, rng.normal(8, 6, pairs), sure), threshold=3)
    assert time.process_time() - began < 3
    assert 10_000 < nodes - len(np.unique(found.label)) < 60_000
