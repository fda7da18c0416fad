"""Invented people are plausible, repeatable, and sometimes met twice."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from forms.compiler import REFERENCE
from forms.interviews.drift import misspell, slip, unaccented
from forms.interviews.numbers import card_code, mobile
from forms.interviews.people import Person, invent, met_before

YEAR = 2026
PEOPLE = [invent(11, number, year=YEAR) for number in range(3000)]
NEW = [person for number, person in enumerate(PEOPLE) if person.who == number]
AGAIN = [(number, person) for number, person in enumerate(PEOPLE) if person.who != number]


def share(people: list[Person], name: str, value: str) -> float:
    return sum(person.says[name] == value for person in people) / len(people)


def test_same_number_is_the_same_person_and_another_seed_another() -> None:
    assert [invent(11, number, year=YEAR) for number in range(200)] == PEOPLE[:200]
    assert invent(12, 5, year=YEAR).says != PEOPLE[5].says


def test_shares_are_those_of_the_field() -> None:
    assert 0.27 < share(NEW, "sex", "female") < 0.33
    assert 0.045 < share(NEW, "consent_record", "no") < 0.075
    assert 0.02 < sum(person.minor for person in NEW) / len(NEW) < 0.04
    assert 0.12 < share(NEW, "consent_contact", "no") < 0.18
    assert 0.10 < sum(person.says["phone"] is None for person in NEW) / len(NEW) < 0.20
    assert 0.03 < sum(person.english for person in NEW) / len(NEW) < 0.12


def test_ages_heap_on_round_numbers() -> None:
    ages = [YEAR - int(str(person.says["birth_year"])) for person in NEW if not person.minor]
    assert min(ages) >= 18
    round_share = sum(age % 5 == 0 for age in ages) / len(ages)
    assert 0.40 < round_share < 0.65  # one in five would be round by chance


def test_minors_are_between_twelve_and_seventeen() -> None:
    ages = [YEAR - int(str(person.says["birth_year"])) for person in NEW if person.minor]
    assert ages
    assert all(12 <= age <= 17 for age in ages)


def test_some_are_met_again_with_another_spelling() -> None:
    assert 0.03 < len(AGAIN) / len(PEOPLE) < 0.06
    respelled = 0
    for _, person in AGAIN:
        before = PEOPLE[person.who]
        while before.who != person.who:
            before = PEOPLE[before.who]
        assert person.has_card
        assert person.says["nationality"] == before.says["nationality"]
        assert person.says["sex"] == before.says["sex"]
        gap = int(str(person.says["birth_year"])) - int(str(before.says["birth_year"]))
        assert abs(gap) <= 2
        respelled += person.says["last_name"] != before.says["last_name"]
    assert 0.2 < respelled / len(AGAIN) < 0.95


def test_common_names_are_frequent_and_rare_ones_exist() -> None:
    names = Counter(p.says["last_name"] for p in NEW if p.says["nationality"] == "GN")
    assert names.most_common(1)[0][1] > 4 * min(names.values())
    assert len(names) >= 12


def test_people_met_before_have_a_card() -> None:
    rng = Random(3)
    assert all(met_before(11, 300, rng, year=YEAR).has_card for _ in range(100))


def test_card_codes_are_those_of_the_printed_cards() -> None:
    rng = Random(1)
    for _ in range(500):
        code = card_code(rng)
        assert len(code) == 10
        assert code[0] != "0"
        assert int(code) % 97 == 1


@pytest.mark.parametrize("country", ["ML", "GN", "CI", "BJ", "SN", "NE", "SL"])
def test_phones_follow_the_plan_of_their_country(country: str) -> None:
    text = Path(REFERENCE / "countries.csv").read_text(encoding="utf-8")
    plan = next(row for row in csv.DictReader(text.splitlines()) if row["name"] == country)
    rng = Random(2)
    for _ in range(100):
        number = mobile(country, rng)
        assert str(len(number)) in plan["mobile_lengths"].split()
        assert number.startswith(tuple(plan["mobile_starts"].split() or ["7", "3"]))


def test_spelling_drifts_but_stays_readable() -> None:
    rng = Random(4)
    drifted = [misspell("Coulibaly", rng) for _ in range(50)]
    assert len(set(drifted)) > 3
    assert all(name.startswith("C") or name.startswith("c") for name in drifted)
    assert all(abs(len(slip("Coulibaly", rng)) - 9) <= 1 for _ in range(50))
    assert unaccented("Ouédraogo Aïssatou") == "Ouedraogo Aissatou"
