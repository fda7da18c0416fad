"""One's own account: password and second factor."""

import io
from datetime import datetime

import segno
from markupsafe import Markup
from starlette.responses import Response

from forms.errors import UsageError
from kafo.web.cookies import give_token
from kafo.web.login import renew
from kafo.web.passwords import code_step, new_secret, refuse_weak, secret_address
from kafo.web.render import go, page
from kafo.web.site import Visit
from warehouse.engine import writing
from warehouse.web_accounts import change_account


def password_page(visit: Visit) -> Response:
    """The form to choose a new password."""
    return page(visit, "password.html", problem="", done=visit.asked("done"))


def change_password(visit: Visit) -> Response:
    """Set it, and end every other session of this account."""
    old, new = str(visit.form.get("old", "")), str(visit.form.get("new", ""))
    try:
        refuse_weak(new, name=visit.who.name)
        if new != visit.form.get("again"):
            raise UsageError(
                "Les deux nouveaux mots de passe diffèrent. Tapez-les à nouveau.",
                "The two new passwords differ. Type them again.",
            )
        if not visit.site.vault.check(visit.who.password_hash, old):
            raise UsageError(
                "L'ancien mot de passe n'est pas le bon.", "The old password is not the right one."
            )
    except UsageError as error:
        problem = visit.language.error(error)
        return page(visit, "password.html", status=409, problem=problem, done="")
    values = {"password_hash": visit.site.vault.hash(new), "must_change": False}
    return _changed(visit, "/settings/password?done=1", "password", **values)


def factor_page(visit: Visit) -> Response:
    """How to set the second factor up, or that it is on."""
    secret = "" if visit.who.totp_secret else new_secret()
    return _factor(visit, secret)


def set_factor(visit: Visit) -> Response:
    """Switch it on once a code proves that the phone has it; or off, with the password."""
    if visit.who.totp_secret:
        if not visit.site.vault.check(visit.who.password_hash, str(visit.form.get("old", ""))):
            text = visit.language.text("Le mot de passe n'est pas le bon.")
            return _factor(visit, "", problem=text, status=409)
        return _changed(visit, "/settings/second-factor", "factor_off", totp_secret=None)
    secret, code = visit.field("secret"), visit.field("code")
    at = datetime.fromisoformat(visit.site.now()).timestamp()
    if not secret.isalnum() or len(secret) != 32:
        return go("/settings/second-factor")
    step = code_step(secret, code, at=at, after=0)
    if step is None:
        text = visit.language.text(
            "Ce code n'est pas le bon. Vérifiez l'heure du téléphone et tapez le code affiché."
        )
        return _factor(visit, secret, problem=text, status=409)
    values = {"totp_secret": secret, "totp_step": step}
    return _changed(visit, "/settings/second-factor", "factor_on", **values)


def _factor(visit: Visit, secret: str, problem: str = "", status: int = 200) -> Response:
    picture = _qr(secret_address(secret, visit.who.name)) if secret else ""
    values = {"secret": secret, "picture": picture, "problem": problem}
    return page(visit, "second_factor.html", status=status, **values)


def _qr(text: str) -> Markup:
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(drawn, kind="svg", scale=5, xmldecl=False, svgns=True)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by segno: squares, no text of ours


def _changed(visit: Visit, to: str, action: str, **values: object) -> Response:
    """Change the account: that ends all its sessions, so this browser gets a new one."""
    now = visit.site.now()
    with writing(visit.site.writer) as connection:
        change_account(connection, visit.who.name, now=now, **values)
        visit.log(connection, action, visit.who.name)
        token = renew(connection, visit.who.name, now)
    response = go(to)
    give_token(visit.request, response, token)
    return response
