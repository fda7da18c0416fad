"""Keeps block keys and scored pairs true when a few registrations change (`all_pairs`: for all).

Two registrations are compared if they share a key that at most `cap` registrations have. When a
key passes the cap in either direction, all who share it are compared anew: so the pairs depend on
who is registered now, not on the order in which they came.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, select, text

from pipelines.identity.decisions import pair_of
from pipelines.identity.matcher import Matcher
from pipelines.identity.plausible import Ints
from pipelines.identity.registrations import batches
from warehouse.bulk import Row, upsert
from warehouse.identity_tables import block_key, match_pair, registration

_R, _B, _P = registration.c, block_key.c, match_pair.c
_SOME = 400
_COLUMNS = tuple(match_pair.columns.keys())


def repair(
    connection: Connection, matcher: Matcher, compare: set[str], gone: Mapping[str, int]
) -> tuple[set[str], int]:
    """Renew keys and pairs after changes.

    Returns the registrations that a pair was won, lost or changed for, and how many pairs there
    were to score.
    """
    contents = _contents(connection, "instance_id", sorted(compare))
    keys = {number: set(matcher.keys(content)) for number, (_, content) in contents.items()}
    crossed, counted = _renew_keys(connection, keys, [*gone.values()], matcher.cap)
    again = contents | _contents(connection, "number", sorted(crossed - contents.keys()))
    before = _drop_pairs(connection, [*gone, *(name for name, _ in again.values())])
    held = [(key, number) for number, mine in keys.items() for key in mine]
    held += _keys_of(connection, sorted(again.keys() - keys.keys()))
    candidates = _candidates(connection, held, counted, matcher.cap)
    others = {number for pair in candidates for number in pair} - again.keys()
    again |= _contents(connection, "number", sorted(others))
    after = _score(connection, matcher, again, candidates)
    differing = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    return {instance for pair in differing for instance in pair}, len(candidates)


def _contents(
    connection: Connection, column: str, values: Sequence[Any]
) -> dict[int, tuple[str, str]]:
    """Number → instance ID and content; where two projects hold a submission, the first counts."""
    mine = (
        select(_R.number, _R.instance_id, _R.content)
        .where(_R[column].in_(bindparam("ids", expanding=True)))
        .order_by(_R.project_id)
    )
    found: dict[int, tuple[str, str]] = {}
    for some in batches(values, _SOME):
        for number, name, content in connection.execute(mine, {"ids": some}):
            found.setdefault(number, (name, content))
    return found


# -- keys


def _renew_keys(
    connection: Connection, keys: Mapping[int, set[int]], gone: Sequence[int], cap: int
) -> tuple[set[int], dict[int, bool]]:
    """Write the keys; returns the holders of keys that became too common, or no longer are, and which of
    the keys that were looked at are too common now."""
    numbers = [*keys, *gone]
    old = _keys_of(connection, numbers)
    touched = sorted({key for key, _ in old} | {key for mine in keys.values() for key in mine})
    before = _too_common(connection, touched, cap)
    drop = block_key.delete().where(_B.number.in_(bindparam("ids", expanding=True)))
    for some in batches(numbers, _SOME):
        connection.execute(drop, {"ids": some})
    rows: list[Row] = sorted((key, number) for number, mine in keys.items() for key in mine)
    upsert(connection, "block_key", ("block_hash", "number"), rows, key=("block_hash", "number"))
    common = _too_common(connection, touched, cap)
    holders = _holders(connection, sorted(before ^ common))
    return {number for _, number in holders}, {key: key in common for key in touched}


def _keys_of(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, int]]:
    mine = select(_B.block_hash, _B.number).where(_B.number.in_(bindparam("ids", expanding=True)))
    return [
        (key, number)
        for some in batches(numbers, _SOME)
        for key, number in connection.execute(mine, {"ids": some})
    ]


def _holders(connection: Connection, keys: Sequence[int]) -> list[tuple[int, int]]:
    mine = select(_B.block_hash, _B.number).where(
        _B.block_hash.in_(bindparam("ids", expanding=True))
    )
    return [
        (key, number)
        for some in batches(keys, _SOME)
        for key, number in connection.execute(mine, {"ids": some})
    ]


# Counting stops at the cap: a name that half the register bears is not read to its end.
_TOO_COMMON = """
    select asked.value from {asked} where (
        select count(*) from (
            select 1 from block_key where block_key.block_hash = asked.value limit :most
        ) as held
    ) = :most"""
_ASKED = {
    "sqlite": "json_each(:keys) as asked",
    "postgresql": "unnest(cast(:keys as bigint[])) as asked (value)",
}


def _too_common(connection: Connection, keys: Sequence[int], cap: int) -> set[int]:
    name = connection.dialect.name
    statement = text(_TOO_COMMON.format(asked=_ASKED[name]))
    given: Any = list(keys) if name == "postgresql" else json.dumps(list(keys))
    return set(connection.execute(statement, {"keys": given, "most": cap + 1}).scalars())


# -- pairs


def _drop_pairs(
    connection: Connection, instance_ids: Sequence[str]
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Take away all pairs of these registrations; returns what they were."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for column in (_P.instance_a, _P.instance_b):
        mine = column.in_(bindparam("ids", expanding=True))
        for some in batches(instance_ids, _SOME):
            for row in connection.execute(select(match_pair).where(mine), {"ids": some}):
                found[row.instance_a, row.instance_b] = tuple(row)
            connection.execute(match_pair.delete().where(mine), {"ids": some})
    return found


def _candidates(
    connection: Connection, held: Sequence[tuple[int, int]], counted: Mapping[int, bool], cap: int
) -> set[tuple[int, int]]:
    """Pairs of those who hold the keys with whoever shares one with them that is not too common.

    `counted` says of some keys whether they are, so that they need not be counted again.
    """
    keys: dict[int, list[int]] = {}
    for key, number in held:
        keys.setdefault(key, []).append(number)
    common = {key for key in keys if counted.get(key)}
    common |= _too_common(connection, sorted(keys.keys() - counted.keys()), cap)
    for key in common:
        del keys[key]
    return {
        (number, other) if number < other else (other, number)
        for key, other in _holders(connection, sorted(keys))
        for number in keys[key]
        if number != other
    }


def _score(
    connection: Connection,
    matcher: Matcher,
    contents: Mapping[int, tuple[str, str]],
    candidates: set[tuple[int, int]],
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Score and write; returns the pairs that are kept, by their instance IDs."""
    numbers = sorted(contents)
    at = {number: place for place, number in enumerate(numbers)}
    ordered = np.array(sorted(candidates), dtype=np.int64).reshape(-1, 2)
    places = np.array([at[n] for n in ordered.ravel().tolist()], dtype=np.int64).reshape(-1, 2)
    names = [contents[n][0] for n in numbers]
    texts = [contents[n][1] for n in numbers]
    rows = list(pair_rows(matcher, names, texts, places[:, 0], places[:, 1]))
    write_pairs(connection, rows)
    return {(row[0], row[1]): row for row in rows}


def write_pairs(connection: Connection, rows: list[Row]) -> None:
    """Insert them in the order of their key, which both databases do fastest."""
    upsert(connection, "match_pair", _COLUMNS, sorted(rows), key=_COLUMNS[:2])


def pair_rows(
    matcher: Matcher, names: Sequence[str], texts: Sequence[str], left: Ints, right: Ints
) -> Iterator[Row]:
    """Rows of `match_pair` for the pairs worth keeping; `left` and `right` are places in `names`."""
    version = matcher.model_version
    for a, b, scored in matcher.score(texts, left, right):
        pair = pair_of(names[a], names[b])
        yield (*pair, scored.weight, scored.probability, scored.state, scored.evidence, version)
