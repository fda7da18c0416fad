"""Phone and warehouse make the same fingerprints, and the phone warns of people already known."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forms.compiler import compile_form
from forms.engine import Interview, LoadedForm, load
from forms.fingerprint import card_properties, fingerprint, name_key, phone_key
from forms.xform import read_xform

SALT = "pepper-2026"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CARD, OTHER_CARD, THIRD_CARD = "1000000064", "1234567889", "2000000127"
KNOWN = {
    "card_code": OTHER_CARD, "last_name": "Diallo", "first_names": "Awa Binta", "birth_year": "1990",
    "phone": "76123456", "cercle": "kayes",
}  # fmt: skip
HEADER = "name,label,__version,name_fp,phone_fp,cercle,last4"
NEW = {
    "last_name": "Keita", "first_names": "Ali", "birth_year": "1985", "phone": "65000001",
}  # fmt: skip


def listed(*people: dict[str, str]) -> dict[str, bytes]:
    """The entity list `cards` as phones get it."""
    rows = [HEADER]
    for number, person in enumerate(people):
        said = card_properties(SALT, person)
        rows.append(
            f"{number:08d}-0000-4000-8000-000000000000,{person['card_code']},1,"
            f"{said['name_fp']},{said['phone_fp']},{said['cercle']},{said['last4']}"
        )
    return {"cards.csv": ("\n".join(rows) + "\n").encode()}


def opened(*people: dict[str, str]) -> LoadedForm:
    form = compile_form("identification", salt=SALT)
    return load(form.xform, dict(form.media) | listed(*people))


@pytest.fixture(scope="module")
def empty() -> LoadedForm:
    return opened()


@pytest.fixture(scope="module")
def loaded() -> LoadedForm:
    return opened(KNOWN)


def met(form: LoadedForm, language: str = "Français (fr)", **said: str) -> Interview:
    """An interview up to the contact group."""
    said = NEW | {"card_code": CARD} | said
    interview = form.interview(language, at=NOW)
    answers: dict[str, str | list[str]] = {
        "/focal_point": "PF-01", "/cercle": "kayes", "/commune": "kayes_other",
        "/consent/consent_record": "yes", "/consent/consent_mode": "verbal",
        "/consent/consent_contact": "yes", "/person/birth_year": said["birth_year"],
        "/person/adult/card_code": said["card_code"], "/person/adult/seen_before": "no",
        "/person/adult/last_name": said["last_name"],
        "/person/adult/first_names": said["first_names"],
        "/person/adult/sex": "female", "/person/adult/nationality": "ML",
        "/person/adult/mobility": "internal", "/person/adult/language": "bm",
        "/work/work_status": "not_working", "/work/protection": ["none"],
        "/contact/phone_country": "ML", "/contact/phone": said["phone"],
    }  # fmt: skip
    for path, value in answers.items():
        if value:
            assert interview.answer(path, value).result == "ok", path
    return interview


def value(interview: Interview, name: str) -> str:
    found = re.search(f"<{name}>([^<]*)</{name}>", interview.xml())
    return found[1] if found else ""


def texts(interview: Interview) -> dict[str, str]:
    """What the warning shows, by the name of the question."""
    screens = [s for s in interview.screens() if s.path.startswith("/known/")]
    return {screen.path.rpartition("/")[2]: screen.label or "" for screen in screens}


SPELLINGS = [
    ({"last_name": "DIALO"}, "a doubled letter, capitals"),
    ({"last_name": "Djallo"}, "dj"),
    ({"last_name": "Jallow"}, "as in English"),
    ({"first_names": "Hawa"}, "silent h, second first name"),
    ({"last_name": "Awa", "first_names": "Diallo"}, "swapped"),
    ({"last_name": " Diàllo ", "first_names": "  AWA-Binta"}, "accent, spaces, hyphen"),
]


@pytest.mark.parametrize(("said", "why"), SPELLINGS, ids=[why for _, why in SPELLINGS])
def test_somebody_known_is_found_however_the_name_is_written(
    said: dict[str, str], why: str, loaded: LoadedForm
) -> None:
    shown = texts(met(loaded, **(KNOWN | {"card_code": CARD, "phone": ""} | said)))
    assert set(shown) == {"known_name", "is_new"}
    assert OTHER_CARD[-4:] in shown["known_name"]
    assert "kayes" in shown["known_name"]
    assert OTHER_CARD not in shown["known_name"]


def test_known_phone_and_known_card_are_told(loaded: LoadedForm) -> None:
    assert set(texts(met(loaded, phone="76123456"))) == {"known_phone", "is_new"}
    assert set(texts(met(loaded, card_code=OTHER_CARD))) == {"known_card", "is_new"}


def test_nobody_is_asked_about_without_a_match(loaded: LoadedForm) -> None:
    assert texts(met(loaded)) == {}
    assert texts(met(loaded, last_name="Diallo", first_names="Awa", birth_year="1991")) == {}


def test_people_without_phone_do_not_match_each_other() -> None:
    assert texts(met(opened(KNOWN | {"phone": ""}), phone="")) == {}


def test_two_matches_are_both_told() -> None:
    twin = KNOWN | {"card_code": CARD, "cercle": "kita"}
    shown = texts(met(opened(KNOWN, twin), phone="76123456", card_code=THIRD_CARD))
    assert f"{OTHER_CARD[-4:]}, {CARD[-4:]}" in shown["known_phone"]
    assert "kayes, kita" in shown["known_phone"]


def test_warning_speaks_english_too(loaded: LoadedForm) -> None:
    shown = texts(met(loaded, "English (en)", phone="76123456"))
    assert shown["known_phone"].startswith("This phone is already known.")


@pytest.mark.parametrize("media", [listed(), {}], ids=["empty list", "no list"])
def test_form_works_before_anybody_is_known(media: dict[str, bytes]) -> None:
    form = compile_form("identification", salt=SALT)
    interview = met(load(form.xform, dict(form.media) | media))
    assert texts(interview) == {}
    assert "<meta>" in interview.finish()


def test_warning_must_be_answered(loaded: LoadedForm) -> None:
    interview = met(loaded, phone="76123456")
    assert interview.validate().result == "required"
    assert interview.answer("/known/is_new", "yes").result == "ok"
    assert interview.validate().result == "ok"


@pytest.mark.parametrize(("is_new", "created"), [("yes", True), ("no", False)])
def test_only_a_new_person_gets_a_new_card(is_new: str, created: bool, loaded: LoadedForm) -> None:
    interview = met(loaded, phone="76123456")
    interview.answer("/known/is_new", is_new)
    entity = re.search("<entity [^>]*>", interview.finish())
    assert (entity is not None and 'create="1"' in entity[0]) == created


def test_minors_and_those_who_refuse_leave_no_fingerprint(empty: LoadedForm) -> None:
    for path, said in (("/consent/consent_record", "no"), ("/person/birth_year", "2015")):
        interview = met(empty)
        interview.answer(path, said)
        xml = interview.finish()
        assert 'create="1"' not in xml
        assert not re.search("<(name_fp|phone_fp|last4|last_sound|card_code)>[^<]", xml)


def test_entities_need_no_newer_collect_and_carry_no_name() -> None:
    read = read_xform(compile_form("identification", salt=SALT).xform)
    (entities,) = read.entity_lists
    assert (entities.dataset, read.entities_version) == ("cards", "2024.1.0")
    assert set(card_properties(SALT, KNOWN)) == set(entities.save_to) == {
        "name_fp", "phone_fp", "cercle", "last4",
    }  # fmt: skip


@pytest.fixture(scope="module")
def under_way(empty: LoadedForm) -> Interview:
    return met(empty)


words = st.text(
    st.one_of(
        st.sampled_from("aàâcçdeéèhijklmnoôqrsuwyzÀÉÈŒɲŊɛ'’-. "),
        st.characters(min_codepoint=32, max_codepoint=0x7FF, exclude_categories=("Cc", "Cs")),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(last=words, first=words)
@example(last="Cissé", first="Mamadou")
@example(last="N’Diaye", first="El Hadj")
@example(last="00", first="0 1")
@example(last="سلام", first="ߊߓߊ")
def test_phone_and_warehouse_reduce_names_alike(
    under_way: Interview, last: str, first: str
) -> None:
    under_way.answer("/person/adult/last_name", last)
    under_way.answer("/person/adult/first_names", first)
    assert value(under_way, "name_fp") == fingerprint(SALT, name_key(last, first, 1985))


@settings(max_examples=40, deadline=None)
@given(
    last=st.from_regex("[A-Za-zéï]{1,9}", fullmatch=True),
    first=st.from_regex("[a-z]{1,9}", fullmatch=True),
)
def test_swapped_names_have_the_fingerprint_of_the_right_order(
    under_way: Interview, last: str, first: str
) -> None:
    under_way.answer("/person/adult/last_name", last)
    under_way.answer("/person/adult/first_names", first)
    right = name_key(first, last, 1985)
    same = right == name_key(last, first, 1985)
    assert value(under_way, "swapped_fp") == ("" if same else fingerprint(SALT, right))


@settings(max_examples=60, deadline=None)
@given(phone=st.from_regex(r"[2-9][0-9]{7}", fullmatch=True))
def test_phone_and_warehouse_reduce_numbers_alike(under_way: Interview, phone: str) -> None:
    under_way.answer("/contact/phone", phone)
    assert value(under_way, "phone_fp") == fingerprint(SALT, phone_key(phone))


@pytest.mark.parametrize(
    "written", ["76123456", "+223 76 12 34 56", "0022376123456", "76-12-34-56"]
)
def test_number_is_the_same_however_it_is_written(written: str) -> None:
    assert phone_key(written) == "76123456"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Cissé", "Moussa"), ("Sissé", "Musa")),
        (("Coulibaly", "Fatoumata"), ("Kouliballi", "Fatumata")),
        (("N'Diaye", "Mamadou"), ("Ndiaye", "Mahamadu")),
        (("Ouattara", "Issouf"), ("Wattara", "Yssouf")),
        (("Keïta", "Aïssata"), ("Keita", "Aissata")),
        (("Traoré", "Boubacar"), ("TRAORE", "Boubakar")),
    ],
)
def test_west_african_spellings_of_one_name_agree(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert name_key(*one, 1990) == name_key(*other, 1990) != ""


def test_different_people_mostly_differ() -> None:
    assert name_key("Traoré", "Awa", 1990) != name_key("Touré", "Awa", 1990)
    assert name_key("Diallo", "Awa", 1990) != name_key("Diallo", "Mariam", 1990)


def test_what_is_blank_has_no_fingerprint() -> None:
    assert (
        name_key("", "Awa", 1990) == name_key("Diallo", " - ", 1990) == name_key("D", "A", "") == ""
    )
    assert phone_key("") == phone_key("12 34") == ""
    assert fingerprint(SALT, "") == ""


def test_salt_changes_every_fingerprint() -> None:
    assert fingerprint("one-salt", "dalu.aua.1990") != fingerprint("two-salt", "dalu.aua.1990")
    assert re.fullmatch("[0-9a-f]{6}", fingerprint(SALT, "dalu.aua.1990"))
