"""Who is at the keyboard: a name for logs, or a data steward who proves it with a password."""

import getpass
import os

import typer
from sqlalchemy import Engine

from forms.errors import UsageError
from forms.language import say


def who() -> str:
    """The name under which reads are logged: KAFO_USER, or the login of this computer."""
    return os.environ.get("KAFO_USER") or getpass.getuser()


def steward(engine: Engine, name: str) -> str:
    """The name, once its password was typed; UsageError unless it is an open account of a steward.

    Two people share one computer: only accounts tell them apart, not the computer's login.
    """
    from kafo.web.passwords import Vault
    from warehouse.engine import reading
    from warehouse.web_accounts import find_account

    password = str(
        typer.prompt(
            say(f"Mot de passe de {name}", f"Password of {name}"), hide_input=True, err=True
        )
    )
    with reading(engine) as connection:
        account = find_account(connection, name)
    right = Vault().check(account.password_hash if account else None, password)
    if not (right and account and account.answers_for_data):
        raise UsageError(
            f"« {name} » et ce mot de passe n'ouvrent aucun compte de responsable des données. "
            "Vérifiez, ou créez le compte : kafo users add NOM --role steward",
            f"'{name}' and this password open no account of a data steward. Check, or make the "
            "account: kafo users add NAME --role steward",
        )
    return name
