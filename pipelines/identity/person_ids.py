"""Which person ID each cluster bears, so that IDs last: the one it shares most registrations with.

A union of whole persons keeps the oldest ID; the others forward to it. Of a person that falls
apart, the largest part keeps the ID. A part that was once a person of its own takes that ID back;
any other new person gets a random one. Registrations are named by instance ID.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Before:
    """What was known: each registration's person, each person's day of birth here, former IDs."""

    person_of: Mapping[str, str]
    """Registration → person, for all registrations of the persons touched, those that left too."""
    created_at: Mapping[str, str]
    former: Mapping[str, Sequence[str]]
    """Registration → merged or retired persons it once belonged to."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a person's history."""

    kind: str
    person_id: str
    other_id: str | None = None
    instance_id: str | None = None


@dataclass(slots=True)
class Assignment:
    """The outcome: an ID for each cluster, in their order, and what became of the other IDs."""

    person_ids: list[str]
    merged: dict[str, str] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def random_id() -> str:
    """A new person ID: it says nothing, and nobody can guess it."""
    return f"p{secrets.token_hex(8)}"


def assign(
    clusters: Sequence[Sequence[str]], before: Before, *, new_id: Callable[[], str] = random_id
) -> Assignment:
    """IDs for the clusters. Together they hold all registrations of the persons touched."""
    there = {instance: n for n, members in enumerate(clusters) for instance in members}
    taken = _keep(clusters, before, there)
    living = set(before.person_of.values())
    found = Assignment([])
    for n in range(len(clusters)):
        if n not in taken:
            taken[n] = new_id()
            found.created.append(taken[n])
        elif taken[n] not in living:
            found.revived.append(taken[n])
        found.person_ids.append(taken[n])
    _lay_to_rest(before, there, found)
    found.events = list(_events(clusters, before, found, there))
    return found


def _keep(
    clusters: Sequence[Sequence[str]], before: Before, there: Mapping[str, int]
) -> dict[int, str]:
    """Cluster → the ID it keeps or takes back."""
    spread: dict[str, set[int]] = {}
    for instance, person_id in before.person_of.items():
        if instance in there:
            spread.setdefault(person_id, set()).add(there[instance])
    taken = _unions(before, spread)
    used = set(taken.values())
    claims = _claims(clusters, before, spread)
    # Who was merged goes back to the ID of before; who never was keeps the one there is.
    for shared in claims:
        for n, person_id in _by_overlap(shared, before, clusters):
            if n not in taken and person_id not in used:
                taken[n] = person_id
                used.add(person_id)
    return taken


def _unions(before: Before, spread: Mapping[str, set[int]]) -> dict[int, str]:
    """Clusters made of whole persons keep the oldest ID."""
    parts: dict[int, list[str]] = {}
    for person_id, places in spread.items():
        for n in places:
            parts.setdefault(n, []).append(person_id)
    return {
        n: min(ids, key=lambda p: (before.created_at[p], p))
        for n, ids in parts.items()
        if all(len(spread[person_id]) == 1 for person_id in ids)
    }


def _claims(
    clusters: Sequence[Sequence[str]], before: Before, spread: Mapping[str, set[int]]
) -> tuple[Counter[tuple[int, str]], ...]:
    """How many registrations speak for each ID: by their last one, by any former, by the present."""
    last: Counter[tuple[int, str]] = Counter()
    former: Counter[tuple[int, str]] = Counter()
    present: Counter[tuple[int, str]] = Counter()
    for n, members in enumerate(clusters):
        for instance in members:
            now = before.person_of.get(instance)
            past = before.former.get(instance, ())
            if now is not None:
                present[n, now] += 1
            if past and (now is None or len(spread[now]) > 1):
                last[n, past[-1]] += 1
                former.update((n, person_id) for person_id in set(past))
            elif now is not None:
                last[n, now] += 1
    return last, former, present


def _by_overlap(
    shared: Mapping[tuple[int, str], int], before: Before, clusters: Sequence[Sequence[str]]
) -> list[tuple[int, str]]:
    def order(item: tuple[tuple[int, str], int]) -> tuple[int, str, str, str]:
        (n, person_id), count = item
        return (-count, before.created_at[person_id], person_id, min(clusters[n]))

    return [pair for pair, _ in sorted(shared.items(), key=order)]


def _lay_to_rest(before: Before, there: Mapping[str, int], found: Assignment) -> None:
    """Where each ID that no cluster took leads to."""
    kept = set(found.person_ids)
    heirs: dict[str, Counter[str]] = {}
    for instance, person_id in before.person_of.items():
        if person_id not in kept:
            mine = heirs.setdefault(person_id, Counter())
            if instance in there:
                mine[found.person_ids[there[instance]]] += 1
    for person_id, counts in sorted(heirs.items()):
        if counts:
            found.merged[person_id] = min(counts, key=lambda p: (-counts[p], p))
        else:
            found.retired.append(person_id)


def _events(
    clusters: Sequence[Sequence[str]],
    before: Before,
    found: Assignment,
    there: Mapping[str, int],
) -> Iterable[Event]:
    yield from (Event("create", person_id) for person_id in found.created)
    yield from (Event("revive", person_id) for person_id in found.revived)
    lost, fresh = {*found.merged, *found.retired}, set(found.created)
    for person_id, members in zip(found.person_ids, clusters, strict=True):
        for instance in members:
            old = before.person_of.get(instance)
            if old is None and person_id not in fresh:
                yield Event("attach", person_id, None, instance)
            elif old is None:
                continue
            elif old != person_id:
                yield Event("merge" if old in lost else "split", person_id, old, instance)
    for instance, person_id in sorted(before.person_of.items()):
        if instance not in there:
            yield Event("detach", person_id, None, instance)
    yield from (Event("retire", person_id) for person_id in found.retired)
