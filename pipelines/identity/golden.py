"""The golden record: for each field one value out of all that a person's registrations say.

What does not change about a person (name, sex, year of birth, nationality, arrival) is what was
said most often, the later on a tie; what changes (card, phone, place, work) is what was said last.
Every other value stays beside it with the registration it came from: nothing is thrown away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LASTING = ("last_name", "first_names", "sex", "birth_year", "nationality", "arrival_year")
CHANGING = (
    "card_code", "language", "education", "work_status", "occupation", "sector", "cercle",
    "commune", "site", "phone", "phone_shared",
)  # fmt: skip
FIELDS = (*LASTING, *CHANGING)
CONTACT = ("phone", "phone_shared")
"""Kept only while the last registration agrees to be contacted."""

_OPEN = {"sex": ("undisclosed",)}
"""Answers that give way to any other."""
_HEAPED = 5
"""Years of birth ending in 0 or 5 are often rounded, so another year said as often is better."""


@dataclass(frozen=True, slots=True)
class Said:
    """One registration: its instance ID, its day, and field → answer (None where nothing was)."""

    instance_id: str
    day: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, and the last registration that gave it."""

    value: Any
    instance_id: str
    day: str


Golden = dict[str, list[Value]]
"""Field → its values, the one in the golden record first; fields without any value are missing."""


def golden(registrations: Sequence[Said]) -> Golden:
    """The values of one person, best first; the order of the registrations does not matter."""
    said = sorted(registrations, key=lambda s: (s.day, s.instance_id))
    last = said[-1].answers.get("consent_contact") if said else None
    found: Golden = {}
    for name in FIELDS:
        if name in CONTACT and last == "no":
            continue
        values = _values(name, said)
        if values:
            found[name] = values
    return found


def _values(name: str, said: Sequence[Said]) -> list[Value]:
    """Distinct values, best first."""
    if len(said) == 1:  # most people: there is nothing to weigh
        [one] = said
        value = one.answers.get(name)
        return [] if value is None or value == "" else [Value(value, one.instance_id, one.day)]
    latest: dict[Any, Value] = {}
    order: dict[Any, int] = {}
    count: dict[Any, int] = {}
    for position, one in enumerate(said):
        value = one.answers.get(name)
        if value is None or value == "":
            continue
        latest[value] = Value(value, one.instance_id, one.day)
        order[value] = position
        count[value] = count.get(value, 0) + 1

    def rank(value: Any) -> tuple[bool, int, bool, int]:
        often = count[value] if name in LASTING else 0
        rounded = name == "birth_year" and value % _HEAPED == 0
        return (value in _OPEN.get(name, ()), -often, rounded, -order[value])

    return [latest[value] for value in sorted(latest, key=rank)]
