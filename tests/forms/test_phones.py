"""A phone's QR code holds exactly the settings meant, in words Collect understands."""

import dataclasses
import json
import logging
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import requests
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from pyodk.client import Client
from pyxform.xls2xform import convert

from forms.collect_settings import (
    PhoneProject,
    Settings,
    collect_settings,
    settings_from_text,
    settings_to_text,
)
from forms.errors import KafoError
from forms.phone_sheet import write_phone_sheet
from forms.phones import Phone, list_phones, provide_phones, revoke
from sync.central import Account, connect
from sync.sandbox import Sandbox

# Of Collect v2026.3 (Apache-2.0): settings it does not list are dropped without a word.
SCHEMA = json.loads((Path(__file__).parent / "client-settings.schema.json").read_text())
TOKEN = "HlXs3xsQq!rVBRzBIvDWlIqQcwUd51vhuCarFxwPzLsF6gmoUYFRz8y925JZoMM3"
PHONE = Phone("enq-017 Kéniéba", 12, datetime(2026, 11, 23, tzinfo=UTC), None, TOKEN)
PROJECT = PhoneProject("https://odk.example.org/", 3, "Centre – inscriptions", "📝", "#1b6ca8")
FORMS = ("identification", "membership")
# Belong to other servers or other maps than ours.
NOT_OURS = {
    *("username", "password", "selected_google_account", "google_sheets_url", "reference_layer"),
    *("google_map_style", "mapbox_map_style", "usgs_map_style", "carto_map_style"),
}


@pytest.fixture
def settings() -> Settings:
    return collect_settings(PHONE, PROJECT, admin_password="essai-123456")


def test_every_setting_is_one_that_collect_knows_with_a_value_it_takes(settings: Settings) -> None:
    types = {"string": str, "boolean": bool}
    for section, values in settings.items():
        known: dict[str, Any] = SCHEMA["properties"][section]["properties"]
        for key, value in values.items():
            assert isinstance(value, types[known[key]["type"]]), key
            assert value in known[key].get("enum", [value]), key
            assert not known[key].get("deprecated"), key


def test_no_setting_is_left_to_collects_defaults(settings: Settings) -> None:
    for section in ("general", "admin", "project"):
        known = SCHEMA["properties"][section]["properties"]
        current = {key for key, rule in known.items() if not rule.get("deprecated")}
        assert current - settings[section].keys() <= NOT_OURS, section


def test_the_phone_speaks_french_sends_by_itself_keeps_nothing_and_is_locked(
    settings: Settings,
) -> None:
    general, admin = settings["general"], settings["admin"]
    assert general["server_url"] == f"https://odk.example.org/v1/key/{TOKEN}/projects/3"
    assert general["app_language"] == "fr"
    assert general["form_update_mode"] == "match_exactly"
    assert general["autosend"] == "wifi_and_cellular"
    assert general["delete_send"] is True
    assert general["background_location"] is general["background_recording"] is False
    assert admin["admin_pw"] == "essai-123456"
    locked = ("change_server", "change_autosend", "delete_after_send", "change_form_metadata")
    assert not any(admin[key] for key in locked)
    assert settings["project"] == {
        "name": "Centre – inscriptions",
        "icon": "📝",
        "color": "#1b6ca8",
    }


texts = st.dictionaries(st.text(max_size=9), st.text(max_size=30) | st.booleans(), max_size=9)


@given(st.dictionaries(st.sampled_from(["general", "admin", "project"]), texts))
def test_the_text_in_the_code_gives_the_same_settings_back(settings: Settings) -> None:
    assert settings_from_text(settings_to_text(settings)) == settings


def test_centrals_own_code_reads_the_same_way() -> None:
    """A code made for the same server by another client of Central (recorded)."""
    recorded = (
        "eJwtj8tqwzAURL+lWoeoikmbeJkWk5QGGkP62ggh3dhu9XCu5Gfwv1eGMqvhDDPMjRRgAYUm6Y14wBaQNxgdKUOo"
        "U0rZ6nF5H8XSTbJNaMvoLwx0rz990vvT9Q7fd/m4O7TPH/pwPcnurNasLZsngVnfvY2vPnsojDt/Zfm4Gbar9cu3"
        "Ox4TWqP7ARk8ZWRBLg4Nb2olAnDjFMR1I4IsOfRCBj3EiGiC82BVRF11qbiwikvQutECybQg/33zCyvM3JCDdKgq"
        "W/iZC2UqG+k0/QGMp1MP"
    )
    settings = settings_from_text(recorded)
    assert settings["general"]["form_update_mode"] == "match_exactly"
    assert settings["admin"] == {}


def test_the_printed_sheet_read_by_a_camera_gives_the_settings(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_phone_sheet(settings, tmp_path / "sheets", printed_on=date(2026, 11, 23))
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 1
        image = document[0].render(scale=110 / 72).to_pil()  # a poor camera
        text = document[0].get_textpage().get_text_range()
    (code,) = zxingcpp.read_barcodes(image)
    assert settings_from_text(code.text) == settings
    assert "Téléphone de enq-017 Kéniéba" in text
    assert "Configurer par code QR" in text
    assert "23/11/2026" in text
    assert TOKEN not in text
    assert "essai-123456" not in text


def test_a_sheet_is_for_its_owner_only_and_has_a_plain_name(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_phone_sheet(settings, tmp_path, printed_on=date(2026, 11, 23))
    assert path.name.startswith("telephone-enq-017-kenieba-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]  # no draft left behind
    settings["general"]["metadata_username"] = "Enq 017 Kenieba"
    twin = write_phone_sheet(settings, tmp_path, printed_on=date(2026, 11, 23))
    assert twin != path, "two people, two sheets"


def test_a_token_does_not_show() -> None:
    assert TOKEN not in repr(PHONE)
    assert TOKEN not in str(PHONE)


@pytest.mark.parametrize("password", ["", "12345"])
def test_a_phone_without_a_real_password_is_refused(password: str) -> None:
    with pytest.raises(KafoError, match="6 caractères"):
        collect_settings(PHONE, PROJECT, admin_password=password)


def test_a_phone_cut_off_gets_no_code() -> None:
    lost = dataclasses.replace(PHONE, token=None)
    with pytest.raises(KafoError, match="coupé"):
        collect_settings(lost, PROJECT, admin_password="essai-123456")


@pytest.mark.parametrize(
    ("server", "safe"),
    [
        ("https://odk.example.org", True),
        ("http://127.0.0.1:8383", True),
        ("http://192.168.1.20:8383/v1", True),
        ("http://localhost:8383", True),
        ("http://odk.example.org", False),
        ("http://8.8.8.8", False),
        ("odk.example.org", False),
    ],
)
def test_answers_never_travel_in_the_clear(server: str, safe: bool) -> None:
    project = dataclasses.replace(PROJECT, server=server)
    if not safe:
        with pytest.raises(KafoError, match="https://"):
            collect_settings(PHONE, project, admin_password="essai-123456")
        return
    settings = collect_settings(PHONE, project, admin_password="essai-123456")
    address = str(settings["general"]["server_url"])
    assert address.startswith(server.removesuffix("/v1") + "/v1/key/")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return connect(Account(sandbox.url, sandbox.email, sandbox.password))


@pytest.fixture
def project(client: Client) -> int:
    """A project with two published forms."""
    number = int(client.post("projects", json={"name": "Essais"}).json()["id"])
    for form in FORMS:
        settings = {"form_id": form, "version": "1"}
        row = {"type": "text", "name": "nom", "label": "Nom ?"}
        sheets = {"survey": [row], "survey_header": [dict.fromkeys(row)], "settings": [settings]}
        client.post(
            f"projects/{number}/forms?publish=true",
            data=convert(sheets).xform.encode(),
            headers={"Content-Type": "application/xml"},
        )
    return number


def forms_on(client: Client, server: str, project: int, phone: Phone) -> int:
    """What Collect gets with the settings of the phone: the status of its list of forms."""
    there = dataclasses.replace(PROJECT, server=server, project_id=project)
    settings = collect_settings(phone, there, admin_password="essai-123456")
    address = f"{settings['general']['server_url']}/formList"
    answer = requests.get(address, headers={"X-OpenRosa-Version": "1.0"}, timeout=10)
    return answer.text.count("<formID>") if answer.ok else answer.status_code


def test_each_enumerator_gets_a_phone_that_sees_its_forms(
    client: Client, sandbox: Sandbox, project: int
) -> None:
    one, two = provide_phones(client, project, enumerators=["enq-1", " enq-2 "], forms=FORMS)
    assert (one.enumerator, two.enumerator) == ("enq-1", "enq-2")
    assert one.token != two.token
    assert forms_on(client, sandbox.url, project, one) == 2
    assert [p.last_used for p in list_phones(client, project) if p.enumerator == "enq-2"] == [None]


def test_providing_again_keeps_every_access_and_adds_what_is_missing(
    client: Client, sandbox: Sandbox, project: int
) -> None:
    (before,) = provide_phones(client, project, enumerators=["enq-1"], forms=FORMS[:1])
    assert forms_on(client, sandbox.url, project, before) == 1
    after = provide_phones(client, project, enumerators=["enq-1", "enq-1"], forms=FORMS)
    assert [(p.app_user_id, p.token) for p in after] == [(before.app_user_id, before.token)]
    assert len(list_phones(client, project)) == 1
    assert forms_on(client, sandbox.url, project, before) == 2


def test_a_lost_phone_is_cut_off_and_the_others_are_not(
    client: Client, sandbox: Sandbox, project: int
) -> None:
    lost, kept = provide_phones(client, project, enumerators=["enq-1", "enq-2"], forms=FORMS)
    assert revoke(client, project, "enq-1") == 1
    assert forms_on(client, sandbox.url, project, lost) == 403
    assert forms_on(client, sandbox.url, project, kept) == 2
    assert revoke(client, project, "enq-1") == 0  # again is fine
    states = {p.enumerator: p.active for p in list_phones(client, project)}
    assert states == {"enq-1": False, "enq-2": True}


def test_a_replacement_phone_gets_a_new_access_under_the_same_name(
    client: Client, sandbox: Sandbox, project: int
) -> None:
    (lost,) = provide_phones(client, project, enumerators=["enq-1"], forms=FORMS)
    revoke(client, project, "enq-1")
    (new,) = provide_phones(client, project, enumerators=["enq-1"], forms=FORMS)
    assert new.token not in (None, lost.token)
    assert forms_on(client, sandbox.url, project, new) == 2


def test_a_name_nobody_has_is_told(client: Client, project: int) -> None:
    with pytest.raises(KafoError, match="enq-9"):
        revoke(client, project, "enq-9")
    with pytest.raises(KafoError, match="vide"):
        provide_phones(client, project, enumerators=["  "], forms=[])


def test_no_token_reaches_a_log_or_an_error(
    client: Client, project: int, caplog: pytest.LogCaptureFixture
) -> None:
    (phone,) = provide_phones(client, project, enumerators=["enq-1"], forms=FORMS)
    with pytest.raises(KafoError, match="404") as told, caplog.at_level(logging.INFO):
        provide_phones(client, project, enumerators=["enq-1"], forms=["nulle-part"])
    assert phone.token is not None
    assert phone.token not in caplog.text + str(told.value)
    revoke(client, project, "enq-1")
    assert phone.token not in caplog.text


def test_a_server_that_does_not_answer_is_told_without_the_address() -> None:
    with Sandbox() as gone:
        client = connect(Account(gone.url, gone.email, gone.password), backoff=0)
    with pytest.raises(KafoError, match="ne répond pas") as told:
        list_phones(client, 1)
    assert "127.0.0.1" not in str(told.value)
    assert told.value.__cause__ is None
