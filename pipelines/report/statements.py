"""The SQL of every printed number: literal text that anybody can copy from the annex and run.

The report has no other figures than what these statements give, so that annex and tables cannot
part. Every column of the primary key of `published_cell` is fixed in `where` or given in the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.report.quarter import Quarter

TREND = 6
"""Quarters in a row that show how a figure moves."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, of which quarter."""

    audience: str
    quarter: Quarter


def totals(asked: Asked, publication: str, measures: Sequence[str]) -> str:
    """Figures without breakdown, this quarter beside the one before."""
    now, before = asked.quarter.period, asked.quarter.before.period
    return f"""select measure,
  {_when(now, "value")} as value,
  {_when(now, "denominator")} as base,
  {_when(now, "suppressed")} as hidden,
  {_when(before, "value")} as value_before,
  {_when(before, "suppressed")} as hidden_before,
  {_when(now, "value")}
    - {_when(before, "value")} as change
from published_cell
where audience = {_text(asked.audience)} and publication = {_text(publication)}
  and measure in ({_texts(measures)})
  and period_kind = 'quarter' and period in ({_text(before)}, {_text(now)})
  and row_dimension = '' and row_value = ''
  and column_dimension = '' and column_value = ''
group by measure"""


def breakdown(
    asked: Asked, publication: str, measure: str, dimensions: Iterable[tuple[str, str]]
) -> str:
    """The cells of one table with its margins; the directory has no period."""
    kind, period = ("all", "") if publication == "directory" else ("quarter", asked.quarter.period)
    pairs = ", ".join(f"({_text(row)}, {_text(column)})" for row, column in dimensions)
    return f"""select row_dimension, row_value, column_dimension, column_value,
  value, denominator as base, suppressed as hidden
from published_cell
where audience = {_text(asked.audience)} and publication = {_text(publication)}
  and measure = {_text(measure)}
  and period_kind = {_text(kind)} and period = {_text(period)}
  and (row_dimension, column_dimension) in (values {pairs})
order by row_dimension, row_value, column_dimension, column_value"""


def trend(asked: Asked, figures: Sequence[tuple[str, str]]) -> str:
    """Some figures over the last quarters."""
    pairs = ", ".join(f"({_text(name)}, {_text(measure)})" for name, measure in figures)
    periods = _texts([q.period for q in trend_quarters(asked.quarter)])
    return f"""select publication, measure, period, value, suppressed as hidden
from published_cell
where audience = {_text(asked.audience)} and period_kind = 'quarter'
  and (publication, measure) in (values {_folded(pairs)})
  and period in ({_folded(periods)})
  and row_dimension = '' and row_value = ''
  and column_dimension = '' and column_value = ''
order by publication, measure, period"""


def published_at(asked: Asked) -> str:
    """When the figures of this audience were last judged and published."""
    return f"""select max(published_at) as published_at
from publication_state
where audience = {_text(asked.audience)}"""


def hidden_share(asked: Asked) -> str:
    """How many figures of the quarter there are, and how many of them are hidden."""
    return f"""select count(*) as figures, sum(suppressed) as hidden
from published_cell
where audience = {_text(asked.audience)} and period_kind = 'quarter'
  and period = {_text(asked.quarter.period)}"""


def trend_quarters(quarter: Quarter) -> list[Quarter]:
    """The last quarters up to this one, the oldest first."""
    found = [quarter]
    while len(found) < TREND:
        found.insert(0, found[0].before)
    return found


def _when(period: str, column: str) -> str:
    return f"max(case when period = {_text(period)} then {column} end)"


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(_text, values))


def _folded(listed: str) -> str:
    """Four to a line, so that the line fits the page."""
    parts = listed.replace("), ", ")|").split("|") if "(" in listed else listed.split(", ")
    lines = [", ".join(parts[n : n + 4]) for n in range(0, len(parts), 4)]
    return ",\n    ".join(lines)
