"""The door of the sandbox: versions, keys, credentials, transactions, errors."""

import json
import re
import sqlite3
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sync.sandbox.accounts import Auth, auth_of, session_by_token, verify_password
from sync.sandbox.answers import OPENROSA, answer, cache_headers, crash, refusal
from sync.sandbox.call import Call, Stream, Upload
from sync.sandbox.endpoint import Endpoint, Router
from sync.sandbox.misbehaviour import Misbehaviour
from sync.sandbox.odata_query import check_odata
from sync.sandbox.problems import (
    Crash,
    Problem,
    authentication_failed,
    https_only,
    insufficient_rights,
    not_found,
    unparseable,
)
from sync.sandbox.store import Database, Store, one, stamp

_KEY = re.compile(r"^/key/([^/]+)(/.*)$")
_TOKEN = re.compile(r"^[A-Za-z0-9!$]{64}$")
_BODY_LIMIT = 250 * 1024


class Gate:
    """The ASGI application."""

    def __init__(self, store: Store, router: Router, misbehave: Misbehaviour) -> None:
        self._store, self._router, self.misbehave = store, router, misbehave
        self.address = ""

    @property
    def domain(self) -> str:
        """The address that stands in links: ours, or the one a proxy renamed."""
        return self.misbehave.domain or self.address

    def now(self) -> str:
        """The server's clock as Central prints it."""
        return stamp(self.moment())

    def moment(self) -> datetime:
        """The server's clock."""
        return self._store.clock() + self.misbehave.clock_step

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        body = await request.body()
        try:
            path = _versioned(request.url.path)
            _check_json(request, path, body)
        except Problem as problem:
            return refusal(problem, "json", {})
        key = _KEY.match(path)
        path = key[2] if key else path
        headers = cache_headers(request.method, path)
        found = self._router.find(request.method, path)
        if found is None:
            return refusal(not_found(), "json", headers)
        endpoint, parts = found
        try:
            uploads = await _uploads(request) if endpoint.kind == "openrosa" else ()
        except MultiPartException:
            broken = Problem(400.39, "Multipart form content failed to parse.")
            return refusal(broken, "json", headers)
        incoming = _Incoming(request, endpoint, parts, body, uploads, key[1] if key else None)
        return await run_in_threadpool(self._handle, incoming, headers)

    def _handle(self, incoming: "_Incoming", headers: dict[str, str]) -> Response:
        now = self.now()
        if incoming.endpoint.submits:
            self.misbehave.wait_for_commit()
        if incoming.endpoint.writes:
            try:
                with self._store.write() as db:
                    return self._run(incoming, db, now, headers, strict=True)
            except _Refused as refused:
                return refused.response
        db = self._store.snapshot()
        response: Response | None = None
        try:
            response = self._run(incoming, db, now, headers, strict=False)
        finally:
            if response is None or not hasattr(response, "body_iterator"):
                db.close()
        return response

    def _run(
        self,
        incoming: "_Incoming",
        db: Database,
        now: str,
        headers: dict[str, str],
        *,
        strict: bool,
    ) -> Response:
        """Serve one request; with `strict`, a refusal is raised so that nothing is kept."""
        endpoint, request = incoming.endpoint, incoming.request
        call: Call | None = None
        try:
            _preliminary(endpoint, request)
            auth = Auth() if endpoint.anonymous else _authenticate(db, incoming, now)
            if endpoint.kind.startswith("odata"):
                headers["OData-Version"] = "4.0"
            elif endpoint.kind == "openrosa":
                headers.update(OPENROSA)
            call = _call(self, incoming, db, now, auth)
            found = endpoint.handler(call)
            if isinstance(found, Stream) and not strict:
                found = Stream(_closing(found, db), found.media)
            return answer(
                found, headers | call.answer_headers, request.headers.get("if-none-match")
            )
        except Problem as problem:
            early = {} if call is None else call.answer_headers
            response = refusal(problem, endpoint.kind, headers | early)
        except (Crash, sqlite3.Error):
            response = crash(headers)
        if strict:
            raise _Refused(response)
        return response


class _Refused(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


class _Incoming:
    """A request that found its route."""

    __slots__ = ("body", "endpoint", "key", "parts", "request", "uploads")

    def __init__(
        self,
        request: Request,
        endpoint: Endpoint,
        parts: dict[str, str],
        body: bytes,
        uploads: tuple[Upload, ...],
        key: str | None,
    ) -> None:
        self.request, self.endpoint, self.parts = request, endpoint, parts
        self.body, self.uploads, self.key = body, uploads, key


def _call(world: Gate, incoming: _Incoming, db: Database, now: str, auth: Auth) -> Call:
    request = incoming.request
    return Call(
        world=world,
        db=db,
        now=now,
        method=request.method,
        path=incoming.parts,
        query=_query(request),
        headers=request.headers,
        body=incoming.body,
        original_url=_original_url(request),
        auth=auth,
        uploads=incoming.uploads,
    )


def _closing(stream: Stream, db: Database) -> "_Pieces":
    return _Pieces(stream, db)


class _Pieces:
    """The pieces of a stream; the snapshot is let go with the last one."""

    def __init__(self, stream: Stream, db: Database) -> None:
        self._pieces, self._db = stream.pieces, db

    def __iter__(self) -> "_Pieces":
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self._db.close()
            raise


def _versioned(path: str) -> str:
    match = re.match(r"^/v(\d+)(/.*)$", path)
    if match is None:
        text = "Expected an API version (eg /v1) at the start of the request URL."
        raise Problem(404.2, text)
    if match[1] != "1":
        text = f"Unexpected an API version (accepts: 1) (got: {match[1]})."
        raise Problem(404.3, text, {"got": match[1]})
    return match[2]


def _check_json(request: Request, path: str, body: bytes) -> None:
    media = request.headers.get("content-type", "").split(";")[0]
    if media != "application/json" or not body or request.method not in ("POST", "PUT", "PATCH"):
        return
    if len(body) > _BODY_LIMIT and not path.endswith("/entities"):
        raise Problem(400.36, "Request body too large.")
    try:
        json.loads(body)
    except ValueError:
        raise unparseable("json", len(body)) from None


async def _uploads(request: Request) -> tuple[Upload, ...]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return ()
    async with request.form(max_files=1000, max_fields=1000) as form:
        files = [(name, item) for name, item in form.multi_items() if isinstance(item, UploadFile)]
        return tuple([Upload(name, await file.read(), file.content_type) for name, file in files])


def _query(request: Request) -> dict[str, str]:
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    query: dict[str, str] = {}
    for name, text in pairs:
        query.setdefault(name, text)
    return query


def _original_url(request: Request) -> str:
    path: str = request.scope["raw_path"].decode("latin-1")
    return path + ("?" + request.url.query if request.url.query else "")


def _preliminary(endpoint: Endpoint, request: Request) -> None:
    if endpoint.kind == "openrosa":
        version = request.headers.get("x-openrosa-version")
        if version != "1.0":
            text = "An expected header field (X-OpenRosa-Version) did not match the expected format"
            got = "." if version is None else f" (got: {version})."
            raise Problem(400.6, text + got)
    elif endpoint.kind.startswith("odata"):
        check_odata(endpoint.kind, _query(request), request.headers)


def _authenticate(db: Database, incoming: _Incoming, now: str) -> Auth:
    """An app user's key in the path, else a Bearer token, Basic or the session cookie."""
    header = incoming.request.headers.get("authorization")
    if incoming.key is not None:
        return _by_key(db, incoming.key, now)
    if header is None:
        return _by_cookie(db, incoming.request, now)
    if header.startswith("Bearer "):
        return _by_token(db, header[7:], now)
    if header.startswith("Basic "):
        _need_https(incoming.request.headers)
        return _by_password(db, header[6:])
    raise authentication_failed()


def _by_key(db: Database, key: str, now: str) -> Auth:
    """A wrong key gets 403, not 401: clients would ask people for a password."""
    if not _TOKEN.match(key):
        raise authentication_failed()
    found = session_by_token(db, key, now)
    if found is None or found[1]["type"] not in ("field_key", "public_link"):
        raise insufficient_rights()
    return auth_of(db, found[1], found[0])


def _by_token(db: Database, token: str, now: str) -> Auth:
    found = session_by_token(db, token, now)
    if found is None:
        raise authentication_failed()
    return auth_of(db, found[1], found[0])


def _by_cookie(db: Database, request: Request, now: str) -> Auth:
    if "cookie" not in request.headers:
        raise authentication_failed()
    _need_https(request.headers)
    token = request.cookies.get("session")
    if token is None:
        raise authentication_failed()
    return _by_token(db, token, now)


def _by_password(db: Database, encoded: str) -> Auth:
    try:
        email, _, password = b64decode(encoded).decode().partition(":")
    except ValueError:
        raise authentication_failed() from None
    user = one(
        db, "select * from actors where type = 'user' and email = ? and deletedAt is null", email
    )
    if user is None or not verify_password(password, user["password"]):
        raise authentication_failed()
    return auth_of(db, user)


def _need_https(headers: Mapping[str, str]) -> None:
    if headers.get("x-forwarded-proto") != "https":
        raise https_only()
