"""Quarters as people write them (2026-T3, in English 2026-Q3) and as the warehouse has them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from forms.errors import UsageError

_WRITTEN = re.compile(r"(\d{4})-?[TtQq]([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One of them; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    @property
    def period(self) -> str:
        """As `published_cell.period` has it."""
        return self.first.isoformat()

    @property
    def before(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def after(self) -> "Quarter":
        """The one after."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}-T{self.number}"


def parse_quarter(text: str) -> Quarter:
    """`2026-T3` or `2026-Q3`; UsageError for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"« {text} » n'est pas un trimestre. Écrivez par exemple 2026-T3.",
            f"'{text}' is no quarter. Write for example 2026-Q3.",
        )
    return Quarter(int(found[1]), int(found[2]))


def quarter_of(day: str) -> Quarter:
    """The quarter of an ISO day or stamp."""
    at = date.fromisoformat(day[:10])
    return Quarter(at.year, (at.month + 2) // 3)


def last_whole(now: str) -> Quarter:
    """The last quarter that is over."""
    return quarter_of(now).before
