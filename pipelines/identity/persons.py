"""Puts registrations under person IDs: cluster what a change can touch, keep IDs, write what differs.

Everything happens in the caller's transaction, and running it again changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from pipelines.identity.clusters import Clusters
from pipelines.identity.graph import Graph, affected, load_graph
from pipelines.identity.person_ids import Assignment, Before, Event, assign
from pipelines.identity.person_rows import Household, refresh
from pipelines.identity.registrations import batches
from warehouse.bulk import upsert
from warehouse.identity_tables import (
    match_problem,
    person,
    person_event,
    person_registration,
)

_SOME = 400
_L, _E, _S = person_registration.c, person_event.c, person.c


@dataclass(slots=True)
class Regrouped:
    """What became of persons."""

    persons: int = 0
    created: int = 0
    merged: int = 0
    split: int = 0
    retired: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """The run of matching that this belongs to."""

    run_id: int
    now: str
    threshold: float


def regroup(
    connection: Connection, run: Run, seeds: Iterable[str] | None, changed: Iterable[str] = ()
) -> Regrouped:
    """Cluster everybody that the seeds can touch (None: everybody) and write the outcome.

    `changed` are registrations that say something new, whose golden record is made again.
    """
    ids = None if seeds is None else affected(connection, seeds)
    graph = load_graph(connection, ids)
    clusters = graph.clusters(run.threshold)
    known = _known(connection, ids)
    groups = _groups(graph, clusters)
    before = Before(
        {i: r["person_id"] for i, r in known.items()}, *_past(connection, known, groups)
    )
    given = assign(groups, before)
    _bury(connection, run, given)
    _write_events(connection, run, given.events)
    _forget_gone(connection, known, graph.ids)
    homes = _households(graph, groups, given)
    fresh = None if seeds is None else {*changed}
    persons = refresh(connection, homes, known, now=run.now, changed=fresh)
    problems = _write_problems(connection, run, graph, clusters)
    return Regrouped(
        persons=persons,
        created=len(given.created),
        merged=len(given.merged),
        split=len({(e.person_id, e.other_id) for e in given.events if e.kind == "split"}),
        retired=len(given.retired),
        problems=problems,
    )


def _groups(graph: Graph, clusters: Clusters) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for name, label in zip(graph.ids, clusters.label.tolist(), strict=True):
        found.setdefault(label, []).append(name)
    return list(found.values())


def _known(connection: Connection, ids: set[str] | None) -> dict[str, RowMapping]:
    """The persons that registrations belonged to until now."""
    columns = select(_L.instance_id, _L.person_id, _L.link_class, _L.since)
    if ids is None:
        rows: Iterable[RowMapping] = connection.execute(columns).mappings()
        return {row["instance_id"]: row for row in rows}
    mine = columns.where(_L.instance_id.in_(bindparam("ids", expanding=True)))
    return {
        row["instance_id"]: row
        for some in batches(sorted(ids), _SOME)
        for row in connection.execute(mine, {"ids": some}).mappings()
    }


def _past(
    connection: Connection, known: Mapping[str, RowMapping], groups: Sequence[Sequence[str]]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """When each person was made; and persons that new and split-off registrations once were."""
    parts: dict[str, set[int]] = {}
    for number, members in enumerate(groups):
        for instance in members:
            if instance in known:
                parts.setdefault(known[instance]["person_id"], set()).add(number)
    loose = [
        i
        for members in groups
        for i in members
        if i not in known or len(parts[known[i]["person_id"]]) > 1
    ]
    former = _former(connection, loose) if _has_past(connection) else {}
    ids = {row["person_id"] for row in known.values()}
    ids.update(p for persons in former.values() for p in persons)
    born = select(_S.person_id, _S.created_at, _S.state).where(
        _S.person_id.in_(bindparam("ids", expanding=True))
    )
    rows = [
        r for some in batches(sorted(ids), _SOME) for r in connection.execute(born, {"ids": some})
    ]
    at_rest = {r.person_id for r in rows if r.state in ("merged", "retired")}
    former = {i: [p for p in persons if p in at_rest] for i, persons in former.items()}
    return {r.person_id: r.created_at for r in rows}, former


def _has_past(connection: Connection) -> bool:
    return connection.scalar(select(_E.event_id).limit(1)) is not None


def _former(connection: Connection, instances: Sequence[str]) -> dict[str, list[str]]:
    past = select(_E.instance_id, _E.kind, _E.person_id, _E.other_id).where(
        _E.instance_id.in_(bindparam("ids", expanding=True)),
        _E.kind.in_(("merge", "split", "detach")),
    )
    found: dict[str, list[str]] = {}
    for some in batches(instances, _SOME):
        for instance, kind, person_id, other_id in connection.execute(past, {"ids": some}):
            left = person_id if kind == "detach" else other_id
            found.setdefault(instance, []).append(left)
    return found


def _bury(connection: Connection, run: Run, given: Assignment) -> None:
    """Persons that are one with another, or have no registration left, hold nothing any more."""
    for old, new in given.merged.items():
        _empty(connection, run, old, state="merged", merged_into=new)
        # One step is always enough to follow a forwarded ID.
        connection.execute(
            person.update()
            .where(_S.merged_into == old, _S.state == "merged")
            .values(merged_into=new)
        )
    for old in given.retired:
        _empty(connection, run, old, state="retired", merged_into=None)


def _empty(
    connection: Connection, run: Run, person_id: str, *, state: str, merged_into: str | None
) -> None:
    kept = {"person_id", "created_at", "state", "merged_into", "updated_at", "registrations"}
    nothing = {c.name: None for c in person.columns if c.name not in kept}
    connection.execute(
        person.update()
        .where(_S.person_id == person_id)
        .values(
            state=state, merged_into=merged_into, updated_at=run.now, registrations=0, **nothing
        )
    )
    for table in ("person_card", "person_value", "person_name"):
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        connection.exec_driver_sql(f"delete from {table} where person_id = {mark}", (person_id,))


def _write_events(connection: Connection, run: Run, events: Sequence[Event]) -> None:
    first = int(connection.scalar(select(func.max(_E.event_id))) or 0) + 1
    rows = [
        (first + n, run.run_id, run.now, e.kind, e.person_id, e.other_id, e.instance_id)
        for n, e in enumerate(events)
    ]
    columns = tuple(c.name for c in person_event.columns)
    upsert(connection, "person_event", columns, rows, key=("event_id",))


def _forget_gone(
    connection: Connection, known: Mapping[str, RowMapping], live: Sequence[str]
) -> None:
    gone = sorted(known.keys() - set(live))
    drop = person_registration.delete().where(_L.instance_id.in_(bindparam("ids", expanding=True)))
    for some in batches(gone, _SOME):
        connection.execute(drop, {"ids": some})


def _households(
    graph: Graph, groups: Sequence[Sequence[str]], given: Assignment
) -> list[Household]:
    """Each person with their registrations; `decided` are those that a decision put there."""
    cluster_of = {name: n for n, members in enumerate(groups) for name in members}
    decided: Counter[str] = Counter()
    for a, b in graph.same:
        one, other = graph.ids[a], graph.ids[b]
        if cluster_of[one] == cluster_of[other]:
            decided.update((one, other))
    return [
        Household(person_id, tuple(members), frozenset(m for m in members if m in decided))
        for person_id, members in zip(given.person_ids, groups, strict=True)
    ]


def _write_problems(connection: Connection, run: Run, graph: Graph, clusters: Clusters) -> int:
    """What is kept apart against a sure pair or a decision, for people to look at."""
    p = match_problem.c
    since: dict[str, str] = {}
    look = select(p.problem_key, p.since).where(p.instance_a.in_(bindparam("ids", expanding=True)))
    drop = match_problem.delete().where(p.instance_a.in_(bindparam("ids", expanding=True)))
    for some in batches(graph.ids, _SOME):
        since |= {row.problem_key: row.since for row in connection.execute(look, {"ids": some})}
        connection.execute(drop, {"ids": some})
    rows = []
    for apart in clusters.apart:
        a, b = graph.ids[apart.left], graph.ids[apart.right]
        kind = "conflict" if apart.reason == "conflict" else "kept_apart"
        key = f"{kind} {a} {b}"
        rows.append((key, kind, apart.reason, a, b, since.get(key, run.now)))
    columns = tuple(c.name for c in match_problem.columns)
    upsert(connection, "match_problem", columns, rows, key=("problem_key",))
    return len(rows)
