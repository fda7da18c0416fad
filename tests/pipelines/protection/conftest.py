"""Makes the attacker and random people available to the tests of published tables."""

import importlib.util
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.protection.lattice import Grouping, Table

Person = tuple[int, int, int, int, int]
"""Sex, nationality group, occupation group, cercle, month, each as a number."""


@pytest.fixture(scope="session")
def attacker() -> ModuleType:
    """The module beside this file (test folders are no packages)."""
    spec = importlib.util.spec_from_file_location("attacker", Path(__file__).parent / "attacker.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def directory_tables() -> Callable[[Sequence[Person]], list[Table]]:
    """The public directory: sex × nationality group, sex × occupation group, cercle."""

    def tables(people: Sequence[Person]) -> list[Table]:
        return [
            Table(
                "people",
                ("sex", "nationality_group"),
                Counter((f"s{p[0]}", f"n{p[1]}") for p in people),
            ),
            Table(
                "people",
                ("sex", "occupation_group"),
                Counter((f"s{p[0]}", f"o{p[2]}") for p in people),
            ),
            Table("people", ("cercle",), Counter((f"c{p[3]}",) for p in people)),
        ]

    return tables


@pytest.fixture(scope="session")
def monthly_tables() -> Callable[[Sequence[Person]], tuple[list[Table], list[Grouping]]]:
    """The same people by month and by quarter of their first interview."""

    def tables(people: Sequence[Person]) -> tuple[list[Table], list[Grouping]]:
        months: Counter[tuple[str, ...]] = Counter(
            (f"m{p[4]}", f"s{p[0]}", f"n{p[1]}") for p in people
        )
        quarters: Counter[tuple[str, ...]] = Counter(
            (f"q{p[4] // 3}", f"s{p[0]}", f"n{p[1]}") for p in people
        )
        found = [
            Table("people", ("month", "sex", "nationality_group"), months),
            Table("people", ("quarter", "sex", "nationality_group"), quarters),
        ]
        return found, [Grouping("month", "quarter", {f"m{m}": f"q{m // 3}" for m in range(6)})]

    return tables
