"""Keys in forms: those they bring along, and the project's."""

from base64 import b64encode
from datetime import datetime

from sync.sandbox.call import Call
from sync.sandbox.forms_state import read_form
from sync.sandbox.store import Row, insert, value
from sync.sandbox.xlsform import add_public_key, add_version_suffix


def managed_version(call: Call, project: Row, xml: str) -> tuple[str, int | None]:
    """The form as the project's encryption wants it, and the id of the key it encrypts with."""
    own = read_form(xml).public_key
    if own is not None:
        return xml, _ensure_key(call, own)
    key = call.one("select * from keys where id = ?", project["keyId"])
    if key is None:
        return xml, None
    return sealed_version(xml, key["public"], call.world.moment()), key["id"]


def sealed_version(xml: str, public: str, moment: datetime) -> str:
    """The form with a key and a version that says so."""
    milliseconds = int(moment.timestamp() * 1000).to_bytes(6, "big")
    suffix = f"[encrypted:{b64encode(milliseconds).decode()}]"
    return add_version_suffix(add_public_key(xml, public), suffix)


def _ensure_key(call: Call, public: str) -> int:
    """The id of a key that a form brings along."""
    found = value(call.db, "select id from keys where public = ?", public)
    if isinstance(found, int):
        return found
    return insert(call.db, "keys", public=public, managed=0, createdAt=call.now)
