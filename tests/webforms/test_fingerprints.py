"""Names and phones get one fingerprint on both engines and in Python, however they are written."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from forms.compiler import compile_form
from forms.engine import LoadedForm, load
from forms.fingerprint import fingerprint, name_key, phone_key
from forms.interviews.drift import misspell, slip, unaccented
from forms.interviews.people import invent

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
SALT = "pepper"
YEAR = "1991"
BEFORE: list[tuple[str, str]] = [
    ("/focal_point", "PF-01"), ("/cercle", "kayes"), ("/commune", "kayes_kayes"),
    ("/consent/consent_record", "yes"), ("/consent/consent_mode", "verbal"),
    ("/consent/consent_contact", "yes"), ("/person/birth_year", YEAR),
]  # fmt: skip
LAST, FIRST, PHONE = "/person/adult/last_name", "/person/adult/first_names", "/contact/phone"
ODD = (
    ("N'Diaye", "Ndèye-Coumba"), ("OULD  AHMED", " Sidi "), ("Ɓah", "Ŋelé"), ("Cissé", "Çedrine"),
    ("Traoré", "Ou"), ("X", "y"), ("Tchatchoua", "Wassa"), ("Diop.", "A. M."), ("Ba’", "Aï"),
    ("Kone 2", "Mamadou(fils)"), ("Niang‑Sow", "JJJules"), ("e\u0301toile", "Ççç"),
)  # fmt: skip


def names(count: int) -> Iterator[tuple[str, str]]:
    yield from ODD
    for number in range(count):
        rng = Random(number)
        said = invent(number, 0, year=2026).says
        last, first = str(said["last_name"]), str(said["first_names"])
        if number % 2:
            last, first = slip(misspell(last, rng), rng), misspell(first, rng)
        change = rng.choice((str, str.upper, unaccented))
        yield change(last), change(first)


def expected(last: str, first: str) -> str:
    return fingerprint(SALT, name_key(last, first, YEAR))


@pytest.fixture(scope="module")
def form() -> LoadedForm:
    compiled = compile_form("identification", salt=SALT)
    return load(compiled.xform, {"cards.csv": b"name,label\n", **compiled.media})


def test_collects_engine_makes_the_fingerprints_of_python(form: LoadedForm) -> None:
    interview = form.interview(at=AT)
    for path, value in BEFORE:
        assert interview.answer(path, value).result == "ok"
    different = []
    for last, first in names(2500):
        interview.answer(LAST, last)
        interview.answer(FIRST, first)
        found = re.search(r"<name_fp>(\w*)</name_fp>|<name_fp ?/>", interview.xml())
        if found is None or (found[1] or "") != expected(last, first):
            different.append((last, first))
    assert different == []


def test_web_forms_engine_makes_the_fingerprints_of_python(form: LoadedForm, web: Any) -> None:
    web.load(form.xform, form.media, at=AT)
    web.call("open", language=form.languages[0])
    assert {one["result"] for one in web.call("replay", steps=BEFORE)} == {"ok"}
    given = list(names(1500))
    steps = [
        step
        for last, first in given
        for step in ([LAST, last], [FIRST, first], {"read": "/name_fp"})
    ]
    made = web.call("replay", steps=steps)[2::3]
    different = [pair for pair, mine in zip(given, made, strict=True) if mine != expected(*pair)]
    assert different == []


def test_both_engines_make_the_phone_fingerprints_of_python(form: LoadedForm, web: Any) -> None:
    web.load(form.xform, form.media, at=AT)
    web.call("open", language=form.languages[0])
    interview = form.interview(at=AT)
    start = [*BEFORE, ("/contact/phone_country", "SN")]
    web.call("replay", steps=start)
    for path, value in start:
        interview.answer(path, value)
    rng = Random(8)
    for _ in range(100):
        phone = "".join(rng.choice("0123456789") for _ in range(rng.randint(7, 11)))
        assert interview.answer(PHONE, phone).result == "ok"
        found = re.search(r"<phone_fp>(\w*)<", interview.xml())
        theirs = web.call("replay", steps=[[PHONE, phone], {"read": "/phone_fp"}])[1]
        assert (found[1] if found else "") == theirs == fingerprint(SALT, phone_key(phone))
