"""Invents the people who are interviewed: the same seed and number is always the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from forms.engine.screen import Said
from forms.interviews import traits
from forms.interviews.drift import misspell
from forms.interviews.names import name
from forms.interviews.numbers import card_code, mobile

_REFUSE = 0.06
_MINOR = 0.03
_WOMEN = 0.30
_NO_CONTACT = 0.15
_AGAIN = 0.05
_ALWAYS_NEW = 20
"""The first people are met for the first time: there is nobody before them."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. `who` is the truth that matching people tries to find again: two
    registrations of one person share it."""

    who: int
    english: bool
    refuses: bool
    minor: bool
    says: Mapping[str, Said]
    """Answers by the name of the question; None is left blank where that is possible."""

    @property
    def has_card(self) -> bool:
        """Whether the interview got as far as giving a card."""
        return not (self.refuses or self.minor)


def invent(seed: int, number: int, *, year: int) -> Person:
    """The person of interview `number`; about one in twenty is an earlier one, met again."""
    rng = Random(f"{seed}/person/{number}")  # noqa: S311 - invented data, no secret
    if number >= _ALWAYS_NEW and rng.random() < _AGAIN:
        earlier = invent(seed, rng.randrange(number), year=year)
        if earlier.has_card:
            return _met_again(earlier, rng)
    return _new(number, rng, year)


def met_before(seed: int, number: int, rng: Random, *, year: int) -> Person:
    """Somebody with a card among the people of interviews up to `number`."""
    for _ in range(50):
        person = invent(seed, rng.randint(0, max(number, _ALWAYS_NEW)), year=year)
        if person.has_card:
            return person
    return replace(_new(number, rng, year), refuses=False, minor=False)


def _new(number: int, rng: Random, year: int) -> Person:
    female, nationality = rng.random() < _WOMEN, pick(traits.NATIONALITY, rng)
    minor = rng.random() < _MINOR
    birth_year = year - (rng.randint(12, 17) if minor else _age(rng))
    refuses = rng.random() < _REFUSE
    last_name, first_names = name(nationality, rng, female=female)
    says: dict[str, Said] = {
        "consent_record": "no" if refuses else "yes",
        "consent_mode": "verbal" if rng.random() < 0.8 else "signed",
        "birth_year": str(birth_year),
        "card_code": card_code(rng),
        "seen_before": "dk" if rng.random() < 0.03 else "no",
        "last_name": last_name,
        "first_names": first_names,
        "sex": "female" if female else "male",
        "nationality": nationality,
    }
    says |= _journey(nationality, birth_year, year, rng)
    says |= _work(nationality, rng, female=female)
    says |= _family_and_needs(rng)
    says |= _contact(nationality, rng)
    english = nationality in traits.ENGLISH_SPEAKING and rng.random() < 0.75
    return Person(number, english, refuses, minor, says)


def _age(rng: Random) -> int:
    """Adults around thirty; four in ten say a round number because they do not know."""
    age = max(18, min(74, round(rng.gauss(31, 9))))
    return max(18, 5 * round(age / 5)) if rng.random() < 0.4 else age


def _journey(nationality: str, birth_year: int, year: int, rng: Random) -> dict[str, Said]:
    malian = nationality == "ML"
    mobility = traits.MOBILITY_OF_MALIANS if malian else traits.MOBILITY_OF_FOREIGNERS
    arrived = max(birth_year + 10, year - int(rng.expovariate(1 / 4)))
    return {
        "mobility": pick(mobility, rng),
        "arrival_year": str(min(year, arrived)),
        "stay_pattern": pick(traits.STAY, rng),
        "move_reason": pick(traits.REASON, rng),
        "language": pick(traits.LANGUAGE.get(nationality, {"fr": 3, "other": 1}), rng),
        "education": pick(traits.EDUCATION, rng),
    }


def _work(nationality: str, rng: Random, *, female: bool) -> dict[str, Said]:
    occupation = pick(traits.OCCUPATION_OF_WOMEN if female else traits.OCCUPATION_OF_MEN, rng)
    status = pick(traits.WORK_STATUS, rng)
    contract = pick(traits.CONTRACT.get(status, {"none": 1}), rng)
    protection = pick(traits.PROTECTION, rng)
    written = contract in ("cdi", "cdd", "trial")
    return {
        "work_status": status,
        "occupation": occupation,
        "occupation_other": rng.choice(traits.OTHER_OCCUPATIONS),
        "sector": pick(traits.SECTOR.get(occupation, {"other": 1}), rng),
        "contract_type": contract,
        "contract_visa": pick(traits.VISA, rng) if nationality != "ML" else None,
        "protection": ["inps", "amo"] if written and rng.random() < 0.4 else [protection],
    }


def _family_and_needs(rng: Random) -> dict[str, Said]:
    children = max(0, min(9, int(rng.expovariate(0.7))))
    return {
        "children_here": str(children),
        "children_not_in_school": str(rng.randint(0, children)),
        "needs": _some(traits.NEED, rng, most=4),
        "union_interest": pick(traits.YES_NO_DK, rng),
        "training_interest": _some(traits.THEME, rng, most=3),
    }


def _contact(nationality: str, rng: Random) -> dict[str, Said]:
    country = "ML" if rng.random() < 0.8 else nationality
    has_phone = rng.random() < 0.85
    return {
        "consent_contact": "no" if rng.random() < _NO_CONTACT else "yes",
        "phone_country": country,
        "phone": mobile(country, rng) if has_phone else None,
        "phone_shared": "yes" if rng.random() < 0.2 else "no",
    }


def _met_again(person: Person, rng: Random) -> Person:
    """The same person before another enumerator: spelling drifts, the card may be lost."""
    said = dict(person.says)
    said["last_name"] = misspell(str(said["last_name"]), rng)
    said["first_names"] = misspell(str(said["first_names"]), rng)
    said["birth_year"] = str(int(str(said["birth_year"])) + rng.choice((-1, 0, 0, 0, 0, 1)))
    said["seen_before"] = pick({"yes": 5, "no": 4, "dk": 1}, rng)
    if rng.random() < 0.6:
        said["card_code"] = card_code(rng)
    if said["phone"] and rng.random() < 0.2:
        said["phone"] = mobile(str(said["phone_country"]), rng)
    said |= {"needs": _some(traits.NEED, rng, most=4), "consent_mode": "verbal"}
    return replace(person, says=said)


def pick(weights: Mapping[str, float], rng: Random) -> str:
    """One of the keys, by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def _some(weights: Mapping[str, float], rng: Random, *, most: int) -> list[str]:
    chosen = [pick(weights, rng) for _ in range(rng.randint(0, most))]
    return list(dict.fromkeys(chosen))
