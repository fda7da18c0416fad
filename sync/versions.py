"""The versions of a form: when each was published, and whether its answers must come encrypted."""

from typing import Any
from urllib.parse import quote

from pyodk.client import Client
from sqlalchemy import Connection, delete, select

from sync import errors
from sync.central import Account, explained, get_json
from warehouse.sync_tables import form_version


def read_versions(
    client: Client, account: Account, project_id: int, form_id: str
) -> list[dict[str, Any]]:
    """Central's list of published versions; raises CentralError."""
    url = f"projects/{project_id}/forms/{quote(form_id, safe='')}/versions"
    with explained(account, what=form_id, missing=errors.no_form(form_id, project_id)):
        found: list[dict[str, Any]] = get_json(client, url)
    return found


def write_versions(
    connection: Connection, project_id: int, form_id: str, versions: list[dict[str, Any]]
) -> None:
    """Keep the list; a version that bears a key (`keyId`) is one whose answers come encrypted."""
    v = form_version.c
    connection.execute(delete(form_version).where(v.project_id == project_id, v.form_id == form_id))
    seen: dict[str, dict[str, Any]] = {}
    for item in versions:  # newest first; a version published again stands twice
        seen.setdefault(item["version"] or "", item)
    rows = [
        {
            "project_id": project_id,
            "form_id": form_id,
            "version": version,
            "published_at": item["publishedAt"],
            "sealed": item["keyId"] is not None,
        }
        for version, item in seen.items()
    ]
    if rows:
        connection.execute(form_version.insert(), rows)


def sealed_versions(connection: Connection, project_id: int, form_id: str) -> set[str]:
    """The versions whose answers must arrive encrypted."""
    v = form_version.c
    query = select(v.version).where(
        v.project_id == project_id, v.form_id == form_id, v.sealed.is_(True)
    )
    return set(connection.scalars(query))
