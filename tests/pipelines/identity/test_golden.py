"""The golden record takes one value and keeps the others with their sources."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.golden import CHANGING, FIELDS, LASTING, Said, golden


def best(*registrations: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    said = [Said(f"uuid:{n}", day, answers) for n, (day, answers) in enumerate(registrations)]
    return {name: values[0].value for name, values in golden(said).items()}


def test_a_name_is_what_was_said_most_often_and_a_place_what_was_said_last() -> None:
    found = best(
        ("2026-01-01", {"last_name": "Traoré", "cercle": "kayes"}),
        ("2026-02-01", {"last_name": "Traoré", "cercle": "kita"}),
        ("2026-03-01", {"last_name": "Traore", "cercle": None}),
    )
    assert found == {"last_name": "Traoré", "cercle": "kita"}


def test_a_tie_goes_to_the_later_and_a_rounded_year_gives_way() -> None:
    found = best(
        ("2026-01-01", {"nationality": "ML", "birth_year": 1987, "sex": "male"}),
        ("2026-02-01", {"nationality": "SN", "birth_year": 1985, "sex": "undisclosed"}),
        ("2026-03-01", {"sex": "undisclosed"}),
    )
    assert found == {"nationality": "SN", "birth_year": 1987, "sex": "male"}


def test_a_phone_is_kept_only_while_the_person_agrees_to_be_contacted() -> None:
    first = ("2026-01-01", {"phone": "+22370000001", "consent_contact": "yes"})
    assert best(first) == {"phone": "+22370000001"}
    assert best(first, ("2026-02-01", {"consent_contact": "no"})) == {}


def test_every_value_leads_to_the_last_registration_that_said_it() -> None:
    said = [
        Said("uuid:1", "2026-01-01", {"site": "sadiola"}),
        Said("uuid:2", "2026-02-01", {"site": "yatela"}),
        Said("uuid:3", "2026-03-01", {"site": "sadiola"}),
    ]
    assert [(v.value, v.instance_id) for v in golden(said)["site"]] == [
        ("sadiola", "uuid:3"), ("yatela", "uuid:2"),
    ]  # fmt: skip


_ANSWERS = st.fixed_dictionaries(
    {}, optional={name: st.none() | st.integers(1, 3) for name in FIELDS}
)


@given(
    st.lists(st.tuples(st.sampled_from(["2026-01-01", "2026-02-01"]), _ANSWERS), max_size=5),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_and_the_order_does_not_matter(rows: list[Any], random: Any) -> None:
    said = [Said(f"uuid:{n}", day, answers) for n, (day, answers) in enumerate(rows)]
    found = golden(said)
    for name in (*LASTING, *CHANGING):
        given_values = {a.get(name) for _, a in rows} - {None}
        assert {v.value for v in found.get(name, [])} == given_values
    random.shuffle(said)
    assert golden(said) == found
