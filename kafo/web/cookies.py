"""The two cookies: who is logged in, and the language."""

from starlette.requests import Request
from starlette.responses import Response

from kafo.web.language import CODES, Language, language

_SESSION = "kafo"
_LANGUAGE = "kafo_language"
_YEAR = 365 * 86400


def session_token(request: Request) -> str:
    """The token the browser holds, or nothing."""
    return request.cookies.get(_name(request), "")


def give_token(request: Request, response: Response, token: str) -> None:
    """Hand it to the browser, out of reach of scripts; it forgets it when it is closed."""
    response.set_cookie(
        _name(request), token, httponly=True, samesite="lax", secure=_secure(request)
    )


def take_token(request: Request, response: Response) -> None:
    """Make the browser forget it."""
    response.delete_cookie(_name(request), httponly=True, samesite="lax", secure=_secure(request))


def spoken(request: Request) -> Language:
    """The language chosen before, else French: what a borrowed browser prefers says little."""
    return language(request.cookies.get(_LANGUAGE, ""))


def remember_language(request: Request, response: Response, code: str) -> None:
    """For a year, on this browser."""
    chosen = code if code in CODES else "fr"
    response.set_cookie(
        _LANGUAGE, chosen, max_age=_YEAR, httponly=True, samesite="lax", secure=_secure(request)
    )


def _name(request: Request) -> str:
    """Behind TLS the browser itself takes a `__Host-` cookie from nobody else."""
    return f"__Host-{_SESSION}" if _secure(request) else _SESSION


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
