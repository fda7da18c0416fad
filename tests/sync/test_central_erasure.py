"""What was erased here is deleted in Central, now or when Central can be reached again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from forms.errors import KafoError
from sync.central_erasure import clear_central, waiting
from warehouse.erasure import hash_of, salt_of
from warehouse.protection_tables import central_erasure, erased_submission, erasure

NOW = "2026-11-02T10:00:00.000Z"
Read = Callable[[str], list[tuple[Any, ...]]]


def queue(engine: Engine, *keys: tuple[str, str, str]) -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(erasure).values(person_hash="h", erased_on=NOW[:10], cause="request")
        )
        for kind, name, identifier in keys:
            connection.execute(
                insert(central_erasure).values(
                    project_id=1, kind=kind, form_id=name, instance_id=identifier, person_hash="h",
                    asked_at=NOW,
                )
            )  # fmt: skip


def in_central(central: Any) -> int:
    found: int = central.client.get(central.url("submissions")).json().__len__()
    return found


def test_submissions_are_deleted_and_the_day_is_written_down(
    central: Any, engine: Engine, read: Read
) -> None:
    gone, _stays = central.small(), central.small()
    queue(engine, ("submission", "small", gone), ("submission", "small", "uuid:purged-long-ago"))
    done = clear_central(engine, central.client, now=lambda: NOW)
    assert (done.deleted, done.left, in_central(central)) == (2, 0, 1)
    assert read("select central_on from erasure") in ([("2026-11-02",)], [(_day(),)])
    assert clear_central(engine, central.client, now=lambda: NOW).deleted == 0


def _day() -> Any:
    from datetime import date

    return date(2026, 11, 2)


def test_entities_are_deleted(central: Any, engine: Engine) -> None:
    made = central.client.post("projects/1/datasets", json={"name": "cards"})
    made.raise_for_status()
    uuid = "10000000-0000-4000-8000-000000000001"
    body = {"uuid": uuid, "label": "1234567894", "data": {}}
    central.client.post("projects/1/datasets/cards/entities", json=body).raise_for_status()
    queue(engine, ("entity", "cards", uuid))
    clear_central(engine, central.client, now=lambda: NOW)
    assert central.client.get("projects/1/datasets/cards/entities").json() == []


def test_entities_are_deleted_by_the_card_they_are_labelled_with(
    central: Any, engine: Engine
) -> None:
    central.client.post("projects/1/datasets", json={"name": "cards"}).raise_for_status()
    for label in ("1234567894", "1234567894", "9876543210"):
        body: dict[str, Any] = {"label": label, "data": {}}
        central.client.post("projects/1/datasets/cards/entities", json=body).raise_for_status()
    queue(engine, ("card", "cards", "1234567894"), ("card", "no_such_list", "1234567894"))
    assert clear_central(engine, central.client, now=lambda: NOW).left == 0
    [left] = central.client.get("projects/1/datasets/cards/entities").json()
    assert left["currentVersion"]["label"] == "9876543210"


def test_what_cannot_be_reached_stays_queued(central: Any, engine: Engine) -> None:
    queue(engine, ("submission", "small", central.small()))
    central.sandbox.stop()
    with pytest.raises(KafoError, match="ne répond pas"):
        clear_central(engine, central.client, now=lambda: NOW)
    assert waiting(engine) == 1


def test_a_synchronisation_after_the_deletion_brings_nothing_back(
    central: Any, engine: Engine, run: Callable[[], Any], read: Read
) -> None:
    gone = central.small()
    with engine.begin() as connection:
        name = hash_of(salt_of(connection), gone)
        connection.execute(insert(erased_submission).values(instance_hash=name, erased_on=NOW[:10]))
    run()
    queue(engine, ("submission", "small", gone))
    clear_central(engine, central.client, now=lambda: NOW)
    run()
    assert read("select * from submission") == []
    assert read("select * from form_small") == []
