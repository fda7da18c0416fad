"""A deployment teaches Kafo how names are written where it works."""

from pathlib import Path
from typing import Any

import pytest

from forms.errors import FormError
from pipelines.identity.own_names import own_equivalences, replace_equivalences
from pipelines.identity.update import run

NOW = "2026-11-24T02:00:00.000Z"
_SOW = {"last_name": "Sow", "sex": "male", "birth_year": 1988, "nationality": "GN", "age": "38"}


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "ours.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_is_added_counts_from_the_next_comparison_on(register: Any, tmp_path: Path) -> None:
    register.send("uuid:1", first_names="Vieux", phone="70000001", phone_country="ML", **_SOW)
    register.send("uuid:2", first_names="Mamadou", phone="70000001", phone_country="ML", **_SOW)
    register.sync()
    run(register.engine, now=NOW)
    assert len(register.people()) == 2
    ours = _file(tmp_path, "kind,variant,name,source", "first,Vieux,Mamadou,le centre")
    assert replace_equivalences(register.engine, ours) == 1
    assert run(register.engine, now=NOW).kind == "full"
    assert len(register.people()) == 1
    assert run(register.engine, now=NOW).kind == "nothing"
    assert replace_equivalences(register.engine, _file(tmp_path, "kind,variant,name")) == 0
    run(register.engine, now=NOW)
    assert len(register.people()) == 2


@pytest.mark.parametrize("line", ["prénom,Vieux,Mamadou", "first,,Mamadou", "first,Vieux,---"])
def test_a_wrong_line_is_named_and_changes_nothing(
    register: Any, tmp_path: Path, line: str
) -> None:
    with pytest.raises(FormError, match=r"ours\.csv.*3"):
        replace_equivalences(
            register.engine, _file(tmp_path, "kind,variant,name", "first,Vieux,Mamadou", line)
        )
    with register.engine.connect() as connection:
        assert own_equivalences(connection) == []
