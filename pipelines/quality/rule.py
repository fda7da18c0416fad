"""What a rule is, what it is given and what it finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.quality.thresholds import Thresholds

Key = tuple[int, str, str]
"""Project, form, instance."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One interview as the checks see it: times (ISO, UTC), counts, codes, a position; no names."""

    key: Key
    enumerator: str
    received_at: str
    day: str
    weekday: int
    hour: int
    form_version: str | None = None
    focal_point: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    seconds: float | None = None
    timed: bool = False
    answered: int = 0
    unsure: int = 0
    askable: int = 0
    consent: str | None = None
    rounded: bool | None = None
    site: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    measured: bool = False
    site_km: float | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of one form in the window: question → instance → value. Never written anywhere."""

    choices: Mapping[str, Mapping[str, str]]
    numbers: Mapping[str, Mapping[str, float]]
    other: frozenset[str] = frozenset()  # choice questions that offer "other"
    grids: tuple[tuple[str, ...], ...] = ()  # choice questions in a row on one scale


@dataclass(frozen=True, slots=True)
class Window:
    """All that rules about many interviews look at, in the order the interviews began."""

    facts: Sequence[Fact]
    thresholds: Thresholds
    now: str
    versions: Mapping[tuple[int, str], str] = field(default_factory=dict)
    answers: Mapping[tuple[int, str], Answers] = field(default_factory=dict)
    synced_at: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: about an interview (`key`), or about all the interviews of an enumerator."""

    evidence_fr: str
    evidence_en: str
    weight: float
    key: Key | None = None
    enumerator: str | None = None
    focal_point: str | None = None
    part: str = ""  # tells apart several findings of one rule about one thing


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` names it for ever; severity 3 act today, 2 this week, 1 good to know."""

    code: str
    severity: int
    fr: str
    en: str
    action_fr: str
    action_en: str
    one: Callable[[Fact, Thresholds], Finding | None] | None = None
    many: Callable[[Window], list[Finding]] | None = None
    sql: str | None = None
