"""Which cells to hide so that no hidden one can be computed, with a proof for each.

A cell below k is hidden. Then every hidden cell is given *moves*: ways to add to it and to add or
take elsewhere in hidden cells so that every sum still holds and no count falls below 1. Whoever
reads the tables cannot tell the true counts from those after the moves, upwards or downwards. Up and
down together must leave at least `doubt` about the cell. Where hidden cells alone leave less, the
cheapest further cells are hidden, totals too if need be. (Moves are feasible steps in the linear
programme an attacker would solve, so the attacker's interval is never narrower than what was found
here; the tests solve that programme.)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf

from pipelines.protection.exchanges import Exchanges
from pipelines.protection.lattice import Key, Lattice

SMALL = "small"
DEDUCIBLE = "deducible"

_TRIES = 2_000
"""Half-made moves looked at before all that is connected is hidden."""

Move = dict[int, int]
"""Cell → +1 or −1."""


def suppress(lattice: Lattice, *, k: int, doubt: int | None = None) -> dict[Key, str]:
    """The cells to hide, with the reason; `doubt` is k unless given. Zeros are never hidden."""
    system = _System(lattice, k if doubt is None else doubt)
    small = [cell for cell, n in enumerate(system.count) if 0 < n < k]
    system.hidden.update(small)
    proven: set[int] = set()
    while waiting := sorted(system.hidden - proven, key=lambda c: (-system.count[c], c)):
        for cell in waiting:
            if cell not in proven:
                proven |= system.protect(cell)
    reasons = {system.keys[cell]: DEDUCIBLE for cell in system.hidden}
    return reasons | {system.keys[cell]: SMALL for cell in small}


class _Remembered:
    """Moves that are worked out only as far as somebody looks, and only once."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self._coming, self._seen = iter(moves), list[Move]()

    def __iter__(self) -> Iterator[Move]:
        yield from tuple(self._seen)
        for move in self._coming:
            self._seen.append(move)
            yield move


class _System:
    """The lattice in numbers, and which cells are hidden so far."""

    def __init__(self, lattice: Lattice, doubt: int) -> None:
        self.keys = list(lattice.counts)
        self.count = [lattice.counts[key] for key in self.keys]
        self.doubt = doubt
        self.hidden: set[int] = set()
        self.number = {key: index for index, key in enumerate(self.keys)}
        self.exchanges = Exchanges(lattice, self.number)
        self.sums: list[list[tuple[int, int]]] = []
        self.sums_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in lattice.sums:
            members = [(self.number[part], 1) for part in each.parts]
            members = [m for m in (*members, (self.number[each.total], -1)) if self.count[m[0]]]
            for cell, sign in members:
                self.sums_of[cell].append((len(self.sums), sign))
            self.sums.append(members)

    def protect(self, cell: int) -> set[int]:
        """Hide what it takes to leave doubt about the cell; returns all cells now in doubt."""
        known = _Remembered(self._exchanges(cell))
        up, down = dict[int, int](), dict[int, int]()
        while (missing := self.doubt - up.get(cell, 0) + down.get(cell, 0)) > 0:
            found = self._cheapest(known, up, down, missing)
            if found is None:
                found = self._search(cell, up, down, missing)
            if found is None:
                # Hiding everything connected always does: all counts could be twice as large.
                everything = self._connected(cell)
                self.hidden |= everything
                return everything
            self._walk(found, up, down, missing)
            self.hidden.update(found)
        spread = {c: abs(up.get(c, 0)) + abs(down.get(c, 0)) for c in (*up, *down)}
        return {c for c, width in spread.items() if width >= self.doubt and c in self.hidden}

    def _walk(self, move: Move, up: Move, down: Move, missing: int) -> None:
        """Take the move in both directions as far as counts and need allow."""
        ahead = int(min(missing, self._room(move, up, 1)))
        back = int(min(missing - ahead, self._room(move, down, -1)))
        for cell, sign in move.items():
            up[cell] = up.get(cell, 0) + sign * ahead
            down[cell] = down.get(cell, 0) - sign * back

    def _room(self, move: Move, walked: Move, direction: int) -> float:
        """How many steps can still be taken before a count falls below 1."""
        room = inf
        for cell, sign in move.items():
            if sign != direction:
                left = self.count[cell] + walked.get(cell, 0) - 1
                if left < room:
                    room = left
        return room

    def _cheapest(self, known: Iterable[Move], up: Move, down: Move, missing: int) -> Move | None:
        """The move that costs least for each step of doubt it brings; the first that costs nothing."""
        best, least = None, inf
        for move in known:
            gain = min(missing, self._room(move, up, 1) + self._room(move, down, -1))
            if gain > 0:
                price = sum(map(self._price, move)) / gain
                if price < least:
                    best, least = move, price
                if self.hidden.issuperset(move):
                    break
        return best

    def _exchanges(self, cell: int) -> Iterable[Move]:
        """Exchanges between values of the cell's dimensions that keep every sum."""
        # What is not in the lattice, or empty there, nobody is at: the exchange cannot be. A sum
        # that holds by chance, among answers that do not add up, forbids some, too.
        for move in self.exchanges.of(self.keys[cell]):
            if not self._gaps(move):
                yield move

    def _search(self, cell: int, up: Move, down: Move, missing: int) -> Move | None:
        """Any move that brings the missing doubt, best first; a gap still open weighs as much as hiding
        a cell of `doubt`, so that moves close quickly instead of wandering."""
        ticket = count()
        start: Move = {cell: 1}
        heap = [(0.0, next(ticket), 0.0, start, self._gaps(start))]
        seen: set[frozenset[tuple[int, int]]] = set()
        while heap and len(seen) < _TRIES:
            _, _, cost, move, gaps = heappop(heap)
            if not gaps:
                return move
            mark = frozenset(move.items())
            if mark in seen:
                continue
            seen.add(mark)
            for added, sign in self._remedies(move, gaps):
                longer = move | {added: sign}
                if self._room(longer, up, 1) + self._room(longer, down, -1) >= missing:
                    price = cost + self._price(added)
                    left = self._gaps(longer)
                    rank = price + self.doubt * len(left)
                    heappush(heap, (rank, next(ticket), price, longer, left))
        return None

    def _connected(self, cell: int) -> set[int]:
        found, waiting = {cell}, [cell]
        while waiting:
            for number, _ in self.sums_of[waiting.pop()]:
                near = {member for member, _ in self.sums[number]} - found
                found |= near
                waiting += near
        return found

    def _gaps(self, move: Move) -> dict[int, int]:
        """Sums that the move would break, and by how much."""
        gaps: dict[int, int] = {}
        for cell, sign in move.items():
            for number, side in self.sums_of[cell]:
                gap = gaps.pop(number, 0) + sign * side
                if gap:
                    gaps[number] = gap
        return gaps

    def _remedies(self, move: Move, gaps: dict[int, int]) -> Iterable[tuple[int, int]]:
        """What could mend the gap that the fewest cells can mend."""
        best: list[tuple[int, int]] | None = None
        for number, gap in gaps.items():
            wanted = -1 if gap > 0 else 1
            able = [(cell, wanted * side) for cell, side in self.sums[number] if cell not in move]
            if best is None or len(able) < len(best):
                best = able
        return best or []

    def _price(self, cell: int) -> float:
        """A hidden cell costs almost nothing more; a shown one what it tells."""
        return 0.01 if cell in self.hidden else 1.0 + self.count[cell]
