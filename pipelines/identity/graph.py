"""The registrations that belong together in some way, with all that clustering reads of them.

`affected` finds whom a change can touch: whoever is connected, by sure pairs, decisions or a
common person, to a registration that changed. Everybody else would be clustered as before.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from pipelines.identity import decisions
from pipelines.identity.clusters import Clusters, Edges, Pair, cluster
from pipelines.identity.plausible import SEX_BITS, Traits
from pipelines.identity.registrations import batches
from warehouse.identity_tables import match_pair, person_registration, registration

_P, _R, _L = match_pair.c, registration.c, person_registration.c
_SOME = 400

_SURE_FROM_A = select(_P.instance_a, _P.instance_b).where(
    _P.instance_a.in_(bindparam("ids", expanding=True)), _P.state == "same"
)
_SURE_FROM_B = select(_P.instance_a, _P.instance_b).where(
    _P.instance_b.in_(bindparam("ids", expanding=True)), _P.state == "same"
)
_PERSONS_OF = select(_L.person_id).where(_L.instance_id.in_(bindparam("ids", expanding=True)))
_MEMBERS_OF = select(_L.instance_id).where(_L.person_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Graph:
    """Live registrations in the order of their instance IDs, their pairs and decisions."""

    ids: list[str]
    edges: Edges
    traits: Traits
    same: list[Pair]
    different: list[Pair]

    def clusters(self, threshold: float) -> Clusters:
        """Who is one person; nodes are positions in `ids`."""
        return cluster(
            len(self.ids),
            self.edges,
            threshold=threshold,
            traits=self.traits,
            same=self.same,
            different=self.different,
        )


def affected(connection: Connection, seeds: Iterable[str]) -> set[str]:
    """The seeds and every registration, live or gone, that may now belong to another person."""
    found: set[str] = set()
    frontier = set(seeds)
    while frontier:
        found |= frontier
        ids = sorted(frontier)
        near = {d for pair in decisions.active(connection, ids) for d in _same_ends(pair)}
        for some in batches(ids, _SOME):
            for statement in (_SURE_FROM_A, _SURE_FROM_B):
                for row in connection.execute(statement, {"ids": some}):
                    near.update(row)
            persons = sorted(set(connection.execute(_PERSONS_OF, {"ids": some}).scalars()))
            for part in batches(persons, _SOME):
                near.update(connection.execute(_MEMBERS_OF, {"ids": part}).scalars())
        frontier = near - found
    return found


def _same_ends(decision: decisions.Decision) -> tuple[str, ...]:
    return decision.pair if decision.verdict == decisions.SAME else ()


def load_graph(connection: Connection, ids: Iterable[str] | None = None) -> Graph:
    """The graph of these registrations, or of all. Those that are not (any more) in it are left out."""
    chosen = None if ids is None else sorted(ids)
    people = _registrations(connection, chosen)
    names = sorted(people)
    at = {name: position for position, name in enumerate(names)}
    decided = decisions.active(connection, chosen)
    return Graph(
        names,
        _edges(connection, chosen, at),
        _traits([people[name] for name in names]),
        _between(decided, decisions.SAME, at),
        _between(decided, decisions.DIFFERENT, at),
    )


def _between(decided: Sequence[decisions.Decision], verdict: str, at: dict[str, int]) -> list[Pair]:
    return [
        (at[d.instance_a], at[d.instance_b])
        for d in decided
        if d.verdict == verdict and d.instance_a in at and d.instance_b in at
    ]


def _registrations(connection: Connection, ids: Sequence[str] | None) -> dict[str, RowMapping]:
    columns = select(_R.instance_id, _R.seen_on, _R.card_code, _R.sex, _R.birth_year)
    found: dict[str, RowMapping] = {}
    for row in _rows(connection, columns, _R.instance_id, ids):
        found.setdefault(row["instance_id"], row)
    return found


def _rows(
    connection: Connection, statement: Select[Any], column: Any, ids: Sequence[str] | None
) -> Iterable[RowMapping]:
    if ids is None:
        yield from connection.execute(statement.order_by(_R.project_id)).mappings()
        return
    mine = statement.where(column.in_(bindparam("ids", expanding=True))).order_by(_R.project_id)
    for some in batches(ids, _SOME):
        yield from connection.execute(mine, {"ids": some}).mappings()


def _edges(connection: Connection, ids: Sequence[str] | None, at: dict[str, int]) -> Edges:
    columns = select(_P.instance_a, _P.instance_b, _P.weight, _P.state)
    left, right, weight, sure = array("q"), array("q"), array("d"), array("b")

    def take(statement: Select[Any], values: dict[str, Any]) -> None:
        for a, b, bits, state in connection.execute(statement, values):
            if a in at and b in at:
                left.append(at[a])
                right.append(at[b])
                weight.append(bits)
                sure.append(state == "same")

    if ids is None:
        take(columns, {})
    else:
        mine = columns.where(_P.instance_a.in_(bindparam("ids", expanding=True)))
        for some in batches(ids, _SOME):
            take(mine, {"ids": some})
    return Edges(
        np.array(left, dtype=np.int64),
        np.array(right, dtype=np.int64),
        np.array(weight, dtype=np.float64),
        np.array(sure, dtype=np.bool_),
    )


def _traits(rows: Sequence[RowMapping]) -> Traits:
    def column(value: Callable[[RowMapping], int]) -> Any:
        return np.fromiter((value(row) for row in rows), dtype=np.int64, count=len(rows))

    return Traits(
        column(lambda row: SEX_BITS.get(row["sex"] or "", 0)),
        column(lambda row: row["birth_year"] or 0),
        column(lambda row: date.fromisoformat(row["seen_on"]).toordinal() if row["seen_on"] else 0),
        column(lambda row: _card_number(row["card_code"])),
    )


def _card_number(code: str | None) -> int:
    if not code:
        return 0
    if code.isascii() and code.isdigit() and len(code) <= 18:
        return int(code)
    return int.from_bytes(blake2b(code.encode(), digest_size=7).digest(), "big")
