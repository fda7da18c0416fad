"""Writes the golden screens anew: `python tests/forms/golden/regenerate.py`; then read the diff.

One file for each form, interview and language: what an enumerator sees from the first screen to the
last, what is answered and refused, and the submission. The test compares them word by word.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from forms.compiler import compile_form
from forms.engine import LoadedForm, load
from forms.engine.transcript import given, transcript
from forms.fingerprint import card_properties

__all__ = ["AT", "given", "golden", "interviews"]

HERE = Path(__file__).parent
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
KNOWN = {
    "card_code": "1234567889", "last_name": "Diallo", "first_names": "Awa Binta", "birth_year": "1990",
    "phone": "76123456", "cercle": "kayes",
}  # fmt: skip


def golden() -> Iterator[tuple[Path, str]]:
    """Each file with what it should hold."""
    for form, name, script in interviews():
        for language in form.languages:
            short = language.rpartition("(")[2].rstrip(")")
            text = transcript(form, script, language=language, at=AT)
            yield HERE / form.form_id / f"{name}.{short}.txt", text


def interviews() -> Iterator[tuple[LoadedForm, str, dict[str, Any]]]:
    """Each interview with the form it is held on and its script."""
    scripts = YAML(typ="safe").load(HERE / "scripts.yaml")
    for form_id, named in scripts.items():
        for name, interview in named.items():
            form = _form(form_id, known=bool(interview.get("known")))
            yield form, name, _answers(named, name)


def _answers(interviews: dict[str, Any], name: str) -> dict[str, Any]:
    interview = interviews[name]
    base = _answers(interviews, interview["like"]) if "like" in interview else {}
    answers = base | interview["answers"]
    return {question: answer for question, answer in answers.items() if answer is not None}


@cache
def _form(form_id: str, *, known: bool) -> LoadedForm:
    compiled = compile_form(form_id)
    row = card_properties("demo", KNOWN) | {"name": "1", "label": KNOWN["card_code"]}
    columns = ("name", "label", "name_fp", "phone_fp", "cercle", "last4")
    cards = ",".join(columns) + "\n" + (",".join(row[c] for c in columns) + "\n" if known else "")
    return load(compiled.xform, {"cards.csv": cards.encode(), **compiled.media})


def main() -> None:
    """Replace all files."""
    for old in HERE.glob("*/*.txt"):
        old.unlink()
    for file, text in golden():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
