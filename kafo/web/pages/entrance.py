"""The way in and out: start page, login, logout, language."""

from starlette.responses import Response

from kafo.web.addresses import local
from kafo.web.cookies import give_token, remember_language, session_token, take_token
from kafo.web.login import Refused, log_in, log_out
from kafo.web.navigation import NAVIGATION
from kafo.web.render import go, page
from kafo.web.site import Visit
from warehouse.engine import reading
from warehouse.web_accounts import any_account


def home(visit: Visit) -> Response:
    """The first page that this person may open."""
    if visit.account is None:
        return go("/login")
    return go(next(entry.path for entry in NAVIGATION if entry.right in visit.rights))


def login_page(visit: Visit) -> Response:
    """The form; who is logged in already goes on."""
    return home(visit) if visit.account is not None else _form(visit)


def login(visit: Visit) -> Response:
    """Let in whoever knows the password; wrong name and wrong password are told apart by nobody."""
    client = visit.request.client
    result = log_in(
        visit.site,
        visit.field("name"),
        str(visit.form.get("password", "")),
        code=visit.field("code"),
        address=client.host if client else "",
    )
    if isinstance(result, Refused):
        return _form(visit, refused=result, name=visit.field("name"))
    if token := session_token(visit.request):
        log_out(visit.site, token)  # whose it was, and who planted it, no longer matters
    response = go("/settings/password" if result.account.must_change else "/")
    give_token(visit.request, response, result.token)
    return response


def logout(visit: Visit) -> Response:
    """Forget the session here and in the browser."""
    log_out(visit.site, session_token(visit.request))
    response = go("/login")
    take_token(visit.request, response)
    return response


def speak(visit: Visit) -> Response:
    """Change the language and go back to where one was."""
    response = go(local(visit.asked("to", 500)))
    remember_language(visit.request, response, visit.part("code"))
    return response


def _form(visit: Visit, refused: Refused | None = None, name: str = "") -> Response:
    with reading(visit.site.reader) as connection:
        empty = not any_account(connection)
    status = 200 if refused is None else 429 if refused.wait else 401
    response = page(visit, "login.html", status=status, refused=refused, name=name, empty=empty)
    if refused is not None and refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return response
