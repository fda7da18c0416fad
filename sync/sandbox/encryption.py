"""Managed encryption: a project's key in its forms; answers stay as sealed as they came."""

from sync.sandbox.accounts import new_token
from sync.sandbox.call import Call
from sync.sandbox.forms_state import read_form
from sync.sandbox.store import Row, insert, value
from sync.sandbox.xlsform import add_public_key, add_version_suffix


def managed_version(call: Call, project: Row, xml: str) -> tuple[str, int | None]:
    """The form as the project's encryption wants it, and the id of the key it encrypts with."""
    own = read_form(xml).public_key
    if own is not None:
        return xml, ensure_key(call, own)
    key = call.one("select * from keys where id = ?", project["keyId"])
    if key is None:
        return xml, None
    return add_version_suffix(add_public_key(xml, key["public"]), version_suffix()), key["id"]


def version_suffix() -> str:
    """What Central adds to the version of a form that it makes encrypt."""
    return f"[encrypted:{new_token()[:8]}]"


def ensure_key(call: Call, public: str) -> int:
    """The id of a key that a form brings along."""
    found = value(call.db, "select id from keys where public = ?", public)
    if isinstance(found, int):
        return found
    return insert(call.db, "keys", public=public, managed=0, createdAt=call.now)
