"""What is published hides what it must, for each audience, whatever an attacker puts together."""

from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text, update

from pipelines.protection.figures import Figure, cells_of, families, keys_of
from pipelines.protection.lattice import Grouping, Key, Lattice, Sum, Table, key, lattice
from pipelines.protection.publish import run
from pipelines.protection.suppress import suppress
from warehouse.casework_tables import indicator, indicator_value
from warehouse.core_tables import worker
from warehouse.protection_tables import published_cell

NOW = "2026-11-01T10:00:00.000Z"

skewed = st.sampled_from([0] * 9 + [1] * 4 + [2] * 2 + [3])
person = st.tuples(st.sampled_from("ffmmmmu"), skewed, skewed, st.sampled_from([0, 3, 6, 14]))
"""Sex, nationality group, cercle, month counted from January 2025."""


def day(month: int, step: int = 1) -> str:
    first = month // step * step
    return f"{2025 + first // 12}-{first % 12 + 1:02}-01"


PERIODS = (("month", 1), ("quarter", 3), ("year", 12))


def figures(people: list[Any]) -> list[Figure]:
    """Two publications that count the same people, and the share of women among them by cercle."""
    found = []
    for dims in ((), ("sex",), ("nationality_group",), ("sex", "nationality_group"), ("cercle",)):
        counts: Counter[Any] = Counter()
        for who in people:
            values = {"sex": who[0], "nationality_group": f"n{who[1]}", "cercle": f"c{who[2]}"}
            places = tuple((d, values[d]) for d in dims)
            for kind, step in PERIODS:
                counts["I-01", kind, day(who[3], step), places] += 1
            counts["directory", "all", "", places] += 1
        for (name, kind, period, places), n in counts.items():
            row, column = (*places, ("", ""), ("", ""))[:2]
            found.append(Figure(name, "people", "count", kind, period, row, column, n, value=n))
    return found + shares(people)


def shares(people: list[Any]) -> list[Figure]:
    asked = Counter((day(who[3], 12), f"c{who[2]}") for who in people)
    women = Counter((day(who[3], 12), f"c{who[2]}") for who in people if who[0] == "f")
    return [
        Figure("I-05", "women", "share", "year", year, ("cercle", cercle), ("", ""), n,
               women[year, cercle], n, women[year, cercle] / n)
        for (year, cercle), n in asked.items()
    ]  # fmt: skip


def stocks(people: list[Any]) -> list[Figure]:
    """The directory at the end of every quarter and year."""
    found = []
    for kind, step in PERIODS[1:]:
        for end in sorted({day(m, step) for m in range(24)}):
            counts: Counter[Any] = Counter()
            for who in people:
                if day(who[3], step) <= end:
                    for places in ((), (("sex", who[0]),), (("nationality_group", f"n{who[1]}"),),
                                   (("sex", who[0]), ("nationality_group", f"n{who[1]}"))):  # fmt: skip
                        counts[places] += 1
            for places, n in counts.items():
                row, column = (*places, ("", ""), ("", ""))[:2]
                found.append(Figure("I-04", "people", "count", kind, end, row, column, n, value=n))
    return found


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(person, min_size=20, max_size=300), st.sampled_from([5, 10]))
def test_stocks_of_two_ends_give_no_hidden_arrivals_away(
    attacker: ModuleType, people: list[Any], k: int
) -> None:
    people = [*people, ("m", 0, 0, 0), ("m", 0, 0, 3), ("m", 0, 0, 14)]
    shown = [f for f in figures(people) + stocks(people) if f.period_kind in ("quarter", "year")]
    covered = hidden_keys(shown, k)
    cells, hidden = Lattice(), {}
    for f, hide in covered.items():
        if f.kind == "count" and "cercle" not in f.dimensions:
            where = f.where | {"of": f.publication}
            where = {d.removesuffix("_end"): v for d, v in where.items()}
            cells.counts[key("", where)] = f.count
            if hide:
                hidden[key("", where)] = "x"
    cells.sums = list(true_sums(cells))
    found = attacker.recover(cells, hidden)
    assert [c for c, (low, high) in found.items() if high - low < k - 1e-6] == []


def true_sums(cells: Lattice) -> Iterator[Sum]:
    """Written down anew, without looking at how the figures are judged."""
    parts: dict[Key, list[list[Key]]] = {}
    for cell in cells.counts:
        where = dict(cell.where)
        for name in ("sex", "nationality_group"):
            if name in where:
                total = key("", {d: v for d, v in where.items() if d != name})
                groups = parts.setdefault(total, [[], []])
                groups[name == "sex"].append(cell)
        if "quarter" in where and where["of"] == "I-01":
            year = {d: v for d, v in where.items() if d != "quarter"}
            total = key("", year | {"year": where["quarter"][:4] + "-01-01"})
            parts.setdefault(total, [[], []]).append([cell])
    for total, groups in parts.items():
        for group in [*groups[:2], [c for single in groups[2:] for c in single]]:
            if group:
                yield Sum(total, tuple(group))
    for cell in cells.counts:
        where = dict(cell.where)
        if where["of"] == "I-04":
            kind = "quarter" if "quarter" in where else "year"
            before = max((d for c in cells.counts for k, d in c.where
                          if k == kind and d < where[kind]
                          and ("of", "I-04") in c.where), default="")  # fmt: skip
            wanted = [key("", where | {kind: before}), key("", where | {"of": "I-01"})]
            yield Sum(cell, tuple(k for k in wanted if k in cells.counts))


def hidden_keys(shown: list[Figure], k: int) -> dict[Figure, bool]:
    found: dict[Figure, bool] = {}
    for family in families(shown):
        hidden = suppress(cells_of(family), k=k)
        found |= {f: any(cell in hidden for cell in keys_of(f)) for f in family}
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(person, min_size=1, max_size=300), st.sampled_from([5, 10]))
def test_all_publications_of_all_periods_together_give_no_hidden_cell_away(
    attacker: ModuleType, people: list[Any], k: int
) -> None:
    covered = hidden_keys(figures(people), k)
    tables = []
    for dims, columns in ((("sex", "nationality_group"), (0, 1)), (("cercle",), (2,))):
        for kind, step in (*PERIODS, ("all", 0)):
            names = {0: "{}", 1: "n{}", 2: "c{}"}
            counts: Counter[tuple[str, ...]] = Counter(
                (day(who[3], step) if step else "", *(names[c].format(who[c]) for c in columns))
                for who in people
            )
            tables.append(Table("", (kind, *dims), counts))
    months = {day(m): day(m, 3) for m in range(24)}
    quarters = {q: f"{q[:4]}-01-01" for q in months.values()}
    years = dict.fromkeys(quarters.values(), "")
    groups = [Grouping("month", "quarter", months), Grouping("quarter", "year", quarters),
              Grouping("year", "all", years)]  # fmt: skip
    # "all" is a period here, not a dimension over which to take totals.
    known = lattice([t for t in tables if t.dimensions[0] != "all"], groups)
    hidden = {key("", f.where): "x" for f, hide in covered.items() if hide and f.kind == "count"}
    hidden = {cell: why for cell, why in hidden.items() if cell in known.counts}
    found = attacker.recover(known, hidden)
    assert [c for c, (low, high) in found.items() if high - low < k - 1e-6] == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(person, min_size=1, max_size=120))
def test_publications_that_count_the_same_people_are_judged_together(people: list[Any]) -> None:
    covered = hidden_keys(figures(people), 5)
    for figure, hide in covered.items():
        small = 0 < figure.count < 5 or any(0 < part < 5 for part in figure.parts or ())
        assert hide or not small, figure
    by_cell: dict[Key, set[bool]] = {}
    for figure, hide in covered.items():
        if figure.kind == "count":
            by_cell.setdefault(key("", figure.where), set()).add(hide)
    assert all(len(hides) == 1 for hides in by_cell.values())


def fill(engine: Engine, people: list[Any]) -> None:
    with engine.begin() as connection:
        for name, measure, kind in (("I-01", "people", "count"), ("I-05", "women", "share")):
            texts = dict.fromkeys(
                (
                    "title_fr",
                    "title_en",
                    "measure_fr",
                    "measure_en",
                    "numerator_fr",
                    "numerator_en",
                ),
                "x",
            )
            connection.execute(
                insert(indicator).values(
                    indicator=name, measure=measure, kind=kind, unit="person", disaggregations="",
                    position=1, **texts,
                )
            )  # fmt: skip
        for f in figures(people):
            if f.publication != "directory":
                connection.execute(
                    insert(indicator_value).values(
                        indicator=f.publication, measure=f.measure, period_kind=f.period_kind,
                        period_start=f.period, row_dimension=f.row[0], row_value=f.row[1],
                        column_dimension=f.column[0], column_value=f.column[1], units=f.count,
                        numerator=f.numerator, denominator=f.denominator, value=f.value,
                    )
                )  # fmt: skip
        for number, who in enumerate(people):
            connection.execute(
                insert(worker).values(
                    person_id=f"p{number}", interviews=1, sex=who[0], age_band="a25_34",
                    nationality_group=f"n{who[1]}", occupation_group="mine", cercle=f"c{who[2]}",
                )
            )  # fmt: skip


PEOPLE = (
    [("m", 0, 0, 0)] * 43 + [("f", 0, 0, 0)] * 31 + [("f", 1, 1, 3)] * 3 + [("m", 1, 1, 3)] * 27
)


def test_figures_are_published_for_both_audiences_and_flagged(engine: Engine) -> None:
    fill(engine, PEOPLE)
    assert run(engine, now=NOW).judged > 0
    p = published_cell.c
    with engine.connect() as connection:
        flags = connection.execute(select(indicator_value.c.suppressed)).scalars().all()
        assert None not in flags
        assert 1 in flags
        columns = (p.period_kind, p.suppressed, p.value, p.count.label("n"))
        outside = connection.execute(select(*columns).where(p.audience == "outside")).all()
        assert {row.period_kind for row in outside} == {"quarter", "year", "all"}
        assert all(row.n is None or (row.n % 5 == 0) for row in outside)
        assert all(row.n is None or row.n >= 10 or row.n == 0 for row in outside)
        assert all((row.n is None) == (row.suppressed == 1) for row in outside)
        assert all(row.value is None for row in outside if row.suppressed)
        inside = select(p.count).where(p.audience == "inside", p.publication == "directory")
        assert {None, 104} <= set(connection.scalars(inside))
        small = select(p.suppressed).where(p.row_value == "f", p.column_value == "n1")
        assert set(connection.scalars(small)) == {1}


def test_nothing_is_done_while_no_figure_changes_and_all_again_when_one_does(
    engine: Engine,
) -> None:
    fill(engine, PEOPLE)
    run(engine, now=NOW)
    assert run(engine, now=NOW).judged == 0
    with engine.begin() as connection:
        connection.execute(update(indicator_value).values(suppressed=None))
    assert run(engine, now=NOW).judged > 0
    with engine.begin() as connection:
        connection.execute(text("delete from worker"))
        connection.execute(text("delete from indicator_value where indicator = 'I-05'"))
    run(engine, now=NOW)
    with engine.connect() as connection:
        assert set(connection.scalars(select(published_cell.c.publication))) == {"I-01"}


def test_documents_are_hidden_below_ten_for_everybody(engine: Engine) -> None:
    with engine.begin() as connection:
        texts = dict.fromkeys(
            ("title_fr", "title_en", "measure_fr", "measure_en", "numerator_fr", "numerator_en"),
            "x",
        )
        connection.execute(
            insert(indicator).values(indicator="I-20", measure="requests", kind="count", unit="referral",
                                     disaggregations="", position=1, **texts)
        )  # fmt: skip
        connection.execute(
            insert(indicator_value).values(
                indicator="I-20", measure="requests", period_kind="year", period_start="2026-01-01",
                row_dimension="", row_value="", column_dimension="", column_value="", units=9, value=9,
            )
        )  # fmt: skip
    run(engine, now=NOW)
    with engine.connect() as connection:
        assert set(connection.scalars(select(published_cell.c.suppressed))) == {1}


def test_the_work_of_one_team_and_the_people_of_one_site_stay_inside(engine: Engine) -> None:
    with engine.begin() as connection:
        texts = dict.fromkeys(
            ("title_fr", "title_en", "measure_fr", "measure_en", "numerator_fr", "numerator_en"),
            "x",
        )
        connection.execute(
            insert(indicator).values(
                indicator="I-02", measure="asked", kind="count", unit="interview", disaggregations="",
                position=1, **texts,
            )
        )  # fmt: skip
        places = (("", ""), ("team", "PF-01"), ("site", "yatiya"), ("cercle", "kita"))
        for dimension, value in places:
            connection.execute(
                insert(indicator_value).values(
                    indicator="I-02", measure="asked", period_kind="year", period_start="2026-01-01",
                    row_dimension=dimension, row_value=value, column_dimension="", column_value="",
                    units=40, value=40,
                )
            )  # fmt: skip
    run(engine, now=NOW)
    p = published_cell.c
    with engine.connect() as connection:
        for audience, closed in (("inside", set()), ("outside", {"team", "site"})):
            shown = set(connection.scalars(select(p.row_dimension).where(p.audience == audience)))
            assert shown == {"", "team", "site", "cercle"} - closed
