"""Fixtures of the sandbox's tests: a running sandbox, its administrator, and the replay.

The replay asks one sandbox everything that a real Central was once asked, in the same order.
Everything that a server makes up (ids, tokens, stamps, ETags of changes) is compared through a
mapping that must stay one to one (stamps: a function), so it also proves which things are the same
and which differ. Bodies, codes, texts and headers are equal, apart from `Date`, lengths, and the
hash in the ETags of whole bodies.
"""

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sync.sandbox import Sandbox

RECORDINGS = Path(__file__).parent / "recordings"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
RECORDED_HOST = "http://127.0.0.1:8383"
KINDS = {
    **dict.fromkeys(("actorId", "submitterId", "creatorId", "SubmitterID", "__creatorId"), "actor"),
    **dict.fromkeys(("token", "csrf", "draftToken"), "token"),
    **dict.fromkeys(("acteeId", "grantedActeeId"), "actee"),
    **dict.fromkeys(("newBlobId", "oldBlobId"), "blob"),
    **dict.fromkeys(("entityId", "entityDefId", "submissionId"), "number"),
    **dict.fromkeys(("submissionDefId", "keyId", "sourceId"), "number"),
}
REMADE = ("household", "secret", "secret2")
"""Forms whose text is not the recorded one: a workbook made again, a key drawn anew."""


def exchanges() -> list[dict[str, Any]]:
    lines = [
        line
        for file in sorted(RECORDINGS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


class Difference(Exception):
    """Where an answer is not what was recorded."""


class Mapping:
    """What stands in the recordings -> what stands in the sandbox."""

    def __init__(self) -> None:
        self.known, self.taken = dict[tuple[str, Any], Any](), dict[tuple[str, Any], Any]()
        self.seen: list[tuple[str, str]] = []

    def same(self, kind: str, recorded: Any, actual: Any, where: str) -> None:
        expected = self.known.setdefault((kind, recorded), actual)
        back = self.taken.setdefault((kind, actual), recorded)
        if expected != actual or (kind != "stamp" and back != recorded):
            raise Difference(f"{where}: {kind} {recorded!r} is {actual!r}, was {expected!r}")

    def stamp(self, recorded: str, actual: str, where: str) -> None:
        if not STAMP.fullmatch(actual):
            raise Difference(f"{where}: {actual!r} is no stamp")
        self.same("stamp", recorded, actual, where)
        if "__system" in where and not where.endswith("createdAt"):
            self.seen.append((recorded, actual))

    def ordered(self) -> bool:
        """Whether stamps follow each other as recorded; but entities were made by a worker, later."""
        pairs = sorted(set(self.seen))
        return [a for _, a in pairs] == sorted(a for _, a in pairs)

    def stamp_for(self, recorded: str) -> str:
        """A stamp of a request, which may lie between those that were seen."""
        if ("stamp", recorded) in self.known:
            return str(self.known["stamp", recorded])
        earlier = [r for kind, r in self.known if kind == "stamp" and r < recorded]
        if not earlier:
            return recorded
        later = datetime.fromisoformat(self.known["stamp", max(earlier)])
        later += timedelta(milliseconds=1)
        return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Replay:
    """One sandbox, one mapping, all exchanges."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.map = sandbox, Mapping()
        self.client = requests.Session()
        self.client.trust_env = False
        self.words = {"<password>": sandbox.password, RECORDED_HOST: sandbox.url}
        pair = f"{sandbox.email}:{sandbox.password}".encode()
        self.words["<administrator>"] = base64.b64encode(pair).decode()

    # -- asking

    def ask(self, request: dict[str, Any]) -> requests.Response:
        headers = {name: self.translate(text) for name, text in request["headers"].items()}
        headers.setdefault("Accept-Encoding", "identity")
        prepared = requests.Request(request["method"], "http://x/", headers=headers).prepare()
        prepared.url = self.sandbox.url + self.path(request["path"])
        prepared.body = self.body(request["body"])
        if prepared.body is not None:
            prepared.headers["Content-Length"] = str(len(prepared.body))
        return self.client.send(prepared, allow_redirects=False)

    def path(self, path: str) -> str:
        path = self.translate(path)
        for before, kind in (
            ("/(?:app-users?|assignments/6)/", "actor"),
            ("(?:submitter|creator)Id%20eq%20(?:%27)?", "actor"),
            (r"/forms/(?=\d+/restore)", "form"),
        ):
            number = re.search(rf"{before}(\d+)", path)
            if number:
                actual = self.map.known.get((kind, int(number[1])), number[1])
                path = path[: number.start(1)] + str(actual) + path[number.end(1) :]
        return re.sub(r"(?<=skiptoken=)01[\w%=]+", lambda m: self.skiptoken(m[0]), path)

    def skiptoken(self, token: str) -> str:
        text = base64.b64decode(token[2:].replace("%3D", "=") + "==").decode()
        encoded = base64.b64encode(self.translate(text).encode()).decode()
        return "01" + (quote(encoded) if "%3D" in token else encoded)

    def body(self, body: Any) -> bytes | None:
        if body is None:
            return None
        if isinstance(body, dict) and "$base64" in body:
            whole = base64.b64decode(body["$base64"])
            for recorded, actual in self.words.items():
                whole = whole.replace(recorded.encode(), actual.encode())
            return whole
        text = body if isinstance(body, str) else json.dumps(body)
        return self.translate(text).encode()

    def translate(self, text: str) -> str:
        """The words of a recording in the words of the sandbox."""
        for recorded, actual in self.words.items():
            text = text.replace(recorded, actual)
        for (kind, recorded), actual in self.map.known.items():
            if kind in ("token", "etag", "uuid") and isinstance(recorded, str):
                text = text.replace(recorded, str(actual))
        text = STAMP.sub(lambda m: self.map.stamp_for(m[0]), text)
        return re.sub(
            r"\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d\.\d{3}Z",
            lambda m: self.map.stamp_for(m[0].replace("%3A", ":")).replace(":", "%3A"),
            text,
        )

    # -- comparing

    def check(self, recorded: dict[str, Any], answer: requests.Response) -> None:
        if answer.status_code != recorded["status"]:
            raise Difference(f"status {answer.status_code} {answer.text[:300]}")
        self.check_headers(recorded["headers"], answer)
        self.check_body(recorded.get("body"), answer)

    def check_headers(self, recorded: dict[str, str], answer: requests.Response) -> None:
        free = {"Date", "Content-Length", "Connection", "Keep-Alive", "Set-Cookie"}
        if answer.request.method == "HEAD":
            free |= {"Transfer-Encoding"}  # Node says nothing about a body that it does not send
        wanted = {name.lower() for name in recorded} - {name.lower() for name in free}
        given = {name.lower() for name in answer.headers} - {name.lower() for name in free}
        if wanted != given:
            raise Difference(f"headers: missing {wanted - given}, more {given - wanted}")
        if ("Set-Cookie" in recorded) != ("Set-Cookie" in answer.headers):
            raise Difference("Set-Cookie")
        for name in recorded:
            if name == "ETag":
                self.check_etag(recorded[name], answer.headers[name])
            elif name not in free:
                self.same_text(recorded[name], answer.headers[name], f"header {name}")

    def check_etag(self, recorded: str, actual: str) -> None:
        kinds = [re.sub(r"[0-9a-f]+-.*|[0-9a-f]{32}", "", tag) for tag in (recorded, actual)]
        if kinds[0] != kinds[1]:
            raise Difference(f"ETag {actual} instead of {recorded}")
        if not re.match(r'W/"[0-9a-f]+-', recorded):
            self.map.same("etag", recorded, actual, "ETag")
            self.map.same("etag", recorded.strip('W/"'), actual.strip('W/"'), "ETag")

    def check_body(self, recorded: Any, answer: requests.Response) -> None:
        media = answer.headers.get("Content-Type", "")
        if media == "application/zip":
            self.same_zip(base64.b64decode(recorded["$base64"]), answer.content)
        elif isinstance(recorded, dict) and "$base64" in recorded:
            if answer.content != self.body(recorded):
                raise Difference("other bytes")
        elif recorded is None or recorded == "":
            if answer.content:
                raise Difference(f"a body: {answer.text[:200]}")
        elif "json" in media:
            self.same(recorded, answer.json(), "body", "")
        elif "csv" in media:
            self.same_csv(recorded, answer.text)
        else:
            self.same_text(recorded, answer.text, "body")

    def same(self, recorded: Any, actual: Any, where: str, key: str) -> None:
        if isinstance(recorded, dict) and isinstance(actual, dict):
            if recorded.keys() != actual.keys():
                raise Difference(f"{where}: keys {sorted(recorded)} but {sorted(actual)}")
            for name in recorded:
                inner = self.id_kind(recorded) if name == "id" else name
                if recorded.get("xmlFormId") in REMADE and name in ("hash", "sha", "sha256"):
                    inner = "made hash"
                self.same(recorded[name], actual[name], f"{where}.{name}", inner)
        elif isinstance(recorded, list) and isinstance(actual, list):
            if len(recorded) != len(actual):
                raise Difference(f"{where}: {len(recorded)} items but {len(actual)}")
            pairs = zip(recorded, actual, strict=True)
            if key == "verbs":
                pairs = zip(sorted(recorded), sorted(actual), strict=True)
            for index, (old, new) in enumerate(pairs):
                self.same(old, new, f"{where}[{index}]", key)
        else:
            self.same_leaf(recorded, actual, where, key)

    def id_kind(self, thing: dict[str, Any]) -> str:
        if thing.get("type") in ("user", "field_key", "public_link"):
            return "actorId"
        return "formId" if "xmlFormId" in thing else "id"

    def same_leaf(self, recorded: Any, actual: Any, where: str, key: str) -> None:
        if recorded is None or actual is None or isinstance(recorded, bool):
            if recorded != actual:
                raise Difference(f"{where}: {actual!r} instead of {recorded!r}")
        elif isinstance(recorded, str) and STAMP.fullmatch(recorded) and isinstance(actual, str):
            if recorded != actual:
                self.map.stamp(recorded, actual, where)
        elif key == "formId":
            self.map.same("form", recorded, actual, where)
        elif key == "made hash":
            self.map.same("etag", recorded, actual, where)
        elif key in KINDS:
            number = str(recorded).isdigit() and str(actual).isdigit()
            if number and type(recorded) is type(actual):
                recorded, actual = int(recorded), int(actual)
            self.map.same(key if KINDS[key] == "number" else KINDS[key], recorded, actual, where)
        elif key in ("__id", "instanceId", "uuid") and recorded != actual:
            self.map.same("uuid", recorded, actual, where)
        elif isinstance(recorded, str) and isinstance(actual, str):
            self.same_text(recorded, actual, where)
        elif recorded != actual or isinstance(recorded, float) != isinstance(actual, float):
            raise Difference(f"{where}: {actual!r} instead of {recorded!r}")

    def same_text(self, recorded: str, actual: str, where: str) -> None:
        wanted = self.translate(recorded)
        wanted = re.sub(r"(?<=skiptoken=)01[\w%=]+", lambda m: self.skiptoken(m[0]), wanted)
        if wanted == actual:
            return
        lines = zip(wanted.split("\n"), actual.split("\n"), strict=False)
        line = next(((w, a) for w, a in lines if w != a), (wanted[-80:], actual[-80:]))
        hashes = [re.search(r"md5:([0-9a-f]{32})", each) for each in line]
        if all(hashes):
            for old, new in zip(recorded.split("\n"), actual.split("\n"), strict=True):
                found = re.search(r"md5:([0-9a-f]{32})", old), re.search(r"md5:(\w{32})", new)
                if found[0] and found[1]:
                    self.map.same("etag", found[0][1], found[1][1], where)
            if self.translate(recorded) == actual:
                return
        raise Difference(f"{where}: {line[1][:300]!r} instead of {line[0][:300]!r}")

    def same_zip(self, recorded: bytes, actual: bytes) -> None:
        old, new = zipfile.ZipFile(io.BytesIO(recorded)), zipfile.ZipFile(io.BytesIO(actual))
        if sorted(old.namelist()) != sorted(new.namelist()):
            raise Difference(f"zip: {new.namelist()} instead of {old.namelist()}")
        for name in old.namelist():
            if name.endswith(".csv"):
                self.same_csv(old.read(name).decode(), new.read(name).decode())
            elif old.read(name) != new.read(name):
                raise Difference(f"zip: other bytes in {name}")

    def same_csv(self, recorded: str, actual: str) -> None:
        old, new = (list(csv.reader(io.StringIO(text))) for text in (recorded, actual))
        if len(old) != len(new) or [len(row) for row in old] != [len(row) for row in new]:
            raise Difference(f"csv: {actual[:500]!r} instead of {recorded[:500]!r}")
        for line, (was, now) in enumerate(zip(old, new, strict=True)):
            for name, before, after in zip(old[0], was, now, strict=True):
                if line == 0 or not before or not after:
                    self.same_text(before, after, f"csv {line} {name}")
                else:
                    key = "__id" if name in ("KEY", "__id", "name") else name
                    self.same_leaf(before, after, f"csv {line} {name}", key)


# -- one after the other


def remember(replay: Replay, exchange: dict[str, Any], answer: requests.Response) -> None:
    """Words that the recorder replaced by a description, or that a server draws anew."""
    name = exchange["name"]
    if name == "appusers-10-create2":
        replay.words["<app-user-2-token>"] = answer.json()["token"]
    elif name in ("unrecorded before viewer-01-odata", "unrecorded before sessions-12-expired-401"):
        replay.words["<viewer-token>"] = answer.json()["token"]
    elif name == "encryption-05-form-after":
        replay.words["1[encrypted:AaIHIF/e]"] = answer.json()["version"]
    elif name == "encryption-06-form-xml":
        key = re.compile(r'base64RsaPublicKey="([^"]+)"')
        replay.words[key.findall(exchange["response"]["body"])[0]] = key.findall(answer.text)[0]


def expire(replay: Replay) -> None:
    """What the recorder did to the database: all sessions end; then it logged in again."""
    replay.sandbox.misbehave.expire_tokens()
    login = {"email": replay.sandbox.email, "password": replay.sandbox.password}
    answer = replay.client.post(replay.sandbox.url + "/v1/sessions", json=login)
    replay.map.known["token", "<session-token>"] = answer.json()["token"]


@pytest.fixture(scope="session")
def outcome() -> dict[str, str | None]:
    """Each recording's difference, None when there is none."""
    found: dict[str, str | None] = {}
    with Sandbox(clock=TickingClock()) as sandbox:
        replay = Replay(sandbox)
        for exchange in exchanges():
            name = exchange["name"]
            if name == "sessions-12-expired-401":
                expire(replay)
            answer = replay.ask(exchange["request"])
            remember(replay, exchange, answer)
            if exchange["response"] is None:
                assert answer.ok, f"{name}: {answer.text}"
                continue
            try:
                replay.check(exchange["response"], answer)
                found[name] = None
            except Difference as difference:
                found[name] = str(difference)
        replay.client.close()
        found["order of stamps"] = None if replay.map.ordered() else "stamps change their order"
    return found


# -- for the other tests


class TickingClock:
    """Goes on by some milliseconds whenever it is read: no two events share a stamp."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=7)
        return self.moment


class Administrator(requests.Session):
    """A client that is logged in and names paths below `/v1`."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.trust_env = False
        self.base = sandbox.url + "/v1"
        self.log_in(sandbox)

    def log_in(self, sandbox: Sandbox) -> None:
        login = {"email": sandbox.email, "password": sandbox.password}
        answer = self.post(self.base + "/sessions", json=login)
        self.headers["Authorization"] = "Bearer " + answer.json()["token"]

    def call(self, method: str, path: str, **more: object) -> requests.Response:
        return self.request(method, self.base + path, **more)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def sandbox(clock: Callable[[], datetime]) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def admin(sandbox: Sandbox) -> Iterator[Administrator]:
    with Administrator(sandbox) as session:
        yield session


@pytest.fixture
def client() -> Iterator[Callable[[Sandbox], Administrator]]:
    """Logs in to a sandbox as its administrator."""
    with ExitStack() as stack:
        yield lambda running: stack.enter_context(Administrator(running))
