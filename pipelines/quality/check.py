"""Checks the data after a synchronisation: what changed one by one, enumerators over a window."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from sys import intern
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, func, select, text

from pipelines.quality.catalogue import evidence, rules
from pipelines.quality.facts import KEPT_DAYS, forget, known_sites, read_window, renew
from pipelines.quality.moments import before, hours
from pipelines.quality.problems import write
from pipelines.quality.rule import Answers, Fact, Finding, Rule, Window
from pipelines.quality.sources import Source, find_sources
from pipelines.quality.thresholds import Thresholds
from warehouse.bulk import upsert
from warehouse.engine import writing
from warehouse.quality_tables import quality_fact, quality_problem, quality_run
from warehouse.tables import form, submission, sync_run

_STALE_HOURS = 1.0
"""Some problems come with time alone: silence, attachments that stay away."""
_LONG_AGO = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check did; `open` counts the problems that wait now."""

    checked: int
    opened: int
    closed: int
    open: int
    seconds: float


def run(engine: Engine, *, now: str, thresholds: Thresholds | None = None) -> Report:
    """Look for problems; `now` is an ISO stamp. One transaction; nothing to do costs two queries."""
    started, limits = perf_counter(), thresholds or Thresholds()
    with writing(engine) as connection:
        checked = opened = closed = 0
        seen_run, seen_at = _seen(connection, _basis(limits))
        last_run = _newest(connection)
        if last_run > seen_run or hours(seen_at, now) >= _STALE_HOURS:
            checked, opened, closed = _check(connection, limits, now, seen_run, seen_at)
            mark = ("all", last_run, _basis(limits), now)
            columns = ("part", "run_id", "basis", "checked_at")
            upsert(connection, "quality_run", columns, [mark], key=("part",))
        waiting = select(func.count()).where(quality_problem.c.state == "open")
        left = connection.scalar(waiting) or 0
    return Report(checked, opened, closed, left, perf_counter() - started)


def _newest(connection: Connection) -> int:
    """The newest run that brought anything; one that has not ended may still add to its number."""
    s = submission.c
    ended = select(func.max(sync_run.c.run_id)).where(sync_run.c.ended_at.is_not(None))
    mine = s.form_id == form.c.form_id
    of_form = select(func.max(s.run_id)).where(mine, s.run_id <= ended.scalar_subquery())
    newest = select(func.max(of_form.correlate(form).scalar_subquery())).select_from(form)
    return connection.scalar(newest) or 0


def _basis(thresholds: Thresholds) -> str:
    basis = [asdict(thresholds), [rule.code for rule in rules()]]
    return sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:16]


def _seen(connection: Connection, basis: str) -> tuple[int, str]:
    """Up to which run, and when; from the start again when thresholds or rules are others."""
    r = quality_run.c
    row = connection.execute(
        select(r.run_id, r.checked_at).where(r.part == "all", r.basis == basis)
    ).one_or_none()
    return (row.run_id, row.checked_at) if row else (-1, _LONG_AGO)


def _check(
    connection: Connection, limits: Thresholds, now: str, seen_run: int, seen_at: str
) -> tuple[int, int, int]:
    checked = opened = closed = 0
    kept, sources = before(now, days=KEPT_DAYS), find_sources(connection)
    forget(connection, before=kept)
    sites = known_sites(connection)
    alone: dict[str, list[Finding]] = {rule.code: [] for rule in rules() if rule.one}
    changed: set[str] = set()
    for source in sources:  # the facts of a first check would fill the memory: a page at a time
        for page in renew(connection, source, sites, after_run=seen_run, since=seen_at, kept=kept):
            changed |= {fact.key[2] for fact in page}
            checked += len(page)
            _judge(page, limits, alone)
    window = _window(connection, sources, limits, now)
    for rule in rules():
        if rule.one:
            findings, judged = alone.pop(rule.code), _among(changed)
        else:
            findings, judged = _apply(connection, rule, window)
        more, less = write(connection, rule, findings, judged=judged, now=now)
        opened, closed = opened + more, closed + less
    return checked, opened, closed + _close_orphans(connection, now)


def _judge(page: list[Fact], limits: Thresholds, alone: dict[str, list[Finding]]) -> None:
    """Add what the rules about one interview find; the facts may go then."""
    for rule in rules():
        if rule.one:
            alone[rule.code] += [found for fact in page if (found := rule.one(fact, limits))]


def _among(ids: set[str]) -> Callable[[str | None], bool]:
    return lambda instance: instance in ids


def _apply(
    connection: Connection, rule: Rule, window: Window
) -> tuple[list[Finding], Callable[[str | None], bool]]:
    """A rule's findings, and of which instances it could judge now (None: of an enumerator)."""
    if rule.many:
        ids = {fact.key[2] for fact in window.facts}
        return rule.many(window), lambda instance: instance is None or instance in ids
    return _ask(connection, rule, window), lambda _instance: True


def _ask(connection: Connection, rule: Rule, window: Window) -> list[Finding]:
    fr, en = evidence(rule)
    assert rule.sql
    body = "\n".join(line for line in rule.sql.splitlines() if not line.startswith("--"))
    given = {
        "since": before(window.now, days=window.thresholds.window_days),
        "attachments_since": before(window.now, days=window.thresholds.attachment_days),
        "rule": rule.code,
    }
    used = {name: value for name, value in given.items() if f":{name}" in body}
    asked = _whose()
    found = []
    for row in connection.execute(text(body), used).all():
        who = connection.execute(
            asked, {"p": row.project_id, "f": row.form_id, "i": row.instance_id}
        )
        name, code = who.one()
        parts = {"a": row.a, "b": "?" if row.b is None else row.b}
        key = (row.project_id, row.form_id, row.instance_id)
        found.append(Finding(fr.format(**parts), en.format(**parts), 1.0, key, name, code))
    return found


def _whose() -> Any:
    """Enumerator and focal point of a submission (:p, :f, :i), also of one that has no facts."""
    s, f = submission.c, quality_fact.c
    same = (f.project_id == s.project_id, f.form_id == s.form_id, f.instance_id == s.instance_id)
    mine = (s.project_id == bindparam("p"), s.form_id == bindparam("f"))
    return (
        select(s.submitter_name, f.focal_point)
        .outerjoin(quality_fact, and_(*same))
        .where(*mine, s.instance_id == bindparam("i"))
    )


def _window(connection: Connection, sources: list[Source], limits: Thresholds, now: str) -> Window:
    since = before(now, days=limits.window_days)
    r = sync_run.c
    synced = connection.scalar(select(func.max(r.started_at)).where(r.outcome == "ok"))
    return Window(
        read_window(connection, since), limits, now,
        {source.form: source.version for source in sources},
        {source.form: _answers(connection, source, since) for source in sources},
        synced,
    )  # fmt: skip


def _answers(connection: Connection, source: Source, since: str) -> Answers:
    names, f = (*source.choices, *source.numbers), quality_fact.c
    here = select(f.instance_id).where(
        f.project_id == source.project_id, f.form_id == source.form_id, f.received_at >= since
    )
    t = source.table.c
    rows = connection.execute(
        select(t.instance_id, *(t[name] for name in names)).where(t.instance_id.in_(here))
    )
    choices: dict[str, dict[str, str]] = {name: {} for name in source.choices}
    numbers: dict[str, dict[str, float]] = {name: {} for name in source.numbers}
    # Row by row, each choice held once: a form of 200,000 interviews would fill the memory otherwise.
    for instance, *said in rows:
        for name, answer in zip(names, said, strict=True):
            if answer is None:
                continue
            if name in choices:
                choices[name][instance] = intern(str(answer))
            if name in numbers:
                numbers[name][instance] = float(str(answer))
    return Answers(choices, numbers, source.other & set(names), source.grids)


def _close_orphans(connection: Connection, now: str) -> int:
    """Problems of records that are no more."""
    gone = text(
        "update quality_problem set state = 'closed', state_at = :now "
        "where state = 'open' and instance_id is not null and not exists ("
        "select 1 from submission as s where s.project_id = quality_problem.project_id "
        "and s.form_id = quality_problem.form_id and s.instance_id = quality_problem.instance_id "
        "and s.deleted_at is null and s.purged_at is null)"
    )
    return connection.execute(gone, {"now": now}).rowcount
