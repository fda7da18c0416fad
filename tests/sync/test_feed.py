"""A stream is believed only when it is whole: cut it at any byte and nothing passes for complete."""

import gzip
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import CentralError, Terminal, Transient
from sync.feed import Question, overlapping, rows
from sync.spool import Spool

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
_ROWS = st.lists(
    st.dictionaries(st.text(max_size=4), _JSON, max_size=4).map(
        lambda row: row | {"__id": "uuid:1", "__system": {}}
    ),
    max_size=4,
)


def stream(found: list[dict[str, Any]], *, ascii_only: bool = False) -> bytes:
    body = {"value": found, "@odata.context": "http://127.0.0.1/$metadata#Submissions"}
    return json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


@given(found=_ROWS, chunk=st.integers(1, 40))
def test_every_row_comes_out_as_it_was_sent(found: list[dict[str, Any]], chunk: int) -> None:
    import sync.json_stream

    patch = pytest.MonkeyPatch()
    patch.setattr(sync.json_stream, "CHUNK", max(chunk, 12))
    parsed = list(rows(BytesIO(stream(found)), "f"))
    patch.undo()
    assert [row for _, row in parsed] == found
    assert [json.loads(text) for text, _ in parsed] == found


@given(found=_ROWS, data=st.data())
def test_a_stream_cut_at_any_byte_is_refused(
    found: list[dict[str, Any]], data: st.DataObject
) -> None:
    whole = stream(found)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(CentralError):
        list(rows(BytesIO(whole[:cut]), "f"))


def test_a_stream_cut_after_its_last_row_may_be_tried_again() -> None:
    whole = stream([{"__id": "uuid:1", "__system": {}}])
    with pytest.raises(Transient, match="coupée"):
        list(rows(BytesIO(whole[: whole.index(b'],"@odata')]), "f"))


_NOT_CENTRAL = [
    b"<!DOCTYPE html><html></html>",
    b'{"message":"x"}',
    b"",
    b'{"value":[{"a":1}]}',
    b'{"value":[]}',
    b'{"value":[1],"@odata.context":"x"}',
]


@pytest.mark.parametrize("body", _NOT_CENTRAL)
def test_what_does_not_come_from_central_is_named_so(body: bytes) -> None:
    with pytest.raises(Terminal, match="ne vient pas d'ODK Central"):
        list(rows(BytesIO(body), "f"))


def test_the_question_names_deletedat_and_reaches_behind_the_newest_stamp() -> None:
    since = overlapping("2026-11-23T06:16:39.123Z", timedelta(minutes=10))
    assert since == "2026-11-23T06:06:39.123Z"
    url = Question(3, "my form", since, with_repeats=True).url
    assert url.startswith("projects/3/forms/my%20form.svc/Submissions?$expand=*&$filter=")
    assert "__system/deletedAt%20ge%202026-11-23T06:06:39.123Z" in url
    assert "+" not in url
    assert Question(3, "f", None, with_repeats=False).url == "projects/3/forms/f.svc/Submissions"


@pytest.mark.parametrize("zipped", [True, False])
def test_an_answer_is_read_zipped_or_not(tmp_path: Path, zipped: bool) -> None:
    found = [{"__id": f"uuid:{n}", "__system": {}, "name": "é" * 1000} for n in range(2000)]
    body = stream(found)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = gzip.compress(body) if zipped else body
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        response = requests.get(url, stream=True, timeout=10)
        with Spool(response, tmp_path) as spool:
            assert [row for _, row in rows(spool, "f")] == found
            assert spool.size == len(body)
        server.shutdown()


def test_a_spool_that_is_no_longer_wanted_lets_a_silent_server_go(tmp_path: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 10)
            self.wfile.flush()
            silent.wait(20)

        def log_message(self, *args: object) -> None:
            pass

    silent = Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        began = perf_counter()
        with Spool(requests.get(url, stream=True, timeout=60), tmp_path):
            pass
        assert perf_counter() - began < 5
        silent.set()
        server.shutdown()
