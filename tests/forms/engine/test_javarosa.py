"""The engine bench does what Collect does with a form."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest

from forms.engine import Answer, DeviceProperties, Interview, LoadedForm, Prompt, check, load
from forms.errors import FormError

AT = datetime(2025, 3, 9, 14, 30, tzinfo=UTC)
EN = "English (en)"


def ready(form: LoadedForm, language: str | None = None, seed: int = 1) -> Interview:
    interview = form.interview(language, at=AT, rng=Random(seed))
    assert interview.answer("/town", "kayes").result == "ok"
    return interview


def test_form_is_known_by_its_id_version_and_languages(bench: LoadedForm) -> None:
    assert (bench.form_id, bench.version) == ("bench", "7")
    assert bench.languages == ("Français (fr)", EN)
    assert bench.missing_media == ()


def test_screens_come_in_order_and_in_the_language_asked(bench: LoadedForm) -> None:
    screens = ready(bench, EN).screens()
    assert [s.path for s in screens] == [
        "/town", "/street", "/said", "/age", "/child[1]", "/child[1]/name", "/child", "/day", "/photo",
    ]  # fmt: skip
    assert screens[0].label == "Town"
    assert screens[0].choices == {"kayes": "Kayes", "kita": "Kita"}
    assert screens[0].answer == "Kayes"
    assert [s.event for s in screens[4:7]] == ["repeat", "question", "add_repeat"]
    assert ready(bench).screens()[0].label == "Ville"


def test_choices_follow_the_filter(bench: LoadedForm) -> None:
    interview = ready(bench)
    assert interview.screens()[1].choices == {"market": "Marché"}
    interview.answer("/town", "kita")
    assert interview.screens()[1].choices == {"river": "Fleuve"}
    assert interview.answer("/street", "market").result == "not_offered"


def test_kinds_are_the_words_of_the_xlsform(bench: LoadedForm) -> None:
    interview = ready(bench)
    interview.answer("/age", "20")
    kinds = {s.path: s.kind for s in interview.screens()}
    assert kinds["/town"] == "select_one"
    assert kinds["/said"] == "note"
    assert kinds["/age"] == "integer"
    assert kinds["/needs"] == "select_multiple"
    assert kinds["/child[1]/name"] == "text"
    assert kinds["/day"] == "date"
    assert kinds["/photo"] == "image"


@pytest.mark.parametrize(("language", "message"), [(None, "Adulte."), (EN, "Adult.")])
def test_refused_answer_shows_its_message_and_is_not_kept(
    bench: LoadedForm, language: str | None, message: str
) -> None:
    interview = ready(bench, language)
    assert interview.answer("/age", "17") == Answer("constraint", message, "/age")
    assert "<age />" in interview.xml()


def test_required_question_says_so_when_left_blank(bench: LoadedForm) -> None:
    interview = bench.interview(EN)
    assert interview.answer("/town", None) == Answer("required", "Choose.", "/town")
    assert interview.validate() == Answer("required", "Choose.", "/town")
    with pytest.raises(FormError, match=r"/town|Choose|finir|finished"):
        interview.finish()


def test_what_cannot_be_answered_says_why(bench: LoadedForm) -> None:
    interview = ready(bench)
    assert interview.answer("/needs", "health").result == "not_shown"
    assert interview.answer("/said", "x").result == "read_only"
    assert interview.answer("/age", "many").result == "wrong_type"
    assert interview.answer_here("20").result == "ok"  # the search came to a stop at /age


def test_going_forward_shows_what_the_last_answer_made_relevant(bench: LoadedForm) -> None:
    interview = ready(bench)
    interview.rewind()
    seen = []
    while (place := interview.forward()) is not None:
        seen.append(place if isinstance(place, str) else place.path)
        if isinstance(place, Prompt) and place.path == "/age":
            assert interview.answer_here("30").result == "ok"
    assert seen == [
        "/town", "/street", "/said", "/age", "/needs", "/child[1]/name", "/child", "/day", "/photo",
    ]  # fmt: skip


def test_looking_at_all_screens_leaves_the_enumerator_in_place(bench: LoadedForm) -> None:
    interview = ready(bench)
    interview.answer("/age", "19")
    before = interview.screens()
    assert interview.answer_here("20").result == "ok"
    assert [s.answer for s in before if s.path == "/age"] == ["19"]
    assert [s.answer for s in interview.screens() if s.path == "/age"] == ["20"]


def test_repeat_gets_as_many_rows_as_wanted(bench: LoadedForm) -> None:
    interview = ready(bench)
    assert interview.add_repeat("/child")
    assert interview.add_repeat("/child")
    assert not interview.add_repeat("/town")
    for number, name in enumerate(("Ali", "Awa", "Sira"), start=1):
        assert interview.answer(f"/child[{number}]/name", name).result == "ok"
    assert re.findall(r"<child><name>(\w+)</name>", interview.finish()) == ["Ali", "Awa", "Sira"]


def test_clock_and_chance_come_from_the_simulated_phone(bench: LoadedForm) -> None:
    interview = ready(bench)
    assert interview.answer("/day", "2025-03-10").message == "Passé."
    assert interview.answer("/day", "2025-03-09").result == "ok"
    interview.phone.spend(90)
    xml = interview.finish()
    assert "<start>2025-03-09T14:30:00.000Z</start>" in xml
    assert "<end>2025-03-09T14:31:32.000Z</end>" in xml
    assert "<today>2025-03-09</today>" in xml
    assert "<year>2025</year>" in xml
    again = ready(bench)
    again.answer("/day", "2025-03-09")
    again.phone.spend(90)
    assert again.finish() == xml
    assert ready(bench, seed=2).finish() != xml


def test_without_simulation_time_and_ids_are_the_real_ones(bench: LoadedForm) -> None:
    ids = set()
    for _ in range(2):
        interview = bench.interview()
        interview.answer("/town", "kita")
        ids |= set(re.findall(r"<instanceID>uuid:([0-9a-f-]{36})<", interview.finish()))
    assert len(ids) == 2
    assert abs((interview.phone.now() - datetime.now(UTC)).total_seconds()) < 60


def test_texts_that_speak_of_functions_stay_as_they_are(bench: LoadedForm) -> None:
    label = ready(bench).screens()[2].label or ""
    assert re.fullmatch(r"today\(\) : R-[0-9a-f]{8}", label)


def test_submission_carries_metadata_location_and_looked_up_values(bench_xform: str) -> None:
    media = {
        "towns.csv": b"name,label,district\nkayes,Kayes,west\n",
        "streets.csv": b"name,label,town\n",
    }
    phone = DeviceProperties(username="PF-03", deviceid="collect:x", location="14.1 -11.2 3 4")
    interview = load(bench_xform, media, device=phone).interview()
    interview.answer("/town", "kayes")
    xml = interview.finish()
    assert "<device>collect:x</device><username>PF-03</username>" in xml
    assert "<where>14.1 -11.2 3.0 4.0</where>" in xml
    assert "<district>west</district>" in xml


def test_audit_log_is_written_as_collect_writes_it(bench: LoadedForm) -> None:
    interview = bench.interview(at=AT, rng=Random(3))
    while (place := interview.forward()) is not None:
        interview.phone.spend(4)
        if isinstance(place, Prompt) and place.path == "/town":
            interview.answer_here("kita")
    assert "<audit>audit.csv</audit>" in interview.finish()
    lines = interview.attachments["audit.csv"].decode().splitlines()
    begun = int(AT.timestamp()) * 1000
    assert lines[:3] == [
        "event,node,start,end",
        f"form start,,{begun},",
        f"question,/data/town,{begun},{begun + 4000}",
    ]
    assert any(line.startswith("question,/data/child[1]/name,") for line in lines)
    assert [line.split(",")[0] for line in lines[-4:]] == [
        "end screen", "form save", "form exit", "form finalize",
    ]  # fmt: skip


def test_files_taken_go_with_the_submission(bench: LoadedForm) -> None:
    interview = ready(bench)
    assert interview.attach("/photo", "p.jpg", b"\xff\xd8").result == "ok"
    assert "<photo>p.jpg</photo>" in interview.finish()
    assert interview.attachments["p.jpg"] == b"\xff\xd8"


def test_received_submission_can_be_checked_and_opened_again(bench: LoadedForm) -> None:
    interview = ready(bench)
    interview.answer("/age", "44")
    xml = interview.finish()
    assert check(bench, xml).result == "ok"
    assert check(bench, xml.replace("<age>44<", "<age>4<")) == Answer(
        "constraint", "Adulte.", "/age"
    )
    reopened = bench.reopen(xml)
    code = re.search(r"<code>([^<]+)", xml)
    assert code is not None
    assert code[1] in reopened.xml()  # once() keeps what it gave


def test_missing_lists_are_named(bench_xform: str) -> None:
    assert load(bench_xform, {"towns.csv": b"name,label\na,A\n"}).missing_media == ("streets",)


def test_broken_form_is_refused_with_the_engines_words(
    convert_form: Callable[[str], str],
) -> None:
    form = convert_form(
        "| survey |\n| | type | name | label | calculation |\n| | text | a | A | |\n"
        "| | calculate | b | | lower-case(${a}) |\n"
    )
    with pytest.raises(FormError, match="lower-case"):
        load(form).interview()


def test_unknown_language_is_refused_with_the_known_ones(bench: LoadedForm) -> None:
    with pytest.raises(FormError, match=re.escape(EN)):
        bench.interview("Deutsch (de)")


def test_interviews_do_not_disturb_each_other(bench: LoadedForm) -> None:
    one, two = ready(bench), ready(bench)
    one.answer("/age", "30")
    two.answer("/age", "60")
    assert "<age>30</age>" in one.xml()
    assert "<age>60</age>" in two.xml()


def test_threads_hold_their_own_interviews(bench: LoadedForm) -> None:
    found: list[str] = []

    def hold(age: int) -> None:
        interview = ready(bench, seed=age)
        interview.answer("/age", str(age))
        found.append(interview.finish())

    threads = [threading.Thread(target=hold, args=(age,)) for age in range(20, 28)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ages = sorted(int(re.findall(r"<age>(\d+)<", xml)[0]) for xml in found)
    assert ages == list(range(20, 28))
