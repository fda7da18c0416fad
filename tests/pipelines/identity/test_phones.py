"""Phone numbers are read by their country's plan, or say why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.phones import explain, read_phone


@pytest.mark.parametrize(
    ("text", "country", "number", "reason"),
    [
        ("70000001", "ML", "+22370000001", ""),
        ("70 00 00 01", "ML", "+22370000001", ""),
        ("0708091011", "CI", "+2250708091011", ""),
        ("08091011", "CI", "", "old"),
        ("97000000", "BJ", "", "old"),
        ("0197000000", "BJ", "+2290197000000", ""),
        ("+22997000000", "ML", "", "old"),
        ("123", "ML", "", "length"),
        ("70000001", "XX", "", "country"),
        ("personne", "ML", "", "unreadable"),
        ("", "ML", "", ""),
    ],
)
def test_numbers_are_read_or_marked(text: str, country: str, number: str, reason: str) -> None:
    phone = read_phone(text, country)
    assert (phone.number, phone.reason) == (number, reason)
    assert bool(explain(phone)) == bool(reason)


@given(st.text(max_size=20), st.sampled_from(["ML", "CI", "BJ", "SN", "", "zz"]))
def test_any_text_gives_a_number_or_a_reason(text: str, country: str) -> None:
    phone = read_phone(text, country)
    assert not (phone.number and phone.reason)
    assert phone.number == "" or phone.number.startswith("+")
