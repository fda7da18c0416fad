"""All rules: those in Python, and those in `logic/*.sql` with their definition in the header."""

import re
from functools import cache
from importlib.resources import files

from pipelines.quality.rule import Rule
from pipelines.quality.rules import (
    alike,
    backdated,
    consent,
    fast_enumerator,
    gps,
    grid,
    heaping,
    late_upload,
    night,
    other,
    outliers,
    same_point,
    silent,
    too_fast,
    too_long,
    travel,
    unsure,
    version,
)

_HEADER = re.compile(r"^-- (\w+): (.*)$", re.MULTILINE)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule once."""
    modules = (
        alike, backdated, consent, fast_enumerator, grid, heaping, late_upload, night, other, outliers,
        same_point, silent, too_fast, too_long, travel, unsure, version,
    )  # fmt: skip
    python = [module.RULE for module in modules] + [gps.VAGUE, gps.MOCKED, gps.FAR]
    logic = sorted(
        (
            f
            for f in files("pipelines.quality").joinpath("logic").iterdir()
            if f.name[-4:] == ".sql"
        ),
        key=lambda f: f.name,
    )
    return (*python, *(_read(f.name[:-4], f.read_text(encoding="utf-8")) for f in logic))


def evidence(rule: Rule) -> tuple[str, str]:
    """The sentences of an SQL rule, with {a} and {b} for its two columns."""
    assert rule.sql
    fr, en = dict(_HEADER.findall(rule.sql))["evidence"].split(" | ")
    return fr, en


def _read(code: str, text: str) -> Rule:
    header = dict(_HEADER.findall(text))
    fr, en = header["rule"].split(" | ")
    action_fr, action_en = header["action"].split(" | ")
    return Rule(code, int(header["severity"]), fr, en, action_fr, action_en, sql=text)
