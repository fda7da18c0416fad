"""What bears a card belongs to a person, through lost cards, merges and splits; doubt is shown."""

from typing import Any

from pipelines.identity.acts import merge, undo
from pipelines.identity.links import owners, present_id

ANNA = {"last_name": "Keita", "first_names": "Anna", "phone": "70000001", "sex": "female"}
OLD, NEW, HERS = "1111111111", "2222222222", "3333333333"


def test_a_lost_card_and_its_replacement_lead_to_one_person(register: Any) -> None:
    register.send("uuid:1", card_code=OLD, today="2026-11-01", **ANNA)
    register.send("uuid:2", card_code=NEW, today="2026-11-20", **ANNA)
    register.arrive()
    person = register.person_of()["uuid:1"]
    assert register.read("select card_code, person_id, in_use from card_person order by 1") == [
        (OLD, person, 0), (NEW, person, 1),
    ]  # fmt: skip


def test_cards_follow_a_merge_and_its_undoing(register: Any) -> None:
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.send("uuid:2", card_code=NEW, last_name="Sow", first_names="Ben")
    register.arrive()
    one, other = register.person_of()["uuid:1"], register.person_of()["uuid:2"]
    by = {"who": "Awa", "now": "2026-11-23T12:00:00.000Z", "matcher": register.matcher}
    done = merge(register.engine, (one, other), **by)
    with register.engine.connect() as connection:
        both = owners(connection, [OLD, NEW])
        assert len(set(both.owner.values())) == 1
        assert {present_id(connection, one), present_id(connection, other)} == set(
            both.owner.values()
        )
    undo(register.engine, done.action_id, **by)
    with register.engine.connect() as connection:
        assert owners(connection, [OLD, NEW]).owner == {OLD: one, NEW: other}


def test_a_card_of_two_persons_is_shown_and_attaches_to_nobody(register: Any, toy: Any) -> None:
    register.send("uuid:1", card_code=HERS, **ANNA)
    register.send("uuid:2", card_code=HERS, **{**ANNA, "sex": "male"})
    register.send("uuid:3", card_code=OLD, last_name="Sow", first_names="Ben")
    register.arrive()
    assert [r[0] for r in register.read("select card_code from card_person")] == [OLD]
    assert register.read("select card_code, instance_id from card_unclear order by 2") == [
        (HERS, "uuid:1"), (HERS, "uuid:2"),
    ]  # fmt: skip
    with register.engine.connect() as connection:
        found = owners(connection, [HERS, OLD, "9999999999"])
        assert set(found.owner) == {OLD}
        assert len(found.unclear[HERS]) == 2
        assert present_id(connection, "nobody") is None
