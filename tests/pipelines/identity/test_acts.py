"""What a data manager decides counts at once, can be taken back, and orders the work that is left."""

from typing import Any

import pytest

from forms.errors import KafoError
from pipelines.identity.acts import Outcome, decide, merge, split, undo
from pipelines.identity.work_list import waiting, work_list

ANNA = {"last_name": "Keita", "first_names": "Anna", "phone": "70000001", "sex": "female"}
NOW = "2026-11-23T12:00:00.000Z"


class Steward:
    """The acts, by one person."""

    def __init__(self, register: Any) -> None:
        self.register = register
        self.by = {"who": "Awa", "now": NOW, "matcher": register.matcher}

    def decide(self, one: str, other: str, verdict: str) -> Outcome:
        return decide(self.register.engine, (one, other), verdict, **self.by)

    def merge(self, one: str, other: str) -> Outcome:
        return merge(self.register.engine, (one, other), **self.by)

    def split(self, person: str, *leaving: str) -> Outcome:
        return split(self.register.engine, person, leaving, **self.by)

    def undo(self, action: int) -> Outcome:
        return undo(self.register.engine, action, **self.by)

    def tasks(self) -> list[Any]:
        with self.register.engine.connect() as connection:
            return work_list(connection)


@pytest.fixture
def steward(register: Any) -> Steward:
    return Steward(register)


def test_a_decision_merges_at_once_survives_every_run_and_is_undone(
    register: Any, steward: Steward
) -> None:
    register.send("uuid:1", last_name="Keita", first_names="Anna")
    register.send("uuid:2", last_name="Sow", first_names="Ben")
    register.arrive()
    before = register.person_of()
    outcome = steward.decide("uuid:2", "uuid:1", "same")
    assert len(set(outcome.person_of.values())) == 1
    assert register.people() == {frozenset({"uuid:1", "uuid:2"})}
    assert {r[0] for r in register.read("select link_class from person_registration")} == {
        "verified"
    }
    register.update(full=True)
    assert register.people() == {frozenset({"uuid:1", "uuid:2"})}
    steward.undo(outcome.action_id)
    assert register.person_of() == before
    with pytest.raises(KafoError, match="déjà annulée"):
        steward.undo(outcome.action_id)


def test_a_merged_person_forwards_to_the_older(register: Any, steward: Steward) -> None:
    for n in range(3):
        register.send(f"uuid:{n}", last_name=f"Name{n}", first_names="A")
        register.sync(f"uuid:{n}")
        register.update(now=f"2026-11-2{n}T00:00:00.000Z")
    ids = [register.person_of()[f"uuid:{n}"] for n in range(3)]
    steward.merge(ids[1], ids[2])
    steward.merge(ids[0], ids[1])
    assert set(register.person_of().values()) == {ids[0]}
    assert sorted(register.read("select person_id, state, merged_into from person")) == sorted(
        [(ids[0], "active", None), (ids[1], "merged", ids[0]), (ids[2], "merged", ids[0])]
    )


def test_a_merge_takes_all_registrations_of_both(register: Any, steward: Steward) -> None:
    for n in range(2):
        register.send(f"uuid:a{n}", **ANNA)
        register.send(f"uuid:b{n}", last_name="Sow", first_names="Ben", phone="70000002")
    register.arrive()
    one, other = register.person_of()["uuid:a0"], register.person_of()["uuid:b0"]
    done = steward.merge(one, other)
    assert len(set(register.person_of().values())) == 1
    assert len(done.person_of) == 4
    steward.undo(done.action_id)
    assert {register.person_of()[f"uuid:a{n}"] for n in range(2)} == {one}
    assert {register.person_of()[f"uuid:b{n}"] for n in range(2)} == {other}


def test_a_split_holds_however_alike_they_are(register: Any, steward: Steward) -> None:
    for n in range(3):
        register.send(f"uuid:{n}", **ANNA)
    register.arrive()
    person = register.person_of()["uuid:0"]
    steward.split(person, "uuid:2")
    register.update(full=True)
    assert register.people() == {frozenset({"uuid:0", "uuid:1"}), frozenset({"uuid:2"})}
    assert register.person_of()["uuid:0"] == person
    for wrong in ((), ("uuid:0", "uuid:1"), ("uuid:2",)):
        with pytest.raises(KafoError, match="mais pas toutes"):
            steward.split(person, *wrong)


def test_who_decides_otherwise_must_first_take_back(register: Any, steward: Steward) -> None:
    register.send("uuid:1", **ANNA)
    register.send("uuid:2", **ANNA)
    register.arrive()
    first = steward.decide("uuid:1", "uuid:2", "different")
    with pytest.raises(KafoError, match=f"kafo people undo {first.action_id}"):
        steward.decide("uuid:1", "uuid:2", "same")
    assert steward.decide("uuid:2", "uuid:1", "different").action_id == first.action_id


def test_decisions_that_contradict_each_other_are_shown(register: Any, steward: Steward) -> None:
    for n in range(3):
        register.send(f"uuid:{n}", last_name=f"Name{n}", first_names="A")
    register.arrive()
    steward.decide("uuid:0", "uuid:1", "same")
    steward.decide("uuid:0", "uuid:2", "different")
    assert steward.decide("uuid:1", "uuid:2", "same").conflicts == [("uuid:1", "uuid:2")]
    [task] = steward.tasks()
    assert (task.kind, task.instance_a, task.instance_b) == ("conflict", "uuid:1", "uuid:2")


def test_the_list_begins_with_what_is_worth_most(register: Any, steward: Steward) -> None:
    doubtful = {"last_name": "Keita", "first_names": "Anna"}
    register.send("uuid:1", birth_year=1980, **doubtful)
    register.send("uuid:2", birth_year=1980, **doubtful)
    register.send("uuid:3", birth_year=1995, **doubtful)
    register.send("uuid:4", **ANNA)  # certain of 5, yet not of the same sex
    register.send("uuid:5", **{**ANNA, "sex": "male", "last_name": "Keita"})
    register.matcher = type(register.matcher)(cap=9)
    steward = Steward(register)
    register.arrive()
    tasks = steward.tasks()
    assert [t.kind for t in tasks][:1] == ["kept_apart"]
    assert tasks[0].reason == "sexes"
    assert [t.worth for t in tasks[1:]] == sorted((t.worth for t in tasks[1:]), reverse=True)
    assert {t.instance_a for t in tasks[1:2]} == {"uuid:1"}
    steward.decide("uuid:1", "uuid:2", "later")
    assert steward.tasks()[-1].kind == "later"
    steward.decide("uuid:1", "uuid:2", "different")
    assert ("uuid:1", "uuid:2") not in {(t.instance_a, t.instance_b) for t in steward.tasks()}
    with register.engine.connect() as connection:
        counts = waiting(connection)
    assert counts["kept_apart"] == 1
    assert counts["pair"] == len(steward.tasks()) - 1


@pytest.mark.parametrize(("one", "other", "verdict", "words"), [
    ("uuid:1", "uuid:1", "same", "deux fois la même"),
    ("uuid:1", "uuid:9", "same", "pas dans le registre"),
    ("uuid:1", "uuid:2", "perhaps", "pas une décision"),
])  # fmt: skip
def test_a_mistake_is_named(
    register: Any, steward: Steward, one: str, other: str, verdict: str, words: str
) -> None:
    register.send("uuid:1", **ANNA)
    register.arrive()
    with pytest.raises(KafoError, match=words):
        steward.decide(one, other, verdict)
    assert register.read("select count(*) from match_decision") == [(0,)]


def test_nothing_can_be_decided_before_anything_was_compared(
    register: Any, steward: Steward
) -> None:
    with pytest.raises(KafoError, match="kafo people match"):
        steward.decide("uuid:1", "uuid:2", "same")
