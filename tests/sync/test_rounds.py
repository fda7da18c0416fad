"""Late files, sealed answers, comments, lists, restored and purged rows all arrive."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine, text

from sync.file_names import file_names, known_files
from sync.private_key import PrivateKey, public_half
from sync.rounds import Place, Round, finish, slow_round
from sync.store import is_whole, path_of
from warehouse.types import iso

Run = Callable[[], Any]
Read = Callable[[str], list[tuple[Any, ...]]]

PHOTO = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>P</h:title><model><instance><data id="photo" version="1"><name/><picture/><meta>
<instanceID/><audit/></meta></data></instance><bind nodeset="/data/name" type="string"/>
<bind nodeset="/data/picture" type="binary"/><bind nodeset="/data/meta/instanceID" type="string"/>
<bind nodeset="/data/meta/audit" type="binary"/></model></h:head><h:body>
<input ref="/data/name"><label>N</label></input>
<upload ref="/data/picture" mediatype="image/*"><label>P</label></upload></h:body></h:html>"""

AUDIT = b"""event,node,start,end
form start,,1763900000000,
question,/data/name,1763900001000,1763900004500
"""


@pytest.fixture
def photos(central: Any) -> Any:
    """Central with a form that has a photo and an audit log."""
    central.publish(PHOTO)
    central.phone("photo")
    return central


@pytest.fixture
def place(tmp_path: Path) -> Place:
    now = lambda: iso(datetime.now(UTC))  # noqa: E731
    return Place(tmp_path, tmp_path / "store", timedelta(minutes=10), now)


@pytest.fixture
def sync(engine: Engine, central: Any, run: Run, place: Place) -> Callable[[], Round]:
    """A whole synchronisation."""

    def once() -> Round:
        assert not run().failed
        return finish(engine, central.source, place)

    return once


def picture(number: int = 1, *, name: str = "1.jpg") -> str:
    return (
        f'<data id="photo" version="1"><name>N{number}</name><picture>{name}</picture><meta>'
        f"<instanceID>uuid:{number}</instanceID><audit>audit.csv</audit></meta></data>"
    )


def test_files_are_stored_by_their_content_and_timings_are_read(
    photos: Any, sync: Run, read: Read, place: Place
) -> None:
    photos.send(picture(1), **{"1.jpg": b"one", "audit.csv": AUDIT})
    photos.send(picture(2), **{"1.jpg": b"one"})
    assert sync().files.stored == 3
    rows = read("select instance_id, name, state, size, sha256 from attachment order by 1, 2")
    assert [row[:4] for row in rows] == [
        ("uuid:1", "1.jpg", "stored", 3), ("uuid:1", "audit.csv", "stored", len(AUDIT)),
        ("uuid:2", "1.jpg", "stored", 3), ("uuid:2", "audit.csv", "missing", None),
    ]  # fmt: skip
    assert path_of(place.store, rows[0][4]).read_bytes() == b"one"
    assert rows[0][4] == rows[2][4]
    assert all(is_whole(place.store, row[4]) for row in rows[:3])
    timings = "select event, path, seconds from question_timing order by position"
    assert read(timings) == [("form start", None, None), ("question", "/data/name", 3.5)]


def test_files_are_asked_for_by_list_only_where_answers_and_counts_do_not_tell(
    photos: Any, sync: Run, read: Read
) -> None:
    photos.send(picture(1), **{"1.jpg": b"one", "audit.csv": AUDIT})
    photos.send(picture(2, name="2.jpg"))
    photos.send(picture(3, name="3.jpg"), **{"3.jpg": b"three"})
    sync()
    lists = [s for s in photos.sandbox.misbehave.served if s.endswith("/attachments")]
    assert [s.partition("submissions/")[2] for s in lists] == ["uuid:3/attachments"]
    assert read("select instance_id, name, state from attachment order by 1, 2") == [
        ("uuid:1", "1.jpg", "stored"), ("uuid:1", "audit.csv", "stored"),
        ("uuid:2", "2.jpg", "missing"), ("uuid:2", "audit.csv", "missing"),
        ("uuid:3", "3.jpg", "stored"), ("uuid:3", "audit.csv", "missing"),
    ]  # fmt: skip


def test_files_that_a_killed_run_left_are_found_by_the_slow_round(
    engine: Engine, photos: Any, run: Run, read: Read, place: Place
) -> None:
    photos.send(picture(1), **{"1.jpg": b"one", "audit.csv": AUDIT})
    run()  # and killed before its files were asked for, many days ago
    with engine.begin() as connection:
        connection.execute(text("update sync_run set started_at = '2020-01-01T00:00:00.000Z'"))
    assert finish(engine, photos.source, place).files.stored == 0
    assert slow_round(engine, photos.source, place).files.stored == 2


def test_file_names_are_read_in_groups_and_repeats() -> None:
    fields = [
        {"path": "/g", "type": "structure"},
        {"path": "/g/r", "type": "repeat"},
        {"path": "/g/r/photo", "type": "binary"},
        {"path": "/note", "type": "string"},
        {"path": "/voice", "type": "binary"},
    ]
    row = {"g": {"r": [{"photo": "a.jpg"}, {"photo": None}, {"photo": "b.jpg"}]}, "note": "c.jpg"}
    assert file_names(row, fields) == {"a.jpg", "b.jpg"}
    known = {"a.jpg": True, "b.jpg": True}
    assert known_files(row, fields, present=2, expected=2) == known
    assert known_files(row, fields, present=0, expected=2) == dict.fromkeys(known, False)
    assert known_files(row, fields, present=1, expected=2) is None
    assert known_files(row, fields, present=3, expected=3) is None


def test_a_late_file_comes_with_the_next_run(photos: Any, sync: Run, read: Read) -> None:
    photos.send(picture(1))
    assert sync().files.stored == 0
    sync()  # from now on the ETag says that nothing changed, and it goes on saying so
    photos.send(picture(1), **{"1.jpg": b"late", "audit.csv": AUDIT})
    done = sync()
    assert (done.outstanding, done.files.stored) == (1, 2)
    assert read("select attachments_present, attachments_expected from submission") == [(2, 2)]


def test_a_replaced_and_a_cleared_file_are_seen_in_the_slow_round(
    engine: Engine, photos: Any, sync: Run, read: Read, place: Place
) -> None:
    photos.send(picture(1), **{"1.jpg": b"first", "audit.csv": AUDIT})
    sync()
    url = photos.url("submissions/uuid:1/attachments", "photo")
    photos.client.post(f"{url}/1.jpg", data=b"second").raise_for_status()
    assert sync().files.stored == 0
    assert slow_round(engine, photos.source, place).files.stored == 1
    assert read("select size from attachment where name = '1.jpg'") == [(6,)]
    photos.client.delete(f"{url}/1.jpg").raise_for_status()
    slow_round(engine, photos.source, place)
    assert read("select state from attachment where name = '1.jpg'") == [("missing",)]


def test_a_name_from_outside_is_never_a_path(
    photos: Any, sync: Run, read: Read, place: Place, tmp_path: Path
) -> None:
    photos.send(picture(1, name="../../escape.jpg"), **{"../../escape.jpg": b"out"})
    sync()
    assert not list(tmp_path.parent.glob("**/escape.jpg"))
    stored = [p for p in place.store.glob("**/*") if p.is_file()]
    assert all(len(p.name) == 64 for p in stored)
    assert read("select count(*) from attachment where name = '../../escape.jpg'") == [(1,)]


def test_a_cut_download_is_noted_and_fetched_by_the_next_run(
    photos: Any, sync: Run, read: Read
) -> None:
    photos.send(picture(1), **{"1.jpg": b"x" * 300_000, "audit.csv": AUDIT})
    photos.sandbox.misbehave.wrong_length("attachments/1.jpg", more=500, times=10)
    sync()
    assert read("select state from attachment where name = '1.jpg'") == [("failed",)]
    photos.sandbox.misbehave._rules.clear()
    sync()
    assert read("select state, size from attachment where name = '1.jpg'") == [("stored", 300_000)]


def test_comments_arrive_once_and_in_order(
    engine: Engine, central: Any, sync: Run, read: Read, place: Place
) -> None:
    instance = central.small()
    sync()
    for body in ("Numéro à vérifier", "Vérifié"):
        url = central.url(f"submissions/{instance}/comments")
        central.client.post(url, json={"body": body}).raise_for_status()
    for _ in range(2):
        assert slow_round(engine, central.source, place).comments == 2
    assert read("select position, body from comment order by 1") == [
        (1, "Numéro à vérifier"), (2, "Vérifié"),
    ]  # fmt: skip


def test_the_slow_round_takes_turns(
    engine: Engine, central: Any, sync: Run, read: Read, place: Place
) -> None:
    for _ in range(5):
        central.small()
    sync()
    for _ in range(3):
        slow_round(engine, central.source, place, most=2)
    assert read("select count(*) from slow_check") == [(5,)]


def test_a_restored_and_a_purged_submission_are_seen_in_the_slow_round(
    engine: Engine, central: Any, sync: Run, read: Read, place: Place
) -> None:
    back, gone = central.small("<name>Back</name>"), central.small("<name>Gone</name>")
    sync()
    for instance in (back, gone):
        central.client.delete(central.url(f"submissions/{instance}")).raise_for_status()
    sync()
    with engine.begin() as connection:  # long ago: the overlap does not reach so far
        connection.execute(text("update sync_cursor set stamp = '2099-01-01', etag = null"))
    central.client.post(central.url(f"submissions/{back}/restore")).raise_for_status()
    with central.sandbox._store.write() as db:
        db.execute("delete from submissions where instanceId = ?", (gone,))
    [(seen,)] = read("select max(run_id) from sync_run where ended_at is not null")
    assert slow_round(engine, central.source, place).returned == 2
    assert read("select name from form_small") == [("Back",)]
    # The pipelines have seen all runs until now; what came back has a later one.
    assert read(f"select outcome from sync_run where run_id > {seen}") == [("beside",)]
    assert read(f"select instance_id from submission where run_id > {seen}") == [(back,)]
    assert slow_round(engine, central.source, place).returned == 0
    assert read("select count(*) from sync_run where outcome = 'beside'") == [(1,)]
    query = "select instance_id from submission where purged_at is not null and payload is null"
    assert read(query) == [(gone,)]


# -- sealed answers


@pytest.fixture
def sealed(central: Any, key: PrivateKey) -> Any:
    """Central with the form `photo` published sealed, and a hand that seals."""
    sealing = f'<submission base64RsaPublicKey="{public_half(key)}"/></model>'
    central.publish(PHOTO.replace("</model>", sealing))
    central.phone("photo")
    return central


def send_sealed(central: Any, phone: Any, number: int, media: dict[str, bytes]) -> None:
    instance_id = f"uuid:{number}"
    sent = phone.seal(picture(number).encode(), media, instance_id=instance_id, form_id="photo")
    central.send(sent.xml.decode(), **sent.files)


def test_sealed_answers_are_counted_opened_and_stay_open(
    engine: Engine, sealed: Any, phone: Any, key: PrivateKey, run: Run, read: Read, place: Place
) -> None:
    send_sealed(sealed, phone, 1, {"1.jpg": b"a face", "audit.csv": AUDIT})
    run()
    finish(engine, sealed.source, place)
    assert read("select status from submission") == [("notDecrypted",)]
    assert read("select * from form_photo") == []
    assert read("select sealed from sync_state where form_id = 'photo'") == [(1,)]
    with_key = Place(place.spool, place.store, place.overlap, place.now, key)
    assert finish(engine, sealed.source, with_key).opened.opened == 1
    assert read("select name, picture from form_photo") == [("N1", "1.jpg")]
    assert read("select status from submission") == [("opened",)]
    assert read("select name, state, size from attachment order by 1") == [
        ("1.jpg", "stored", 6), ("audit.csv", "stored", len(AUDIT)),
    ]  # fmt: skip
    assert read("select count(*) from question_timing") == [(2,)]
    run()
    assert finish(engine, sealed.source, with_key).opened.opened == 0
    assert read("select name from form_photo") == [("N1",)]
    assert read("select sealed from sync_state where form_id = 'photo'") == [(0,)]


def test_another_key_opens_nothing_and_says_so(
    engine: Engine, sealed: Any, phone: Any, run: Run, read: Read, place: Place
) -> None:
    send_sealed(sealed, phone, 1, {})
    run()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with_key = Place(place.spool, place.store, place.overlap, place.now, other)
    done = finish(engine, sealed.source, with_key)
    assert (done.opened.opened, done.opened.refused) == (0, {"key": 1})
    assert read("select * from form_photo") == []


PASSPHRASE = "une phrase secrète"


@pytest.fixture
def managed(central: Any, phone: Any) -> Iterator[Any]:
    """Central with the form `photo` in a project with managed encryption, and one sealed answer."""
    central.publish(PHOTO)
    central.phone("photo")
    central.client.post("projects/1/key", json={"passphrase": PASSPHRASE}).raise_for_status()
    xml = central.client.get(central.url("", "photo").rstrip("/") + ".xml").text
    own = phone.public
    phone.public = xml.partition('base64RsaPublicKey="')[2].partition('"')[0]
    version = xml.partition('<data id="photo" version="')[2].partition('"')[0]
    media = {"1.jpg": b"a face", "audit.csv": AUDIT}
    sent = phone.seal(
        picture(1).encode(), media, instance_id="uuid:1", form_id="photo", version=version
    )
    central.send(sent.xml.decode(), **sent.files)
    yield central
    phone.public = own


def test_managed_encryption_is_opened_by_its_passphrase_which_is_in_no_address(
    engine: Engine, managed: Any, run: Run, read: Read, place: Place
) -> None:
    run()
    assert read("select status from submission") == [("notDecrypted",)]
    wrong = replace(place, passphrase="another one")
    done = finish(engine, managed.source, wrong).opened
    assert (done.opened, done.refused) == (0, {"key": 1})
    assert read("select * from form_photo") == []
    right = replace(place, passphrase=PASSPHRASE)
    assert finish(engine, managed.source, right).opened.opened == 1
    assert read("select name, picture from form_photo") == [("N1", "1.jpg")]
    assert read("select status from submission") == [("opened",)]
    run()
    assert finish(engine, managed.source, right).opened.opened == 0
    assert read("select name from form_photo") == [("N1",)]
    served = " ".join(managed.sandbox.misbehave.served)
    assert "submissions.csv.zip" in served
    assert "phrase" not in served
    assert "another" not in served


def test_an_export_that_cannot_be_read_is_counted_and_holds_nothing_else_up(
    engine: Engine, managed: Any, lists: Any, run: Run, place: Place
) -> None:
    assert lists is managed
    run()
    right = replace(place, passphrase=PASSPHRASE)
    managed.sandbox.misbehave.html("submissions.csv.zip")
    done = finish(engine, managed.source, right)
    assert (done.opened.opened, done.opened.refused) == (0, {"file": 1})
    assert [each.list_name for each in done.lists] == ["cards"]
    assert finish(engine, managed.source, right).opened.opened == 1


def test_an_open_answer_to_a_sealed_form_is_quarantined(sealed: Any, run: Run, read: Read) -> None:
    sealed.send(picture(1))
    run()
    assert read("select quarantined from submission") in ([(True,)], [(1,)])
    assert read("select * from form_photo") == []
    assert read("select quarantined from sync_state where form_id = 'photo'") == [(1,)]


# -- entity lists


def entity(central: Any, label: str, **data: str) -> str:
    url = f"projects/{central.project_id}/datasets/cards/entities"
    made = central.client.post(url, json={"label": label, "data": data})
    made.raise_for_status()
    return str(made.json()["uuid"])


@pytest.fixture
def lists(central: Any) -> Any:
    """Central with an entity list that has one property."""
    base = f"projects/{central.project_id}/datasets"
    central.client.post(base, json={"name": "cards"}).raise_for_status()
    central.client.post(f"{base}/cards/properties", json={"name": "cercle"}).raise_for_status()
    return central


def test_entities_arrive_with_versions_deletion_and_restoration(
    lists: Any, sync: Run, read: Read
) -> None:
    one, two = entity(lists, "1", cercle="kayes"), entity(lists, "2")
    sync()
    rows = "select entity_label, cercle from list_cards order by 1"
    assert read(rows) == [("1", "kayes"), ("2", None)]
    base = f"projects/{lists.project_id}/datasets/cards"
    lists.client.patch(
        f"{base}/entities/{one}?force=true", json={"data": {"cercle": "kita"}}
    ).raise_for_status()
    sync()
    assert read(rows) == [("1", "kita"), ("2", None)]
    versions = "select entity_id, version from entity_version order by version, entity_id"
    assert read(versions) == [*sorted([(one, 1), (two, 1)]), (one, 2)]
    lists.client.delete(f"{base}/entities/{two}").raise_for_status()
    done = sync()
    assert [(c.changed, c.deleted) for c in done.lists] == [(0, 1)]
    assert read(rows) == [("1", "kita")]
    lists.client.post(f"{base}/entities/bulk-restore", json={"ids": [two]}).raise_for_status()
    done = sync()
    assert [c.restored for c in done.lists] == [1]
    assert read(rows) == [("1", "kita"), ("2", None)]
