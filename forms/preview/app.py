"""Serves one form to the browser of this machine: ODK Web Forms from the package, nothing else.

The page may talk to the address it came from and to no other: reference lists and drafts of forms
do not leave the machine, and the preview works where there is no network.
"""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_STATIC = Path(__file__).parent / "static"

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the XPath parser is WebAssembly
        "style-src 'self' 'unsafe-inline'",  # ODK Web Forms adds its styles from its script
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


class Previewed(Protocol):
    """What the preview needs of a compiled form."""

    @property
    def xform(self) -> str:
        """The XForm as XML."""

    @property
    def media(self) -> Mapping[str, bytes]:
        """The files attached to the form, by name."""


def preview_app(form: Previewed) -> Starlette:
    """The preview of this form, for this machine only: run it with uvicorn on 127.0.0.1."""

    async def page(_: Request) -> Response:
        return FileResponse(bundle() / "index.html")

    async def xform(_: Request) -> Response:
        return Response(form.xform, media_type="application/xml")

    async def media(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in form.media:
            return Response(status_code=404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(form.media[name], media_type=kind)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/form.xml", xform),
            Route("/media/{name}", media),
            Mount("/assets", StaticFiles(directory=bundle() / "assets")),
        ],
        middleware=[
            # A page of another site cannot reach the preview through a name of its own.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(BaseHTTPMiddleware, dispatch=_guard),
        ],
    )


def bundle() -> Path:
    """The folder of the built page, named after its version of ODK Web Forms.

    `npm ci && npm run build` in forms/preview/source makes it anew; nothing is built at run time.
    """
    (folder,) = (entry for entry in _STATIC.iterdir() if entry.is_dir())
    return folder


async def _guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await go_on(request)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=(self)"
    response.headers["Cache-Control"] = "no-store"
    return response
