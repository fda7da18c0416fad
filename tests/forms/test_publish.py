"""A form reaches ODK Central whole or not at all, and never harms answers by surprise."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
import requests
from pyodk.client import Client
from pyxform.xls2xform import convert

from forms import language
from forms.changes import Change, Kind
from forms.compiler import compile_form, form_ids
from forms.errors import KafoError
from forms.publish import publish, publishing_order
from forms.publish_plan import next_version
from sync.central import Account, connect
from sync.sandbox import Sandbox

Row = dict[str, str]
SITES = {"sites.csv": "name,label\ns1,Sadiola\ns2,Kéniéba\n".encode()}


@dataclass(frozen=True)
class Form:
    """A form as the compiler hands it over."""

    rows: tuple[Row, ...]
    form_id: str = "essai"
    version: str = "2026112301"
    media: dict[str, bytes] = field(default_factory=dict)
    entities: tuple[Row, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def xform(self) -> str:
        settings = {"form_id": self.form_id, "version": self.version, **dict(self.settings)}
        sheets: dict[str, Any] = {
            "survey": [dict(each) for each in self.rows],
            "survey_header": [dict.fromkeys(key for each in self.rows for key in each)],
            "settings": [settings],
        }
        if self.entities:
            sheets["entities"] = [dict(each) for each in self.entities]
            sheets["entities_header"] = [dict.fromkeys(key for e in self.entities for key in e)]
        return converted(json.dumps(sheets))


@cache
def converted(sheets: str) -> str:
    return str(convert(json.loads(sheets)).xform)


def q(kind: str, name: str, label: str = "Question ?", **more: str) -> Row:
    return {"type": kind, "name": name, "label": label, **more}


ESSAI = Form(
    (q("text", "nom", "Nom ?"), q("integer", "age"), q("select_one_from_file sites.csv", "site")),
    media=SITES,
)
CARDS = Form(
    (q("text", "code", save_to="code"), q("csv-external", "cards"), q("text", "nom")),
    form_id="identification",
    entities=({"list_name": "cards", "label": "${code}"},),
)
FOLLOW = Form((q("csv-external", "cards"), q("text", "suivi")), form_id="suivi")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox() as sandbox:
        yield connect(Account(sandbox.url, sandbox.email, sandbox.password))


@pytest.fixture
def project(client: Client) -> int:
    answer = client.post("projects", json={"name": "Essais"})
    return int(answer.json()["id"])


def get(client: Client, path: str) -> Any:
    return client.get(path).json()


def attachments(client: Client, project: int, form: str) -> dict[str, Any]:
    rows = get(client, f"projects/{project}/forms/{form}/attachments")
    return {row["name"]: row for row in rows}


def test_a_new_form_is_published_with_its_files(client: Client, project: int) -> None:
    done = publish(client, project, ESSAI)
    assert done.published
    assert done.live_version is None
    live = get(client, f"projects/{project}/forms/essai")
    assert live["version"] == "2026112301"
    assert live["publishedAt"]
    content = client.get(f"projects/{project}/forms/essai/attachments/sites.csv").content
    assert content == SITES["sites.csv"]


def test_publishing_again_changes_nothing(client: Client, project: int) -> None:
    publish(client, project, ESSAI)
    before = get(client, f"projects/{project}/forms/essai")
    again = publish(client, project, replace(ESSAI, version="2026112399"))
    assert not again.needed
    assert not again.published
    assert "rien à publier" in str(again)
    assert get(client, f"projects/{project}/forms/essai") == before


def test_a_dry_run_tells_all_and_touches_nothing(client: Client, project: int) -> None:
    assert publish(client, project, ESSAI, dry_run=True).needed
    assert get(client, f"projects/{project}/forms") == []
    publish(client, project, ESSAI)
    new = replace(ESSAI, rows=(*ESSAI.rows[:2], q("date", "quand")), version="2026112302")
    plan = publish(client, project, new, dry_run=True)
    assert Change(Kind.ADDED, "/quand", "", "date") in plan.changes
    assert plan.obstacle is not None
    assert "question retirée : /site" in str(plan)
    assert get(client, f"projects/{project}/forms/essai")["version"] == "2026112301"
    assert client.get(f"projects/{project}/forms/essai/draft").status_code == 404


def test_a_changed_form_needs_a_raised_version_and_is_told_which(
    client: Client, project: int
) -> None:
    publish(client, project, ESSAI)
    changed = replace(ESSAI, rows=(q("text", "nom", "Votre nom ?"), *ESSAI.rows[1:]))
    for version in ("2026112301", "2026112300", ""):
        with pytest.raises(KafoError, match="version: 2026112302"):
            publish(client, project, replace(changed, version=version))
    done = publish(client, project, replace(changed, version="2026112302"))
    assert done.changes == (Change(Kind.TEXT, "/nom label [default]", "Nom ?", "Votre nom ?"),)
    assert get(client, f"projects/{project}/forms/essai")["version"] == "2026112302"


def test_a_version_used_before_is_refused_even_if_it_is_not_live(
    client: Client, project: int
) -> None:
    publish(client, project, replace(ESSAI, version="b"))
    second = replace(ESSAI, rows=(*ESSAI.rows, q("text", "plus")), version="c")
    publish(client, project, second)
    third = replace(second, rows=(*second.rows, q("text", "encore")), version="b")
    with pytest.raises(KafoError, match=r"version: c\.1"):
        publish(client, project, third)


def test_a_changed_file_alone_is_a_change(client: Client, project: int) -> None:
    publish(client, project, ESSAI)
    media = {"sites.csv": SITES["sites.csv"] + b"s3,Yatela\n"}
    with pytest.raises(KafoError, match="version: 2026112302"):
        publish(client, project, replace(ESSAI, media=media))
    done = publish(client, project, replace(ESSAI, media=media, version="2026112302"))
    assert done.changes == (Change(Kind.FILE_CHANGED, "sites.csv"),)
    content = client.get(f"projects/{project}/forms/essai/attachments/sites.csv").content
    assert content == media["sites.csv"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (ESSAI.rows[:1] + ESSAI.rows[2:], "question retirée : /age"),
        ((*ESSAI.rows[:1], q("text", "age"), *ESSAI.rows[2:]), "type changé : /age"),
        (
            (
                *ESSAI.rows[1:],
                q("begin_group", "g"),
                ESSAI.rows[0],
                {"type": "end_group", "name": "g", "label": ""},
            ),
            "question déplacée : /nom → /g/nom",
        ),
    ],
)
def test_what_would_harm_received_answers_is_refused_unless_told(
    client: Client, project: int, rows: tuple[Row, ...], reason: str
) -> None:
    publish(client, project, ESSAI)
    breaking = replace(ESSAI, rows=rows, version="2026112302")
    with pytest.raises(KafoError, match=reason):
        publish(client, project, breaking)
    assert get(client, f"projects/{project}/forms/essai")["version"] == "2026112301"
    assert publish(client, project, breaking, allow_breaking=True).published
    assert get(client, f"projects/{project}/forms/essai")["version"] == "2026112302"


def test_a_type_that_central_never_changes_is_refused_even_when_told(
    client: Client, project: int
) -> None:
    publish(client, project, ESSAI)
    rows = (q("integer", "nom"), *ESSAI.rows[1:])
    with pytest.raises(KafoError, match="nouveau nom"):
        publish(client, project, replace(ESSAI, rows=rows, version="2"), allow_breaking=True)


def test_a_missing_file_stops_before_anything_is_sent(client: Client, project: int) -> None:
    with pytest.raises(KafoError, match=r"manquant\(s\) : sites.csv"):
        publish(client, project, replace(ESSAI, media={}))
    assert get(client, f"projects/{project}/forms") == []


def test_a_form_creates_its_entity_list_and_reads_it(client: Client, project: int) -> None:
    publish(client, project, CARDS)
    listed = get(client, f"projects/{project}/datasets/cards")
    assert [p["name"] for p in listed["properties"]] == ["code"]
    assert attachments(client, project, "identification")["cards.csv"]["datasetExists"]


def test_a_new_property_reaches_the_entity_list(client: Client, project: int) -> None:
    publish(client, project, CARDS)
    rows = (*CARDS.rows, q("text", "lieu", save_to="lieu"))
    publish(client, project, replace(CARDS, rows=rows, version="2026112302"))
    listed = get(client, f"projects/{project}/datasets/cards")
    assert {p["name"] for p in listed["properties"]} == {"code", "lieu"}
    assert attachments(client, project, "identification")["cards.csv"]["datasetExists"]


def test_the_form_that_creates_a_list_goes_before_those_that_read_it(
    client: Client, project: int
) -> None:
    order = publishing_order([FOLLOW, ESSAI, CARDS])
    assert [form.form_id for form in order] == ["essai", "identification", "suivi"]
    with pytest.raises(KafoError, match=r"manquant\(s\) : cards.csv"):
        publish(client, project, FOLLOW)
    for form in order:
        publish(client, project, form)
    assert attachments(client, project, "suivi")["cards.csv"]["datasetExists"]


def test_a_list_added_to_a_live_form_is_linked(client: Client, project: int) -> None:
    publish(client, project, CARDS)
    publish(client, project, replace(FOLLOW, rows=FOLLOW.rows[1:]))
    publish(client, project, replace(FOLLOW, version="2026112302"))
    assert attachments(client, project, "suivi")["cards.csv"]["datasetExists"]


def test_a_root_that_would_lose_the_properties_is_refused(client: Client, project: int) -> None:
    with pytest.raises(KafoError, match="« data »"):
        publish(client, project, replace(CARDS, settings=(("name", "registration"),)))


def test_a_project_that_central_encrypts_is_published_to_as_any_other(
    client: Client, project: int
) -> None:
    publish(client, project, ESSAI)
    key = {"passphrase": "phrase de passe", "hint": "essai"}
    assert client.post(f"projects/{project}/key", json=key).ok
    assert "[encrypted:" in get(client, f"projects/{project}/forms/essai")["version"]
    assert not publish(client, project, ESSAI).needed
    changed = replace(ESSAI, rows=(*ESSAI.rows, q("text", "plus")))
    with pytest.raises(KafoError, match="version: 2026112302"):
        publish(client, project, changed)
    done = publish(client, project, replace(changed, version="2026112302"))
    assert done.live_version == "2026112301"
    live = get(client, f"projects/{project}/forms/essai")["version"]
    assert live.startswith("2026112302[encrypted:")


def test_the_forms_of_the_centre_go_live_with_their_lists(client: Client, project: int) -> None:
    forms = [compile_form(form_id) for form_id in form_ids()]
    for form in publishing_order(forms):
        assert publish(client, project, form).published
    for form in forms:
        assert not publish(client, project, form).needed
        rows = attachments(client, project, form.form_id).values()
        assert all(row["exists"] for row in rows)


def test_an_unfinished_draft_is_replaced(client: Client, project: int) -> None:
    client.post(
        f"projects/{project}/forms",
        data=replace(ESSAI, rows=ESSAI.rows[:1]).xform.encode(),
        headers={"Content-Type": "application/xml"},
    )
    assert publish(client, project, ESSAI).published
    assert attachments(client, project, "essai")["sites.csv"]["blobExists"]


def test_cut_off_after_any_request_the_next_run_finishes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request arrives, its answer does not: the worst moment of a bad line."""
    real = client.session.request
    left = 0

    def on_a_bad_line(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        answer = real(*args, **kwargs)
        if left < 0:
            raise requests.ConnectionError
        return answer

    for asked in range(40):
        number = int(client.post("projects", json={"name": "Essais"}).json()["id"])
        left = asked
        with monkeypatch.context() as line:
            line.setattr(client.session, "request", on_a_bad_line)
            try:
                publish(client, number, ESSAI)
                break
            except KafoError:
                pass
        publish(client, number, ESSAI)
        assert not publish(client, number, ESSAI).needed
        live = get(client, f"projects/{number}/forms/essai")
        assert (live["version"], live["draftToken"]) == ("2026112301", None)
        assert attachments(client, number, "essai")["sites.csv"]["blobExists"]
    assert asked > 5


def test_an_unknown_project_is_told_without_the_servers_words(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="pyodk"), pytest.raises(KafoError) as told:
        publish(client, 999, ESSAI)
    assert "404" in str(told.value)
    assert "numéro du projet" in str(told.value)
    assert "Could not find" not in str(told.value)
    assert caplog.text == ""


def test_the_next_version_follows_the_highest_number_used() -> None:
    assert next_version(["2026112301", "2026112309[encrypted:AaIHIF/e]", "essai"]) == "2026112310"
    assert next_version(["v2"]) == "v2.1"
    assert next_version([]) == "0.1"


def test_the_plan_speaks_english_too(client: Client, project: int) -> None:
    language.use("en")
    try:
        assert str(publish(client, project, ESSAI)).startswith(
            "essai: version 2026112301 published"
        )
    finally:
        language.use("fr")
