"""What was erased is seen to leave Central's bin, and somebody is told when it does not."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, insert

from sync.central_erasure import clear_central
from sync.erasure_check import Looked, check_bin
from sync.erasure_ledger import not_gone, proofs
from warehouse.protection_tables import central_erasure, erasure_proof

ASKED = "2026-11-01T10:00:00.000Z"
DELETED = "2026-11-02T10:00:00.000Z"
LATER = "2026-12-03T02:00:00.000Z"
Read = Callable[[str], list[tuple[Any, ...]]]


def erase(engine: Engine, central: Any, *keys: tuple[str, str, str]) -> None:
    """Queued and deleted in Central, as after `kafo person erase`."""
    with engine.begin() as connection:
        for kind, name, identifier in keys:
            connection.execute(
                insert(central_erasure).values(
                    project_id=1, kind=kind, form_id=name, instance_id=identifier, person_hash="h",
                    asked_at=ASKED,
                )
            )  # fmt: skip
    clear_central(engine, central.client, now=lambda: DELETED)


def purge(central: Any, instance: str) -> None:
    """What Central's nightly job does 30 days after a deletion."""
    with central.sandbox._store.write() as db:
        db.execute("delete from submissions where instanceId = ?", (instance,))


def alarms(engine: Engine, now: str) -> list[str]:
    with engine.connect() as connection:
        return [alarm.key for alarm in not_gone(connection, now)]


def test_a_record_is_proven_gone_only_once_the_bin_is_without_it(
    central: Any, engine: Engine
) -> None:
    gone, stays = central.small(), central.small()
    erase(engine, central, ("submission", "small", gone), ("submission", "small", stays))
    assert check_bin(engine, central.client, now=DELETED) == Looked(left=2)
    purge(central, gone)
    assert check_bin(engine, central.client, now=LATER) == Looked(gone=1, left=1)
    with engine.connect() as connection:
        [half] = proofs(connection)
    assert (half.items, half.left, half.gone_on) == (2, 1, None)
    purge(central, stays)
    assert check_bin(engine, central.client, now="2026-12-04T02:00:00.000Z") == Looked(gone=1)
    with engine.connect() as connection:
        [whole] = proofs(connection)
    assert (whole.erased_on, whole.deleted_on, whole.gone_on) == (
        "2026-11-01", "2026-11-02", "2026-12-04",
    )  # fmt: skip
    central.sandbox.stop()
    assert check_bin(engine, central.client, now=LATER) == Looked(), "nothing left: not even asked"


def test_a_record_restored_in_central_is_deleted_again(central: Any, engine: Engine) -> None:
    back = central.small()
    erase(engine, central, ("submission", "small", back))
    central.client.post(central.url(f"submissions/{back}/restore")).raise_for_status()
    assert check_bin(engine, central.client, now=LATER) == Looked(left=1, restored=1)
    assert central.client.get(central.url("submissions")).json() == []
    with engine.connect() as connection:
        [proof] = proofs(connection)
    assert (proof.deleted_on, proof.gone_on) == ("2026-12-03", None)


def test_entities_found_by_their_card_are_followed_too(central: Any, engine: Engine) -> None:
    central.client.post("projects/1/datasets", json={"name": "cards"}).raise_for_status()
    body: dict[str, Any] = {"label": "1234567894", "data": {}}
    place = "projects/1/datasets/cards/entities"
    first = central.client.post(place, json=body).json()["uuid"]
    central.client.post(place, json=body).raise_for_status()
    central.client.delete(f"{place}/{first}").raise_for_status()
    erase(engine, central, ("card", "cards", "1234567894"))
    assert check_bin(engine, central.client, now=DELETED) == Looked(left=2)
    with central.sandbox._store.write() as db:
        db.execute("update entities set uuid = 'purged-' || id")
    assert check_bin(engine, central.client, now=LATER) == Looked(gone=2)


def test_a_form_that_is_not_there_proves_nothing(central: Any, engine: Engine) -> None:
    erase(engine, central, ("submission", "no_such_form", "uuid:1"))
    assert check_bin(engine, central.client, now=LATER) == Looked(left=1)


def test_no_id_of_an_erased_record_is_kept(central: Any, engine: Engine, read: Read) -> None:
    gone = central.small()
    erase(engine, central, ("submission", "small", gone))
    check_bin(engine, central.client, now=DELETED)
    [row] = read("select * from erasure_proof")
    assert gone not in map(str, row)


def test_what_is_late_raises_an_alarm_and_what_is_gone_ends_it(
    central: Any, engine: Engine
) -> None:
    gone = central.small()
    erase(engine, central, ("submission", "small", gone))
    assert alarms(engine, "2026-12-07T10:00:00.000Z") == []
    assert alarms(engine, "2026-12-08T10:00:00.000Z") == ["erased_in_bin"]
    purge(central, gone)
    check_bin(engine, central.client, now="2026-12-08T11:00:00.000Z")
    assert alarms(engine, "2026-12-08T12:00:00.000Z") == []


def test_a_deletion_that_waits_for_central_too_long_raises_an_alarm(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(central_erasure).values(
                project_id=1, kind="submission", form_id="small", instance_id="uuid:1",
                person_hash="h", asked_at=ASKED,
            )
        )  # fmt: skip
    assert alarms(engine, "2026-11-07T10:00:00.000Z") == []
    assert alarms(engine, "2026-11-09T10:00:00.000Z") == ["erasure_waiting"]
    with engine.connect() as connection:
        assert connection.execute(erasure_proof.select()).all() == []
