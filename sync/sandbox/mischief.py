"""The ASGI layer that spoils answers as `Misbehaviour` says."""

import asyncio
import json
import re
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.sandbox.misbehaviour import Misbehaviour, Place, Rule

_PAGE = b"<html><head><title>%s</title></head><body><center><h1>%s</h1></center></body></html>\n"
_KEY = re.compile(r"/(key|test)/[^/]+")


class Mischief:
    """Lets requests through, spoiled or not."""

    def __init__(self, app: ASGIApp, plan: Misbehaviour) -> None:
        self._app, self._plan = app, plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        query = scope["query_string"].decode()
        path = scope["path"] + ("?" + query if query else "")
        shown = _KEY.sub(r"/\1/…", path)
        self._plan.served.append(f"{scope['method']} {shown}")
        rule = self._plan.take(path)
        if rule is None:
            await self._app(scope, receive, send)
        elif rule.kind == "stall":
            await self._stall(rule.seconds)
            await self._app(scope, receive, send)
        elif rule.kind == "fail":
            await _fail(rule, send)
        elif rule.kind == "html":
            await _answer(send, 200, _PAGE % (b"Login", b"Login"), "text/html", {})
        else:
            await self._spoil(rule, scope, receive, send)

    async def _stall(self, seconds: float) -> None:
        end = monotonic() + seconds
        while monotonic() < end and not self._plan.stopping:
            await asyncio.sleep(0.01)

    async def _spoil(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the server answer, then send something else of it."""
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        whole = bytes(body)
        if rule.kind == "length":
            await _send_wrong_length(start, whole, rule.more, send)
            return
        await send(start)
        part = whole[: cut_at(whole, rule.rows, rule.place)]
        await send({"type": "http.response.body", "body": part, "more_body": True})
        # returning here leaves the answer unfinished: the server closes the connection


def cut_at(body: bytes, rows: int, place: Place) -> int:
    """Where an OData answer breaks off; in the middle of anything else."""
    ends = _row_ends(body.decode("utf-8", "replace"))
    if not ends:
        return len(body) // 2
    row = len(ends) if place == "after the last row" else min(rows, len(ends))
    if place != "inside a row":
        return ends[row - 1]
    start = ends[row - 1] if row < len(ends) else (ends[-2] if len(ends) > 1 else 0)
    end = ends[row] if row < len(ends) else ends[-1]
    return (start + end) // 2


def _row_ends(text: str) -> list[int]:
    """The byte after each row of `{"value":[…`."""
    if not text.startswith('{"value":[{'):
        return []
    decoder, place, ends = json.JSONDecoder(), len('{"value":['), list[int]()
    while text[place] == "{":
        _, place = decoder.raw_decode(text, place)
        ends.append(len(text[:place].encode()))
        place += 1 if text[place] == "," else 0
    return ends


async def _fail(rule: Rule, send: Send) -> None:
    more = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
    if rule.status in (502, 503, 504):
        title = f"{rule.status} from the proxy".encode()
        await _answer(send, rule.status, _PAGE % (title, title), "text/html", more)
    else:
        text = b'{"message":"Internal Server Error"}'
        await _answer(send, rule.status, text, "application/json; charset=utf-8", more)


async def _answer(send: Send, status: int, body: bytes, media: str, more: dict[str, str]) -> None:
    headers = {"Content-Type": media, "Content-Length": str(len(body))} | more
    await send({"type": "http.response.start", "status": status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": body})


async def _send_wrong_length(start: Message, body: bytes, more: int, send: Send) -> None:
    """More than comes: the connection closes early. Less: the client never sees the end."""
    kept = [
        (name, text)
        for name, text in start["headers"]
        if name.lower() not in (b"content-length", b"transfer-encoding")
    ]
    promised = max(0, len(body) + more)
    start = {**start, "headers": [*kept, *_raw({"Content-Length": str(promised)})]}
    await send(start)
    part = body[:promised]
    await send({"type": "http.response.body", "body": part, "more_body": more > 0})


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), text.encode()) for name, text in headers.items()]
