"""Every screen that matters looks as it was last read and approved, in each language."""

import difflib
import runpy
from pathlib import Path

import pytest

from forms.compiler import compile_form, form_ids
from forms.engine import load
from forms.engine.transcript import transcript
from forms.errors import FormError

GOLDEN = Path(__file__).parent.parent / "golden"


def test_screens_are_the_approved_ones() -> None:
    """Where they differ on purpose: `python tests/forms/golden/regenerate.py`, then read the diff."""
    made = dict(runpy.run_path(str(GOLDEN / "regenerate.py"))["golden"]())
    assert {file.parent.name for file in made} == set(form_ids())
    differences: list[str] = []
    for file, text in made.items():
        approved = file.read_text(encoding="utf-8") if file.exists() else ""
        name = str(file.relative_to(GOLDEN))
        lines = approved.splitlines(), text.splitlines()
        differences += difflib.unified_diff(
            *lines, f"approved/{name}", f"now/{name}", "", "", 2, ""
        )
    assert "\n".join(differences) == ""
    assert set(GOLDEN.glob("*/*.txt")) == set(made)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"consent_membership": "no"}, "focal_point"),
        ({"focal_point": "PF-01", "consent_membership": "no", "role": "member"}, "role"),
        ({"focal_point": "PF-99"}, "focal_point"),
    ],
)
def test_script_that_has_parted_from_its_form_is_refused(
    script: dict[str, str], reason: str
) -> None:
    compiled = compile_form("membership")
    form = load(compiled.xform, compiled.media)
    with pytest.raises(FormError, match=reason):
        transcript(form, script, language=form.languages[0], at=form.interview().phone.now())
