"""Card and phone numbers for invented people: right in form, drawn at random."""

from functools import cache
from random import Random

from forms.cards import with_check_digits
from forms.compiler import REFERENCE, read_reference


def card_code(rng: Random) -> str:
    """Ten digits whose number modulo 97 is 1, as on the printed cards."""
    return with_check_digits(str(rng.randint(10_000_000, 99_999_999)))


def mobile(country: str, rng: Random) -> str:
    """A mobile number without the country code, by the country's plan in `countries.csv`."""
    length, starts = _plans()[country]
    start = rng.choice(starts)
    return start + "".join(rng.choice("0123456789") for _ in range(length - len(start)))


@cache
def _plans() -> dict[str, tuple[int, tuple[str, ...]]]:
    rows = read_reference(REFERENCE / "countries.csv")
    return {
        row["name"]: (
            int((row["mobile_lengths"].split() or ["8"])[-1]),
            tuple(row["mobile_starts"].split()) or ("7", "3"),
        )
        for row in rows
    }
