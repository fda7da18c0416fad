"""What a data manager does to persons: decide on a pair, merge, split, take back. It counts at once.

All of it comes down to decisions on pairs of registrations, which every later run obeys.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from time import perf_counter

from sqlalchemy import Connection, Engine, select

from forms.errors import KafoError
from pipelines.identity import decisions
from pipelines.identity.current import current_matcher
from pipelines.identity.decisions import DIFFERENT, LATER, SAME, Pair
from pipelines.identity.matcher import Matcher
from pipelines.identity.persons import regroup
from pipelines.identity.update import (
    Watermark,
    alone,
    begin,
    end,
    report,
    watermark,
)
from warehouse.engine import writing
from warehouse.identity_tables import match_problem, person_registration

_L, _P = person_registration.c, match_problem.c


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the number to take it back by, who is whose person now, open conflicts."""

    action_id: int
    person_of: dict[str, str]
    conflicts: list[Pair]


def decide(
    engine: Engine,
    pair: Pair,
    verdict: str,
    *,
    who: str,
    now: str,
    note: str | None = None,
    matcher: Matcher | None = None,
) -> Outcome:
    """`same`, `different` or `later` about two registrations (instance IDs).

    Raises KafoError when one is not in the register, or the pair was decided the other way.
    """
    if verdict not in (SAME, DIFFERENT, LATER):
        raise KafoError(
            f"« {verdict} » n’est pas une décision : écrivez same (même personne), different (deux "
            "personnes) ou later (plus tard).",
            f"'{verdict}' is not a decision: write same (one person), different (two persons) or "
            "later.",
        )

    def write(connection: Connection) -> tuple[int, set[str]]:
        if pair[0] == pair[1]:
            raise _one_and_the_same()
        _must_be_known(connection, pair)
        action = decisions.record(connection, [pair], verdict, who=who, now=now, note=note)
        return action, set(pair)

    return _act(engine, write, now=now, matcher=matcher)


def merge(
    engine: Engine,
    persons: Sequence[str],
    *,
    who: str,
    now: str,
    note: str | None = None,
    matcher: Matcher | None = None,
) -> Outcome:
    """These persons, two or more, are one: every registration of all of them is decided to be the same
    person. Raises KafoError for fewer than two, or somebody who is not in the register."""

    def write(connection: Connection) -> tuple[int, set[str]]:
        members = [
            m for person_id in dict.fromkeys(persons) for m in _members(connection, person_id)
        ]
        if len(set(persons)) < 2:
            raise _one_and_the_same()
        pairs = [(members[0], other) for other in members[1:]]
        action = decisions.record(connection, pairs, SAME, who=who, now=now, note=note)
        return action, set(members)

    return _act(engine, write, now=now, matcher=matcher)


def split(
    engine: Engine,
    person_id: str,
    leaving: Sequence[str],
    *,
    who: str,
    now: str,
    note: str | None = None,
    matcher: Matcher | None = None,
) -> Outcome:
    """These registrations are another person: decided against each of those that stay.

    Raises KafoError if they are not all of this person, or nothing would stay, or an earlier
    decision holds them together.
    """

    def write(connection: Connection) -> tuple[int, set[str]]:
        members = _members(connection, person_id)
        staying = [m for m in members if m not in leaving]
        if not leaving or not staying or not set(leaving) <= set(members):
            raise KafoError(
                f"Donnez des fiches de {person_id}, mais pas toutes : « kafo people show {person_id} » "
                "les montre.",
                f"Give registrations of {person_id}, but not all: `kafo people show {person_id}` shows "
                "them.",
            )
        pairs = list(product(leaving, staying))
        action = decisions.record(connection, pairs, DIFFERENT, who=who, now=now, note=note)
        return action, set(members)

    return _act(engine, write, now=now, matcher=matcher)


def undo(
    engine: Engine, action_id: int, *, who: str, now: str, matcher: Matcher | None = None
) -> Outcome:
    """Take back a decision, a merge or a split by its number."""

    def write(connection: Connection) -> tuple[int, set[str]]:
        return action_id, decisions.take_back(connection, action_id, who=who, now=now)

    return _act(engine, write, now=now, matcher=matcher)


def _act(
    engine: Engine,
    write: Callable[[Connection], tuple[int, set[str]]],
    *,
    now: str,
    matcher: Matcher | None,
) -> Outcome:
    started = perf_counter()
    with writing(engine) as connection:
        alone(connection)
        last = watermark(connection)
        if last is None:
            raise KafoError(
                "Les fiches n’ont pas encore été comparées. Lancez d’abord « kafo people match ».",
                "The registrations have not been compared yet. Run 'kafo people match' first.",
            )
        using = matcher or current_matcher(connection)
        action, seeds = write(connection)
        mark = Watermark(last.version, last.seen_run_id, decisions.newest(connection), now)
        run = begin(connection, "decision", mark, threshold=using.threshold)
        done = regroup(connection, run, seeds)
        end(connection, run, report("decision", done, seconds=perf_counter() - started))
        return Outcome(action, _person_of(connection, seeds), _conflicts(connection, seeds))


def _person_of(connection: Connection, instances: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(
        select(_L.instance_id, _L.person_id).where(_L.instance_id.in_(sorted(instances)))
    )
    return {row.instance_id: row.person_id for row in rows}


def _conflicts(connection: Connection, instances: Iterable[str]) -> list[Pair]:
    mine = sorted(instances)
    rows = connection.execute(
        select(_P.instance_a, _P.instance_b).where(
            _P.kind == "conflict", _P.instance_a.in_(mine) | _P.instance_b.in_(mine)
        )
    )
    return [(row.instance_a, row.instance_b) for row in rows]


def _must_be_known(connection: Connection, pair: Pair) -> None:
    found = _person_of(connection, pair)
    for instance_id in pair:
        if instance_id not in found:
            raise KafoError(
                f"La fiche {instance_id} n’est pas dans le registre. Les fiches à revoir : « kafo people "
                "review ».",
                f"The registration {instance_id} is not in the register. For those to review: `kafo "
                "people review`.",
            )


def _members(connection: Connection, person_id: str) -> list[str]:
    rows = select(_L.instance_id).where(_L.person_id == person_id).order_by(_L.instance_id)
    found = list(dict.fromkeys(connection.execute(rows).scalars()))
    if not found:
        raise KafoError(
            f"{person_id} n’est pas une personne du registre (ou plus : réunie avec une autre).",
            f"{person_id} is not a person of the register (or no longer: merged with another).",
        )
    return found


def _one_and_the_same() -> KafoError:
    return KafoError(
        "C’est deux fois la même. Donnez-en deux différentes.",
        "This is the same one twice. Give two different ones.",
    )
