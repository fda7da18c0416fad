"""What one person cannot be, however alike the names: two sexes, two generations, two cards a day."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BIRTH_YEARS_APART = 10
"""Years of birth are estimated and rounded to fives, so less than this proves nothing."""

_FEMALE, _MALE = 1, 2
SEX_BITS = {"female": _FEMALE, "male": _MALE}
"""Other answers leave the sex open."""

_NEVER = -1


@dataclass(frozen=True, slots=True)
class Traits:
    """Per registration: bit of the sex, year of birth, day of the interview, number of the card.

    0 stands for an unknown sex, year, day or card. Days and cards are any numbers that are equal
    where the days and cards are.
    """

    sex: Ints
    birth_year: Ints
    day: Ints
    card: Ints

    @classmethod
    def unknown(cls, nodes: int) -> "Traits":
        """Nothing known of anybody."""
        return cls(*(np.zeros(nodes, dtype=np.int64) for _ in range(4)))


@dataclass(slots=True)
class Group:
    """What is known of registrations taken as one person."""

    sexes: int
    first_year: int
    last_year: int
    cards: dict[int, int]
    """Day → card used that day; _NEVER once two were."""


def group_of(traits: Traits, nodes: list[int]) -> Group:
    """The registrations of `nodes` as one person."""
    found = _single(traits, nodes[0])
    for node in nodes[1:]:
        found = union(found, _single(traits, node))
    return found


def union(one: Group, other: Group) -> Group:
    """Both groups as one person; the given ones stay as they are."""
    years = [y for y in (one.first_year, other.first_year) if y]
    cards = dict(one.cards)
    for day, card in other.cards.items():
        cards[day] = card if cards.get(day, card) == card else _NEVER
    return Group(
        one.sexes | other.sexes,
        min(years, default=0),
        max(one.last_year, other.last_year),
        cards,
    )


def objections(group: Group) -> list[str]:
    """Why this is hardly one person: `sexes`, `birth_years`, `cards`; empty when it may be."""
    found = []
    if group.sexes == _FEMALE | _MALE:
        found.append("sexes")
    if group.last_year - group.first_year > BIRTH_YEARS_APART:
        found.append("birth_years")
    if _NEVER in group.cards.values():
        found.append("cards")
    return found


def objections_to_pairs(traits: Traits, left: Ints, right: Ints) -> Any:
    """The first objection to each pair of single registrations, '' where there is none."""
    both = (traits.sex[left] | traits.sex[right]) == (_FEMALE | _MALE)
    one, other = traits.birth_year[left], traits.birth_year[right]
    years = (one > 0) & (other > 0) & (np.abs(one - other) > BIRTH_YEARS_APART)
    same_day = (traits.day[left] == traits.day[right]) & (traits.day[left] > 0)
    known = (traits.card[left] > 0) & (traits.card[right] > 0)
    cards = same_day & known & (traits.card[left] != traits.card[right])
    return np.select([both, years, cards], ["sexes", "birth_years", "cards"], default="")


def _single(traits: Traits, node: int) -> Group:
    year, day, card = (int(part[node]) for part in (traits.birth_year, traits.day, traits.card))
    cards = {day: card} if day and card else {}
    return Group(int(traits.sex[node]), year, year, cards)
