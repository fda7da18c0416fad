"""The list of cards in Central says what the warehouse knows: no more, no less, sent once."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyodk.client import Client

from forms.fingerprint import fingerprint, name_key, phone_key
from pipelines.identity.acts import merge
from sync.card_list import Refilled, _refill, refill
from sync.central import Account, connect
from sync.known_cards import wanted_rows
from sync.sandbox import Sandbox

SALT = "a-salt"
OLD, NEW = "1111111111", "2222222222"
ANNA = {
    "last_name": "Keita", "first_names": "Anna", "birth_year": 1990, "phone": "70000001",
    "cercle": "kayes",
}  # fmt: skip


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox() as sandbox:
        found = connect(Account(sandbox.url, sandbox.email, sandbox.password))
        found.post("projects", json={"name": "CIOM"}).raise_for_status()
        found.post("projects/1/datasets", json={"name": "cards"}).raise_for_status()
        for name in ("name_fp", "phone_fp", "cercle", "last4"):
            found.post("projects/1/datasets/cards/properties", json={"name": name})
        yield found


def listed(client: Client) -> list[tuple[str, ...]]:
    rows = client.get("projects/1/datasets/cards.svc/Entities").json()["value"]
    names = ("label", "name_fp", "phone_fp", "cercle", "last4")
    return sorted(tuple(row[name] for name in names) for row in rows)


def name(last: str, first: str, year: int) -> str:
    return fingerprint(SALT, name_key(last, first, year))


def phone(number: str) -> str:
    return fingerprint(SALT, phone_key(number))


def fill(register: Any, client: Client) -> Refilled:
    [done] = refill(register.engine, client, [1], salt=SALT)
    return done


def test_missing_cards_are_filled_in_once(register: Any, client: Client) -> None:
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.arrive()
    assert fill(register, client) == Refilled(1, created=1)
    assert listed(client) == [
        (OLD, name("Keita", "Anna", 1990), phone("70000001"), "kayes", "1111")
    ]
    assert fill(register, client) == Refilled(1)


def test_after_a_merge_both_cards_know_both_names_and_phones(register: Any, client: Client) -> None:
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.send("uuid:2", card_code=NEW, last_name="Sow", first_names="Ben", birth_year=1991,
                  phone="70000002", cercle="kita", today="2026-11-20")  # fmt: skip
    register.arrive()
    assert fill(register, client) == Refilled(1, created=2)
    persons = register.person_of()
    merge(register.engine, (persons["uuid:1"], persons["uuid:2"]), who="Awa",
          now="2026-11-23T12:00:00.000Z", matcher=register.matcher)  # fmt: skip
    fill(register, client)
    for code in (OLD, NEW):
        rows = [row for row in listed(client) if row[0] == code]
        assert {r[1] for r in rows} == {name("Keita", "Anna", 1990), name("Sow", "Ben", 1991)}
        assert {r[2] for r in rows} == {phone("70000001"), phone("70000002")}
        assert {r[3:] for r in rows} == {("kita", code[-4:])}
    assert fill(register, client) == Refilled(1)


def test_a_correction_changes_the_row_and_a_withdrawal_removes_it(
    register: Any, client: Client
) -> None:
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.arrive()
    fill(register, client)
    register.send("uuid:1", last_name="Sow")
    register.arrive("uuid:1")
    assert fill(register, client) == Refilled(1, changed=1)
    assert listed(client)[0][1] == name("Sow", "Anna", 1990)
    register.send("uuid:1", consent_record="no", last_name=None, first_names=None, phone=None)
    register.arrive("uuid:1")
    assert fill(register, client) == Refilled(1, removed=1)
    assert listed(client) == []


def test_a_card_whose_registration_was_not_read_yet_stays(register: Any, client: Client) -> None:
    """Central made an entity of it; the next synchronisation brings the registration."""
    for label in (OLD, NEW):
        body = {"label": label, "data": {"cercle": "kayes"}}
        client.post("projects/1/datasets/cards/entities", json=body).raise_for_status()
    phone_user = client.post("projects/1/app-users", json={"displayName": "PF-01"}).json()["id"]
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.arrive()
    with register.engine.connect() as connection:
        wanted = wanted_rows(connection, SALT)
    done = _refill(client, 1, wanted, me=str(phone_user), until="2026-01-01T00:00:00.000Z")
    assert done == Refilled(1, changed=1)
    done = _refill(client, 1, wanted, me=str(phone_user), until="2999-01-01T00:00:00.000Z")
    assert done == Refilled(1, removed=1)


def test_a_project_without_the_list_is_left_alone(register: Any, client: Client) -> None:
    client.post("projects", json={"name": "Sites"}).raise_for_status()
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.arrive()
    assert refill(register.engine, client, [2], salt=SALT) == []
    assert [done.project_id for done in refill(register.engine, client, [1, 2], salt=SALT)] == [1]


def test_no_name_and_no_number_reaches_central(register: Any, client: Client) -> None:
    register.send("uuid:1", card_code=OLD, **ANNA)
    register.arrive()
    fill(register, client)
    text = client.get("projects/1/datasets/cards/entities.csv").text
    assert OLD in text
    for told in ("Keita", "Anna", "1990", "70000001"):
        assert told not in text
