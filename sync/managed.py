"""Opens sealed submissions of projects with managed encryption: Central decrypts, given the passphrase.

What is weaker about this way is said in `sync.decrypted_csv`. Kafo's own forms go the other one.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Engine

from forms.errors import KafoError
from sync.central import Account, explained, get_json
from sync.decrypted_csv import read_decrypted_csv_zip
from sync.opening import Opened, Sealed, forms_of, waiting_of
from sync.submission_row import Row
from warehouse.engine import reading, writing
from warehouse.form_tables import current_shape
from warehouse.load import load


def open_managed(
    engine: Engine,
    client: Client,
    account: Account,
    *,
    passphrase: str,
    run_id: Callable[[], int],
) -> Opened:
    """Load the answers of every waiting submission that Central can decrypt with the passphrase.

    Their photos stay sealed. A passphrase that Central does not take is counted as refused by
    `key`, an export that cannot be read by `file`. Raises CentralError.
    """
    done = Opened()
    for project_id, form_id, fields in forms_of(engine):
        waiting = waiting_of(engine, project_id, form_id)
        keys = _managed_keys(client, account, project_id, form_id) if waiting else []
        if not keys:
            continue
        archive = _export(client, account, (project_id, form_id), waiting, keys, passphrase)
        if archive is None:
            done.refused["key"] = done.refused.get("key", 0) + len(waiting)
            continue
        sealed = {each.instance_id: each for each in waiting}
        systems = {each.instance_id: each.system for each in waiting}
        try:
            rows = list(read_decrypted_csv_zip(archive, fields, sealed=systems))
        except KafoError:  # not whole, or of other columns: the other forms do not wait for it
            done.refused["file"] = done.refused.get("file", 0) + len(waiting)
            continue
        if rows:
            _load(engine, (project_id, form_id), rows, sealed, run_id())
        done.opened += len(rows)
    return done


def _managed_keys(client: Client, account: Account, project_id: int, form_id: str) -> list[int]:
    """The keys of the form's submissions whose private half Central has."""
    path = f"projects/{project_id}/forms/{quote(form_id, safe='')}/submissions/keys"
    with explained(account, what=form_id):
        listed: list[dict[str, Any]] = get_json(client, path)
    return [int(key["id"]) for key in listed if key["managed"]]


def _export(
    client: Client,
    account: Account,
    place: tuple[int, str],
    waiting: Sequence[Sealed],
    keys: Sequence[int],
    passphrase: str,
) -> bytes | None:
    """The CSV files of the time in which the waiting ones came; None for a wrong passphrase.

    The passphrase is in the body, never in the address: addresses are written into logs.
    """
    stamps = sorted(str(each.system["submissionDate"]) for each in waiting)
    when = f"__system/submissionDate ge {stamps[0]} and __system/submissionDate le {stamps[-1]}"
    base = f"projects/{place[0]}/forms/{quote(place[1], safe='')}/submissions.csv.zip"
    url = f"{base}?attachments=false&$filter={quote(when, safe='/$:')}"
    with explained(account, what=place[1]):
        answer = client.post(url, data={str(key): passphrase for key in keys})
        if answer.status_code == 400 and _is_wrong_passphrase(answer):
            return None
        answer.raise_for_status()
        content: bytes = answer.content
        return content


def _is_wrong_passphrase(answer: Any) -> bool:
    try:
        return bool(answer.json()["code"] == 400.12)  # the recording encryption-17 of Central
    except (ValueError, KeyError, TypeError):
        return False


def _load(
    engine: Engine,
    place: tuple[int, str],
    rows: Sequence[Row],
    sealed: Mapping[str, Sealed],
    number: int,
) -> None:
    with reading(engine) as connection:
        shape = current_shape(connection, *place)
    assert shape is not None
    texts = [(json.dumps(row, ensure_ascii=False, separators=(",", ":")), row) for row in rows]
    seals = {str(row["__id"]): sealed[str(row["__id"])].digest for row in rows}
    with writing(engine) as connection:
        load(connection, shape, texts, run_id=number, seals=seals)
