"""People are found by their names as heard, among few and among many."""

import random
from time import perf_counter

import pytest
from sqlalchemy import Connection, Engine

from pipelines.directory.heard import folded, parts
from pipelines.directory.search import Found, Wanted, name_parts, search
from warehouse.identity_tables import person, person_card, person_name

NOW = "2026-11-23T10:00:00.000Z"
KNOWN = [
    ("p1", "Coulibaly", "Aminata", "female", "+22376123456"),
    ("p2", "Ouattara", "Issa", "male", "+22565001122"),
    ("p3", "Diarra", "Fatoumata", "female", None),
    ("p4", "Traoré", "Mamadou", "male", None),
]
HEARD = [
    ("kulibali", "p1"), ("COULIBALI aminta", "p1"), ("Aminata Coulibaly", "p1"), ("watara", "p2"),
    ("jarra fatumata", "p3"), ("traore", "p4"), ("Mamadu", "p4"), ("Fatoumata Awa Diarra", "p3"),
]  # fmt: skip


def fill(engine: Engine, others: int) -> None:
    letters = random.Random(1)
    more = [
        (f"x{n}", "".join(letters.choices("bdfgklmnprst", k=3)) + "u", "Zxo", "male", None)
        for n in range(others)
    ]
    with engine.begin() as connection:
        connection.execute(person.insert(), [
            {"person_id": i, "state": "active", "created_at": NOW, "updated_at": NOW, "registrations": 1,
             "last_name": last, "first_names": first, "sex": sex, "phone": phone}
            for i, last, first, sex, phone in KNOWN + more
        ])  # fmt: skip
        connection.execute(person_name.insert(), [
            {"part": part, "person_id": i}
            for i, last, first, *_ in KNOWN + more for part in parts(last, first)
        ])  # fmt: skip
        card = {"card_code": "4950721115", "person_id": "p3", "instance_id": "uuid:3"}
        connection.execute(person_card.insert().values(**card))


def look(connection: Connection, wanted: Wanted, limit: int = 20) -> tuple[list[Found], int]:
    return search(connection, wanted, name_parts(connection), limit=limit)


@pytest.mark.parametrize("others", [0, 8000])
def test_a_name_is_found_as_it_was_heard(engine: Engine, others: int) -> None:
    fill(engine, others)
    with engine.connect() as connection:
        for words, expected in HEARD:
            found, total = look(connection, Wanted(words))
            assert found, words
            assert found[0].person_id == expected, words
            assert total >= len(found)
        begun = perf_counter()
        assert look(connection, Wanted("xyzzy plugh")) == ([], 0)
        assert perf_counter() - begun < 2


def test_phones_cards_and_filters_find_too(engine: Engine) -> None:
    fill(engine, 0)
    with engine.connect() as connection:

        def ids(wanted: Wanted) -> list[str]:
            return [f.person_id for f in look(connection, wanted, 9)[0]]

        assert ids(Wanted("76 12 34 56")) == ["p1"]
        assert ids(Wanted("123456")) == ["p1"]
        assert ids(Wanted("76 12 34 57")) == []
        assert ids(Wanted("4950721115")) == ["p3"]
        assert ids(Wanted("", {"sex": "female"})) == ["p1", "p3"]
        assert ids(Wanted("kulibali", {"sex": "male"})) == []
        assert ids(Wanted("kulibali", {"sex": "female"})) == ["p1"]
        assert ids(Wanted("  ")) == []


def test_who_fits_is_counted_beyond_those_shown(engine: Engine) -> None:
    fill(engine, 300)
    with engine.connect() as connection:
        for wanted in (Wanted("Zxo"), Wanted("Zxo", {"sex": "male"})):
            found, total = look(connection, wanted, 20)
            assert (len(found), total) == (20, 300)
        assert [f.last_name for f in found] == sorted(f.last_name for f in found)


def test_spellings_of_one_sound_are_alike() -> None:
    for one, other in (
        ("Coulibaly", "Kulibali"),
        ("Ouédraogo", "WEDRAOGO"),
        ("N'Diaye", "n diaye"),
    ):
        assert folded(one) == folded(other)
