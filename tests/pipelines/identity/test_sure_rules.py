"""Rules alone: sure evidence joins, families and contradictions wait for a person."""

from typing import Any

import pytest

from pipelines.identity.explain import PROBLEMS, explain
from pipelines.identity.sure_rules import SureRules
from pipelines.identity.work_list import work_list

ANNA = {
    "last_name": "Diallo", "first_names": "Fatou", "birth_year": 1990, "sex": "female",
    "nationality": "GN", "phone": "70000001", "phone_country": "ML", "phone_shared": "no",
    "card_code": "1111111111",
}  # fmt: skip


@pytest.mark.parametrize(("change", "together"), [
    ({"last_name": "Jallow", "card_code": "2222222222"}, True),
    ({"last_name": "Fatou", "first_names": "Diallo", "card_code": "2222222222"}, True),
    ({"phone": "70000002"}, True),
    ({"phone": "70000002", "card_code": "2222222222"}, False),
    ({"first_names": "Awa", "card_code": "2222222222"}, False),
    ({"first_names": "Awa"}, False),
    ({"sex": "male"}, False),
    ({"birth_year": 1975, "card_code": "2222222222"}, False),
    ({"phone_shared": "yes", "card_code": "2222222222"}, False),
])  # fmt: skip
def test_who_is_one_person_without_asking(
    register: Any, change: dict[str, Any], together: bool
) -> None:
    register.matcher = SureRules()
    register.send("uuid:1", **ANNA)
    register.send("uuid:2", **{**ANNA, **change, "today": "2026-11-09"})
    register.arrive()
    assert (len(register.people()) == 1) is together


def test_likeness_waits_for_a_person_and_is_explained(register: Any) -> None:
    register.matcher = SureRules()
    register.send("uuid:1", **ANNA)
    again = {"birth_year": 1991, "phone": None, "card_code": "2222222222"}
    register.send("uuid:2", **{**ANNA, **again})
    register.arrive()
    with register.engine.connect() as connection:
        [task] = work_list(connection)
        found = explain(connection, ("uuid:2", "uuid:1"), register.matcher)
    assert (task.instance_a, task.instance_b, task.kind) == ("uuid:1", "uuid:2", "pair")
    assert found.state == "review"
    assert [reason.en for reason in found.reasons] == ["same name, same year, same country"]
    lines = {line.name: line for line in found.lines}
    assert (lines["birth_year"].left, lines["birth_year"].right) == (1990, 1991)
    assert [lines[n].agrees for n in ("last_name", "birth_year", "phone")] == [True, False, None]


def test_a_pair_kept_apart_says_why(register: Any) -> None:
    register.matcher = SureRules()
    for n, card in enumerate(("1111111111", "2222222222")):
        register.send(f"uuid:{n}", **{**ANNA, "card_code": card, "today": "2026-11-05"})
    register.arrive()
    with register.engine.connect() as connection:
        found = explain(connection, ("uuid:0", "uuid:1"), register.matcher)
    assert found.problem == "cards"
    assert found.problem in PROBLEMS
    assert found.persons[0] != found.persons[1]
