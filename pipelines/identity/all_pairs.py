"""Makes block keys and pairs of the whole register anew: what `pairs` keeps true in between.

Keys are sorted in memory as numbers (12 million of them at a million registrations), so that every
group of registrations sharing one lies side by side.
"""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, select

from pipelines.identity.matcher import Matcher
from pipelines.identity.pairs import pair_rows, write_pairs
from pipelines.identity.plausible import Ints
from warehouse.bulk import Row, upsert
from warehouse.identity_tables import block_key, match_pair, registration

_R = registration.c
_CHUNK = 20_000
_SCORED = 500_000
"""Pairs scored at once; the kept ones of them are in memory."""


class Keys:
    """Keys and who holds them, 16 bytes each."""

    def __init__(self) -> None:
        self._keys, self._held = array("q"), array("q")

    def add(self, holder: int, keys: Sequence[int]) -> None:
        """Holders come in rising order."""
        mine = sorted(set(keys))
        self._keys.extend(mine)
        self._held.extend([holder] * len(mine))

    def sorted(self) -> tuple[Ints, Ints]:
        """By key, then by holder."""
        keys = np.frombuffer(self._keys, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        return keys[order], np.frombuffer(self._held, dtype=np.int64)[order]


def rebuild(connection: Connection, matcher: Matcher) -> int:
    """Keys and pairs of all registrations; returns how many pairs there were to score."""
    connection.execute(block_key.delete())
    connection.execute(match_pair.delete())
    numbers = array("q")
    names: list[str] = []
    contents: list[str] = []
    found = Keys()
    for number, name, content in _registrations(connection):
        found.add(len(names), matcher.keys(content))
        numbers.append(number)
        names.append(name)
        contents.append(content)
    keys, held = found.sorted()
    _write_keys(connection, keys, np.frombuffer(numbers, dtype=np.int64)[held])
    left, right = sharing(keys, held, cap=matcher.cap, holders=len(names))
    del keys, held
    for start in range(0, len(left), _SCORED):
        part = slice(start, start + _SCORED)
        write_pairs(connection, list(pair_rows(matcher, names, contents, left[part], right[part])))
    return len(left)


def sharing(keys: Ints, held: Ints, *, cap: int, holders: int) -> tuple[Ints, Ints]:
    """Every pair of holders once, the smaller first, that share a key which at most `cap` have.

    `keys` is sorted, and `held` within each key.
    """
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=len(keys))
    found: list[Ints] = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= cap)]).tolist():
        members = held[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        # A few groups at a time: one of 2,000 alone makes two million pairs.
        for group in np.array_split(members, max(1, len(members) * len(one) // 5_000_000)):
            found.append((group[:, one] * holders + group[:, other]).ravel())
    pairs = np.concatenate([np.array([], dtype=np.int64), *found])
    found.clear()
    pairs.sort()  # in place: there are tens of millions, many of them twice
    once = np.ones(len(pairs), dtype=np.bool_)
    once[1:] = pairs[1:] != pairs[:-1]
    return np.divmod(pairs[once], max(holders, 1))


def _registrations(connection: Connection) -> Iterator[tuple[int, str, str]]:
    """Number, instance ID and content, by number; of copies in two projects the first counts."""
    last = 0
    while True:
        some = connection.execute(
            select(_R.number, _R.instance_id, _R.content)
            .where(_R.number > last)
            .order_by(_R.number, _R.project_id)
            .limit(_CHUNK)
        ).all()
        if not some:
            return
        # The last number may have a copy that the limit cut off; it is skipped with the number.
        for number, name, content in some:
            if number != last:
                yield number, name, content
            last = number


def _write_keys(connection: Connection, keys: Ints, numbers: Ints) -> None:
    columns = ("block_hash", "number")
    for start in range(0, len(keys), _CHUNK):
        part = slice(start, start + _CHUNK)
        rows: Sequence[Row] = list(zip(keys[part].tolist(), numbers[part].tolist(), strict=True))
        upsert(connection, "block_key", columns, rows, key=columns)
