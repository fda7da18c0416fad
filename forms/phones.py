"""One app user of ODK Central per enumerator: created once, given its forms, cut off when lost.

An app user's token lets a phone send submissions and read the forms assigned to it; it never shows
in a repr, a log or an error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyodk.client import Client

from forms.central_calls import ask, ask_json, route
from forms.errors import KafoError

_LIST = ("lire la liste des téléphones", "read the list of phones")
_CREATE = ("créer l’accès d’un téléphone", "create a phone's access")
_ASSIGN = ("donner un formulaire à un téléphone", "give a form to a phone")
_REVOKE = ("couper l’accès d’un téléphone", "cut off a phone")


@dataclass(frozen=True, slots=True)
class Phone:
    """An app user as Central lists it."""

    enumerator: str
    app_user_id: int
    created_at: datetime
    last_used: datetime | None
    """When the phone last asked Central for anything; None if never or not told."""
    token: str | None = field(repr=False)
    """None once the access is cut off."""

    @property
    def active(self) -> bool:
        """Whether the phone still has access."""
        return self.token is not None


def list_phones(client: Client, project_id: int) -> list[Phone]:
    """Every phone of the project, those cut off too, by enumerator."""
    rows = ask_json(
        client,
        route("projects", project_id, "app-users"),
        what=_LIST,
        headers={"X-Extended-Metadata": "true"},  # gives lastUsed
    )
    return sorted((_phone(row) for row in rows), key=lambda p: (p.enumerator, p.app_user_id))


def provide_phones(
    client: Client, project_id: int, *, enumerators: Iterable[str], forms: Sequence[str]
) -> list[Phone]:
    """The phones of these enumerators, each with access to these published forms.

    Running it again changes nothing: an enumerator with a working access keeps it (and its token);
    one whose phone was cut off gets a new one. Forms given earlier stay given.
    """
    names = list(dict.fromkeys(map(_tidy, enumerators)))
    if not all(names):
        raise KafoError(
            "Un nom d’enquêteur est vide : donnez à chacun un code ou un nom (par exemple enq-017).",
            "An enumerator's name is empty: give each a code or a name (for instance enq-017).",
        )
    known: dict[str, Phone] = {}
    for phone in list_phones(client, project_id):
        if phone.active:
            known.setdefault(phone.enumerator, phone)
    phones = [known.get(name) or _create(client, project_id, name) for name in names]
    given = _given(client, project_id)
    for phone in phones:
        for form in forms:
            if (phone.app_user_id, form) not in given:
                _assign(client, project_id, phone, form)
    return phones


def revoke(client: Client, project_id: int, enumerator: str) -> int:
    """Cut off every phone of this enumerator at once; returns how many still had access.

    The app user stays in Central's list, without a token: who sent what remains known.
    """
    name = _tidy(enumerator)
    phones = [phone for phone in list_phones(client, project_id) if phone.enumerator == name]
    if not phones:
        raise KafoError(
            f"Aucun téléphone au nom de « {enumerator} ». La liste : « kafo phones list ».",
            f"No phone under the name '{enumerator}'. For the list: `kafo phones list`.",
        )
    tokens = [phone.token for phone in phones if phone.token is not None]
    for token in tokens:
        ask(client, "DELETE", route("sessions", token), what=_REVOKE)
    return len(tokens)


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _create(client: Client, project_id: int, name: str) -> Phone:
    path = route("projects", project_id, "app-users")
    return _phone(ask(client, "POST", path, what=_CREATE, json={"displayName": name}).json())


def _given(client: Client, project_id: int) -> set[tuple[int, str]]:
    """Which app user already has which form: giving it twice is refused by Central."""
    path = route("projects", project_id, "assignments", "forms", "app-user")
    return {(row["actorId"], row["xmlFormId"]) for row in ask_json(client, path, what=_ASSIGN)}


def _assign(client: Client, project_id: int, phone: Phone, form: str) -> None:
    path = route(
        *("projects", project_id, "forms", form, "assignments", "app-user", phone.app_user_id)
    )
    ask(client, "POST", path, what=_ASSIGN)


def _phone(row: dict[str, Any]) -> Phone:
    used = row.get("lastUsed")
    return Phone(
        enumerator=row["displayName"],
        app_user_id=row["id"],
        created_at=datetime.fromisoformat(row["createdAt"]),
        last_used=datetime.fromisoformat(used) if used else None,
        token=row.get("token"),
    )
