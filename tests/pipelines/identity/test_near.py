"""Three records of one person are seen together, united at once and parted at once."""

from typing import Any

import pytest

from forms.errors import KafoError
from pipelines.directory.near import near_registrations
from pipelines.directory.side_by_side import compare_persons
from pipelines.identity.acts import decide, merge, undo

BY = {"who": "Awa", "now": "2026-11-23T12:00:00.000Z"}
ANNA = {"last_name": "Keita", "first_names": "Anna", "sex": "female"}


@pytest.fixture
def three(register: Any) -> Any:
    for n in (1, 2, 3):
        register.send(f"uuid:{n}", phone=f"7000000{n}", **ANNA)
    register.send("uuid:4", last_name="Sow", first_names="Ben")
    register.arrive()
    assert len(register.people()) == 4
    return register


def near(register: Any, *pair: str) -> list[str]:
    with register.engine.connect() as connection:
        return near_registrations(connection, pair)


def test_who_resembles_either_of_two_is_shown_beside_them(three: Any) -> None:
    assert near(three, "uuid:1", "uuid:2") == ["uuid:3"]
    with three.engine.connect() as connection:
        shown = compare_persons(connection, ("uuid:1", "uuid:2"), ["uuid:3"])
    assert [r.instance_id for r in shown.records] == ["uuid:1", "uuid:2", "uuid:3"]
    assert len({r.person_id for r in shown.records}) == 3
    for one in ("uuid:1", "uuid:2"):
        decide(three.engine, (one, "uuid:3"), "different", matcher=three.matcher, **BY)
    assert near(three, "uuid:1", "uuid:2") == []


def test_several_persons_are_united_and_parted_in_one_act(three: Any) -> None:
    before = three.person_of()
    persons = [before[f"uuid:{n}"] for n in (1, 2, 3)]
    done = merge(three.engine, persons, matcher=three.matcher, **BY)
    assert three.people() == {frozenset(("uuid:1", "uuid:2", "uuid:3")), frozenset(("uuid:4",))}
    three.update(full=True)
    assert len(three.people()) == 2
    undo(three.engine, done.action_id, matcher=three.matcher, **BY)
    assert three.person_of() == before


def test_one_person_alone_cannot_be_united(three: Any) -> None:
    person = three.person_of()["uuid:1"]
    for persons in ([person], [person, person], [], [person, "p-nobody"]):
        with pytest.raises(KafoError):
            merge(three.engine, persons, matcher=three.matcher, **BY)
    assert len(three.people()) == 4
