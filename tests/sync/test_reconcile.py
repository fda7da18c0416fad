"""After a reconciliation the warehouse holds what Central holds, and the proof says so truly."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from sync.pull import pull
from sync.reconcile import Proof
from warehouse.types import iso

Run = Callable[[], Any]
Read = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def prove(engine: Engine, central: Any, tmp_path: Path) -> Callable[[], Proof]:
    """One reconciliation of the only form."""

    def once() -> Proof:
        found: list[Proof] = []
        run = pull(
            engine,
            central.source,
            overlap=timedelta(minutes=10),
            folder=tmp_path,
            now=lambda: iso(datetime.now(UTC)),
            on_proof=found.append,
        )
        assert not run.failed, run.failed
        return found[0]

    return once


def break_(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def years_pass(engine: Engine) -> None:
    """The feed is asked from far behind what happened: only the list can show it."""
    break_(engine, "update sync_cursor set stamp = '2099-01-01T00:00:00.000Z', etag = null")


def test_equal_sides_are_proven_equal(central: Any, prove: Callable[[], Proof], read: Read) -> None:
    gone, _ = central.small(), central.small()
    prove()
    central.client.delete(central.url(f"submissions/{gone}")).raise_for_status()
    found = prove()
    assert found.equal
    assert (found.central_live, found.warehouse_live) == (1, 1)
    assert (found.central_deleted, found.warehouse_deleted) == (1, 1)
    assert (found.missing, found.stale, found.purged, found.vanished) == (0, 0, 0, 0)
    assert read("select central_live, warehouse_live from proof order by run_id") == [
        (2, 2),
        (1, 1),
    ]


def test_a_lost_and_an_old_row_are_healed_and_counted(
    engine: Engine, central: Any, prove: Callable[[], Proof], read: Read
) -> None:
    lost, old, fine = (central.small(f"<name>{n}</name>") for n in "ABC")
    prove()
    central.small("<name>B2</name><child><name>X</name><g/></child>", edits=old)
    prove()
    for table in ("submission", "form_small"):
        break_(engine, f"delete from {table} where instance_id = '{lost}'")
    # what a lost edit looks like: the state before it, with the cursor far ahead
    break_(
        engine, f"update submission set updated_at = null, digest = 'x' where instance_id = '{old}'"
    )
    break_(engine, f"update form_small set name = 'B' where instance_id = '{old}'")
    break_(engine, "delete from form_small__child")
    years_pass(engine)
    found = prove()
    assert (found.missing, found.stale, found.equal) == (1, 1, True)
    assert read("select name from form_small order by 1") == [("A",), ("B2",), ("C",)]
    assert read("select instance_id, name from form_small__child") == [(old, "X")]
    assert prove().missing == 0
    assert fine


def test_a_restored_submission_comes_back(
    engine: Engine, central: Any, run: Run, prove: Callable[[], Proof], read: Read
) -> None:
    instance = central.small("<name>Z</name>")
    run()
    central.client.delete(central.url(f"submissions/{instance}")).raise_for_status()
    run()
    assert read("select * from form_small") == []
    years_pass(engine)
    central.client.post(central.url(f"submissions/{instance}/restore")).raise_for_status()
    run()
    assert read("select * from form_small") == [], "no stamp shows a restoration"
    found = prove()
    assert (found.stale, found.equal) == (1, True)
    assert read("select name from form_small") == [("Z",)]


def test_what_a_clock_set_back_hid_is_found(
    central: Any, run: Run, prove: Callable[[], Proof], read: Read
) -> None:
    central.small("<name>Before</name>")
    run()
    central.sandbox.misbehave.clock_step = timedelta(hours=-2)
    central.small("<name>Two hours ago</name>")
    run()
    central.sandbox.misbehave.clock_step = timedelta()
    central.small("<name>After</name>")
    run()
    assert read("select count(*) from form_small") == [(2,)], "its stamp lies before the overlap"
    found = prove()
    assert (found.missing, found.equal) == (1, True)
    assert read("select count(*) from form_small") == [(3,)]


def purge(central: Any, instance: str) -> None:
    """What Central's nightly job does 30 days after a deletion."""
    with central.sandbox._store.write() as db:
        db.execute("delete from submissions where instanceId = ?", (instance,))


def test_a_purged_submission_leaves_no_answers_behind(
    central: Any, run: Run, prove: Callable[[], Proof], read: Read
) -> None:
    instance, _ = central.small("<name>Purge me</name>"), central.small()
    central.small("<name>Purge me too</name>", edits=instance)
    run()
    central.client.delete(central.url(f"submissions/{instance}")).raise_for_status()
    run()
    assert read("select count(*) from submission_history") != [(0,)]
    purge(central, instance)
    found = prove()
    assert (found.purged, found.vanished, found.equal) == (1, 0, True)
    where = f"where instance_id = '{instance}'"
    assert read(f"select payload, purged_at is null from submission {where}") == [(None, False)]
    assert read(f"select * from submission_history {where}") == []
    assert prove().purged == 0


def test_one_vanished_submission_leaves_the_tables_but_many_at_once_do_not(
    central: Any, run: Run, prove: Callable[[], Proof], read: Read
) -> None:
    instances = [central.small() for _ in range(30)]
    run()
    purge(central, instances[0])
    found = prove()
    assert (found.vanished, found.equal) == (1, True)
    assert read("select count(*) from form_small") == [(29,)]
    for instance in instances[1:25]:
        purge(central, instance)
    found = prove()
    assert (found.vanished, found.equal) == (24, False)
    assert read("select count(*) from form_small") == [(29,)]


def test_a_renamed_phone_is_renamed_here(
    engine: Engine, central: Any, run: Run, prove: Callable[[], Proof], read: Read
) -> None:
    central.small()
    run()
    years_pass(engine)
    with central.sandbox._store.write() as db:
        db.execute("update actors set displayName = 'PF-99' where displayName = 'PF-01'")
    run()
    assert read("select submitter_name from form_small") == [("PF-01",)]
    assert prove().equal
    assert read("select submitter_name from form_small") == [("PF-99",)]
    assert read("select submitter_name from submission") == [("PF-99",)]


def test_a_list_cut_short_proves_nothing_and_changes_nothing(
    engine: Engine, central: Any, run: Run, read: Read, tmp_path: Path
) -> None:
    for _ in range(5):
        central.small()
    run()
    central.sandbox.misbehave.cut("/submissions", rows=2, place="after a row", times=9)
    found: list[Proof] = []
    report = pull(
        engine,
        central.source,
        overlap=timedelta(minutes=10),
        folder=tmp_path,
        now=lambda: iso(datetime.now(UTC)),
        on_proof=found.append,
    )
    assert [form.outcome for form in report.forms] == ["failed"]
    assert not found
    assert read("select count(*) from form_small") == [(5,)]
    assert read("select last_outcome from sync_state") == [("failed",)]
