"""What is wrong is noticed: failures, silence, missing proofs; and what is not, is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from forms.errors import UsageError
from sync.alarm_conditions import Limits, conditions, disk_low
from sync.job_ledger import note_job
from sync.schedule import JobReport
from warehouse import tables
from warehouse.access import log_access
from warehouse.access_review import Looks, looks_of, note_review
from warehouse.types import iso

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def at(**later: float) -> str:
    return iso(START + timedelta(**later))


LIMITS = Limits(failed_runs=2, silence_minutes=120, silent_days=7, sending_days=4, disk_free_gb=0)


@pytest.fixture
def wrong(engine: Engine, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """What is wrong at a moment: key → French text."""

    def look(now: str, since: str = at(days=-365), limits: Limits = LIMITS) -> dict[str, str]:
        with engine.connect() as connection:
            found = conditions(connection, limits, now=now, running_since=since,
                               jobs=["sync", "alarms"], folders=[tmp_path])  # fmt: skip
        return {alarm.key: alarm.fr for alarm in found if alarm.begins}

    return look


def note_run(engine: Engine, moment: str, outcome: str = "ok", form: str = "f") -> None:
    with engine.begin() as connection:
        done = connection.execute(
            tables.sync_run.insert().values(started_at=moment, ended_at=moment, outcome=outcome)
        )
        assert done.inserted_primary_key is not None
        connection.execute(
            tables.sync_run_form.insert().values(
                run_id=done.inserted_primary_key[0], project_id=1, form_id=form, outcome="ok",
                asked="all", received=0, new=0, changed=0, deleted=0, bytes=0, seconds=0.0,
            )
        )  # fmt: skip


def submit(engine: Engine, days: list[float], name: str = "PF-01", who: str = "7") -> None:
    rows = [
        {"project_id": 1, "form_id": "f", "instance_id": f"uuid:{who}-{n}",
         "submitted_at": at(days=day), "submitter_id": who, "submitter_name": name}
        for n, day in enumerate(days)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(tables.submission.insert(), rows)


def test_a_job_that_failed_twice_in_a_row_is_told_with_what_to_do(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    error = "ODK Central refuse le mot de passe du compte kafo@example.org. Corrigez-le."
    note_run(engine, at())
    note_job(engine, JobReport("sync", at(), at(), "failed", error))
    note_job(engine, JobReport("gone", at(), at(), "failed", error))
    note_job(engine, JobReport("gone", at(), at(), "failed", error))
    assert wrong(at(minutes=1)) == {}
    note_job(engine, JobReport("sync", at(), at(), "failed", error))
    assert "2 fois" in wrong(at(minutes=1))["job_failed:sync"]
    assert error in wrong(at(minutes=1))["job_failed:sync"]
    note_job(engine, JobReport("sync", at(), at(), "ok"))
    assert wrong(at(minutes=1)) == {}


def test_no_successful_synchronisation_for_too_long_is_told(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    note_run(engine, at(minutes=-125))
    note_run(engine, at(minutes=-5), outcome="failed")
    assert "2026-11-01 05:55 UTC" in wrong(at())["no_sync"]
    assert wrong(at(minutes=-10)) == {}
    note_run(engine, at(minutes=-1), outcome="partial")
    assert wrong(at()) == {}


def test_a_computer_that_was_off_is_given_time_to_synchronise(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    assert wrong(at(), since=at(minutes=-1)) == {}
    assert set(wrong(at(), since=at(minutes=-121))) == {"no_sync"}
    note_run(engine, at(days=-3))
    assert wrong(at(), since=at(minutes=-1)) == {}


def test_a_phone_and_a_form_that_used_to_send_and_stopped_are_told(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    submit(engine, [-8, -9, -10, -10.1, -20])
    note_run(engine, at())
    found = wrong(at())
    assert set(found) == {"form_silent:1:f", "submitter_silent:1:7"}
    assert "PF-01" in found["submitter_silent:1:7"]
    assert "2026-10-24" in found["submitter_silent:1:7"]
    assert "4 jours" in found["submitter_silent:1:7"]


def test_a_cercle_that_used_to_be_worked_in_is_told_whatever_the_form(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    stamps = "timestamptz(3)" if engine.dialect.name == "postgresql" else "text"
    place = {"table_name": "form_f", "column_name": "cercle", "path": "/cercle", "type": "text",
             "select_multiple": False, "position": 1, "current": True}  # fmt: skip
    with engine.begin() as connection:
        for number in (1, 2):
            name = f"form_{number}"
            connection.exec_driver_sql(f"create table {name} (cercle text, submitted_at {stamps})")
            connection.execute(
                tables.question.insert().values(
                    project_id=1, form_id=str(number), **{**place, "table_name": name}
                )
            )
            connection.execute(
                tables.form.insert().values(
                    project_id=1, form_id=str(number), title="F", version="1", table_name=name,
                    xform="", fields="[]", definition_hash="x", seen_at=at(),
                )
            )  # fmt: skip
        rows = [(1, "yelimane", -8), (1, "yelimane", -9), (2, "yelimane", -10), (2, "yelimane", -11),
                (1, "kayes", -1), (1, "kayes", -8), (1, "kayes", -9), (1, "kayes", -10),
                (2, "nioro", -8), (2, "nioro", -9), (2, "nioro", -10), (1, None, -9)]  # fmt: skip
        for number, cercle, days in rows:
            connection.execute(
                text(f"insert into form_{number} values (:cercle, cast(:at as {stamps}))"),
                {"cercle": cercle, "at": at(days=days)},
            )
    note_run(engine, at())
    found = wrong(at())
    assert set(found) == {"cercle_silent:1:yelimane"}
    assert "2026-10-24" in found["cercle_silent:1:yelimane"]


@pytest.mark.parametrize(("days", "why"), [
    ([-6.9, -9, -10, -11, -12], "it sent again"),
    ([-8, -8.1, -8.2, -9, -10], "only three distinct days"),
    ([-8, -9, -10, -38], "the fourth day is longer ago"),
    ([-40, -41, -42, -43], "nobody expects it any more"),
    ([-0.1, -1, -2, -3], "it is sending"),
])  # fmt: skip
def test_who_sends_or_never_sent_regularly_is_not_missed(
    engine: Engine, wrong: Callable[..., dict[str, str]], days: list[float], why: str
) -> None:
    submit(engine, days)
    note_run(engine, at())
    assert wrong(at()) == {}, why


def test_days_without_a_synchronisation_are_not_days_of_silence(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    submit(engine, [0, -1, -2, -3])
    note_run(engine, at())
    assert set(wrong(at(days=20))) == {"no_sync"}


def test_the_name_of_a_person_is_never_told(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    submit(engine, [-8, -9, -10, -20], name="Fatoumata (inventée)", who="12")
    submit(engine, [-1], name="PF-02", who="8")
    note_run(engine, at())
    found = wrong(at())
    assert set(found) == {"submitter_silent:1:12"}
    assert "Fatoumata" not in str(found)
    assert "n° 12" in found["submitter_silent:1:12"]


def test_that_somebody_reads_many_people_in_a_day_is_told_without_a_name(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    def look(who: str, rows: int, moment: str) -> None:
        with engine.begin() as connection:
            log_access(connection, now=moment, who=who, action="search", what="person", rows=rows,
                       reason="préparer la visite")  # fmt: skip

    note_run(engine, at())
    look("awa", 60, at(days=-1))
    look("awa", 30, at(hours=-2))
    look("awa", 20, at(hours=-1))
    look("issa", 51, at())
    found = wrong(at())
    assert set(found) == {"many_looks:2026-11-01:1"}
    assert "jusqu'à 51" in found["many_looks:2026-11-01:1"]
    assert "issa" not in str(found)
    look("awa", 1, at())
    assert set(wrong(at())) == {"many_looks:2026-11-01:2"}
    assert set(wrong(at(days=1))) == {"no_sync"}


def test_a_month_of_looks_that_nobody_reviewed_is_told_from_the_eighth_on(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    with engine.begin() as connection:
        for action, what, rows in (("search", "person", 3), ("export", "directory", 5),
                                   ("publish", "published_cell", 0), ("search", "person", 0)):  # fmt: skip
            log_access(connection, now=at(days=-1), who="awa", action=action, what=what, rows=rows,
                       reason="préparer la visite")  # fmt: skip
    for days, told in ((6, False), (7, True)):
        note_run(engine, at(days=days))
        assert ("not_reviewed:2026-10" in wrong(at(days=days))) is told
    with engine.begin() as connection:
        assert looks_of(connection, "2026-10") == [Looks("awa", 2, 8, 1, 8)]
        assert looks_of(connection, "2026-11") == []
        with pytest.raises(UsageError, match="n'est pas fini"):
            note_review(connection, "2026-11", who="issa", reason="rien d'anormal", now=at(days=7))
        note_review(connection, "2026-10", who="issa", reason="rien d'anormal", now=at(days=7))
    assert "not_reviewed:2026-10" not in wrong(at(days=7))
    note_run(engine, at(days=38))
    assert "not_reviewed:2026-11" not in wrong(
        at(days=38)
    )  # the review itself is no look at people


def prove(engine: Engine, moment: str, *, equal: bool, run_id: int, form: str = "f") -> None:
    numbers = ("central_live", "warehouse_live", "central_deleted", "warehouse_deleted",
               "missing", "stale", "purged", "vanished")  # fmt: skip
    with engine.begin() as connection:
        connection.execute(
            tables.proof.insert().values(run_id=run_id, project_id=1, form_id=form,
                                         proven_at=moment, equal=equal, **dict.fromkeys(numbers, 0))
        )  # fmt: skip


def test_a_proof_that_failed_or_is_too_old_is_told(
    engine: Engine, wrong: Callable[..., dict[str, str]]
) -> None:
    note_run(engine, at())
    prove(engine, at(hours=-49), equal=True, run_id=1)
    prove(engine, at(hours=-490), equal=True, run_id=1, form="no longer on Central")
    assert "49 heures" in wrong(at())["proof_old:1:f"]
    assert wrong(at(), since=at(minutes=-50)) == {}
    prove(engine, at(), equal=False, run_id=2)
    assert set(wrong(at())) == {"proof_failed:1:f"}
    prove(engine, at(), equal=True, run_id=3)
    assert wrong(at()) == {}


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    assert list(disk_low([tmp_path], 0)) == []
    (alarm,) = disk_low([tmp_path], 10**9)
    assert alarm.key == "disk_low"
