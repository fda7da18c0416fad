"""Commands for accounts of the pages: `kafo users`. The first administrator is made here, once."""

import typer
from rich.table import Table

from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import now, warehouse


def add(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    users = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
    app.add_typer(users, name="users", help=say("Qui ouvre les pages.", "Who may open the pages."))
    users.command("add", help=say("Crée un compte.", "Make an account."))(add_user)
    users.command("list", help=say("Les comptes et leurs rôles.", "Accounts and their roles."))(
        list_users
    )
    users.command("reset", help=say("Donne un nouveau mot de passe.", "Give a new password."))(
        reset
    )
    users.command("disable", help=say("Ferme un compte.", "Close an account."))(disable)


def add_user(
    context: typer.Context,
    name: str = typer.Argument(help=say("Nom du compte.", "Name of the account.")),
    role: str = typer.Option(..., "--role", help=say("Rôle.", "Role.")),
    admin: bool = typer.Option(
        False, "--admin", help=say("Gère aussi les comptes.", "Manages accounts as well.")
    ),
    generate: bool = typer.Option(
        False, "--generate", help=say("Mot de passe fait par Kafo.", "Password made by Kafo.")
    ),
) -> None:
    """Make an account. The password is typed, or made and shown once; never an argument."""
    from kafo.web.accounts import create

    engine = warehouse(configuration(context))
    password, mine = _password(name, generate)
    create(engine, name, password, role=role, administrator=admin, must_change=not mine, now=now())
    out.print(say(f"✓ {name} : compte créé", f"✓ {name}: account made"), markup=False)
    _show(password, mine)
    engine.dispose()


def list_users(context: typer.Context) -> None:
    """Every account, also closed ones."""
    from warehouse.engine import reading
    from warehouse.web_accounts import list_accounts

    engine = warehouse(configuration(context))
    table = Table(say("compte", "account"), say("rôle", "role"), say("administrateur", "administrator"),
                  say("second facteur", "second factor"), say("état", "state"))  # fmt: skip
    yes, no = say("oui", "yes"), say("non", "no")
    with reading(engine) as connection:
        for account in list_accounts(connection):
            state = say("ouvert", "open") if account.active else say("fermé", "closed")
            table.add_row(
                account.name,
                account.role,
                yes if account.administrator else no,
                yes if account.totp_secret else no,
                state,
            )
    out.print(table)
    engine.dispose()


def reset(
    context: typer.Context,
    name: str,
    generate: bool = typer.Option(
        False, "--generate", help=say("Mot de passe fait par Kafo.", "Password made by Kafo.")
    ),
) -> None:
    """A new password; the second factor is switched off and every session ends."""
    from kafo.web.accounts import set_password

    engine = warehouse(configuration(context))
    password, mine = _password(name, generate)
    set_password(engine, name, password, must_change=not mine, now=now())
    out.print(say(f"✓ {name} : nouveau mot de passe", f"✓ {name}: new password"), markup=False)
    _show(password, mine)
    engine.dispose()


def disable(context: typer.Context, name: str) -> None:
    """Close it at once: its sessions end too."""
    from kafo.web.accounts import close

    engine = warehouse(configuration(context))
    close(engine, name, now=now())
    out.print(say(f"✓ {name} : compte fermé", f"✓ {name}: account closed"), markup=False)
    engine.dispose()


def _password(name: str, generate: bool) -> tuple[str, bool]:
    """The password, and whether the person typed it."""
    from kafo.web.accounts import check_name
    from kafo.web.passwords import new_password, refuse_weak

    check_name(name)
    if generate:
        return new_password(), False
    password = str(
        typer.prompt(
            say("Mot de passe (12 caractères au moins)", "Password (at least 12 characters)"),
            hide_input=True,
            confirmation_prompt=True,
        )
    )
    refuse_weak(password, name=name)
    return password, True


def _show(password: str, mine: bool) -> None:
    if not mine:
        out.print(
            say(
                f"Mot de passe, montré une seule fois : {password}\nIl sera changé à la première "
                "connexion.",
                f"Password, shown only once: {password}\nIt will be changed at the first login.",
            ),
            markup=False,
        )
