"""What Central says it holds, submission by submission: the one side of the proof.

Without media, the REST list: every ID with its stamps and state, no answers read, a third of an
OData question's cost to Central; it takes one request for the living and one for the deleted. With
media, the counts of attachments are wanted too, which only OData has: one request for all.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyodk.client import Client

from sync import errors
from sync.central import Account, explained
from sync.feed import rows, spooled
from sync.json_stream import items
from sync.spool import Spool

_BOTH = quote("__system/deletedAt eq null or __system/deletedAt ne null", safe="/$:")


@dataclass(frozen=True, slots=True)
class Listed:
    """A submission as Central lists it; attachment counts are None where they were not asked."""

    instance_id: str
    submitted_at: str
    updated_at: str | None
    deleted_at: str | None
    review_state: str | None
    submitter_id: str | None
    submitter_name: str | None
    present: int | None = None
    expected: int | None = None


class Listing:
    """A spooled list that can be read more than once."""

    def __init__(self, form_id: str, spools: list[Spool], *, media: bool) -> None:
        self._form_id, self._spools, self._media = form_id, spools, media

    def __iter__(self) -> Iterator[Listed]:
        for spool in self._spools:
            spool.rewind()
            if self._media:
                yield from (_of_odata(row) for _, row in rows(spool, self._form_id))
            else:
                yield from (_of_rest(item) for _, item in items(spool, self._form_id, opening="["))


@contextmanager
def listing(
    client: Client, account: Account, project_id: int, form_id: str, *, media: bool, folder: Path
) -> Iterator[Listing]:
    """Fetch the list; it vanishes with the block. Raises CentralError."""
    form = quote(form_id, safe="")
    base = f"projects/{project_id}/forms/{form}"
    urls = [f"{base}/submissions", f"{base}/submissions?deleted=true"]
    if media:
        urls = [f"{base}.svc/Submissions?$select=__id,__system&$filter={_BOTH}"]
    missing = errors.no_form(form_id, project_id)
    with ExitStack() as stack:
        spools: list[Spool] = []
        for url in urls:
            with explained(account, what=form_id, missing=missing):
                spool = spooled(
                    client,
                    url,
                    what=form_id,
                    folder=folder,
                    headers={"X-Extended-Metadata": "true"},
                )
            spools.append(stack.enter_context(spool))
        yield Listing(form_id, spools, media=media)


def _of_rest(item: dict[str, Any]) -> Listed:
    submitter = item.get("submitter") or {}
    return Listed(
        instance_id=item["instanceId"],
        submitted_at=item["createdAt"],
        updated_at=item["updatedAt"],
        deleted_at=item["deletedAt"],
        review_state=item["reviewState"],
        submitter_id=None if item["submitterId"] is None else str(item["submitterId"]),
        submitter_name=submitter.get("displayName"),
    )


def _of_odata(row: dict[str, Any]) -> Listed:
    system = row["__system"]
    return Listed(
        instance_id=row["__id"],
        submitted_at=system["submissionDate"],
        updated_at=system["updatedAt"],
        deleted_at=system["deletedAt"],
        review_state=system["reviewState"],
        submitter_id=system["submitterId"],
        submitter_name=system["submitterName"],
        present=system["attachmentsPresent"],
        expected=system["attachmentsExpected"],
    )
