"""Persons follow the submissions; comparing only what changed gives what comparing all gives."""

from typing import Any

import pytest

from sync.removal import forget_purged, mark_vanished

ANNA = {"last_name": "Keita", "first_names": "Anna", "phone": "70000001", "sex": "female"}
BEN = {"last_name": "Sow", "first_names": "Ben", "phone": "70000002", "sex": "male"}


def test_one_person_registered_twice_is_one_person(register: Any) -> None:
    register.send("uuid:1", card_code="1111111111", today="2026-11-01", **ANNA)
    register.send("uuid:2", card_code="2222222222", today="2026-11-05", **ANNA)
    register.send("uuid:3", card_code="3333333333", **BEN)
    report = register.arrive()
    assert (report.kind, report.changed, report.persons) == ("full", 3, 2)
    assert register.people() == {frozenset({"uuid:1", "uuid:2"}), frozenset({"uuid:3"})}
    [row] = register.read(
        "select state, registrations, first_seen, last_seen, card_code, phone_shared "
        "from person where last_name = 'Keita'"
    )
    assert [str(v) for v in row] == [
        "active",
        "2",
        "2026-11-01",
        "2026-11-05",
        "2222222222",
        "None",
    ]
    assert {r[0] for r in register.read("select link_class from person_registration")} == {
        "auto", "system",
    }  # fmt: skip
    assert register.read("select card_code, instance_id from person_card order by 1") == [
        ("1111111111", "uuid:1"), ("2222222222", "uuid:2"), ("3333333333", "uuid:3"),
    ]  # fmt: skip
    assert register.read(
        "select rank, value, instance_id from person_value where field = 'card_code' order by rank"
    ) == [(0, "2222222222", "uuid:2"), (1, "1111111111", "uuid:1")]


def test_nothing_new_is_nothing_to_do(register: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()
    assert register.update().kind == "nothing"
    register.sync()
    assert register.update().kind == "nothing"
    assert register.read("select count(*) from match_run") == [(1,)]


def test_a_later_registration_joins_and_an_edit_parts_them(register: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()
    before = register.person_of()["uuid:1"]
    register.send("uuid:2", **ANNA)
    report = register.arrive("uuid:2")
    assert (report.kind, report.changed, report.persons) == ("incremental", 1, 1)
    assert register.person_of() == {"uuid:1": before, "uuid:2": before}
    register.send("uuid:2", last_name="Sow", first_names="Ben", phone="70000002")
    register.arrive("uuid:2")
    after = register.person_of()
    assert after["uuid:1"] == before != after["uuid:2"]
    assert register.read("select kind from person_event order by event_id") == [
        ("create",), ("attach",), ("create",), ("split",),
    ]  # fmt: skip


def test_who_is_deleted_leaves_and_gets_the_same_id_when_restored(register: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.send("uuid:2", **BEN)
    register.arrive()
    before = register.person_of()
    register.delete("uuid:1")
    assert register.arrive("uuid:1").retired == 1
    assert register.person_of() == {"uuid:2": before["uuid:2"]}
    [(state, name, card)] = register.read(
        f"select state, last_name, card_code from person where person_id = '{before['uuid:1']}'"
    )
    assert (state, name, card) == ("retired", None, None)
    for table in ("registration", "person_card", "block_key"):
        assert register.read(f"select count(*) from {table}")[0][0] <= 3
    register.restore("uuid:1")
    register.arrive("uuid:1")
    assert register.person_of() == before


def test_refusals_minors_rejected_and_quarantined_are_nobody(register: Any) -> None:
    register.send("uuid:1", consent_record="no")
    register.send("uuid:2", age="17", **ANNA)
    register.send("uuid:3", system={"reviewState": "rejected"}, **ANNA)
    register.send("uuid:4", **ANNA)
    register.sync(sealed="1")
    register.update()
    assert register.people() == set()


def test_who_withdraws_consent_leaves(register: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.send("uuid:2", **ANNA)
    register.arrive()
    register.send("uuid:2", consent_record="no", last_name=None, first_names=None, phone=None)
    register.arrive("uuid:2")
    assert register.people() == {frozenset({"uuid:1"})}
    assert register.read("select count(*) from match_pair") == [(0,)]
    assert register.read("select registrations from person where state = 'active'") == [(1,)]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("leave", [forget_purged, mark_vanished])
def test_what_central_purged_leaves(register: Any, leave: Any, full: bool) -> None:
    register.send("uuid:1", **ANNA)
    register.send("uuid:2", **BEN)
    register.arrive()
    with register.engine.begin() as connection:
        leave(connection, 1, "identification", ["uuid:1"], "2026-11-23T09:59:59.000Z")
    register.update(full=full)
    assert register.people() == {frozenset({"uuid:2"})}
    assert register.update().kind == "nothing"


def test_a_submission_held_by_two_projects_is_one_registration(register: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()
    person = register.person_of()["uuid:1"]
    register.sync("uuid:1", project_id=2)
    register.update()
    assert register.read("select project_id, person_id from person_registration order by 1") == [
        (1, person), (2, person),
    ]  # fmt: skip
    assert register.read("select registrations from person") == [(1,)]
    register.update(full=True)
    assert register.read("select registrations from person") == [(1,)]


def test_an_edit_that_matching_does_not_read_renews_the_golden_record(register: Any) -> None:
    register.send("uuid:1", cercle="kayes", **ANNA)
    register.arrive()
    register.send("uuid:1", cercle="kita")
    register.arrive("uuid:1")
    assert register.read("select cercle from person") == [("kita",)]
    assert register.read("select count(*) from person_event") == [(1,)]


def test_a_new_model_compares_everybody_again(register: Any, toy: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()
    register.matcher = toy(model_version="toy-2")
    assert register.update().kind == "full"
    assert register.update().kind == "nothing"


def test_a_run_that_breaks_leaves_nothing_half_done(register: Any, toy: Any) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()

    class Broken(toy):  # type: ignore[misc]
        def score(self, *args: Any) -> Any:
            raise RuntimeError

    register.send("uuid:2", **ANNA)
    register.matcher = Broken()
    with pytest.raises(RuntimeError):
        register.arrive("uuid:2")
    assert register.read("select count(*) from registration") == [(1,)]
    register.matcher = toy()
    register.update()
    assert register.people() == {frozenset({"uuid:1", "uuid:2"})}
