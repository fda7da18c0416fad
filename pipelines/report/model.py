"""What a report holds, in one language, before it becomes pages or sheets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed number. `kind`: count, sum, share, mean, median, or change of one of them.

    `key` says which row and column of the statement gave it, so that the workbook can name it too.
    """

    value: float | None
    hidden: bool
    kind: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the statement that gives its numbers, printed in the annex under `code`."""

    code: str
    title: str
    head: tuple[str, ...]
    """Of the label column, then of each cell."""
    lines: tuple[Line, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of figures that also stand in a table."""

    title: str
    alternative: str
    """What it shows, for whoever does not see it."""
    svg: str


@dataclass(frozen=True, slots=True)
class Words:
    """A measure in words."""

    name: str
    numerator: str
    denominator: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator: what it means, its figures, what to be careful with."""

    indicator: str
    title: str
    words: tuple[Words, ...]
    totals: Table | None
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    withheld: tuple[str, ...]
    """Breakdowns of which nothing, or too little, may be shown."""
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Indicators of one theme."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement of the annex and what it gives."""

    code: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report; texts are in `language`."""

    language: str
    audience: str
    quarter: str
    period: str
    """In words."""
    days: str
    """From when to when."""
    made_at: str
    published_at: str
    figures: int
    hidden: int
    key_figures: tuple[Table, ...]
    """One of each: label, this quarter, the one before, change."""
    trend: Table
    trend_charts: tuple[Chart, ...]
    map: Chart | None
    sections: tuple[Section, ...]
    cautions: tuple[str, ...]
    queries: tuple[Query, ...]
    mark: str
