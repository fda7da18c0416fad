"""What the register needs of whoever compares registrations: one object for rules and model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.identity.plausible import Ints


@dataclass(frozen=True, slots=True)
class Scored:
    """The comparison of two registrations."""

    weight: float
    """Bits for one person against two."""
    probability: float
    """Share of such pairs that are one person, as measured or learnt."""
    state: str
    """`same` (may be joined without asking), `review` or `different`."""
    evidence: str
    """The level reached per field, to explain it later."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks for or against one person, in words; `field` is '' for the whole."""

    field: str
    bits: float | None
    fr: str
    en: str


class Matcher(Protocol):
    """Compares registrations. All of it depends on the answers and the model alone."""

    @property
    def norm_version(self) -> str:
        """Changes when the same answers would be read otherwise."""

    @property
    def model_version(self) -> str:
        """Changes when the same pair would be scored otherwise."""

    @property
    def threshold(self) -> float:
        """Bits that the registrations of a person must have for each other on average."""

    @property
    def floor(self) -> float:
        """Pairs below so many bits are not kept."""

    @property
    def cap(self) -> int:
        """A key that more registrations share says nothing, and brings none of them together."""

    def content(self, answers: Mapping[str, Any]) -> str:
        """All that comparing reads of the answers, as text."""

    def keys(self, content: str) -> list[int]:
        """Signed 64-bit keys; two registrations are compared only if they share one."""

    def score(
        self, contents: Sequence[str], left: Ints, right: Ints
    ) -> Iterable[tuple[int, int, Scored]]:
        """Compare `contents[left[n]]` with `contents[right[n]]`; gives what is above the floor.

        The order within a pair does not matter.
        """

    def reasons(self, one: str, other: str) -> list[Reason]:
        """Why two contents got their score, in words, what weighs most first."""
