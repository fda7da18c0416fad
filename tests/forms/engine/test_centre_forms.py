"""The forms of the centre on Collect's engine: random interviews find nothing wrong."""

from datetime import UTC, datetime

import pytest

from forms.compiler import compile_form, form_ids
from forms.engine.monkey import try_form

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize("form_id", form_ids())
def test_forms_of_the_centre_have_no_dead_end_in_any_language(form_id: str) -> None:
    form = compile_form(form_id)
    report = try_form(form.xform, form.media, interviews=40, seed=3, at=AT)
    assert [str(finding) for finding in report.findings] == []
    assert report.finished == report.interviews
