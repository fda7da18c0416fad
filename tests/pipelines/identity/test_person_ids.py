"""IDs last: a person keeps theirs through matching, merging, splitting and coming back."""

from collections.abc import Sequence
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.person_ids import Assignment, Before, assign, random_id


def run(
    clusters: Sequence[str], person_of: dict[str, str], former: dict[str, list[str]] | None = None
) -> Assignment:
    """Registrations are single letters, and A is the oldest person."""
    number = count(1)
    ids = {*person_of.values(), *(p for ids in (former or {}).values() for p in ids)}
    before = Before(person_of, {p: p for p in ids}, former or {})
    return assign([list(c) for c in clusters], before, new_id=lambda: f"new{next(number)}")


def test_nothing_new_changes_nothing() -> None:
    found = run(["ab", "c"], {"a": "A", "b": "A", "c": "C"})
    assert found.person_ids == ["A", "C"]
    assert found.events == []


def test_a_merge_keeps_the_older_id_even_of_the_smaller_person() -> None:
    found = run(["abcd"], {"a": "A", "b": "B", "c": "B", "d": "B"})
    assert found.person_ids == ["A"]
    assert found.merged == {"B": "A"}
    assert {(e.kind, e.other_id, e.instance_id) for e in found.events} == {
        ("merge", "B", i) for i in "bcd"
    }


def test_the_largest_part_of_a_person_keeps_the_id_and_the_rest_is_new() -> None:
    found = run(["a", "bc"], {"a": "A", "b": "A", "c": "A"})
    assert found.person_ids == ["new1", "A"]
    assert [(e.kind, e.person_id, e.other_id) for e in found.events] == [
        ("create", "new1", None), ("split", "new1", "A"),
    ]  # fmt: skip


def test_a_part_that_was_a_person_takes_its_id_back() -> None:
    found = run(["a", "bc"], dict.fromkeys("abc", "A"), {"a": ["A0"]})
    assert found.person_ids == ["A0", "A"]
    assert found.revived == ["A0"]
    assert found.created == []


def test_taking_back_a_merge_gives_everybody_their_id_whoever_was_larger() -> None:
    merged = {"a": "A", "b": "A", "c": "A", "d": "A"}
    found = run(["a", "bcd"], merged, {i: ["B"] for i in "bcd"})
    assert found.person_ids == ["A", "B"]
    chain = run(["a", "b", "c"], dict.fromkeys("abc", "A"), {"b": ["B"], "c": ["C", "B"]})
    assert chain.person_ids == ["A", "B", "C"]
    orphans = run(["b", "c"], {"b": "A", "c": "A"}, {"b": ["B"], "c": ["B"]})
    assert orphans.person_ids == ["B", "A"]


def test_a_person_without_registrations_is_retired_and_comes_back_with_them() -> None:
    gone = run([], {"a": "A"})
    assert gone.retired == ["A"]
    back = run(["a"], {}, {"a": ["A"]})
    assert (back.person_ids, back.revived) == (["A"], ["A"])


def test_an_id_that_two_others_divided_leads_to_the_greater_part() -> None:
    found = run(["abx", "cyz"], {"a": "A", "b": "A", "c": "A", "x": "X", "y": "B", "z": "B"})
    assert found.person_ids == ["A", "B"]
    assert found.merged == {"X": "A"}
    assert ("split", "B", "A", "c") in {
        (e.kind, e.person_id, e.other_id, e.instance_id) for e in found.events
    }


_LETTERS = "abcdefgh"


@given(
    st.dictionaries(st.sampled_from(_LETTERS), st.sampled_from("ABCD"), max_size=8),
    st.dictionaries(st.sampled_from(_LETTERS), st.integers(0, 4), max_size=8),
    st.dictionaries(st.sampled_from(_LETTERS), st.lists(st.sampled_from("WXYZ"), max_size=2)),
)
def test_every_cluster_has_one_id_and_every_id_one_fate(
    person_of: dict[str, str], groups: dict[str, int], former: dict[str, list[str]]
) -> None:
    clusters: dict[int, str] = {}
    for letter, group in sorted(groups.items()):
        clusters[group] = clusters.get(group, "") + letter
    found = run(list(clusters.values()), person_of, former)
    assert len(set(found.person_ids)) == len(clusters)
    kept = set(found.person_ids)
    for person_id in set(person_of.values()):
        fates = [person_id in kept, person_id in found.merged, person_id in found.retired]
        assert sum(fates) == 1
    assert set(found.merged.values()) <= kept
    for person_id in found.retired:
        assert not any(i in groups for i, p in person_of.items() if p == person_id)
    again = run(
        list(clusters.values()),
        {i: p for c, p in zip(clusters.values(), found.person_ids, strict=True) for i in c},
    )
    assert again.person_ids == found.person_ids
    assert again.events == []


def test_ids_are_random() -> None:
    assert len({random_id() for _ in range(100)}) == 100
