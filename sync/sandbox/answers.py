"""Turns what a route returns, or raises, into HTTP as Central writes it."""

import hashlib
from base64 import b64encode

from starlette.responses import Response, StreamingResponse

from sync.sandbox.call import (
    JSON,
    Answer,
    NotModified,
    Redirect,
    Reply,
    Stream,
    compact,
)
from sync.sandbox.endpoint import Kind
from sync.sandbox.escapes import mustache
from sync.sandbox.problems import Problem

TEXT_XML = "text/xml; charset=utf-8"
OPENROSA = {
    "Content-Language": "en",
    "X-OpenRosa-Version": "1.0",
    "X-OpenRosa-Accept-Content-Length": "100000000",
}
_REVALIDATE = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Origin"}
_NO_STORE = {"Cache-Control": "no-store", "Vary": "*"}


def cache_headers(method: str, path: str) -> dict[str, str]:
    """Reads may be kept and asked about again; writes and sessions not."""
    read = method in ("GET", "HEAD") and not path.startswith("/sessions/")
    return dict(_REVALIDATE if read else _NO_STORE)


def answer(found: Answer, headers: dict[str, str], if_none_match: str | None) -> Response:
    """The response to a request that succeeded."""
    if isinstance(found, Stream):
        return StreamingResponse(found.pieces, headers=headers | {"Content-Type": found.media})
    if isinstance(found, NotModified):
        return Response(status_code=304, headers=headers)
    if isinstance(found, Redirect):
        return _redirect(found, headers)
    if not isinstance(found, Reply):
        found = Reply(compact(found).encode())
    media = {"Content-Type": found.media} if found.media else {}
    headers = headers | media | found.headers
    headers.setdefault("ETag", entity_tag(found.body))
    if found.status == 200 and if_none_match == headers["ETag"]:
        del headers["Content-Type"]
        return Response(status_code=304, headers=headers)
    return Response(found.body, status_code=found.status, headers=headers)


def refusal(problem: Problem, kind: Kind, headers: dict[str, str]) -> Response:
    """The response to a request that Central refuses."""
    if kind == "openrosa":
        body, media = openrosa_message("error", problem.message).encode(), TEXT_XML
    elif kind == "odata xml":
        body, media = _odata_error(problem).encode(), TEXT_XML
    else:
        body, media = compact(problem.body()).encode(), JSON
    headers = headers | {"Content-Type": media}
    headers.setdefault("ETag", entity_tag(body))
    return Response(body, status_code=problem.status, headers=headers)


def crash(headers: dict[str, str]) -> Response:
    """500, as where Central itself trips."""
    body = compact({"message": "Internal Server Error"}).encode()
    headers = headers | {"Content-Type": JSON, "ETag": entity_tag(body)}
    return Response(body, status_code=500, headers=headers)


def entity_tag(body: bytes) -> str:
    """The weak ETag that Express gives to every whole body."""
    digest = b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()[:27]
    return f'W/"{len(body):x}-{digest}"'


def openrosa_message(nature: str, message: str) -> str:
    """The XML with which OpenRosa servers answer."""
    return (
        '\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">\n'
        f'    <message nature="{nature}">{mustache(message)}</message>\n'
        "  </OpenRosaResponse>"
    )


def _odata_error(problem: Problem) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<error code="{problem.code}">\n'
        f"  <message>{mustache(problem.message)}</message>\n"
        f"  <details>{mustache(str(problem.details or ''))}</details>\n"
        "</error>"
    )


def _redirect(found: Redirect, headers: dict[str, str]) -> Response:
    body = f"Moved Permanently. Redirecting to {found.location}".encode()
    more = {
        "Location": found.location,
        "Content-Type": "text/plain; charset=utf-8",
        "Vary": headers.get("Vary", "") + ", Accept",
    }
    return Response(body, status_code=301, headers=headers | more)
