"""The matcher in use: sure evidence joins, families and contradictions wait, and it says why."""

from typing import Any

import pytest

from pipelines.identity.explain import PROBLEMS, explain
from pipelines.identity.work_list import work_list

ANNA = {
    "last_name": "Diallo", "first_names": "Fatou", "birth_year": 1990, "sex": "female",
    "nationality": "GN", "phone": "70000001", "phone_country": "ML", "phone_shared": "no",
    "card_code": "1111111111",
}  # fmt: skip


@pytest.fixture
def in_use(register: Any) -> Any:
    """A register compared by what `update` takes when nobody names a matcher."""
    register.matcher = None
    return register


@pytest.mark.parametrize(("change", "together"), [
    ({"last_name": "Jallow", "card_code": "2222222222"}, True),
    ({"last_name": "Fatou", "first_names": "Diallo", "card_code": "2222222222"}, True),
    ({"phone": "70000002"}, True),
    ({"phone": "70000002", "card_code": "2222222222"}, False),
    ({"phone": None, "card_code": "2222222222"}, False),
    ({"first_names": "Awa", "card_code": "2222222222"}, False),
    ({"first_names": "Awa"}, False),
    ({"sex": "male"}, False),
    ({"birth_year": 1975, "card_code": "2222222222"}, False),
    ({"phone_shared": "yes", "card_code": "2222222222"}, False),
])  # fmt: skip
def test_who_is_one_person_without_asking(
    in_use: Any, change: dict[str, Any], together: bool
) -> None:
    in_use.send("uuid:1", **ANNA)
    in_use.send("uuid:2", **{**ANNA, **change, "today": "2026-11-09"})
    in_use.arrive()
    assert (len(in_use.people()) == 1) is together


def test_likeness_waits_for_a_person_and_is_explained(in_use: Any) -> None:
    in_use.send("uuid:1", **ANNA)
    again = {"birth_year": 1991, "phone": None, "card_code": "2222222222"}
    in_use.send("uuid:2", **{**ANNA, **again})
    in_use.arrive()
    with in_use.engine.connect() as connection:
        [task] = work_list(connection)
        found = explain(connection, ("uuid:2", "uuid:1"))
    assert (task.instance_a, task.instance_b, task.kind) == ("uuid:1", "uuid:2", "pair")
    assert found.state == "review"
    told = {reason.field: reason.en for reason in found.reasons}
    assert told["last_name"] == "last name: the same"
    assert told["birth_year"] == "year of birth: within a year"
    assert told["card_code"] == "card: different"
    assert "phone" not in told
    assert sum(reason.bits or 0 for reason in found.reasons) == pytest.approx(task.weight, abs=0.1)
    lines = {line.name: line for line in found.lines}
    assert (lines["birth_year"].left, lines["birth_year"].right) == (1990, 1991)
    assert [lines[n].agrees for n in ("last_name", "birth_year", "phone")] == [True, False, None]


def test_a_pair_kept_apart_says_why(in_use: Any) -> None:
    for n, card in enumerate(("1111111111", "2222222222")):
        in_use.send(f"uuid:{n}", **{**ANNA, "card_code": card, "today": "2026-11-05"})
    in_use.arrive()
    with in_use.engine.connect() as connection:
        found = explain(connection, ("uuid:0", "uuid:1"))
    assert found.problem == "cards"
    assert found.problem in PROBLEMS
    assert found.persons[0] != found.persons[1]
