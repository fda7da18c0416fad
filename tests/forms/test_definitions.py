"""The ways through the forms that reports rely on, held on the engine of the phone."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from forms.compiler import CompiledForm, compile_form, form_ids
from forms.engine import Interview, load

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CARD = "1000000064"
Said = Mapping[str, str | list[str]]


@pytest.fixture
def answered() -> Callable[[str, Said], Interview]:
    def hold(form_id: str, said: Said) -> Interview:
        form = compile_form(form_id)
        interview = load(form.xform, form.media).interview("Français (fr)", at=NOW)
        for path, value in ({"/focal_point": "PF-01"} | dict(said)).items():
            assert interview.answer(path, value).result == "ok", path
        return interview

    return hold


def value(xml: str, name: str) -> str:
    found = re.search(f"<(?:[a-z]+:)?{name}>([^<]*)</", xml)
    return found[1] if found else ""


def shown(interview: Interview) -> set[str]:
    return {screen.path for screen in interview.screens()}


REFERRAL: Said = {
    "/record_type": "new", "/request/channel": "phone", "/request/has_card": "no",
    "/request/sex": "female", "/request/needs": ["documents", "health"], "/request/info_only": "no",
    "/request/service": "security", "/request/urgency": "normal", "/request/consent_share": "yes",
}  # fmt: skip
CASE: Said = {
    "/record_type": "new", "/facts/mandate": "no", "/facts/collective": "yes", "/facts/women": "2",
    "/facts/men": "0", "/facts/sector": "asgm", "/facts/dispute": ["unpaid", "child"],
    "/action/steps": ["advice"], "/action/outcome": "open",
}  # fmt: skip


@pytest.mark.parametrize(
    ("form_id", "said", "letter", "title"),
    [("referral", REFERRAL, "R", "Orientation"), ("labour_case", CASE, "L", "Cas")],
)
def test_new_record_tells_its_code_and_is_named_by_it(
    form_id: str, said: Said, letter: str, title: str, answered: Callable[..., Interview]
) -> None:
    interview = answered(form_id, said)
    (note,) = [s for s in interview.screens() if s.path == "/new_code_note"]
    xml = interview.finish()
    code = value(xml, "new_code")
    assert re.fullmatch(f"{letter}-[0-9A-F]{{8}}", code)
    assert code in (note.label or "")
    assert value(xml, "instanceName") == f"{title} {code}"


@pytest.mark.parametrize(
    ("form_id", "code_path", "said", "title"),
    [
        ("referral", "/referral_code",
         {"/follow/status_date": "2026-11-20", "/follow/status": "served", "/follow/satisfied": "yes"},
         "Orientation R-1A2B3C4D"),
        ("labour_case", "/case_code",
         {"/action/steps": ["conciliation"], "/action/outcome": "settled",
          "/action/amount_recovered": "75000"},
         "Cas L-1A2B3C4D"),
    ],
)  # fmt: skip
def test_follow_up_needs_the_code_and_asks_no_facts_again(
    form_id: str, code_path: str, said: Said, title: str, answered: Callable[..., Interview]
) -> None:
    interview = answered(form_id, {"/record_type": "follow_up"})
    code = title.split(" ")[1]
    assert interview.answer(code_path, code.lower()).result == "constraint"
    assert interview.answer(code_path, "X" + code[1:]).result == "constraint"
    for path, answer in ({code_path: code} | dict(said)).items():
        assert interview.answer(path, answer).result == "ok", path
    xml = interview.finish()
    assert value(xml, "instanceName") == title
    assert value(xml, "new_code") == ""
    assert not {path for path in shown(interview) if path.startswith(("/request/", "/facts/"))}


def test_violence_and_children_stop_the_inquiry(answered: Callable[..., Interview]) -> None:
    assert "/facts/gbv_stop" in shown(answered("labour_case", CASE))
    other = {**CASE, "/facts/dispute": ["unpaid"]}
    assert "/facts/gbv_stop" not in shown(answered("labour_case", other))


def test_security_services_get_nothing_through_the_app(answered: Callable[..., Interview]) -> None:
    assert "/request/security_stop" in shown(answered("referral", REFERRAL))


RIGHTS: Said = {
    "/request_date": "2026-11-22", "/has_card": "yes", "/card_code": CARD,
    "/identity_check": "card", "/handled_by": "untm",
}  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "more"),
    [
        ("access", {"/parts": ["identity", "work"]}),
        ("correct", {"/parts": ["contact"]}),
        ("withdraw", {"/withdrawn": ["contact"]}),
        ("object", {"/withdrawn": ["referral"]}),
        ("erase", {}),
    ],
)
def test_every_right_can_be_asked_for(
    request_: str, more: Said, answered: Callable[..., Interview]
) -> None:
    interview = answered("rights_request", {"/request": request_, **more, **RIGHTS})
    assert ("/erase_notice" in shown(interview)) == (request_ == "erase")
    xml = interview.finish()
    assert (value(xml, "request"), value(xml, "card_code")) == (request_, CARD)
    assert re.fullmatch("Demande D-[0-9A-F]{8}", value(xml, "instanceName"))


def test_request_without_card_leads_to_the_centre(answered: Callable[..., Interview]) -> None:
    said = {key: said for key, said in RIGHTS.items() if key != "/card_code"}
    interview = answered("rights_request", {"/request": "erase", **said, "/has_card": "no"})
    assert "/no_card_notice" in shown(interview)
    assert value(interview.finish(), "card_code") == ""


@pytest.mark.parametrize("card", ["1000000065", "0000000064", "100000006", "10000000644", "abc"])
def test_number_that_is_no_card_is_refused(card: str, answered: Callable[..., Interview]) -> None:
    interview = answered("rights_request", {"/request": "erase", "/has_card": "yes"})
    assert interview.answer("/card_code", card).result == "constraint"


def test_site_can_only_be_updated_where_one_is_known(answered: Callable[..., Interview]) -> None:
    nowhere = answered("mining_site", {"/cercle": "kayes", "/commune": "kayes_bangassi"})
    assert nowhere.answer("/record_type", "follow_up").result == "constraint"
    assert nowhere.answer("/record_type", "new").result == "ok"
    known = answered("mining_site", {"/cercle": "sadiola", "/commune": "sadiola_sadiola"})
    assert known.answer("/record_type", "follow_up").result == "ok"
    assert known.answer("/site", "diba").result == "ok"


def questions(form: CompiledForm) -> list[dict[str, str]]:
    return [row for row in form.sheets["survey"] if not row["type"].startswith(("begin_", "end_"))]


@pytest.mark.parametrize("form_id", form_ids())
def test_money_is_whole_and_text_is_short(form_id: str) -> None:
    for row in questions(compile_form(form_id)):
        assert row["type"] != "decimal"
        if "amount" in row["name"]:
            assert row["type"] == "integer"
        if row["type"] == "text":
            limit = re.search(r"string-length\(\.\) <= (\d+)", row.get("constraint", ""))
            assert "regex(" in row["constraint"] or (limit and int(limit[1]) <= 80), row["name"]


@pytest.mark.parametrize("form_id", form_ids())
def test_what_nobody_needs_is_not_asked(form_id: str) -> None:
    forbidden = (
        r"passport_no|document_no|birth_date|religion|ethnic|address|income|visa_status|signature"
    )
    names = [row["name"] for row in questions(compile_form(form_id))]
    assert not [name for name in names if re.search(forbidden, name)]
    kinds = {row["type"] for row in questions(compile_form(form_id))}
    assert not kinds & {
        "deviceid",
        "phonenumber",
        "username",
        "email",
        "start-geopoint",
        "background-audio",
    }
    assert "geopoint" not in kinds or form_id == "mining_site"
