"""The sandbox as a server: its state lasts, it loses nothing, it streams, it serves pyodk."""

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from pyodk._utils.config import CentralConfig, Config
from pyodk._utils.session import Session
from pyodk.client import Client

from forms.errors import KafoError
from sync.sandbox import Sandbox

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:entities="http://www.opendatakit.org/xforms/entities"
 xmlns:odk="http://www.opendatakit.org/xforms"><h:head><h:title>Visit</h:title>
<model entities:entities-version="2024.1.0"><instance><data id="visit" version="1"><name/><age/>
<child><first/></child><meta><entity dataset="sites" create="1" id=""><label/></entity>
<instanceID/></meta></data></instance>
<instance id="places" src="jr://file-csv/places.csv"/>
<bind nodeset="/data/name" type="string" entities:saveto="place"/>
<bind nodeset="/data/age" type="int"/><bind nodeset="/data/child/first" type="string"/>
<bind nodeset="/data/meta/entity/label" type="string"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><input ref="/data/name"><label>Name</label></input>
<group ref="/data/child"><repeat nodeset="/data/child"><input ref="/data/child/first"/></repeat>
</group></h:body></h:html>"""


def visit(name: str = "Awa", *, version: str = "1") -> str:
    return (
        f'<data id="visit" version="{version}"><name>{name}</name><age>41</age>'
        f"<child><first>B</first></child><meta><instanceID>uuid:{uuid4()}</instanceID>"
        "</meta></data>"
    )


@pytest.fixture
def key(admin: Any) -> str:
    """The key of an app user who may fill in the form `visit` of project 1."""
    return give_form(admin)


def give_form(admin: Any) -> str:
    assert admin.call("POST", "/projects", json={"name": "Test"}).json()["id"] == 1
    xml = {"Content-Type": "application/xml"}
    path = "/projects/1/forms?publish=true"
    assert admin.call("POST", path, data=FORM, headers=xml).status_code == 200
    user = admin.call("POST", "/projects/1/app-users", json={"displayName": "PF-01"}).json()
    admin.call("POST", f"/projects/1/forms/visit/assignments/app-user/{user['id']}")
    return str(user["token"])


def send(sandbox: Sandbox, key: str, xml: str) -> int:
    url = f"{sandbox.url}/v1/key/{key}/projects/1/submission"
    files = {"xml_submission_file": ("submission.xml", xml)}
    return requests.post(url, files=files, headers={"X-OpenRosa-Version": "1.0"}).status_code


def rows(admin: Any, query: str = "") -> list[dict[str, Any]]:
    answer = admin.call("GET", "/projects/1/forms/visit.svc/Submissions" + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


def test_the_same_path_is_the_same_server(tmp_path: Path, client: Callable[[Sandbox], Any]) -> None:
    path = tmp_path / "central.db"
    with Sandbox(path) as first:
        admin = client(first)
        key, password = give_form(admin), first.password
        assert send(first, key, visit()) == 201
        token = admin.headers["Authorization"]
        before = rows(admin)
    with Sandbox(path) as second:
        assert second.password == password
        assert send(second, key, visit("Binta")) == 201
        old = requests.get(f"{second.url}/v1/projects", headers={"Authorization": token})
        assert [project["name"] for project in old.json()] == ["Test"]
        assert rows(client(second))[1] == before[0]


def test_a_taken_port_is_told_in_both_languages() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(KafoError) as refusal:
            Sandbox(port=port).start()
    assert str(port) in refusal.value.fr
    assert str(port) in refusal.value.en
    assert "autre port" in refusal.value.fr


def test_only_this_machine_is_served(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    port = int(sandbox.url.rsplit(":", 1)[1])
    with socket.socket() as elsewhere:
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


def test_200_phones_at_once_lose_nothing(sandbox: Sandbox, admin: Any, key: str) -> None:
    sent = [visit(f"P{number}") for number in range(200)]
    with ThreadPoolExecutor(32) as phones:
        codes = list(phones.map(lambda xml: send(sandbox, key, xml), sent))
    assert codes == [201] * 200
    found = rows(admin)
    assert sorted(row["name"] for row in found) == sorted(f"P{number}" for number in range(200))
    stamps = [(row["__system"]["submissionDate"]) for row in found]
    assert stamps == sorted(stamps, reverse=True)


def test_many_at_once_leave_the_state_of_posts(sandbox: Sandbox, admin: Any, key: str) -> None:
    user = admin.call("GET", "/projects/1/app-users").json()[0]["id"]
    assert send(sandbox, key, visit("posted")) == 201
    made = sandbox.insert_many(1, "visit", (visit(f"B{n}") for n in range(50)), app_user_id=user)
    assert made == 50
    found = rows(admin)
    posted = found.pop()
    for row in found:
        assert row.keys() == posted.keys()
        same = {"submissionDate"}
        assert {k: v for k, v in row["__system"].items() if k not in same} == {
            k: v for k, v in posted["__system"].items() if k not in same
        }
    assert (
        admin.call("GET", "/projects/1/forms/visit.svc/Submissions.child?$count=true").json()[
            "@odata.count"
        ]
        == 51
    )


def test_a_stream_shows_one_moment(sandbox: Sandbox, admin: Any, key: str) -> None:
    user = admin.call("GET", "/projects/1/app-users").json()[0]["id"]
    sandbox.insert_many(1, "visit", (visit("x" * 500) for _ in range(3000)), app_user_id=user)
    url = f"{admin.base}/projects/1/forms/visit.svc/Submissions"
    with admin.get(url, stream=True) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        pieces = answer.iter_content(1000)
        begin = next(pieces)
        assert send(sandbox, key, visit("later")) == 201
        whole = begin + b"".join(pieces)
    assert len(json.loads(whole)["value"]) == 3000
    assert len(rows(admin)) == 3001


def test_a_held_commit_keeps_its_stamp(sandbox: Sandbox, admin: Any, key: str) -> None:
    sandbox.misbehave.hold_commits()
    early = threading.Thread(target=send, args=(sandbox, key, visit("early")))
    early.start()
    assert sandbox.misbehave.wait_until_held()
    assert rows(admin) == []
    sandbox.misbehave.release()
    early.join()
    assert send(sandbox, key, visit("late")) == 201
    assert [row["name"] for row in rows(admin)] == ["late", "early"]


def test_an_edit_leaves_everything_of_the_original_that_central_leaves(
    sandbox: Sandbox, admin: Any, key: str
) -> None:
    first = visit()
    root = first.split("uuid:")[1].split("<")[0]
    edit = visit("Edited").replace("</meta>", f"<deprecatedID>uuid:{root}</deprecatedID></meta>")
    assert [send(sandbox, key, first), send(sandbox, key, edit)] == [201, 201]
    [row] = rows(admin)
    assert row["__id"] == f"uuid:{root}"
    assert row["name"] == "Edited"
    assert (row["__system"]["edits"], row["__system"]["reviewState"]) == (1, "edited")
    assert send(sandbox, key, first) == 409


@pytest.fixture
def pyodk(sandbox: Sandbox, admin: Any) -> Client:
    """pyodk 1.3 as its users have it, but for the files in which it keeps secrets."""
    session = Session(sandbox.url, "v1", sandbox.email, sandbox.password, cache_path=None)
    central = CentralConfig(sandbox.url, sandbox.email, sandbox.password, 1)
    admin.call("POST", "/projects", json={"name": "Test"})
    return Client(session=session, config=Config(central))


def edited(instance_id: str) -> str:
    end = f"<deprecatedID>{instance_id}</deprecatedID></meta>"
    return visit("Awa K", version="2").replace("</meta>", end)


def test_pyodk_works(sandbox: Sandbox, pyodk: Client, tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    places.write_text("name,label\nk,Kayes\n")
    with pyodk as client:
        assert [project.name for project in client.projects.list()] == ["Test"]
        assert client.forms.create(FORM, attachments=[places]).version == "1"
        second = FORM.replace('version="1"', 'version="2"')
        client.forms.update("visit", definition=second, attachments=[places])
        assert client.forms.get("visit").version == "2"
        [user] = client.projects.create_app_users(["PF-01"], ["visit"])
        assert send(sandbox, user.token, visit("Awa", version="2")) == 201
        table = client.submissions.get_table("visit", count=True, top=1)
        assert (table["@odata.count"], table["value"][0]["name"]) == (1, "Awa")
        [submission] = client.submissions.list("visit")
        client.submissions.review(submission.instanceId, "approved", "visit")
        client.submissions.add_comment(submission.instanceId, "checked", form_id="visit")
        client.submissions.edit(
            submission.instanceId, edited(submission.instanceId), "visit", comment="name"
        )
        assert client.submissions.get_table("visit")["value"][0]["name"] == "Awa K"
        assert client.entity_lists.create(entity_list_name="people").name == "people"
        client.entity_lists.add_property("phone", entity_list_name="people")
        made = client.entities.create("Awa", {"phone": "70"}, entity_list_name="people")
        client.entities.update(made.uuid, "people", data={"phone": "71"}, base_version=1)
        client.entities.create_many(
            [{"label": "B", "phone": "72"}], "people", create_source="x.csv", source_size=1
        )
        people = client.entities.get_table("people")["value"]
        assert sorted(row["phone"] for row in people) == ["71", "72"]
        assert client.entities.delete(made.uuid, "people")
