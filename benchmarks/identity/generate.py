"""A register with truth: who was registered more than once, and what was written each time.

Families share a last name and a phone, gangs of a site a phone; there are twins and homonyms; names
are written by ear, years of birth rounded, cards lost, phones changed, fields swapped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from benchmarks.identity import people as p

_START = date(2026, 1, 5)
_ALTERED = (
    ("ou", "u"), ("u", "ou"), ("di", "dj"), ("dj", "di"), ("é", "e"), ("ss", "s"), ("ll", "l"),
    ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("ï", "i"), ("th", "t"), ("aye", "ai"),
    ("s", "ss"), ("a", "ah"), ("e", "é"), ("ne", "n"), ("mm", "m"), ("o", "au"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    last: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    sex: str
    born: int
    nation: str
    tongue: str
    pool: str
    school: str
    trade: str
    sector: str
    arrived: int
    site: int
    phone: str
    shared: bool
    mother: str


class _Lists:
    """Weighted choice from the tables: rank r is worth 1/(r+3)."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.names = {
            key: [tuple(word.split("/")) for word in text.split()]
            for group in (p.LAST, *({f"m {k}": v for k, v in p.MALE.items()},
                                    {f"f {k}": v for k, v in p.FEMALE.items()}))
            for key, text in group.items()
        }  # fmt: skip
        self.edges = {key: np.cumsum(_zipf(len(found))) for key, found in self.names.items()}
        self.rest = {
            name: (list(table), np.cumsum(list(table.values())))
            for name, table in {**p.TONGUES, "school": p.SCHOOL}.items()
        }
        self.rest["trade"] = (list(p.TRADES), np.cumsum([w for w, _ in p.TRADES.values()]))
        self.rest["nation"] = (list(p.NATIONS), np.cumsum([w for w, _ in p.NATIONS.values()]))
        for nation, (_, pools) in p.NATIONS.items():
            self.rest["pool " + nation] = (list(pools), np.cumsum(list(pools.values())))

    def name(self, key: str) -> tuple[str, ...]:
        edges = self.edges[key]
        return self.names[key][int(np.searchsorted(edges, self.rng.random() * edges[-1]))]

    def pick(self, key: str) -> str:
        values, edges = self.rest[key]
        return values[int(np.searchsorted(edges, self.rng.random() * edges[-1]))]


def _zipf(size: int) -> Any:
    return 1 / (np.arange(size) + 3)


def generate(
    people: int, seed: int, *, twice: float = 0.15
) -> tuple[list[dict[str, Any]], list[int]]:
    """Registrations as the form's answers in the order of their days, and the person of each.

    `twice` is the share of people registered more than once (76/17/7 %: 2/3/4 times).
    """
    rng = np.random.default_rng(seed)
    lists = _Lists(rng)
    found: list[tuple[date, int, dict[str, Any]]] = []
    for number, person in enumerate(_persons(people, lists)):
        times = 1
        if rng.random() < twice:
            times = int(rng.choice((2, 3, 4), p=(0.76, 0.17, 0.07)))
        for day, answers in _registrations(person, times, lists):
            found.append((day, number, answers))
    order = sorted(range(len(found)), key=lambda n: found[n][0])
    return [found[n][2] for n in order], [found[n][1] for n in order]


def _persons(people: int, lists: _Lists) -> Iterator[Person]:
    rng = lists.rng
    phones: dict[int, str] = {}
    before: Person | None = None
    for _ in range(people):
        person = _person(lists)
        draw = rng.random()
        if before is not None and draw < p.PARAMS["family"]:
            person = _relative(person, before, lists)
        elif draw < p.PARAMS["family"] + p.PARAMS["gang"]:
            if rng.random() < 0.3 or person.site not in phones:
                phones[person.site] = _phone(rng)
            person = replace(person, phone=phones[person.site], shared=True)
        elif before is not None and draw > 1 - p.PARAMS["homonym"]:
            person = replace(person, last=before.last, first=before.first, sex=before.sex,
                             nation=before.nation, pool=before.pool)  # fmt: skip
        yield person
        before = person


def _person(lists: _Lists) -> Person:
    rng = lists.rng
    nation = lists.pick("nation")
    pool = lists.pick("pool " + nation)
    sex = "male" if rng.random() < 0.72 else "female"
    given = ("m " if sex == "male" else "f ") + (
        "other" if pool in ("coast", "moose") and rng.random() < 0.6 else "muslim"
    )
    born = 2026 - int(np.clip(rng.gamma(6, 4) + 14, 18, 80))
    second = lists.name(given) if rng.random() < p.PARAMS["second_name"] else ()
    trade = lists.pick("trade")
    return Person(
        lists.name(pool), lists.name(given), second, sex, born, nation, lists.pick(pool), pool,
        lists.pick("school"), trade, p.TRADES[trade][1], 2026 - int(min(rng.exponential(4), 2026 - born)),
        int(len(p.SITES) * rng.random() ** 2), _phone(rng) if rng.random() < p.PARAMS["phone"] else "",
        bool(rng.random() < 0.12), "/".join(lists.name("f muslim")) + " " + "/".join(lists.name(pool)),
    )  # fmt: skip


def _relative(person: Person, other: Person, lists: _Lists) -> Person:
    """A brother, sister or cousin at the same place; now and then a twin."""
    rng = lists.rng
    twin = rng.random() < p.PARAMS["twin"] / p.PARAMS["family"]
    return replace(
        person, last=other.last, nation=other.nation, tongue=other.tongue, pool=other.pool,
        site=other.site, mother=other.mother if rng.random() < 0.6 else person.mother,
        born=other.born if twin else person.born, sex=other.sex if twin else person.sex,
        first=_of_sex(person, other.sex, lists) if twin else person.first,
        phone=other.phone if rng.random() < 0.4 else person.phone,
        arrived=max(other.arrived, person.born) if rng.random() < 0.5 else person.arrived,
    )  # fmt: skip


def _of_sex(person: Person, sex: str, lists: _Lists) -> tuple[str, ...]:
    return (
        person.first
        if person.sex == sex
        else lists.name(("m " if sex == "male" else "f ") + "muslim")
    )


def _phone(rng: np.random.Generator) -> str:
    return f"{rng.choice((6, 7, 9))}{rng.integers(10**6, 10**7)}"


def _card(rng: np.random.Generator) -> str:
    eight = int(rng.integers(10**7, 10**8))
    return str(eight * 100 + (1 - eight * 100) % 97)


def _registrations(
    person: Person, times: int, lists: _Lists
) -> Iterator[tuple[date, dict[str, Any]]]:
    rng = lists.rng
    day, card, phone, site = (
        _START + timedelta(int(rng.integers(0, 500))),
        _card(rng),
        person.phone,
        person.site,
    )
    who = 0
    for turn in range(times):
        same_day = turn and rng.random() < p.PARAMS["same_day"]
        if turn and not same_day:
            day += timedelta(int(rng.exponential(150)) + 1)
            if rng.random() < p.PARAMS["moved"]:
                site = int(len(p.SITES) * rng.random() ** 2)
            if rng.random() > p.PARAMS["phone_kept"]:
                phone = _phone(rng) if rng.random() < p.PARAMS["phone"] else ""
        if turn and rng.random() > p.PARAMS["card_kept"]:
            card = _card(rng)
        who = (
            who
            if same_day and rng.random() < 0.7
            else (site * 7 + int(rng.integers(0, 3))) % p.FOCAL_POINTS
        )
        yield day, _answers(person, turn, day, card, phone, site, who, lists)


def _answers(
    person: Person, turn: int, day: date, card: str, phone: str, site: int, who: int, lists: _Lists
) -> dict[str, Any]:
    rng, rate = lists.rng, p.PARAMS
    hand = (who * 37) % 4
    last = _written(person.last, hand, rng)
    first = _written(person.first, hand, rng)
    if person.second and rng.random() > rate["drop_second"]:
        first += " " + _written(person.second, hand, rng)
    if rng.random() < rate["title"]:
        first = "El Hadj " + first if person.sex == "male" else "Hadja " + first
    if rng.random() < rate["swap"]:
        last, first = first, last
    elif rng.random() < rate["one_field"]:
        last, first = f"{first} {last}", first
    trade, sector = person.trade, person.sector
    if turn and rng.random() < rate["other_trade"]:
        trade = lists.pick("trade")
        sector = p.TRADES[trade][1]
    seen = rng.random() < (rate["seen_true"] if turn else rate["seen_false"])
    cercle, place = p.SITES[site]
    return {
        "last_name": last, "first_names": first,
        "sex": person.sex if rng.random() > rate["other_sex"] else "female",
        "birth_year": _year(person.born, day, rng),
        "nationality": person.nation if rng.random() > rate["other_nation"] else "ML",
        "arrival_year": _arrived(person, day, rng),
        "language": lists.pick(person.pool) if turn and rng.random() < rate["other_tongue"] else person.tongue,
        "education": lists.pick("school") if turn and rng.random() < rate["other_school"] else person.school,
        "occupation": trade, "sector": sector if rng.random() > rate["other_sector"] else "asgm",
        "cercle": cercle, "site": place if rng.random() < 0.85 else None,
        "phone_country": "ML", "phone": phone if rng.random() < 0.9 else None,
        "phone_shared": "yes" if person.shared and rng.random() < 0.8 else "no",
        "card_code": card, "seen_before": "yes" if seen else "dk" if rng.random() < 0.1 else "no",
        "focal_point": f"PF-{who:02}", "today": day.isoformat(), "is_new": None, "mother": person.mother,
    }  # fmt: skip


def _year(born: int, day: date, rng: np.random.Generator) -> int:
    draw = rng.random()
    if draw < p.PARAMS["year_kept"]:
        return born
    if draw < p.PARAMS["year_kept"] + p.PARAMS["year_heaped"]:
        return day.year - 5 * round((day.year - born + rng.normal(0, 1)) / 5)
    return born + int(rng.normal(0, 2.5))


def _arrived(person: Person, day: date, rng: np.random.Generator) -> int | None:
    if person.nation == "ML" or rng.random() < 0.12:
        return None
    kept = rng.random() < p.PARAMS["arrival_kept"]
    return min(day.year, person.arrived + (0 if kept else int(rng.normal(0, 2))))


def _written(forms: tuple[str, ...], hand: int, rng: np.random.Generator) -> str:
    """A name as one focal point writes it: own habit, by ear, or mistyped."""
    draw = rng.random()
    name = (
        forms[0]
        if draw < 0.6
        else forms[hand % len(forms)]
        if draw < 0.85
        else forms[int(rng.integers(len(forms)))]
    )
    if rng.random() < 0.15:
        old, new = _ALTERED[int(rng.integers(len(_ALTERED)))]
        name = name.replace(old, new, 1)
    if rng.random() < p.PARAMS["typo"]:
        name = _typo(name, rng)
    return name.upper() if hand == 2 else name


def _typo(name: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(max(len(name) - 1, 1)))
    kind = int(rng.integers(4))
    letter = "aeioubdklmnrst"[int(rng.integers(14))]
    if kind == 0:
        return name[:at] + name[at + 1 :] or name
    if kind == 1:
        return name[:at] + letter + name[at:]
    if kind == 2:
        return name[:at] + letter + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
