"""Fetches one sealed submission from Central and opens it here: only sealed bytes travel."""

from urllib.parse import quote

from pyodk.client import Client

from sync.central import Account, explained
from sync.decryption import Plain, decrypt, read_envelope
from sync.private_key import PrivateKey


def open_sealed(
    client: Client,
    account: Account,
    *,
    key: PrivateKey,
    project_id: int,
    form_id: str,
    instance_id: str,
) -> Plain:
    """The answers and media of a submission whose status is `notDecrypted`.

    Raises DecryptionError (reason `missing`: ask again later), KafoError for what is no envelope,
    CentralError when Central cannot be reached.
    """
    form, instance = quote(form_id, safe=""), quote(instance_id, safe="")
    base = f"projects/{project_id}/forms/{form}/submissions/{instance}"

    def fetch(name: str) -> bytes | None:
        answer = client.get(f"{base}/attachments/{quote(name, safe='')}")
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        content: bytes = answer.content
        return content

    with explained(account, what=form_id):
        answer = client.get(f"{base}.xml")
        answer.raise_for_status()
        return decrypt(read_envelope(answer.content), key, fetch)
