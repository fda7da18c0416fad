"""Compares two registrations field by field: the level reached, in SQL for training and in numpy.

Every level is said twice, as Splink's condition and as our own; a test holds them equal. Fields that
speak of the same thing (nationality and language, occupation and sector) make one comparison, so
that what is one coincidence is not counted twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.compare_fields import Columns, Places
from pipelines.identity.plausible import Flags, Ints

Levels = NDArray[np.int8]
NULL = -1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Levels from the strongest to « else »; SQL conditions on `x_l` and `x_r`.

    `null` says when there is nothing to compare. `frequency` names the column whose rare values
    count for more at the levels `frequent` (places from the strongest).
    """

    name: str
    null: str
    levels: tuple[str, ...]
    conditions: tuple[str, ...]
    frequency: str = ""
    frequent: tuple[int, ...] = ()


_SWAPPED = "(last_l = first_r and first_l = last_r and last_l <> first_l)"
_FIRST_LEVELS = ("exact", "other", "key", "close", "near")
_JW = "jaro_winkler_similarity({0}_l, {0}_r) >= {1}"

COMPARISONS = (
    Comparison(
        "last", "last_l = '' or last_r = ''",
        ("exact", "swapped", "key", "close", "near"),
        ("last_l = last_r", _SWAPPED, "last_key_l = last_key_r",
         _JW.format("last", 0.92), _JW.format("last", 0.8)),
        "last", (0,),
    ),
    Comparison(
        "first", f"first_l = '' or first_r = '' or {_SWAPPED}",
        _FIRST_LEVELS,
        ("first_l = first_r", "first_l = other_r or first_r = other_l", "first_key_l = first_key_r",
         _JW.format("first", 0.92), _JW.format("first", 0.8)),
        "first", (0,),
    ),
    Comparison("other", "other_l = '' or other_r = ''", ("exact",), ("other_l = other_r",)),
    Comparison("sex", "sex_l = '' or sex_r = ''", ("exact",), ("sex_l = sex_r",)),
    Comparison(
        "birth_year", "birth_year_l = 0 or birth_year_r = 0",
        ("exact", "heaped", "1", "2", "5", "10"),
        ("birth_year_l = birth_year_r and heaped_l * heaped_r = 0", "birth_year_l = birth_year_r",
         *(f"abs(birth_year_l - birth_year_r) <= {n}" for n in (1, 2, 5, 10))),
    ),
    Comparison(
        "origin", "nationality_l = '' or nationality_r = ''",
        ("both", "nationality", "language"),
        ("nationality_l = nationality_r and language_l = language_r",
         "nationality_l = nationality_r", "language_l = language_r"),
    ),
    Comparison(
        "arrival_year", "arrival_year_l = 0 or arrival_year_r = 0", ("exact", "1", "3"),
        ("arrival_year_l = arrival_year_r", "abs(arrival_year_l - arrival_year_r) <= 1",
         "abs(arrival_year_l - arrival_year_r) <= 3"),
    ),
    Comparison(
        "education", "education_l = '' or education_r = ''", ("exact",),
        ("education_l = education_r",),
    ),
    Comparison(
        "work", "occupation_l = '' or occupation_r = ''", ("both", "occupation", "sector"),
        ("occupation_l = occupation_r and sector_l = sector_r", "occupation_l = occupation_r",
         "sector_l = sector_r and sector_l <> ''"),
    ),
    Comparison(
        "place", "cercle_l = '' or cercle_r = ''", ("site", "cercle"),
        ("site_l = site_r and site_l <> '' and cercle_l = cercle_r", "cercle_l = cercle_r"),
        "site", (0,),
    ),
    Comparison(
        "phone", "phone_l = '' or phone_r = ''", ("own", "shared"),
        ("phone_l = phone_r and phone_shared_l <> 'yes' and phone_shared_r <> 'yes'",
         "phone_l = phone_r"),
    ),
    Comparison("card", "card_l = '' or card_r = ''", ("exact",), ("card_l = card_r",)),
    Comparison(
        "seen", "seen_l = '' or seen_r = '' or day_l = 0 or day_r = 0", ("yes", "unsure"),
        ("case when day_l > day_r then seen_l = 'yes' when day_r > day_l then seen_r = 'yes' "
         "else seen_l = 'yes' or seen_r = 'yes' end",
         "case when day_l > day_r then seen_l = 'dk' when day_r > day_l then seen_r = 'dk' "
         "else seen_l = 'dk' or seen_r = 'dk' end"),
    ),
    Comparison(
        "visit", "focal_point_l = '' or focal_point_r = '' or day_l = 0 or day_r = 0",
        ("same", "day", "week", "focal_point"),
        ("focal_point_l = focal_point_r and day_l = day_r", "day_l = day_r",
         "focal_point_l = focal_point_r and abs(day_l - day_r) <= 7",
         "focal_point_l = focal_point_r"),
    ),
)  # fmt: skip
NAMES = tuple(comparison.name for comparison in COMPARISONS)


class _Pairs:
    """Two columns of places at once; looks at texts only where they differ."""

    def __init__(self, columns: Columns, left: Ints, right: Ints) -> None:
        self.columns, self.left, self.right = columns, left, right

    def both(self, field: str) -> tuple[Places, Places]:
        column = self.columns.numbers[field]
        return column[self.left], column[self.right]

    def equal(self, field: str) -> Any:
        one, other = self.both(field)
        return one == other

    def unknown(self, *fields: str) -> Any:
        found = np.zeros(len(self.left), dtype=np.bool_)
        for field in fields:
            one, other = self.both(field)
            found |= (one == 0) | (other == 0)
        return found

    def crossed(self, field: str, against: str) -> tuple[Any, Any]:
        """Whether left `field` is right `against`, and the other way round."""
        place = {word: n for n, word in enumerate(self.columns.words[against])}
        words = self.columns.words[field]
        same = np.array([place.get(word, -1) for word in words], dtype=np.int64)
        one, other = self.both(field)
        there, back = self.both(against)
        return same[one] == back, same[other] == there

    def within(self, field: str, most: int) -> Any:
        one, other = self.both(field)
        return np.abs(one.astype(np.int64) - other) <= most

    def likeness(self, field: str) -> Any:
        """Jaro-Winkler of the texts, computed once for every two different words."""
        from rapidfuzz.distance import JaroWinkler
        from rapidfuzz.process import cpdist

        one, other = self.both(field)
        words = self.columns.words[field]
        couples, where = np.unique(one.astype(np.int64) * len(words) + other, return_inverse=True)
        first = [words[n] for n in (couples // len(words)).tolist()]
        second = [words[n] for n in (couples % len(words)).tolist()]
        alike = cpdist(first, second, scorer=JaroWinkler.similarity, dtype=np.float64)
        return alike[where]


def levels(columns: Columns, left: Ints, right: Ints) -> dict[str, Levels]:
    """Per comparison and pair the level: 0 is « else », the highest the strongest, -1 unknown."""
    pairs = _Pairs(columns, left, right)
    swapped = _swapped(pairs)
    return {c.name: _level(*_REACHED[c.name](pairs, swapped), size=len(left)) for c in COMPARISONS}


def _level(null: Flags, reached: tuple[Flags, ...], *, size: int) -> Levels:
    found = np.zeros(size, dtype=np.int8)
    for n, flags in enumerate(reversed(reached)):
        found[flags] = n + 1
    found[null] = NULL
    return found


def _swapped(pairs: _Pairs) -> Flags:
    there, back = pairs.crossed("last", "first")
    found: Flags = there & back & ~pairs.equal("last")
    return found


_Reached = tuple[Any, tuple[Any, ...]]


def _last(p: _Pairs, swapped: Flags) -> _Reached:
    alike = p.likeness("last")
    reached = (p.equal("last"), swapped, p.equal("last_key"), alike >= 0.92, alike >= 0.8)
    return p.unknown("last"), reached


def _first(p: _Pairs, swapped: Flags) -> _Reached:
    alike = p.likeness("first")
    there, back = p.crossed("first", "other")
    reached = (p.equal("first"), there | back, p.equal("first_key"), alike >= 0.92, alike >= 0.8)
    return p.unknown("first") | swapped, reached


def _birth_year(p: _Pairs, _: Flags) -> _Reached:
    one, other = p.both("heaped")
    equal = p.equal("birth_year")
    near = tuple(p.within("birth_year", n) for n in (1, 2, 5, 10))
    return p.unknown("birth_year"), (equal & (one * other == 0), equal, *near)


def _origin(p: _Pairs, _: Flags) -> _Reached:
    nation, tongue = p.equal("nationality"), p.equal("language")
    return p.unknown("nationality"), (nation & tongue, nation, tongue)


def _arrival_year(p: _Pairs, _: Flags) -> _Reached:
    reached = tuple(p.within("arrival_year", n) for n in (0, 1, 3))
    return p.unknown("arrival_year"), reached


def _work(p: _Pairs, _: Flags) -> _Reached:
    job, sector = p.equal("occupation"), p.equal("sector")
    return p.unknown("occupation"), (job & sector, job, sector & ~p.unknown("sector"))


def _place(p: _Pairs, _: Flags) -> _Reached:
    cercle, site = p.equal("cercle"), p.equal("site") & ~p.unknown("site")
    return p.unknown("cercle"), (site & cercle, cercle)


def _phone(p: _Pairs, _: Flags) -> _Reached:
    words = p.columns.words["phone_shared"]
    yes = words.index("yes") if "yes" in words else -1
    one, other = p.both("phone_shared")
    equal = p.equal("phone")
    return p.unknown("phone"), (equal & (one != yes) & (other != yes), equal)


def _seen(p: _Pairs, _: Flags) -> _Reached:
    words = p.columns.words["seen"]
    one, other = p.both("seen")
    day, then = p.both("day")

    def later(answer: str) -> Any:
        place = words.index(answer) if answer in words else -1
        mine, theirs = one == place, other == place
        return np.where(day > then, mine, np.where(then > day, theirs, mine | theirs))

    return p.unknown("seen", "day"), (later("yes"), later("dk"))


def _visit(p: _Pairs, _: Flags) -> _Reached:
    who, day = p.equal("focal_point"), p.equal("day")
    return p.unknown("focal_point", "day"), (who & day, day, who & p.within("day", 7), who)


def _plain(field: str) -> Callable[[_Pairs, Flags], _Reached]:
    return lambda p, _: (p.unknown(field), (p.equal(field),))


_REACHED: dict[str, Callable[[_Pairs, Flags], _Reached]] = {
    "last": _last, "first": _first, "other": _plain("other"), "sex": _plain("sex"),
    "birth_year": _birth_year, "origin": _origin, "arrival_year": _arrival_year,
    "education": _plain("education"), "work": _work, "place": _place, "phone": _phone,
    "card": _plain("card"), "seen": _seen, "visit": _visit,
}  # fmt: skip
