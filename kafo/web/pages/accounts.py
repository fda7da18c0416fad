"""Accounts: who may log in, with which role. For administrators, who see no data by that right."""

from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.accounts import change_role, close, create, set_password
from kafo.web.passwords import new_password
from kafo.web.render import go, page
from kafo.web.rights import ROLES
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.web_accounts import list_accounts


def list_page(visit: Visit) -> Response:
    """Every account."""
    return _list(visit)


def add(visit: Visit) -> Response:
    """A new one; its first password is shown once, here."""
    name, password = visit.field("name").lower(), new_password()
    create(
        visit.site.writer, name, password, role=visit.field("role"),
        administrator=_ticked(visit), must_change=True, now=visit.site.now(), vault=visit.site.vault,
    )  # fmt: skip
    visit.note("account_added", f"{name} {visit.field('role')}")
    return _list(visit, name=name, password=password)


def change(visit: Visit) -> Response:
    """Another role for somebody else."""
    name = _other(visit)
    role, administrator = visit.field("role"), _ticked(visit)
    change_role(
        visit.site.writer, name, role=role, administrator=administrator, now=visit.site.now()
    )
    visit.note("account_changed", f"{name} {role}{' +admin' if administrator else ''}")
    return go("/settings/accounts")


def reset(visit: Visit) -> Response:
    """A new password for somebody who forgot it, shown once."""
    name, password = _other(visit), new_password()
    set_password(
        visit.site.writer, name, password, must_change=True, now=visit.site.now(), vault=visit.site.vault
    )  # fmt: skip
    visit.note("account_reset", name)
    return _list(visit, name=name, password=password)


def shut(visit: Visit) -> Response:
    """Close an account; its sessions end at once."""
    name = _other(visit)
    close(visit.site.writer, name, now=visit.site.now())
    visit.note("account_closed", name)
    return go("/settings/accounts")


def _list(visit: Visit, name: str = "", password: str = "") -> Response:
    with reading(visit.site.reader) as connection:
        accounts = list_accounts(connection)
    roles = list(ROLES)
    return page(
        visit, "accounts.html", accounts=accounts, roles=roles, name=name, password=password
    )


def _ticked(visit: Visit) -> bool:
    return visit.field("administrator") == "yes"


def _other(visit: Visit) -> str:
    """The account that the form names, which is not one's own: nobody gives rights to themselves."""
    name = visit.field("name")
    if name == visit.who.name:
        raise UsageError(
            "Votre propre compte est changé par un autre administrateur.",
            "Your own account is changed by another administrator.",
        )
    return name
