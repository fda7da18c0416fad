"""What holds for every request: where it may come from, how big it is, what the browser may do."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST = 256 * 1024
"""Bytes a form may send."""

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # Leaflet's icons; the map's export as picture
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers then hide the origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
_SAFE = ("GET", "HEAD", "OPTIONS")


class _TooBig(Exception):
    """The body went on after the length that is allowed."""


class Guard:
    """Refuses what comes from other sites or is too big; adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        guarded = _with_headers(scope, send)
        if scope["method"] not in _SAFE and not from_here(headers, scope["scheme"]):
            answer = PlainTextResponse("Cette demande vient d'ailleurs. / From another site.", 403)
            await answer(scope, receive, guarded)
            return
        try:
            await self._app(scope, _limited(headers, receive), guarded)
        except _TooBig:
            await PlainTextResponse("Trop grand. / Too big.", 413)(scope, receive, guarded)


def from_here(headers: Mapping[str, str], scheme: str) -> bool:
    """Whether a browser says that one of our own pages sent it. Browsers that say nothing about the
    site name at least the origin; a request with neither is refused."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == f"{scheme}://{headers.get('host')}"


def _limited(headers: Mapping[str, str], receive: Receive) -> Receive:
    told = headers.get("content-length", "0")
    left = MOST if not told.isdigit() or int(told) <= MOST else -1

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _TooBig
        return message

    return counted


def _with_headers(scope: Scope, send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if scope["scheme"] == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await send(message)

    return guarded
