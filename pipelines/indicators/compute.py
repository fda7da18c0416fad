"""Computes `indicator_value`: only the periods that changes in the core concern, or all of them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import Connection, Engine, delete, select

from pipelines.core.calendar import EVERY
from pipelines.indicators.definition import Measure, digest_of, read_definitions, topics_of
from pipelines.indicators.measures import Scope, compute_measure, open_scope
from pipelines.indicators.periods import moved_months, periods_of
from warehouse.bulk import Row, upsert
from warehouse.casework_tables import indicator, indicator_month, indicator_value
from warehouse.core_tables import calendar, code_label, core_dirty, core_state
from warehouse.engine import writing

_KEY = "indicators"


@dataclass(frozen=True, slots=True)
class Report:
    """`months`: months that something changed in; `values`: rows of `indicator_value` written."""

    kind: str
    months: int
    values: int
    seconds: float


def compute(engine: Engine, *, now: str, full: bool = False) -> Report:
    """Bring every indicator up to date after `pipelines.core.refresh`; one transaction."""
    started = perf_counter()
    with writing(engine) as connection:
        measures = read_definitions()
        before = _last(connection)
        digest = digest_of(measures) + _codes(connection)
        if full or before is None or before["digest"] != digest:
            kind, months, values = "full", *_all(connection, measures, now)
        else:
            moved = moved_months(before["at"], now)
            kind, months, values = "incremental", *_some(connection, measures, moved, now)
        if kind == "full" or months:
            said = json.dumps({"digest": digest, "at": now})
            upsert(connection, "core_state", ("name", "value"), [(_KEY, said)], key=("name",))
    return Report(kind, months, values, round(perf_counter() - started, 3))


def _all(connection: Connection, measures: Sequence[Measure], now: str) -> tuple[int, int]:
    _write_definitions(connection, measures)
    connection.execute(delete(indicator_month))
    connection.execute(delete(indicator_value))
    months = set(connection.scalars(select(calendar.c.month)))
    connection.execute(delete(core_dirty))
    scope = Scope(None, periods_of(months, now), now)
    open_scope(connection, scope)
    return len(months), sum(compute_measure(connection, m, scope) for m in measures)


def _some(
    connection: Connection, measures: Sequence[Measure], moved: set[int], now: str
) -> tuple[int, int]:
    dirty: dict[str, set[int]] = {}
    for topic, month in connection.execute(select(core_dirty.c.topic, core_dirty.c.month)):
        dirty.setdefault(topic, set()).add(month)
    if not dirty and not moved:
        return 0, 0
    known = set(connection.scalars(select(calendar.c.month)))
    values, opened = 0, None
    for measure in measures:
        months = set().union(*(dirty.get(topic, ()) for topic in (*topics_of(measure), EVERY)))
        months |= moved if measure.clock else set()
        if not months:
            continue
        scope = _scope(measure, months, known, now)
        if scope != opened:
            open_scope(connection, scope)
            opened = scope
        values += compute_measure(connection, measure, scope)
    connection.execute(delete(core_dirty))
    return len(set().union(*dirty.values(), moved)), values


def _scope(measure: Measure, months: set[int], known: set[int], now: str) -> Scope:
    from_then_on = {month for month in known if month >= min(months)}
    reached = {"period": months & known, "onward": from_then_on, "all": known}[measure.reach]
    return Scope(sorted(months), periods_of(reached, now), now)


def _write_definitions(connection: Connection, measures: Iterable[Measure]) -> None:
    connection.execute(delete(indicator))
    rows: list[Row] = [
        (
            m.indicator, m.measure, m.kind, m.unit, *m.title, *m.name, *m.numerator,
            *(m.denominator or (None, None)), *(m.caution or (None, None)),
            "; ".join(" x ".join(s) for s in m.by if s), position,
        )
        for position, m in enumerate(measures)
    ]  # fmt: skip
    columns = tuple(c.name for c in indicator.columns)
    upsert(connection, "indicator", columns, rows, key=columns[:2])


def _codes(connection: Connection) -> str:
    """Digest of the codes that answers with several choices are split by."""
    c = code_label.c
    codes = connection.execute(select(c.dimension, c.code).order_by(c.dimension, c.code))
    return hashlib.blake2b(repr(codes.all()).encode(), digest_size=8).hexdigest()


def _last(connection: Connection) -> dict[str, str] | None:
    said = connection.scalar(select(core_state.c.value).where(core_state.c.name == _KEY))
    return None if said is None else json.loads(said)
