"""What a phone sealed comes out as it was, or not at all. The phone is Java (`javax.crypto`)."""

import base64
import hashlib
import json
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import KafoError
from sync.decryption import DecryptionError, Envelope, decrypt, read_envelope
from sync.private_key import PrivateKey, public_half
from sync.sealed import open_sealed
from sync.submission_row import submission_row

HERE = Path(__file__).parent
COLLECT = "http://www.opendatakit.org/xforms/encrypted"
SPECIFICATION = "http://opendatakit.org/submissions"
ANSWERS = b"<data id='small' version='1'><name>Personne Synthetique</name></data>"
PHOTO = "photo-de-Personne.jpg"


Phone = Any
Sealed = Any
"""Of the conftest: what a phone sends, and the phone."""


def to_key(private: bytes) -> PrivateKey:
    key = serialization.load_der_private_key(private, None)
    assert isinstance(key, PrivateKey)
    return key


@pytest.fixture(scope="module")
def sealed(phone: Phone) -> Sealed:
    return phone.seal(media={PHOTO: b"\xff\xd8 a face", "son.m4a": b"a voice"})


def reason(envelope: Envelope, key: PrivateKey, files: dict[str, bytes]) -> str:
    with pytest.raises(DecryptionError) as caught:
        decrypt(envelope, key, files)
    return caught.value.reason


# -- what was sealed comes out

_NAMES = st.text("aé.-_ 0", min_size=1, max_size=8).filter(lambda n: n.strip() == n)
_MEDIA = st.dictionaries(_NAMES, st.binary(max_size=70), max_size=4)


@settings(deadline=None, max_examples=40)
@given(
    xml=st.binary(max_size=100),
    media=_MEDIA,
    instance_id=st.text("abc:-é<&", min_size=1),
    version=st.none() | st.text("1[]:é&<", min_size=1),
    namespace=st.sampled_from([COLLECT, SPECIFICATION]),
)
def test_answers_and_media_come_out_as_the_phone_sealed_them(
    phone: Phone, key: PrivateKey, xml: bytes, media: dict[str, bytes], **more: Any
) -> None:
    sent = phone.seal(xml, media, **more)
    plain = decrypt(sent.envelope, key, sent.files)
    assert (plain.xml, plain.media) == (xml, media)
    assert sent.envelope.instance_id == more["instance_id"]
    assert sent.envelope.version == more["version"]


def test_vectors_go_round_after_sixteen_files_and_bytes_after_255(
    phone: Phone, key: PrivateKey
) -> None:
    secret = bytes(range(32))
    last = 255  # of the seed's first byte, which the first file then sets to 0
    instance_id = next(
        f"uuid:{i}" for i in range(10_000)
        if hashlib.md5(f"uuid:{i}".encode() + secret).digest()[0] == last
    )  # fmt: skip
    media = {f"{i}.jpg": bytes([i]) * i for i in range(35)}
    sent = phone.seal(media=media, instance_id=instance_id, secret=secret)
    assert decrypt(sent.envelope, key, sent.files).media == media


def test_files_are_fetched_one_by_one_and_only_by_the_names_of_the_envelope(
    key: PrivateKey, sealed: Sealed
) -> None:
    asked: list[str] = []

    def fetch(name: str) -> bytes | None:
        asked.append(name)
        found: bytes | None = sealed.files.get(name)
        return found

    assert decrypt(sealed.envelope, key, fetch).xml == ANSWERS
    assert asked == [f"{PHOTO}.enc", "son.m4a.enc", "submission.xml.enc"]


# -- or not at all


def test_another_key_opens_nothing(phone: Phone, sealed: Sealed) -> None:
    stranger = to_key(phone.new_key_pair()[1])
    assert reason(sealed.envelope, stranger, sealed.files) == "key"


def test_a_key_that_is_not_of_256_bits_is_refused(phone: Phone, key: PrivateKey) -> None:
    sent = phone.seal(secret=bytes(16))
    assert reason(sent.envelope, key, sent.files) == "key"


@pytest.mark.parametrize("gone", [PHOTO, "son.m4a", "submission.xml"])
def test_a_file_that_has_not_come_may_come_yet(key: PrivateKey, sealed: Sealed, gone: str) -> None:
    rest = {name: body for name, body in sealed.files.items() if name != f"{gone}.enc"}
    assert reason(sealed.envelope, key, rest) == "missing"


@settings(deadline=None)
@given(data=st.data())
def test_no_file_changed_in_one_bit_passes(
    key: PrivateKey, sealed: Sealed, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(sealed.files)))
    bit = data.draw(st.integers(0, len(sealed.files[name]) * 8 - 1))
    changed = bytearray(sealed.files[name])
    changed[bit // 8] ^= 1 << bit % 8
    files = sealed.files | {name: bytes(changed)}
    assert reason(sealed.envelope, key, files) in ("file", "signature")


@settings(deadline=None)
@given(data=st.data())
def test_no_file_cut_anywhere_passes(key: PrivateKey, sealed: Sealed, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(sealed.files)))
    length = data.draw(st.integers(0, len(sealed.files[name]) - 1))
    files = sealed.files | {name: sealed.files[name][:length]}
    assert reason(sealed.envelope, key, files) in ("file", "signature")


def test_an_envelope_changed_anywhere_does_not_pass(
    phone: Phone, key: PrivateKey, sealed: Sealed
) -> None:
    found, other = sealed.envelope, phone.seal(media={PHOTO: b"another"}).envelope
    swapped = (found.media[1], found.media[0])
    changes: list[tuple[str, dict[str, Any]]] = [
        ("signature", {"form_id": "smaller"}),
        ("signature", {"version": "2"}),
        ("signature", {"version": None}),
        ("signature", {"signature": b""}),
        ("signature", {"signature": found.encrypted_key}),
        ("signature", {"signature": other.signature}),
        ("key", {"encrypted_key": found.encrypted_key[:-1]}),
    ]
    for expected, change in changes:
        assert reason(replace(found, **change), key, sealed.files) == expected, change
    for change in ({"instance_id": "uuid:2"}, {"media": swapped}, {"media": found.media[:1]}):
        assert reason(replace(found, **change), key, sealed.files) in ("file", "signature"), change


def test_a_submission_cannot_be_put_together_from_two(phone: Phone, key: PrivateKey) -> None:
    secret = bytes(32)
    first, second = (phone.seal(text, secret=secret) for text in (ANSWERS, b"<other/>"))
    assert reason(first.envelope, key, second.files) == "signature"


# -- envelopes


def recorded_envelopes() -> dict[str, bytes]:
    """Envelopes that a real Central took, and one that it gave back."""
    found = {}
    for line in (HERE / "sandbox/recordings/16-encryption.jsonl").read_text("utf-8").splitlines():
        exchange = json.loads(line)
        for body in (exchange["request"]["body"], (exchange["response"] or {}).get("body")):
            if isinstance(body, dict) and "$base64" in body:
                text = base64.b64decode(body["$base64"])
            else:
                text = str(body).encode()
            start, end = text.find(b"<?xml"), text.find(b"</data>")
            if b'encrypted="yes"' in text and start >= 0:
                found[exchange["name"]] = text[start : end + 7]
    return found


def test_the_envelopes_of_a_real_central_are_read() -> None:
    found = {name: read_envelope(xml) for name, xml in recorded_envelopes().items()}
    assert len(found) == 4
    given = found["encryption-14-xml"]
    assert (given.form_id, given.version) == ("secret", "1[encrypted:AaIHIF/e]")
    assert given.instance_id == "uuid:3e477bc5-d6ce-44a7-a5e6-a691e5d62506"
    assert (given.media, given.data_file) == (("p.jpg",), "submission.xml.enc")
    assert (len(given.encrypted_key), given.signature) == (256, b"")  # it stands "no" there
    assert found["encryption-23-self-submit"].media == ()


def test_a_key_of_the_recordings_is_not_ours(key: PrivateKey) -> None:
    envelope = read_envelope(recorded_envelopes()["encryption-14-xml"])
    assert reason(envelope, key, {}) == "key"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"encrypted='yes'", b""),
        (b'id="small"', b""),
        (b"base64EncryptedKey", b"someKey"),
        (b"<base64EncryptedKey>", b"<base64EncryptedKey>%"),
        (b"instanceID>", b"otherID>"),
        (b"encryptedXmlFile", b"otherFile"),
        (b"son.m4a.enc", PHOTO.encode()),
        (b"son.m4a.enc", b"submission.xml"),
        (b"</data>", b""),
        (b"<data", b"<!DOCTYPE data [<!ENTITY e 'x'>]><data"),
    ],
)
def test_what_is_no_envelope_is_named_so(sealed: Sealed, old: bytes, new: bytes) -> None:
    assert old in sealed.xml
    with pytest.raises(KafoError, match="ODK"):
        read_envelope(sealed.xml.replace(old, new))


# -- nothing personal is told


def test_errors_tell_neither_answers_nor_names_nor_keys(
    phone: Phone, key: PrivateKey, sealed: Sealed
) -> None:
    broken = {name: body[:-3] for name, body in sealed.files.items()}
    mixed = dict.fromkeys(sealed.files, sealed.files[f"{PHOTO}.enc"])
    unsigned = replace(sealed.envelope, signature=b"")
    tries: list[Callable[[], object]] = [
        lambda: decrypt(replace(sealed.envelope, encrypted_key=b"x" * 256), key, sealed.files),
        lambda: decrypt(sealed.envelope, key, {}),
        lambda: decrypt(sealed.envelope, key, broken),
        lambda: decrypt(sealed.envelope, key, mixed),
        lambda: decrypt(unsigned, key, sealed.files),
        lambda: read_envelope(ANSWERS),
        lambda: read_envelope(ANSWERS[:-4]),
    ]
    told = [repr(decrypt(sealed.envelope, key, sealed.files))]
    for attempt in tries:
        with pytest.raises(KafoError) as caught:
            attempt()
        error = caught.value
        frames = traceback.format_exception(error)
        told += [error.fr, error.en, repr(error), *(t for t in frames if "Error" in t)]
    secret = [base64.b64encode(phone.private[i : i + 30]).decode() for i in range(0, 900, 30)]
    for word in ("Personne", "photo", "face", *secret):
        assert not [text for text in told if word in text], word


# -- the whole way


def publish_sealed(central: Any, key: PrivateKey) -> None:
    sealing = f'<submission base64RsaPublicKey="{public_half(key)}"/></model>'
    central.publish(SECRET.replace("</model>", sealing))
    central.phone("secret")


def test_a_sealed_submission_loads_like_the_same_one_sent_open(
    phone: Phone, key: PrivateKey, central: Any
) -> None:
    publish_sealed(central, key)
    text = (
        "<data id='secret' version='1'><name>Aïssata (synthétique)</name><age>31</age>"
        "<photo>1.jpg</photo><meta><instanceID>{}</instanceID></meta></data>"
    )
    central.send(text.format("uuid:open"))
    sent = phone.seal(
        text.format("uuid:sealed").encode(), {"1.jpg": b"a face"},
        instance_id="uuid:sealed", form_id="secret",
    )  # fmt: skip
    central.send(sent.xml.decode(), **sent.files)
    base = f"projects/{central.project_id}/forms/secret"
    rows = central.client.get(f"{base}.svc/Submissions?$expand=*").json()["value"]
    fields = central.client.get(f"{base}/fields?odata=true").json()
    row, open_row = rows
    assert row["__system"]["status"] == "notDecrypted"
    assert row.keys() == {"__id", "__system"}
    plain = open_sealed(
        central.client, central.account, key=key,
        project_id=central.project_id, form_id="secret", instance_id=row["__id"],
    )  # fmt: skip
    assert plain.media == {"1.jpg": b"a face"}
    found = submission_row(plain.xml, fields, instance_id=row["__id"], system=row["__system"])
    open_row["meta"]["instanceID"] = open_row["__id"] = "uuid:sealed"
    assert found == open_row | {"__system": row["__system"] | {"status": None}}


def test_a_sealed_submission_whose_files_are_under_way_is_asked_for_again(
    phone: Phone, key: PrivateKey, central: Any
) -> None:
    publish_sealed(central, key)
    sent = phone.seal(media={"1.jpg": b"a face"}, instance_id="uuid:late", form_id="secret")
    place = {"project_id": central.project_id, "form_id": "secret", "instance_id": "uuid:late"}
    for files in ({}, {"1.jpg.enc": sent.files["1.jpg.enc"]}):
        central.send(sent.xml.decode(), **files)
        with pytest.raises(DecryptionError) as caught:
            open_sealed(central.client, central.account, key=key, **place)
        assert caught.value.reason == "missing"
    central.send(sent.xml.decode(), **sent.files)
    assert open_sealed(central.client, central.account, key=key, **place).xml == ANSWERS


SECRET = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Secret</h:title><model><instance><data id="secret" version="1"><name/><age/><photo/>
<meta><instanceID/></meta></data></instance><bind nodeset="/data/name" type="string"/>
<bind nodeset="/data/age" type="int"/><bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head><h:body>
<input ref="/data/name"><label>N</label></input><input ref="/data/age"><label>A</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>P</label></upload></h:body></h:html>"""
