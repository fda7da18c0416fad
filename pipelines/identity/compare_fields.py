"""What of a registration is compared, and its columns: read once, compared many times."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.identity.names import Table, read_name, sound_key
from pipelines.identity.phones import read_phone

NORM_VERSION = "1"

TEXTS = (
    "last", "first", "other", "last_key", "first_key", "sex", "nationality", "language",
    "education", "occupation", "sector", "cercle", "site", "phone", "phone_shared", "card",
    "seen", "focal_point",
)  # fmt: skip
"""Blank means not known."""
NUMBERS = ("birth_year", "heaped", "arrival_year", "day")
"""0 means not known; `heaped` is 1 for an age that was a multiple of five; `day` counts days."""
FIELDS = (*TEXTS, *NUMBERS)

Places = NDArray[np.int32]
Fields = tuple[Any, ...]
"""The values of one registration in the order of `FIELDS`."""


def read_fields(answers: Mapping[str, Any], table: Table | None = None) -> Fields:
    """The answers of one registration as they are compared."""

    def text(name: str) -> str:
        value = answers.get(name)
        return "" if value is None else str(value).strip()

    name = read_name(text("last_name"), text("first_names"), table)
    day = _day(text("today"))
    born, arrived = _year(text("birth_year")), _year(text("arrival_year"))
    age = (date.fromordinal(day).year if day else 0) - born
    return (
        name.last, name.first, " ".join(name.other), sound_key(name.last), sound_key(name.first),
        text("sex"), text("nationality"), text("language"),
        "" if text("education") == "undisclosed" else text("education"),
        text("occupation"), text("sector"), text("cercle"), text("site"),
        read_phone(text("phone"), text("phone_country")).number, _shared(text("phone_shared")),
        text("card_code"), _seen(text("seen_before"), text("is_new")), text("focal_point"),
        born, int(bool(day and born) and age % 5 == 0), arrived, day,
    )  # fmt: skip


def to_text(fields: Fields) -> str:
    """All that is compared, as one line of text."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Fields:
    """The inverse of `to_text`."""
    return tuple(json.loads(text))


def _shared(answer: str) -> str:
    return {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}.get(
        answer.lower(), ""
    )


def _seen(answer: str, is_new: str) -> str:
    """`yes` also when the focal point knew the person again."""
    return "yes" if answer == "yes" or is_new == "no" else answer


def _year(text: str) -> int:
    try:
        year = int(float(text))
    except (ValueError, OverflowError):
        return 0
    return year if 1900 < year < 2200 else 0


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class Columns:
    """Registrations by field; texts as places in `words[field]`, where place 0 is the blank."""

    size: int
    numbers: Mapping[str, Places]
    words: Mapping[str, list[str]]


def columns_of(rows: Iterable[Fields], size: int) -> Columns:
    """`size` registrations as columns."""
    places: list[dict[str, int]] = [{"": 0} for _ in TEXTS]
    found = [np.zeros(size, dtype=np.int32) for _ in FIELDS]
    texts = len(TEXTS)
    for at, row in enumerate(rows):
        for n in range(texts):
            known = places[n]
            found[n][at] = known.setdefault(row[n], len(known))
        for n in range(texts, len(FIELDS)):
            found[n][at] = row[n]
    words = {name: list(known) for name, known in zip(TEXTS, places, strict=True)}
    return Columns(size, dict(zip(FIELDS, found, strict=True)), words)


def columns_of_texts(texts: Sequence[str]) -> Columns:
    """Registrations that `to_text` wrote."""
    return columns_of(map(from_text, texts), len(texts))
