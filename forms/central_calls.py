"""Asks ODK Central through pyodk and turns a refusal into one sentence that says what to do.

Sentences hold Central's status and code, never the body of an answer nor an address: bodies may
quote data, addresses may hold an app user's token.
"""

from typing import Any
from urllib.parse import quote

import requests
from pyodk.client import Client

from forms.errors import KafoError

_MEANINGS = {
    401: (
        "le compte n’est pas reconnu. Vérifiez l’adresse électronique et le mot de passe.",
        "the account is not recognised. Check the e-mail address and the password.",
    ),
    403: (
        "ce compte n’en a pas le droit. Demandez à l’administrateur le rôle « Project Manager ».",
        "this account may not. Ask the administrator for the role 'Project Manager'.",
    ),
    404: (
        "cela n’existe pas sur le serveur. Vérifiez le numéro du projet et le nom du formulaire.",
        "it does not exist on the server. Check the project number and the form name.",
    ),
    409: (
        "quelqu’un l’a déjà fait ou le serveur contient déjà cette version. Relancez la commande ; "
        "si cela se répète, relevez la version du formulaire.",
        "somebody already did it or the server already holds this version. Run the command again; "
        "if it repeats, raise the version of the form.",
    ),
}

_OTHERWISE = (
    "relancez plus tard ; si cela se répète, prévenez l’administrateur du serveur.",
    "run again later; if it repeats, tell the server's administrator.",
)


class RefusedError(KafoError):
    """ODK Central answered no; `status` is HTTP's, `code` Central's own (409.6 …) when it gave one."""

    def __init__(self, fr: str, en: str, *, status: int, code: float | None = None) -> None:
        self.status, self.code = status, code
        super().__init__(fr, en)


def route(*parts: object) -> str:
    """The parts as one path below /v1, each quoted: form and file names may hold any letter."""
    return "/".join(quote(str(part), safe="*'()!$") for part in parts)


def ask(
    client: Client, method: str, path: str, *, what: tuple[str, str], **options: Any
) -> requests.Response:
    """One request; RefusedError for a status of 400 or more, KafoError when nobody answers.

    `what` names in French and English what was being done, as it stands after "Refusé :".
    """
    try:
        response: requests.Response = client.session.request(method, path, **options)
    except requests.RequestException:
        raise KafoError(
            f"ODK Central ne répond pas ({what[0]}). Vérifiez la connexion et l’adresse, puis "
            "relancez : la commande reprend où elle s’est arrêtée.",
            f"ODK Central does not answer ({what[1]}). Check the connection and the address, then "
            "run again: the command goes on where it stopped.",
        ) from None
    if response.status_code >= 400:
        raise _refusal(response, what)
    return response


def ask_json(client: Client, path: str, *, what: tuple[str, str], **options: Any) -> Any:
    """The JSON answer to a GET."""
    return ask(client, "GET", path, what=what, **options).json()


def found(client: Client, path: str, *, what: tuple[str, str]) -> requests.Response | None:
    """The answer to a GET, or None when Central knows no such thing (404)."""
    try:
        return ask(client, "GET", path, what=what)
    except RefusedError as error:
        if error.status != 404:
            raise
        return None


def _refusal(response: requests.Response, what: tuple[str, str]) -> RefusedError:
    status, code = response.status_code, _code(response)
    fr, en = _MEANINGS.get(status, _OTHERWISE)
    shown = code or status
    return RefusedError(
        f"ODK Central a refusé ({shown}) : {what[0]} ; {fr}",
        f"ODK Central refused ({shown}): {what[1]}; {en}",
        status=status,
        code=code,
    )


def _code(response: requests.Response) -> float | None:
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        return None
    return float(code) if isinstance(code, int | float) else None
