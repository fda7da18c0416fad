"""Managed encryption: a project's key in its forms; exports open answers, given the passphrase."""

from base64 import b64encode
from typing import TYPE_CHECKING, cast

from sync.sandbox.accounts import project_actees
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_publish import new_draft, publish
from sync.sandbox.forms_state import DRAFT, PUBLISHED, Form, find_form, project_of
from sync.sandbox.keys import sealed_version
from sync.sandbox.problems import Problem, missing_parameter
from sync.sandbox.store import insert, update

if TYPE_CHECKING:
    from sync.private_key import PrivateKey


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
    public, private = new_key(str(passphrase))
    key = insert(
        call.db,
        "keys",
        public=public,
        private=private,
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


def new_key(passphrase: str) -> tuple[str, str]:
    """The public half as SPKI in base64, and the private one as PEM, locked by the passphrase."""
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    locked = s.BestAvailableEncryption(passphrase.encode())
    private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, locked)
    return b64encode(public).decode(), private.decode()


def unlocked(private: str, passphrase: str) -> "PrivateKey | None":
    """The key, or None for another passphrase."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private.encode(), passphrase.encode())
    except (ValueError, TypeError):
        return None
    return cast("PrivateKey", key)


ROUTES = (Endpoint("POST", "/projects/{project}/key", _enable),)
