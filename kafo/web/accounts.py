"""Making, changing and closing accounts: the rules, for the terminal and for the settings page."""

import re

from sqlalchemy import Engine

from forms.errors import UsageError
from kafo.web.passwords import Vault, new_password
from kafo.web.rights import ROLES
from warehouse.engine import reading, writing
from warehouse.web_accounts import (
    Account,
    add_account,
    change_account,
    find_account,
    other_administrators,
)

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def create(
    engine: Engine,
    name: str,
    password: str,
    *,
    role: str,
    administrator: bool,
    must_change: bool,
    now: str,
    vault: Vault | None = None,
) -> None:
    """Make an account; UsageError when the name is taken or name or role are none."""
    check_name(name)
    _check_role(role)
    hashed = (vault or Vault()).hash(password)
    with writing(engine) as connection:
        if find_account(connection, name) is not None:
            raise UsageError(
                f"Le compte « {name} » existe déjà. Prenez un autre nom, ou « kafo users reset ».",
                f"The account '{name}' exists already. Take another name, or 'kafo users reset'.",
            )
        add_account(
            connection, name, hashed, role=role, administrator=administrator,
            must_change=must_change, now=now,
        )  # fmt: skip


def set_password(
    engine: Engine,
    name: str,
    password: str,
    *,
    must_change: bool,
    now: str,
    vault: Vault | None = None,
) -> None:
    """Give a new password, open a closed account again, and switch its second factor off."""
    hashed = (vault or Vault()).hash(password)
    values = {"password_hash": hashed, "must_change": must_change, "totp_secret": None}
    _change(engine, name, now=now, state="active", **values)


def close(engine: Engine, name: str, *, now: str) -> None:
    """Nobody can log in with it any more; refused for the last administrator."""
    _change(engine, name, now=now, state="disabled")


def change_role(engine: Engine, name: str, *, role: str, administrator: bool, now: str) -> None:
    """Another role; the last administrator stays one."""
    _check_role(role)
    _change(engine, name, now=now, role=role, administrator=administrator)


def renew_demo_account(engine: Engine, *, now: str) -> tuple[str, str]:
    """The account `demo` with every right, over invented people only, and its new password."""
    name, password = "demo", new_password()
    with reading(engine) as connection:
        known = find_account(connection, name) is not None
    if known:
        set_password(engine, name, password, must_change=False, now=now)
    else:
        create(
            engine, name, password, role="steward", administrator=True, must_change=False, now=now
        )
    return name, password


def check_name(name: str) -> None:
    """UsageError when it is no name of an account."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"« {name} » ne convient pas : 2 à 32 minuscules, chiffres, points ou tirets.",
            f"'{name}' does not fit: 2 to 32 small letters, digits, dots or dashes.",
        )


def _change(engine: Engine, name: str, *, now: str, **values: object) -> None:
    with writing(engine) as connection:
        account = find_account(connection, name)
        if account is None:
            raise UsageError(
                f"Le compte « {name} » n'existe pas. La liste : « kafo users list ».",
                f"The account '{name}' does not exist. For the list: 'kafo users list'.",
            )
        if _loses_office(account, values) and not other_administrators(connection, name):
            raise UsageError(
                "C'est le dernier administrateur. Nommez-en d'abord un autre.",
                "This is the last administrator. Appoint another one first.",
            )
        change_account(connection, name, now=now, **values)


def _loses_office(account: Account, values: dict[str, object]) -> bool:
    ends = values.get("state") == "disabled" or values.get("administrator") is False
    return account.administrator and account.active and ends


def _check_role(role: str) -> None:
    if role not in ROLES:
        known = ", ".join(ROLES)
        raise UsageError(
            f"Le rôle « {role} » n'existe pas. Rôles : {known}.",
            f"The role '{role}' does not exist. Roles: {known}.",
        )
