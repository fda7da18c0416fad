"""The guide for data managers names every rule with its severity, every threshold and every command."""

import re
from dataclasses import fields
from pathlib import Path

from pipelines.quality.catalogue import rules
from pipelines.quality.thresholds import Thresholds

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "fr" / "qualite.md").read_text(encoding="utf-8")


def test_the_guide_explains_every_rule_that_there_is() -> None:
    told = {m[1]: int(m[2]) for m in re.finditer(r"^\| `(\w+)` \| (\d) \|", GUIDE, re.MULTILINE)}
    assert told == {rule.code: rule.severity for rule in rules()}


def test_the_guide_names_every_threshold() -> None:
    assert [field.name for field in fields(Thresholds) if f"`{field.name}`" not in GUIDE] == []


def test_the_guide_is_found_from_the_first_page() -> None:
    assert "docs/fr/qualite.md" in (ROOT / "README.md").read_text(encoding="utf-8")
