"""Managed encryption: a project's key in its forms; answers stay as sealed as they came."""

from base64 import b64encode
from secrets import randbelow, randbits
from typing import cast

from sync.sandbox.accounts import hash_password, project_actees
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_publish import new_draft, publish
from sync.sandbox.forms_state import DRAFT, PUBLISHED, Form, find_form, project_of
from sync.sandbox.keys import sealed_version
from sync.sandbox.problems import Problem, missing_parameter
from sync.sandbox.store import insert, update


def _enable(call: Call) -> Answer:
    """From now on all forms of the project carry a key; published ones get a new version."""
    project = project_of(call)
    call.auth.require(project_actees(project), "project.update")
    if project["keyId"] is not None:
        text = "Could not activate feature (managed encryption) as it was already activated"
        raise Problem(409.4, text, {"feature": "managed encryption"})
    passphrase = call.json().get("passphrase")
    if not passphrase:
        raise missing_parameter("passphrase")
    if len(str(passphrase)) < 10:
        text = "The password or passphrase provided does not meet the required length."
        raise Problem(400.21, text)
    key = insert(
        call.db,
        "keys",
        public=new_public_key(),
        private=hash_password(str(passphrase)),
        managed=1,
        hint=call.json().get("hint"),
        createdAt=call.now,
    )
    update(call.db, "projects", project["id"], keyId=key, updatedAt=call.now)
    log(call, "project.update", project["acteeId"], {"encrypted": True})
    sql = "select xmlFormId from forms where projectId = ? and deletedAt is null"
    for row in call.all(sql, project["id"]):
        _seal(call, row["xmlFormId"], key)
    return SUCCESS


def _seal(call: Call, form_id: str, key: int) -> None:
    public = call.one("select public from keys where id = ?", key)
    assert public is not None
    draft = find_form(call, DRAFT, form_id)
    published = find_form(call, PUBLISHED, form_id)
    if published is not None and published["keyId"] is None:
        _redraft(call, published, key, public["public"])
        publish(call, cast("Form", find_form(call, DRAFT, form_id)))
    if draft is not None and draft["keyId"] is None:
        _redraft(call, find_form(call, PUBLISHED, form_id) or draft, key, public["public"], draft)


def _redraft(call: Call, form: Form, key: int, public: str, text: Form | None = None) -> None:
    source = form if text is None else text
    xml = sealed_version(str(source["xml"]), public, call.world.moment())
    new_draft(call, form, xml, xls=source["xlsBlobId"], key=key, silent=True)


# -- a real RSA key, so that phones can really encrypt with it


def new_public_key() -> str:
    """2048 bits, as SPKI in base64. The private half is not kept: nothing here decrypts."""
    modulus = _prime() * _prime()
    number, exponent = _der(2, _integer(modulus)), _der(2, _integer(65537))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    inner = _der(0x30, number + exponent)
    return b64encode(_der(0x30, algorithm + _der(3, b"\0" + inner))).decode()


def _integer(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + content


def _prime() -> int:
    """A random prime of 1024 bits whose product with another has 2048."""
    while True:
        candidate = randbits(1024) | (3 << 1022) | 1
        small = all(candidate % each for each in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41))
        if small and candidate % 65537 != 1 and _probably_prime(candidate):
            return candidate


def _probably_prime(number: int) -> bool:
    """Miller-Rabin, 24 rounds."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(24):
        power = pow(2 + randbelow(number - 4), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


ROUTES = (Endpoint("POST", "/projects/{project}/key", _enable),)
