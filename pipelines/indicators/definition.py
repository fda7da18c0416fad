"""Reads the definitions of indicators: one file each, words in both languages above the SQL.

    -- indicator: I-01
    -- title: français | English
    -- caution: français | English          printed under every table of the indicator
    -- measure: people                      from here on one measure; a file may have several
    -- name: français | English
    -- kind: count                          count, sum, share, mean or median
    -- unit: person                         what `units` counts, and the small-cell rule judges
    -- roll: flow                           flow: months add up; stock: all months so far add up;
                                            period: the SQL gives every period by itself
    -- from: worker                         topics of `core_dirty` that make it be computed again
    -- reach: onward                        (period) a change also concerns all later periods; `all`:
                                            and all earlier ones
    -- clock: days                          changes with the day although nothing else does
    -- numerator: français | English
    -- denominator: français | English      not for counts and sums
    -- by: sex, sex x nationality_group     besides the total
    -- total: none                          where a total would mean nothing
    -- apart: union                         a person may be in several: rows without a value ('') of
                                            this dimension count in all cells that do not name it
    select …

The SQL gives `month` (or `period_kind`, `period_start`), the dimensions, `numerator`, `denominator`
where there is one, and `units` unless they are the numerator (count) or the denominator (share). With
a column `subject`, subjects are counted, each once.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

_LINE = re.compile(r"^-- (\w+): (.+)$")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an indicator, as its file defines it."""

    indicator: str
    title: Pair
    caution: Pair | None
    measure: str
    name: Pair
    kind: str
    unit: str
    roll: str
    topics: tuple[str, ...]
    reach: str
    clock: bool
    numerator: Pair
    denominator: Pair | None
    by: tuple[tuple[str, ...], ...]
    apart: str | None
    sql: str


def read_definitions() -> list[Measure]:
    """All measures of all indicators, in order."""
    folder = files("pipelines.indicators").joinpath("definitions")
    found: list[Measure] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".sql"):
            found += _parse(file.read_text(encoding="utf-8"))
    return found


def topics_of(measure: Measure) -> list[str]:
    """Its topics, and those of the columns that it reads: another column's change is not its concern."""
    words = sorted(set(re.findall(r"\w+", measure.sql)))
    return [*measure.topics, *(f"{topic}.{word}" for topic in measure.topics for word in words)]


def digest_of(measures: list[Measure]) -> str:
    """Changes when any definition does: then everything is computed again."""
    return hashlib.blake2b(repr(measures).encode(), digest_size=16).hexdigest()


def _parse(text: str) -> list[Measure]:
    head, *sections = re.split(r"(?m)^(?=-- measure: )", text)
    common = _header(head)
    return [_measure(common, section) for section in sections]


def _header(text: str) -> dict[str, str]:
    matches = (_LINE.match(line) for line in text.splitlines())
    return {m[1]: m[2].strip() for m in matches if m is not None}


def _measure(common: dict[str, str], section: str) -> Measure:
    said = common | _header(section)
    sql = "\n".join(line for line in section.splitlines() if not line.startswith("-- "))
    sets = [tuple(s.strip().split(" x ")) for s in said.get("by", "").split(",") if s.strip()]
    total: list[tuple[str, ...]] = [] if said.get("total") == "none" else [()]
    return Measure(
        said["indicator"],
        _pair(said["title"]),
        _pair(said["caution"]) if "caution" in said else None,
        said["measure"],
        _pair(said["name"]),
        said["kind"],
        said["unit"],
        said["roll"],
        tuple(t.strip() for t in said["from"].split(",")),
        "onward" if said["roll"] == "stock" else said.get("reach", "period"),
        "clock" in said,
        _pair(said["numerator"]),
        _pair(said["denominator"]) if "denominator" in said else None,
        (*total, *sets),
        said.get("apart"),
        sql.strip(),
    )


def _pair(text: str) -> Pair:
    fr, _, en = text.partition(" | ")
    return fr.strip(), en.strip()
