"""When a deployment changes the rules it compares by, people stay who they were where nothing speaks
against it, and nothing that was decided is lost."""

from typing import Any

from pipelines.identity.acts import decide, merge
from pipelines.identity.update import run

NOW = "2026-11-24T02:00:00.000Z"
_AWA = {
    "last_name": "Traoré", "first_names": "Awa", "sex": "female", "birth_year": 1990,
    "nationality": "GN", "cercle": "c1", "age": "36", "phone_country": "ML",
}  # fmt: skip


def test_decided_people_move_from_rules_to_the_model(register: Any) -> None:
    arrivals: dict[str, dict[str, Any]] = {
        "uuid:1": {"card_code": "1000000001", "phone": "70000001"},
        "uuid:2": {"card_code": "1000000001", "phone": "70000001"},  # sure by both
        "uuid:3": {"first_names": "Awa", "birth_year": 1991},  # decided to be the same
        "uuid:4": {"card_code": "1000000001", "last_name": "Traore"},  # decided to be another
        "uuid:5": {"last_name": "Sow", "first_names": "Ramata", "birth_year": 1970},  # decided: the
        "uuid:6": {"last_name": "Keita", "first_names": "Anna", "birth_year": 1999},  # same as 5
        "uuid:7": {"last_name": "Diallo", "first_names": "Oumou", "birth_year": 1985},
    }
    for name, said in arrivals.items():
        register.send(name, **{**_AWA, **said})
    register.sync()
    register.update()
    toy = register.matcher
    engine = register.engine
    decide(engine, ("uuid:1", "uuid:3"), "same", who="Awa", now=NOW, matcher=toy)
    for other in ("uuid:1", "uuid:2", "uuid:3"):
        decide(engine, (other, "uuid:4"), "different", who="Awa", now=NOW, matcher=toy)
    before = register.person_of()
    merge(engine, (before["uuid:5"], before["uuid:6"]), who="Awa", now=NOW, matcher=toy)
    before = register.person_of()
    assert run(engine, now=NOW).kind == "full"
    assert register.person_of() == before
    assert register.people() == {
        frozenset(("uuid:1", "uuid:2", "uuid:3")), frozenset(("uuid:4",)),
        frozenset(("uuid:5", "uuid:6")), frozenset(("uuid:7",)),
    }  # fmt: skip
    assert run(engine, now=NOW).kind == "nothing"
    register.update(full=True)  # and back again
    assert register.person_of() == before
