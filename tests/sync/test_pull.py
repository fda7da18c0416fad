"""Whatever happens on Central is true in the warehouse after the next run, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Engine

from sync.central import Source, connect
from sync.errors import BusyError, CentralError
from sync.ledger import RunReport
from sync.lock import single_run
from sync.pull import pull
from warehouse.types import iso

Run = Callable[[], RunReport]
Read = Callable[[str], list[tuple[Any, ...]]]


def report(run: RunReport) -> tuple[str, int, int, int, int]:
    [form] = run.forms
    c = form.counts
    return form.asked, c.received, c.new, c.changed, c.deleted


def test_tables_exist_before_the_first_answer(central: Any, run: Run, read: Read) -> None:
    assert report(run()) == ("all", 0, 0, 0, 0)
    assert read("select instance_id, name, age from form_small") == []
    assert read("select label_fr from choice where list_name = 'needs'") == [("Santé",)]


def test_new_edited_reviewed_and_deleted_submissions_arrive(
    central: Any, run: Run, read: Read
) -> None:
    first, second = central.small(), central.small("<name>B</name><age>31</age>")
    assert report(run()) == ("all", 2, 2, 0, 0)
    central.small("<name>B</name><age/><child><name>C</name><g/></child>", edits=second)
    review = {"reviewState": "approved"}
    central.client.patch(central.url(f"submissions/{first}"), json=review).raise_for_status()
    third = central.small("<name>D</name>")
    assert report(found := run())[2:] == (1, 2, 0), found
    assert read("select name, age, review_state from form_small order by 1") == [
        ("A", 30, "approved"), ("B", None, "edited"), ("D", None, None),
    ]  # fmt: skip
    assert read("select instance_id, name from form_small__child") == [(second, "C")]
    central.client.delete(central.url(f"submissions/{third}")).raise_for_status()
    assert report(run())[2:] == (0, 1, 1)
    assert read("select count(*) from form_small") == [(2,)]
    assert read("select count(*) from submission where deleted_at is not null") == [(1,)]
    assert read("select submissions, deleted, last_outcome from sync_state") == [(2, 1, "ok")]


def test_an_idle_run_asks_once_and_is_answered_304(central: Any, run: Run) -> None:
    central.small()
    run()
    assert report(run())[0] == "changes"  # the first question with a cursor has no ETag yet
    before = len(central.sandbox.misbehave.served)
    assert report(run()) == ("nothing", 0, 0, 0, 0)
    asked = central.sandbox.misbehave.served[before:]
    assert sum("Submissions" in request for request in asked) == 1
    central.small()
    assert report(run())[2] == 1


def test_running_twice_doubles_nothing(central: Any, run: Run, read: Read) -> None:
    for _ in range(5):
        central.small()
    run()
    run()
    assert read("select count(*), max(revision) from submission") == [(5, 1)]
    assert read("select count(*) from submission_history") == [(0,)]


def test_a_new_version_reads_everything_again(
    central: Any, run: Run, read: Read, small_xform: str
) -> None:
    central.small()
    run()
    newer = small_xform.replace('version="1"', 'version="2"').replace(
        "<name/><age/>", "<name/><age/><job/>"
    )
    central.republish("small", newer)
    central.send('<data id="small" version="2"><name>N</name><job>smith</job>'
                 "<meta><instanceID>uuid:n</instanceID></meta></data>")  # fmt: skip
    assert report(run())[0] == "all"
    assert read("select name, job from form_small order by 1") == [("A", None), ("N", "smith")]
    assert read("select version from form") == [("2",)]


def test_old_answers_stay_readable_when_questions_move_change_type_or_go(
    central: Any, run: Run, read: Read, engine: Engine, small_xform: str
) -> None:
    village = "<contact><village>Kita</village></contact>"
    old = central.small(f"<name>A</name><age>30</age><needs>health</needs>{village}")
    run()
    with engine.begin() as connection:
        connection.exec_driver_sql("create view mine as select name, age, village from form_small")
    newer = (
        small_xform.replace('version="1"', 'version="2"')
        .replace("<name/><age/><needs/><contact><village/>", "<who><name/></who><age/><contact>")
        .replace('<bind nodeset="/data/name" type="string"/>', "")
        .replace('nodeset="/data/age" type="int"', 'nodeset="/data/age" type="string"')
        .replace("/data/name", "/data/who/name")
        .replace(
            '<select ref="/data/needs"><label>N</label>', '<select ref="/data/age"><label>N</label>'
        )
    )
    central.republish("small", newer)
    central.send('<data id="small" version="2"><who><name>B</name></who><age>about 30</age>'
                 "<meta><instanceID>uuid:n</instanceID></meta></data>")  # fmt: skip
    for _ in range(2):
        assert [form.outcome for form in run().forms] == ["ok"]
        rows = read(
            "select instance_id, name, who_name, age, age__text, needs, village from form_small"
        )
        assert {row[0]: row[1:] for row in rows} == {
            old: ("A", None, 30, "30", "health", "Kita"),
            "uuid:n": (None, "B", None, "about 30", None, None),
        }
        assert sorted(map(str, read("select * from mine"))) == sorted(
            map(str, [("A", 30, "Kita"), (None, None, None)])
        )
    gone = "select column_name from question where current = {} and column_name in "
    names = "('name', 'who_name', 'age', 'age__text', 'needs', 'village') order by 1"
    false = "false" if engine.dialect.name == "postgresql" else "0"
    assert [row[0] for row in read(gone.format(false) + names)] == [
        "age", "name", "needs", "village",
    ]  # fmt: skip


def test_a_foreign_form_with_the_name_of_one_of_ours_loads(
    central: Any, run: Run, read: Read, small_xform: str
) -> None:
    """Views on our own `identification` want columns that this one lacks: only they are missing."""
    central.publish(small_xform.replace('id="small"', 'id="identification"'))
    central.phone("identification")
    central.send('<data id="identification" version="1"><name>N</name>'
                 "<meta><instanceID>uuid:n</instanceID></meta></data>")  # fmt: skip
    assert [form.outcome for form in run().forms] == ["ok", "ok"]
    assert read("select name from form_identification") == [("N",)]
    views = [row[0] for row in read("select view_name from view_definition")]
    assert "sync_state" in views
    assert "directory" not in views


def test_two_projects_with_the_same_form_stay_apart(
    central: Any, engine: Engine, read: Read, small_xform: str, tmp_path: Path
) -> None:
    central.small()
    central.client.post("projects", json={"name": "Second"}).raise_for_status()
    central.project_id = 2
    central.publish(small_xform)
    central.phone("small")
    central.small("<name>Z</name>")
    source = Source(central.client, central.account, [1, 2])
    pull(engine, source, overlap=timedelta(minutes=10), folder=tmp_path, now=now)
    assert read("select name from form_small") == [("A",)]
    assert read("select name from form_p2_small") == [("Z",)]


def now() -> str:
    return iso(datetime.now(UTC))


def test_one_forms_failure_does_not_stop_the_others(
    central: Any, run: Run, read: Read, small_xform: str
) -> None:
    central.publish(small_xform.replace('id="small"', 'id="other"'))
    central.small()
    central.sandbox.misbehave.html("small.svc", times=9)
    found = run()
    assert [form.form_id for form in found.failed] == ["small"]
    assert read("select outcome from sync_run") == [("partial",)]
    assert read("select form_id, outcome from sync_run_form order by 1") == [
        ("other", "ok"), ("small", "failed"),
    ]  # fmt: skip
    [(error,)] = read("select error from sync_run_form where form_id = 'small'")
    assert "ne vient pas d'ODK Central" in error


@pytest.mark.parametrize("place", ["inside a row", "after a row", "after the last row"])
def test_a_cut_stream_changes_nothing_and_the_next_run_heals(
    central: Any, run: Run, read: Read, place: str
) -> None:
    for _ in range(6):
        central.small()
    central.sandbox.misbehave.cut("Submissions", rows=3, place=place)
    assert [form.outcome for form in run().forms] == ["failed"]
    assert read("select count(*) from submission") == [(0,)]
    assert read("select stamp from sync_cursor") == []
    assert report(run())[2] == 6


def test_what_came_before_a_long_stream_broke_stays_and_is_asked_for_again(
    central: Any, run: Run, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.load._BATCH", 4)
    for _ in range(13):
        central.small()
    central.sandbox.misbehave.cut("Submissions", rows=10)
    assert [form.outcome for form in run().forms] == ["failed"]
    # The second batch waits for the third, in which the stream broke.
    assert read("select count(*) from submission") == [(4,)]
    assert read("select count(*) from form_small") == [(4,)]
    assert read("select stamp from sync_cursor") == []
    assert report(run())[1:3] == (13, 9)
    assert sorted(read("select instance_id from form_small")) == sorted((i,) for i in central.sent)
    assert read("select count(*) from submission_history") == [(0,)]


def test_an_id_that_comes_twice_in_an_answer_is_one_submission(
    central: Any, run: Run, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.load._BATCH", 2)
    child = "<child><name>C</name></child>"
    for number in range(3):
        central.small(f"<name>{number}</name>{child}{child}")
    from sync.feed import rows as honest

    def doubled(spool: Any, form_id: str) -> Iterator[Any]:
        found = list(honest(spool, form_id))
        yield from (row for row in found for _ in range(2))
        yield from found

    monkeypatch.setattr("sync.pull_form.rows", doubled)
    run()
    run()
    assert read("select count(*) from submission") == [(3,)]
    assert read("select count(*) from form_small") == [(3,)]
    assert read("select count(*) from form_small__child") == [(6,)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m.fail("Submissions", status=429, retry_after=0, times=9),
        lambda m: m.fail("Submissions", status=502, times=9),
        lambda m: m.wrong_length("Submissions", more=100),
        lambda m: m.wrong_length("Submissions", more=-40),
        lambda m: m.html("Submissions"),
    ],
    ids=["429", "502", "length too long", "length too short", "html"],
)
def test_a_spoilt_answer_is_named_and_the_next_run_heals(
    central: Any, run: Run, read: Read, spoil: Callable[[Any], None]
) -> None:
    for _ in range(3):
        central.small()
    spoil(central.sandbox.misbehave)
    [form] = run().forms
    assert form.outcome == "failed"
    assert form.error
    assert "http" not in form.error.replace(central.sandbox.url, "")
    assert read("select count(*) from submission") == [(0,)]
    central.sandbox.misbehave._rules.clear()
    assert report(run())[2] == 3


def test_a_server_that_asks_for_patience_gets_it(central: Any, run: Run) -> None:
    central.small()
    central.sandbox.misbehave.fail("Submissions", status=429, retry_after=1, times=1)
    began = perf_counter()
    assert report(run())[2] == 1
    assert perf_counter() - began >= 1


def test_a_submission_that_becomes_visible_late_is_not_lost(
    central: Any, run: Run, read: Read
) -> None:
    from threading import Thread

    central.sandbox.misbehave.hold_commits()
    slow = Thread(target=central.small, args=("<name>late</name>",))
    slow.start()
    central.sandbox.misbehave.wait_until_held()
    central.small("<name>early</name>")
    run()
    assert read("select name from form_small") == [("early",)]
    central.sandbox.misbehave.release()
    slow.join()
    run()
    assert read("select name from form_small order by 1") == [("early",), ("late",)]
    [(early,), (late,)] = read("select submitted_at from submission order by payload like '%late%'")
    assert late < early


def test_a_proxy_that_renames_the_host_changes_nothing(central: Any, run: Run) -> None:
    central.sandbox.misbehave.domain = "http://elsewhere.invalid"
    central.small()
    assert report(run())[2] == 1


def test_expired_tokens_are_renewed_within_a_run(central: Any, run: Run) -> None:
    central.small()
    central.sandbox.misbehave.expire_tokens()
    assert report(run())[2] == 1


def test_two_runs_at_once_one_works_and_the_other_says_so(
    central: Any, engine: Engine, run: Run, read: Read
) -> None:
    central.small()
    with single_run(engine), pytest.raises(BusyError, match="déjà en cours"):
        run()
    assert read("select count(*) from sync_run") == [(0,)]
    assert report(run())[2] == 1


def test_a_killed_run_is_marked_when_the_next_one_begins(
    central: Any, engine: Engine, run: Run, read: Read
) -> None:
    from sync.ledger import begin_run

    begin_run(engine, now)
    run()
    assert read("select outcome from sync_run order by run_id") == [("interrupted",), ("ok",)]


def test_a_project_or_form_that_is_not_there_is_named(
    central: Any, engine: Engine, tmp_path: Path, read: Read
) -> None:
    def go(projects: list[int], forms: list[str] | None) -> None:
        source = Source(central.client, central.account, projects, forms)
        pull(engine, source, overlap=timedelta(minutes=10), folder=tmp_path, now=now)

    with pytest.raises(CentralError, match="projet 7 n'existe pas"):
        go([7], None)
    with pytest.raises(CentralError, match="« census » n'existe pas"):
        go([1], ["census"])
    assert read("select outcome, error is not null from sync_run") == [("failed", True)] * 2


def test_an_account_without_rights_is_told_which_role_to_ask_for(
    central: Any, engine: Engine, tmp_path: Path
) -> None:
    user = {"email": "new@example.org", "password": "long enough password"}
    central.client.post("users", json=user).raise_for_status()
    account = type(central.account)(central.sandbox.url, user["email"], user["password"])
    source = Source(connect(account, backoff=0), account, [1])
    with pytest.raises(CentralError, match="Project Viewer"):
        pull(engine, source, overlap=timedelta(minutes=10), folder=tmp_path, now=now)


def test_a_full_disk_for_the_spool_is_named_and_nothing_is_half_written(
    central: Any, run: Run, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import tempfile

    class Full(BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    central.small()
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    [form] = run().forms
    assert form.error is not None
    assert "disque est plein" in form.error
    monkeypatch.undo()
    assert report(run())[2] == 1
