"""Gathers what the report says, by the very statements that its annex prints.

Only `published_cell` is read, so the report can show nothing that publishing hides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, text

from forms.errors import KafoError
from pipelines.report import statements
from pipelines.report.model import Cell, Chart, Line, Part, Query, Report, Section, Table, Words
from pipelines.report.numbers import day, moment
from pipelines.report.pictures import Pictures
from pipelines.report.quarter import Quarter
from pipelines.report.statements import Asked
from pipelines.report.themes import CAUTIONS, DIMENSIONS, KEY_FIGURES, THEMES, Texts
from warehouse.core_tables import code_label
from warehouse.engine import reading
from warehouse.figure_queries import Measure, measures
from warehouse.protection_tables import published_cell

_LEFT_OUT = ("team",)
"""How single enumerators work is for the page « Qualité », not for a report that leaves the house."""


def gather(
    engine: Engine, asked: Asked, *, language: str, now: str, mark: str, outline: Mapping[str, Any]
) -> Report:
    """The whole report of a quarter; KafoError when nothing was published for it. `outline` is GeoJSON
    to lie under the map."""
    with reading(engine) as connection:
        figures, hidden = connection.execute(text(statements.hidden_share(asked))).one()
        if not figures:
            raise _nothing(asked)
        at = connection.scalar(text(statements.published_at(asked)))
        book = _Book(connection, asked, language, outline)
        sections = tuple(book.sections())
        trend = book.trend()
        pictures = book.pictures.drawn()
    quarter = asked.quarter
    return Report(
        language=language,
        audience=asked.audience,
        quarter=str(quarter),
        period=_period(quarter, language),
        days=f"{day(quarter.first, language)} – {day(quarter.last, language)}",
        made_at=moment(now, language),
        published_at=moment(_stamp(at), language),
        figures=int(figures),
        hidden=int(hidden or 0),
        key_figures=tuple(book.key_figures()),
        trend=trend,
        trend_charts=tuple(pictures.trend),
        map=pictures.map,
        sections=tuple(_with_charts(section, pictures.parts) for section in sections),
        cautions=tuple(_in(language, caution) for caution in CAUTIONS),
        queries=tuple(book.queries),
        mark=mark,
    )


def published_quarters(engine: Engine, audience: str) -> list[Quarter]:
    """The quarters with published figures, the newest first."""
    p = published_cell.c
    query = select(p.period).where(p.audience == audience, p.period_kind == "quarter").distinct()
    with reading(engine) as connection:
        found = [str(period) for period in connection.scalars(query)]
    return sorted((Quarter(int(f[:4]), (int(f[5:7]) + 2) // 3) for f in found), reverse=True)


class _Book:
    """Numbers the statements as they are used and keeps each for the annex."""

    def __init__(
        self, connection: Connection, asked: Asked, language: str, outline: Mapping[str, Any]
    ) -> None:
        self._connection, self._asked, self._language = connection, asked, language
        self._measures = {name: list(some) for name, some in _by_indicator(measures(connection))}
        self._labels = _labels(connection, language)
        self._breakdowns = _breakdowns(connection, asked)
        self._totals: dict[tuple[str, str], tuple[str, Line]] = {}
        self.queries: list[Query] = []
        self.pictures = Pictures(connection, language, outline)

    def sections(self) -> Iterable[Section]:
        """The themes of which anything was published."""
        for title, indicators in THEMES:
            parts = [self._part(name) for name in indicators if name in self._measures]
            if found := tuple(part for part in parts if part is not None):
                yield Section(_in(self._language, title), found)

    def key_figures(self) -> Iterable[Table]:
        """The lines of the first page; they stand in the tables of their parts."""
        head = ("", *_heads(self._asked.quarter, self._language))
        for key in KEY_FIGURES:
            if key in self._totals:
                code, line = self._totals[key]
                yield Table(code, line.label, head, (line,), "")

    def trend(self) -> Table:
        """The key figures over the last quarters."""
        quarters = statements.trend_quarters(self._asked.quarter)
        sql = statements.trend(self._asked, KEY_FIGURES)
        found = {
            (row.publication, row.measure, str(row.period)[:10]): row for row in self._rows(sql)
        }
        lines = []
        for name, measure in KEY_FIGURES:
            words = self._words(name, measure)
            if words is None or not any(key[:2] == (name, measure) for key in found):
                continue
            cells = tuple(
                _cell(found.get((name, measure, q.period)), words.kind, (name, measure, q.period))
                for q in quarters
            )
            lines.append(Line(_in(self._language, words.words), cells))
            self.pictures.trend(_in(self._language, words.words), quarters, cells)
        title = _in(self._language, ("Les derniers trimestres", "The last quarters"))
        head = ("", *(_short(q, self._language) for q in quarters))
        return self._table(title, head, lines, sql)

    def _part(self, name: str) -> Part | None:
        some = self._measures[name]
        totals = self._totals_of(name, some)
        tables, withheld = [], []
        for measure in some:
            for row, column in self._breakdowns.get((name, measure.measure), ()):
                table = self._breakdown(name, measure, row, column)
                if table is None:
                    withheld.append(
                        f"{_in(self._language, measure.words)} : {self._by(row, column)}"
                    )
                else:
                    tables.append(table)
        if totals is None and not tables:
            return None
        self.pictures.part(name, tables)
        if name == "I-01":
            self.pictures.cercles(tables)
        lang = self._language
        return Part(
            indicator=name,
            title=_in(lang, some[0].title),
            words=tuple(
                Words(
                    _in(lang, m.words), _in(lang, m.numerator),
                    None if m.denominator is None else _in(lang, m.denominator),
                )
                for m in some
            ),
            totals=totals,
            charts=(),
            tables=tuple(tables),
            withheld=tuple(dict.fromkeys(withheld)),
            cautions=tuple(dict.fromkeys(_in(lang, m.caution) for m in some if m.caution)),
        )  # fmt: skip

    def _totals_of(self, name: str, some: Sequence[Measure]) -> Table | None:
        sql = statements.totals(self._asked, name, [m.measure for m in some])
        rows = {row.measure: row for row in self._rows(sql)}
        kept = [m for m in some if m.measure in rows]
        if not kept:
            return None
        lines = []
        for m in kept:
            row = rows[m.measure]
            key = (name, m.measure)
            cells = (
                Cell(row.value, bool(row.hidden), m.kind, (*key, "value")),
                Cell(row.value_before, bool(row.hidden_before), m.kind, (*key, "value_before")),
                Cell(
                    row.change, bool(row.hidden) or bool(row.hidden_before), f"{m.kind} change",
                    (*key, "change"),
                ),
            )  # fmt: skip
            lines.append(Line(_in(self._language, m.words), cells))
        head = ("", *_heads(self._asked.quarter, self._language))
        title = _in(self._language, kept[0].title)
        table = self._table(title, head, lines, sql)
        for m, line in zip(kept, lines, strict=True):
            self._totals[name, m.measure] = (table.code, line)
        return table

    def _breakdown(self, name: str, measure: Measure, row: str, column: str) -> Table | None:
        sql = statements.breakdown(self._asked, name, measure.measure, [(row, column)])
        found = [r for r in self._rows(sql) if r.row_value and bool(column) == bool(r.column_value)]
        if all(r.hidden or r.value is None for r in found):
            return None
        cells = {(r.row_value, r.column_value): r for r in found}
        down, across = row, column
        rows = self._order(row, {r.row_value for r in found})
        columns = self._order(column, {r.column_value for r in found})
        if len(columns) > len(rows):  # a page is higher than wide
            down, across, rows, columns = column, row, columns, rows
            cells = {(c, r): found for (r, c), found in cells.items()}
        key = (name, measure.measure, down)
        lines = [
            Line(
                self._label(down, r),
                tuple(_cell(cells.get((r, c)), measure.kind, (*key, r, c)) for c in columns),
            )
            for r in rows
        ]
        words = _in(self._language, measure.words)
        heads = [self._label(across, c) if c else words for c in columns]
        title = f"{words}, {self._by(row, column)}"
        return self._table(title, (_dimension(down, self._language), *heads), lines, sql)

    def _table(self, title: str, head: Sequence[str], lines: Sequence[Line], sql: str) -> Table:
        code = f"T{len(self.queries) + 1}"
        self.queries.append(Query(code, title, sql))
        return Table(code, title, tuple(head), tuple(lines), sql)

    def _rows(self, sql: str) -> Sequence[Row[Any]]:
        return self._connection.execute(text(sql)).all()

    def _words(self, name: str, measure: str) -> Measure | None:
        return next((m for m in self._measures.get(name, ()) if m.measure == measure), None)

    def _order(self, dimension: str, values: Iterable[str]) -> list[str]:
        none = ("", 999)
        return sorted(values, key=lambda v: (self._labels.get((dimension, v), none)[1], v))

    def _label(self, dimension: str, value: str) -> str:
        return self._labels.get((dimension, value), (value, 0))[0]

    def _by(self, row: str, column: str) -> str:
        names = [_dimension(d, self._language) for d in (row, column) if d]
        return _in(self._language, ("par ", "by ")) + _in(self._language, (" et ", " and ")).join(
            names
        )


def _cell(row: Any, kind: str, key: tuple[str, ...]) -> Cell:
    if row is None:
        return Cell(None, False, kind, key)
    return Cell(row.value, bool(row.hidden), kind, key)


def _with_charts(section: Section, charts: dict[str, list[Chart]]) -> Section:
    parts = (replace(part, charts=tuple(charts.get(part.indicator, ()))) for part in section.parts)
    return replace(section, parts=tuple(parts))


def _by_indicator(some: Iterable[Measure]) -> Iterable[tuple[str, Iterable[Measure]]]:
    return groupby(some, key=lambda m: m.indicator)


def _labels(connection: Connection, language: str) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (row.dimension, row.code): (_in(language, (row.label_fr, row.label_en)), row.position)
        for row in connection.execute(select(code_label))
    }


def _breakdowns(
    connection: Connection, asked: Asked
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Publication and measure → the pairs of dimensions by which it was published."""
    p = published_cell.c
    query = (
        select(p.publication, p.measure, p.row_dimension, p.column_dimension)
        .where(
            p.audience == asked.audience,
            p.period_kind == "quarter",
            p.period == asked.quarter.period,
            p.row_dimension != "",
            p.row_dimension.not_in(_LEFT_OUT),
            p.column_dimension.not_in(_LEFT_OUT),
        )
        .distinct()
        .order_by(p.publication, p.measure, p.column_dimension, p.row_dimension)
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, measure, row, column in connection.execute(query):
        found.setdefault((name, measure), []).append((row, column))
    return found


def _in(language: str, texts: Texts) -> str:
    return texts[1] if language == "en" and texts[1] else texts[0]


def _dimension(name: str, language: str) -> str:
    return _in(language, DIMENSIONS.get(name, (name, name)))


def _stamp(at: Any) -> str:
    return at if isinstance(at, str) else at.isoformat()


def _period(quarter: Quarter, language: str) -> str:
    nth = ("1er", "2e", "3e", "4e")[quarter.number - 1]
    english = ("First", "Second", "Third", "Fourth")[quarter.number - 1]
    return _in(
        language, (f"{nth} trimestre {quarter.year}", f"{english} quarter of {quarter.year}")
    )


def _short(quarter: Quarter, language: str) -> str:
    return str(quarter) if language == "fr" else str(quarter).replace("T", "Q")


def _heads(quarter: Quarter, language: str) -> tuple[str, str, str]:
    change = _in(language, ("écart", "change"))
    return _short(quarter, language), _short(quarter.before, language), change


def _nothing(asked: Asked) -> KafoError:
    return KafoError(
        f"Aucun chiffre n'est publié pour {asked.quarter}. Lancez « kafo publish », ou choisissez un "
        "autre trimestre avec --quarter.",
        f"No figure has been published for {asked.quarter}. Run 'kafo publish', or choose another "
        "quarter by --quarter.",
    )
