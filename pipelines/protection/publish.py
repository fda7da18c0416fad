"""Publishes figures for each audience: small cells hidden, what is left rounded, nothing deducible.

Only families whose true counts changed are judged again.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from math import floor, log10
from time import perf_counter

from sqlalchemy import Connection, Engine, bindparam, delete, func, select, tuple_

from pipelines.protection.audiences import (
    AUDIENCES,
    Audience,
    NotPublishableError,
    check_dimensions,
)
from pipelines.protection.figures import Figure, cells_of, families, keys_of
from pipelines.protection.suppress import suppress
from warehouse.bulk import Row, upsert
from warehouse.casework_tables import indicator, indicator_value
from warehouse.core_tables import worker
from warehouse.engine import reading, writing
from warehouse.protection_tables import publication_state, published_cell

_RULES = "1"
"""Raised when the rules change, so that everything is judged again."""

_NEVER_OUTSIDE = frozenset({"month"})
"""Outside, quarters and years only: every month more is a table more to compare with."""

_SENSITIVE = {"I-20": 10, "I-24": 10}
"""Documents and signs of forced labour: k = 10 for everybody."""

_DIRECTORY = (("sex", "nationality_group"), ("sex", "occupation_group"), ("cercle", ""))
_KEY = tuple(c.name for c in published_cell.primary_key)
_COLUMNS = tuple(c.name for c in published_cell.columns)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, over all audiences."""

    figures: int
    judged: int
    hidden: int
    seconds: float


def run(engine: Engine, *, now: str) -> Report:
    """Publish the indicators and the directory as they are now; cheap when no figure changed.

    Judging can take minutes and nobody waits for it: only writing down a family locks the database.
    """
    started = perf_counter()
    with reading(engine) as connection:
        figures = read_figures(connection) + read_directory(connection)
        unjudged = _unjudged(connection)
        known = _known(connection)
    judged = hidden = 0
    for audience in AUDIENCES.values():
        mine = [f for f in figures if _allowed(f, audience)]
        for family in families(mine):
            again = audience.name == "inside" and any(f.name in unjudged for f in family)
            digest = _digest(family)
            if not again and known.get((audience.name, " ".join(family[0].name))) == digest:
                continue
            judging = perf_counter()
            covered = _judge(family, audience)
            with writing(engine) as connection:
                _publish(connection, family, covered, audience)
                seconds = round(perf_counter() - judging, 3)
                _note(connection, family, audience, digest=digest, seconds=seconds, now=now)
            judged += len(family)
            hidden += sum(covered)
        with writing(engine) as connection:
            _drop_others(connection, mine, audience)
    return Report(len(figures), judged, hidden, round(perf_counter() - started, 3))


def read_figures(connection: Connection) -> list[Figure]:
    """All values of all indicators."""
    v, i = indicator_value.c, indicator.c
    rows = connection.execute(
        select(
            v.indicator, v.measure, i.kind, v.period_kind, v.period_start, v.row_dimension,
            v.row_value, v.column_dimension, v.column_value, v.units, v.numerator, v.denominator,
            v.value,
        ).join(indicator, (i.indicator == v.indicator) & (i.measure == v.measure))
    )  # fmt: skip
    return [
        Figure(a, m, k, pk, str(ps), (rd, rv), (cd, cv), int(n), num, den, value)
        for a, m, k, pk, ps, rd, rv, cd, cv, n, num, den, value in rows
    ]


def read_directory(connection: Connection) -> list[Figure]:
    """The directory as it is now, counted."""
    found = [
        Figure("directory", "people", "count", "all", "", ("", ""), ("", ""), _people(connection))
    ]
    seen: set[tuple[str, ...]] = set()
    for row, column in _DIRECTORY:
        for dimensions in ((row, ""), (column, ""), (row, column)):
            wanted = tuple(d for d in dimensions if d)
            if not wanted or wanted in seen:
                continue
            seen.add(wanted)
            columns = [func.coalesce(worker.c[d], "unknown") for d in wanted]
            for *values, n in connection.execute(select(*columns, func.count()).group_by(*columns)):
                places = [*zip(wanted, values, strict=True), ("", "")]
                found.append(
                    Figure("directory", "people", "count", "all", "", places[0], places[1], n)
                )
    return found if found[0].count else []


def _people(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(worker)) or 0)


def _allowed(figure: Figure, audience: Audience) -> bool:
    try:
        check_dimensions(figure.dimensions, audience)
    except NotPublishableError:
        return False
    return audience.name != "outside" or figure.period_kind not in _NEVER_OUTSIDE


def _judge(family: Sequence[Figure], audience: Audience) -> list[bool]:
    """Which figures are to be hidden."""
    k = max([audience.k, *(_SENSITIVE.get(f.publication, 0) for f in family)])
    hidden = suppress(cells_of(family), k=k)
    return [any(cell in hidden for cell in keys_of(figure)) for figure in family]


def _publish(
    connection: Connection, family: Sequence[Figure], covered: Sequence[bool], audience: Audience
) -> None:
    _clear(connection, {f.name for f in family}, audience)
    rows = [_row(f, audience, hide=hide) for f, hide in zip(family, covered, strict=True)]
    upsert(connection, "published_cell", _COLUMNS, rows, key=_KEY)
    if audience.name == "inside":
        _flag(connection, family, covered)


def _note(
    connection: Connection, family: Sequence[Figure], audience: Audience, **what: str | float
) -> None:
    s, name = publication_state, " ".join(family[0].name)
    connection.execute(delete(s).where(s.c.audience == audience.name, s.c.publication == name))
    connection.execute(
        s.insert().values(
            audience=audience.name, publication=name, digest=what["digest"],
            published_at=what["now"], seconds=what["seconds"],
        )
    )  # fmt: skip


def _known(connection: Connection) -> dict[tuple[str, str], str]:
    """What was judged last: audience and family → digest of its counts."""
    s = publication_state.c
    return {
        (a, p): d for a, p, d in connection.execute(select(s.audience, s.publication, s.digest))
    }


def _digest(family: Iterable[Figure]) -> str:
    content = json.dumps([_RULES, sorted(map(repr, map(astuple, family)))])
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def _row(figure: Figure, audience: Audience, *, hide: bool) -> Row:
    places = (*figure.row, *figure.column)
    head = (audience.name, *figure.name, figure.period_kind, figure.period, *places)
    if hide:
        return (*head, None, None, None, None, 1)
    return (*head, audience.shown(figure.count), *_shown(figure, audience), 0)


def _shown(figure: Figure, audience: Audience) -> tuple[float | None, float | None, float | None]:
    """Numerator, denominator and value, as exact as the audience may have them."""
    if audience.step == 1:
        return figure.numerator, figure.denominator, figure.value
    if figure.parts is not None:
        met, asked = audience.shown(figure.parts[0]), audience.shown(figure.count)
        return met, asked, round(min(1.0, met / asked), 2) if asked else None
    if figure.kind == "count":
        shown = float(audience.shown(figure.count))
        return shown, None, shown
    return None, None, None if figure.value is None else _three_digits(figure.value)


def _three_digits(value: float) -> float:
    """Three significant digits: enough to read, too few to subtract."""
    return round(value, 2 - floor(log10(abs(value)))) if value else 0.0


def _flag(connection: Connection, family: Sequence[Figure], covered: Sequence[bool]) -> None:
    v = indicator_value.c
    rows = [
        {"a": f.publication, "m": f.measure, "pk": f.period_kind, "ps": f.period, "rd": f.row[0],
         "rv": f.row[1], "cd": f.column[0], "cv": f.column[1], "n": f.count, "hide": int(hide)}
        for f, hide in zip(family, covered, strict=True)
        if f.publication != "directory"
    ]  # fmt: skip
    if rows:
        connection.execute(
            indicator_value.update()
            .where(
                v.indicator == bindparam("a"), v.measure == bindparam("m"),
                v.period_kind == bindparam("pk"), v.period_start == bindparam("ps", type_=v.period_start.type),
                v.row_dimension == bindparam("rd"), v.row_value == bindparam("rv"),
                v.column_dimension == bindparam("cd"), v.column_value == bindparam("cv"),
                # Computed again since it was read: the next run judges it.
                v.units == bindparam("n"),
            )
            .values(suppressed=bindparam("hide")),
            rows,
        )  # fmt: skip


def _unjudged(connection: Connection) -> set[tuple[str, str]]:
    v = indicator_value.c
    query = select(v.indicator, v.measure).where(v.suppressed.is_(None)).distinct()
    return {(str(a), str(m)) for a, m in connection.execute(query)}


def _clear(connection: Connection, names: set[tuple[str, str]], audience: Audience) -> None:
    p = published_cell.c
    mine = tuple_(p.publication, p.measure).in_(sorted(names))
    connection.execute(delete(published_cell).where(p.audience == audience.name, mine))


def _drop_others(connection: Connection, figures: Iterable[Figure], audience: Audience) -> None:
    """What is no longer counted is no longer published."""
    p, names = published_cell.c, sorted({f.name for f in figures})
    gone = select(p.publication, p.measure).where(p.audience == audience.name).distinct()
    stale = {(a, m) for a, m in connection.execute(gone)} - set(names)
    if stale:
        _clear(connection, stale, audience)
