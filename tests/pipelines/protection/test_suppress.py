"""No hidden cell of the published tables can be had back, by whoever reads all of them together."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.errors import KafoError
from pipelines.protection.audiences import (
    INSIDE,
    OUTSIDE,
    Audience,
    NotPublishableError,
    check_dimensions,
)
from pipelines.protection.lattice import Grouping, Lattice, Table, key, lattice
from pipelines.protection.suppress import SMALL, suppress

Tables = Callable[[Sequence[Any]], list[Table]]

# Skewed as in life: most are men, from a few countries, in a few trades.
skewed = st.sampled_from([0] * 9 + [1] * 5 + [2] * 2 + [3])
person = st.tuples(st.sampled_from([0, 0, 0, 1, 1, 2]), skewed, skewed, skewed, st.integers(0, 5))
people = st.lists(person, min_size=1, max_size=160)
audiences = st.sampled_from([INSIDE, OUTSIDE])
thorough = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def narrow(found: dict[Any, tuple[float, float]], least: int) -> dict[Any, tuple[float, float]]:
    """Hidden cells about which less than `least` is left open."""
    return {cell: (low, high) for cell, (low, high) in found.items() if high - low < least - 1e-6}


@thorough
@given(people, audiences)
def test_an_attacker_with_all_tables_of_the_directory_recovers_no_hidden_cell(
    attacker: ModuleType, directory_tables: Tables, who: list[Any], audience: Audience
) -> None:
    cells = lattice(directory_tables(who))
    hidden = suppress(cells, k=audience.k)
    assert not narrow(attacker.recover(cells, hidden), audience.k)
    assert not narrow(attacker.recover(cells, hidden, OUTSIDE), audience.k)


@thorough
@given(st.lists(person, min_size=1, max_size=60))
def test_knowing_that_all_tables_are_of_the_same_people_does_not_help(
    attacker: ModuleType, directory_tables: Tables, who: list[Any]
) -> None:
    cells = lattice(directory_tables(who))
    assert not narrow(attacker.recover_jointly(cells, suppress(cells, k=5)), 5)


@thorough
@given(st.lists(person, min_size=1, max_size=400), audiences)
def test_months_and_quarters_published_together_recover_no_hidden_cell(
    attacker: ModuleType, monthly_tables: Any, who: list[Any], audience: Audience
) -> None:
    cells = lattice(*monthly_tables(who))
    assert not narrow(attacker.recover(cells, suppress(cells, k=audience.k)), audience.k)


@thorough
@given(people, audiences)
def test_every_small_cell_is_hidden_and_no_empty_one(
    directory_tables: Tables, who: list[Any], audience: Audience
) -> None:
    cells = lattice(directory_tables(who))
    hidden = suppress(cells, k=audience.k)
    small = {cell for cell, count in cells.counts.items() if 0 < count < audience.k}
    assert {cell for cell, reason in hidden.items() if reason == SMALL} == small
    assert all(cells.counts[cell] for cell in hidden)


TWO_TABLES = [
    Table("people", ("sex", "nationality_group"), {
        ("f", "a"): 3, ("m", "a"): 50, ("f", "b"): 40, ("m", "b"): 60, ("f", "c"): 30, ("m", "c"): 25,
    }),
    Table("people", ("sex", "occupation_group"), {
        ("f", "x"): 43, ("m", "x"): 100, ("f", "y"): 30, ("m", "y"): 35,
    }),
]  # fmt: skip


def naive(cells: Lattice, k: int) -> dict[Any, str]:
    return {cell: SMALL for cell, count in cells.counts.items() if 0 < count < k}


def test_the_attacker_does_break_hiding_of_small_cells_alone(attacker: ModuleType) -> None:
    cells = lattice(TWO_TABLES)
    [(low, high)] = attacker.recover(cells, naive(cells, 5)).values()
    assert (low, high) == pytest.approx((3, 3))


def test_the_attacker_does_break_tables_protected_one_by_one(attacker: ModuleType) -> None:
    tables = [
        Table("people", ("sex", "nationality_group"), {
            ("f", "a"): 7, ("f", "b"): 40, ("m", "a"): 2, ("m", "b"): 2,
        }),
        Table("people", ("sex", "occupation_group"), {
            ("f", "x"): 2, ("f", "y"): 45, ("m", "x"): 2, ("m", "y"): 2,
        }),
    ]  # fmt: skip
    together = lattice(tables)
    hidden = dict.fromkeys(together.counts, SMALL)
    for table in tables:  # what either table shows is shown
        alone = lattice([table])
        for cell in set(alone.counts) - set(suppress(alone, k=5)):
            hidden.pop(cell, None)
    trade = key("people", {"occupation_group": "x"})
    assert attacker.recover(together, hidden)[trade] == pytest.approx((4, 4))
    assert not narrow(attacker.recover(together, suppress(together, k=5)), 5)


def test_few_cells_are_hidden_where_tables_are_full(attacker: ModuleType) -> None:
    cells = lattice(TWO_TABLES)
    hidden = suppress(cells, k=5)
    assert len(hidden) == 4  # the small one, and the three corners of the cheapest rectangle
    assert hidden[key("people", {"sex": "f", "nationality_group": "a"})] == SMALL
    assert key("people", {}) not in hidden


def test_a_lonely_person_hides_the_totals_too() -> None:
    cells = lattice([Table("people", ("cercle",), {("c1",): 1})])
    assert set(suppress(cells, k=5)) == set(cells.counts)


def test_tables_in_a_circle_are_refused() -> None:
    pairs = [("sex", "age"), ("age", "language"), ("language", "sex")]
    tables = [Table("people", pair, {("1", "1"): 30}) for pair in pairs]
    assert lattice(tables[:2]).counts
    with pytest.raises(KafoError, match="cercle"):
        lattice(tables)


def test_tables_whose_totals_differ_are_refused() -> None:
    tables = [Table("people", ("sex",), {("f",): 30}), Table("people", ("cercle",), {("c",): 29})]
    with pytest.raises(KafoError, match="unknown"):
        lattice(tables)


def test_months_add_up_to_quarters() -> None:
    tables = [
        Table("people", ("month",), {("m1",): 3, ("m2",): 40}),
        Table("people", ("quarter",), {("q1",): 43}),
    ]
    cells = lattice(tables, [Grouping("month", "quarter", {"m1": "q1", "m2": "q1"})])
    assert len(suppress(cells, k=5)) == 2


@pytest.mark.parametrize(
    ("dimensions", "audience"),
    [
        (("sex", "nationality_group", "cercle"), INSIDE),
        (("site", "nationality_group"), INSIDE),
        (("occupation", "site"), INSIDE),
        (("site",), OUTSIDE),
    ],
)
def test_what_nobody_may_see_together_is_refused(
    dimensions: tuple[str, ...], audience: Audience
) -> None:
    with pytest.raises(NotPublishableError):
        check_dimensions(dimensions, audience)


def test_what_is_asked_of_the_centre_is_allowed() -> None:
    check_dimensions(("month", "sex", "nationality_group"), OUTSIDE)
    check_dimensions(("quarter", "site", "sex"), INSIDE)


def test_outside_counts_are_multiples_of_five() -> None:
    assert [OUTSIDE.shown(n) for n in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]
    assert INSIDE.shown(13) == 13
