"""One measure for some periods: its SQL makes the base, every disaggregation is a sum over that."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, text

from pipelines.core.statements import in_dialect, run
from pipelines.indicators.definition import Measure
from pipelines.indicators.periods import Period

_CELL = "row_dimension, row_value, column_dimension, column_value"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to compute: months of the facts (None: all) and the periods that they count in."""

    months: list[int] | None
    periods: list[Period]
    now: str


def compute_measure(connection: Connection, measure: Measure, scope: Scope) -> int:
    """Write the values of one measure anew, in the scope that `open_scope` was told; how many."""
    if not scope.periods and scope.months is not None and measure.roll == "period":
        return 0
    columns = _make_base(connection, measure, scope)
    if measure.roll != "period":
        _write_months(connection, measure, columns)
    _drop_values(connection, measure)
    written = 0
    if measure.roll == "period":
        for by in measure.by:
            written += _write_periods(connection, measure, columns, by)
    else:
        written = _roll_up(connection, measure)
    run(connection, "drop table base")
    return written


def open_scope(connection: Connection, scope: Scope) -> None:
    """Temporary tables of the months and periods that the SQL of measures may read."""
    for name in ("scope_month", "scope_period"):
        run(connection, f"drop table if exists {name}")
    day = "date" if connection.dialect.name == "postgresql" else "text"
    run(connection, "create temp table scope_month (month integer primary key)")
    run(
        connection,
        f"create temp table scope_period (period_kind text, period_start {day}, "
        "first_month integer, last_month integer, primary key (period_kind, period_start))",
    )
    months = [f"({month})" for month in scope.months or ()]
    periods = [f"('{p.kind}', '{p.start}', {p.first}, {p.last})" for p in scope.periods]
    for name, rows in (("scope_month", months), ("scope_period", periods)):
        if rows:
            run(connection, f"insert into {name} values {', '.join(rows)}")


def _make_base(connection: Connection, measure: Measure, scope: Scope) -> set[str]:
    sql = measure.sql.replace("today()", f"cast('{scope.now[:10]}' as day)")
    inside = "1 = 1" if scope.months is None else r"\1 in (select month from scope_month)"
    sql = re.sub(r"in_scope\(([\w.]+)\)", inside, sql)
    run(connection, "drop table if exists base")
    run(connection, f"create temp table base as {in_dialect(connection, sql)}")
    # The comment keeps psycopg from reusing the plan of another measure, whose base looked otherwise.
    look = f"select * from base limit 0 -- {measure.indicator} {measure.measure}"
    return set(connection.execute(text(look)).keys())


def _cell(by: tuple[str, ...]) -> tuple[str, str]:
    """The four columns of a disaggregation, and what they are grouped by."""
    parts = [f"'{d}', coalesce(\"{d}\", 'unknown')" for d in by] + ["'', ''"] * (2 - len(by))
    groups = "".join(f", coalesce(\"{d}\", 'unknown')" for d in by)
    return ", ".join(parts), groups


def _sums(measure: Measure, columns: set[str]) -> tuple[str, str, str]:
    """How units, numerator and denominator are had from the rows of the base."""
    if "subject" in columns:
        top = "count(distinct case when numerator > 0 then subject end)"
        low = "count(distinct case when denominator > 0 then subject end)"
        return (low, top, low) if "denominator" in columns else (top, top, "null")
    top, low = "sum(numerator)", "sum(denominator)" if "denominator" in columns else "null"
    units = "sum(units)" if "units" in columns else low if measure.kind == "share" else top
    return f"coalesce({units}, 0)", top, low


def _write_months(connection: Connection, measure: Measure, columns: set[str]) -> None:
    mine = f"indicator = '{measure.indicator}' and measure = '{measure.measure}'"
    run(
        connection,
        f"delete from indicator_month where {mine} and month in (select month from scope_month)",
    )
    units, top, low = _sums(measure, columns)
    for by in measure.by:
        cell, groups = _cell(by)
        run(
            connection,
            f"insert into indicator_month (indicator, measure, month, {_CELL}, units, numerator, "
            f"denominator) select '{measure.indicator}', '{measure.measure}', month, {cell}, "
            f"{units}, {_float(top)}, {_float(low)} from base where month is not null "
            f"{_apart(measure, by)} group by month{groups}",
        )


def _apart(measure: Measure, by: tuple[str, ...]) -> str:
    """Which rows count in the cells of a disaggregation."""
    if measure.apart is None:
        return ""
    return f"and \"{measure.apart}\" {'<>' if measure.apart in by else '='} ''"


def _float(value: str) -> str:
    return f"cast({value} as double precision)"


def _drop_values(connection: Connection, measure: Measure) -> None:
    run(
        connection,
        f"delete from indicator_value where indicator = '{measure.indicator}' and "
        f"measure = '{measure.measure}' and (period_kind, period_start) in "
        "(select period_kind, period_start from scope_period)",
    )


_HEAD = (
    f"insert into indicator_value (indicator, measure, period_kind, period_start, {_CELL}, units, "
    "numerator, denominator, value) "
)


def _roll_up(connection: Connection, measure: Measure) -> int:
    """From months to months, quarters and years."""
    stock = measure.roll == "stock"
    first = "" if stock else "and m.month >= p.first_month "
    nobody = " having sum(m.units) <> 0" if stock else ""  # all have left again
    inner = (
        f"select p.period_kind, p.period_start, {_CELL}, sum(m.units) as units, "
        "sum(m.numerator) as numerator, sum(m.denominator) as denominator "
        "from scope_period as p join indicator_month as m on m.month <= p.last_month "
        f"{first}where m.indicator = '{measure.indicator}' and m.measure = '{measure.measure}' "
        f"group by p.period_kind, p.period_start, {_CELL}{nobody}"
    )
    return run(
        connection,
        f"{_HEAD}select '{measure.indicator}', '{measure.measure}', s.*, {_value(measure)} "
        f"from ({inner}) as s",
    )


def _value(measure: Measure) -> str:
    if measure.kind in ("share", "mean"):
        return "case when denominator > 0 then numerator / denominator end"
    return "numerator"


def _write_periods(
    connection: Connection, measure: Measure, columns: set[str], by: tuple[str, ...]
) -> int:
    cell, groups = _cell(by)
    if measure.kind == "median":
        return _write_medians(connection, measure, cell, groups)
    units, top, low = _sums(measure, columns)
    inner = (
        f"select period_kind, period_start, {cell}, {units} as units, {_float(top)} as numerator, "
        f"{_float(low)} as denominator from base group by period_kind, period_start{groups}"
    )
    return run(
        connection,
        f"{_HEAD}select '{measure.indicator}', '{measure.measure}', s.*, {_value(measure)} "
        f"from ({inner}) as s",
    )


def _write_medians(connection: Connection, measure: Measure, cell: str, groups: str) -> int:
    place = f"partition by period_kind, period_start{groups}"
    inner = (
        f"select base.*, row_number() over ({place} order by numerator) as place, "
        f"count(*) over ({place}) as n from base"
    )
    return run(
        connection,
        f"{_HEAD}select '{measure.indicator}', '{measure.measure}', period_kind, period_start, "
        f"{cell}, max(n), null, null, {_float('avg(1.0 * numerator)')} from ({inner}) as s "
        f"where place in ((n + 1) / 2, (n + 2) / 2) group by period_kind, period_start{groups}",
    )
