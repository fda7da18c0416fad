"""However registrations arrive, comparing what changed gives what comparing everybody gives."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.errors import KafoError
from pipelines.identity import decisions

# Few names, phones and cards, so that people collide and keys become too common (the cap is 3).
_answers = st.fixed_dictionaries({
    "last_name": st.sampled_from(["Keita", "Sow", "Diallo"]),
    "first_names": st.sampled_from(["Anna", "Ben"]),
    "phone": st.sampled_from([None, "70000001", "70000002", "70000003"]),
    "card_code": st.sampled_from([None, "1111111111", "2222222222", "3333333333"]),
    "birth_year": st.sampled_from([None, 1980, 1995]),
    "sex": st.sampled_from(["female", "male"]),
    "today": st.sampled_from(["2026-11-01", "2026-11-02"]),
    "consent_record": st.sampled_from(["yes"] * 5 + ["no"]),
    "cercle": st.sampled_from(["kayes", "kita"]),
})  # fmt: skip
_ids = st.integers(0, 11).map(lambda n: f"uuid:{n:02}")
_sent = st.tuples(st.just("send"), _ids, _answers)
_gone = st.tuples(st.sampled_from(["delete", "restore"]), _ids, st.none())
_decided = st.tuples(st.sampled_from(["same", "different", "later", "undo"]), _ids, _ids).filter(
    lambda step: step[1] != step[2]
)
_batch = st.lists(st.one_of(_sent, _sent, _sent, _gone, _decided), min_size=1, max_size=8)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_batch, min_size=1, max_size=6))
def test_incremental_history_and_full_run_give_the_same_persons(
    register: Any, history: list[list[Any]]
) -> None:
    register.wipe()
    for batch in history:
        touched = set()
        for kind, one, other in batch:
            touched |= _do(register, kind, one, other)
        if touched:
            register.sync(*sorted(touched))
        register.update()
        _decisions_hold(register)
    before = {table: _rows(register, table) for table in _COMPARED}
    events = register.read("select count(*) from person_event")
    register.update(full=True)
    assert {table: _rows(register, table) for table in _COMPARED} == before
    assert register.read("select count(*) from person_event") == events
    _from_nothing(register)


_COMPARED = (
    "person", "person_registration", "person_card", "person_name", "person_value", "match_pair",
    "match_problem",
)  # fmt: skip


def _rows(register: Any, table: str) -> list[Any]:
    return sorted(map(str, register.read(f"select * from {table}")))


def _do(register: Any, kind: str, one: str, other: Any) -> set[str]:
    if kind == "send":
        register.send(one, **other)
        return {one}
    if kind in ("delete", "restore"):
        if one not in register.rows:
            return set()
        getattr(register, kind)(one)
        return {one}
    pair = decisions.pair_of(one, other)
    with register.engine.begin() as connection:
        known = decisions.on_pair(connection, pair)
        if kind == "undo" and known is not None:
            decisions.take_back(
                connection, known.action_id, who="A", now="2026-11-23T00:00:00.000Z"
            )
        elif kind != "undo":
            try:
                decisions.record(connection, [pair], kind, who="A", now="2026-11-23T00:00:00.000Z")
            except KafoError:
                assert known is not None
    return set()


def _decisions_hold(register: Any) -> None:
    """All of them, but those that contradict each other, which are shown."""
    person_of = register.person_of()
    shown = set(
        register.read("select instance_a, instance_b from match_problem where kind = 'conflict'")
    )
    with register.engine.connect() as connection:
        in_force = decisions.active(connection)
    for decision in in_force:
        if decision.verdict == "later" or not set(decision.pair) <= person_of.keys():
            continue
        together = person_of[decision.instance_a] == person_of[decision.instance_b]
        if decision.verdict == "different":
            assert not together
        else:
            assert together or decision.pair in shown


def _from_nothing(register: Any) -> None:
    """The same submissions and decisions in a register that never saw the history."""
    people = register.people()
    with register.engine.begin() as connection:
        for table in ("person", "person_registration", "person_card", "person_name", "person_value",
                      "person_event", "registration", "block_key", "match_pair", "match_problem",
                      "match_run"):  # fmt: skip
            connection.exec_driver_sql(f"delete from {table}")
    register.update()
    assert register.people() == people
