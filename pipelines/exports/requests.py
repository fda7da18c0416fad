"""Named exports need two people: one asks and says why, another agrees; then it is made once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select

from forms.errors import KafoError
from warehouse.access import checked_reason, log_access
from warehouse.protection_tables import export_request
from warehouse.types import iso
from warehouse.web_accounts import find_account

_DAYS = 7
"""How long an agreement can be used."""


@dataclass(frozen=True, slots=True)
class Request:
    """A named export that somebody asked for."""

    request_id: str
    view_name: str
    reason: str
    asked_by: str
    decided_by: str | None
    state: str


def ask(connection: Connection, view: str, *, who: str, reason: str, now: str) -> Request:
    """Ask for a named export; it waits until another steward agrees. KafoError for anybody else."""
    _steward(connection, who)
    request_id = f"E-{secrets.token_hex(4).upper()}"
    connection.execute(
        export_request.insert().values(
            request_id=request_id, view_name=view, reason=checked_reason(reason), asked_by=who,
            asked_at=now, state="asked", expires_at=_later(now),
        )
    )  # fmt: skip
    log_access(connection, now=now, who=who, action="export_ask", what=view, rows=0, reason=reason)
    return find(connection, request_id)


def decide(connection: Connection, request_id: str, *, who: str, agree: bool, now: str) -> Request:
    """Agree or refuse; KafoError for one's own request, an old one, a decided one, or no steward."""
    _steward(connection, who)
    row = _row(connection, request_id)
    if row.asked_by == who:
        raise KafoError(
            "Une autre personne doit décider : vous avez fait cette demande vous-même.",
            "Another person must decide: you made this request yourself.",
        )
    if row.state != "asked" or row.expires_at < now:
        raise _over(request_id)
    state = "approved" if agree else "refused"
    _change(connection, request_id, state=state, decided_by=who, decided_at=now,
            expires_at=_later(now))  # fmt: skip
    log_access(connection, now=now, who=who, action=f"export_{state}", what=row.view_name, rows=0,
               reason=row.reason)  # fmt: skip
    return find(connection, request_id)


def use(connection: Connection, request_id: str, view: str, *, who: str, now: str) -> Request:
    """Take the agreement for making the file, once, by the person who asked; else KafoError."""
    _steward(connection, who)
    row = _row(connection, request_id)
    if row.state != "approved" or row.expires_at < now:
        raise _over(request_id)
    if (row.view_name, row.asked_by) != (view, who):
        raise KafoError(
            f"La demande {request_id} est pour « {row.view_name} », par {row.asked_by}.",
            f"The request {request_id} is for '{row.view_name}', by {row.asked_by}.",
        )
    _change(connection, request_id, state="used")
    return find(connection, request_id)


def find(connection: Connection, request_id: str) -> Request:
    """The request; KafoError when there is none."""
    row = _row(connection, request_id)
    return Request(
        row.request_id, row.view_name, row.reason, row.asked_by, row.decided_by, row.state
    )


def waiting(connection: Connection) -> list[Request]:
    """Requests that somebody must decide."""
    r = export_request.c
    ids = connection.scalars(select(r.request_id).where(r.state == "asked").order_by(r.asked_at))
    return [find(connection, request_id) for request_id in ids.all()]


def _steward(connection: Connection, who: str) -> None:
    account = find_account(connection, who)
    if not (account and account.answers_for_data):
        raise KafoError(
            f"« {who} » n'est pas responsable des données : un export nominatif se décide entre deux "
            "responsables. Voyez « kafo users ».",
            f"'{who}' is no data steward: a named export is decided between two of them. See "
            "'kafo users'.",
        )


def _row(connection: Connection, request_id: str) -> Row[tuple[str, ...]]:
    row = connection.execute(
        select(export_request).where(export_request.c.request_id == request_id)
    ).first()
    if row is None:
        raise KafoError(
            f"La demande {request_id} n'existe pas. Vérifiez le code.",
            f"There is no request {request_id}. Check the code.",
        )
    return row


def _change(connection: Connection, request_id: str, **values: object) -> None:
    connection.execute(
        export_request.update().where(export_request.c.request_id == request_id).values(**values)
    )


def _later(now: str) -> str:
    return iso(datetime.fromisoformat(now) + timedelta(days=_DAYS))


def _over(request_id: str) -> KafoError:
    return KafoError(
        f"La demande {request_id} n'est pas ou plus accordée. Faites-en une nouvelle : "
        "kafo export VUE --reason « … ».",
        f"The request {request_id} is not, or no longer, agreed. Make a new one: "
        "kafo export VIEW --reason '…'.",
    )
