"""Reads a long JSON array object by object in constant memory, and proves that it is whole.

A stream that breaks still has status 200; only the missing end shows it, so the end is read
before anything is believed.
"""

import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from sync import errors
from sync.spool import CHUNK

ODATA = '{"value":['
"""How Central opens an OData answer; a plain REST list opens with `[`."""


class Readable(Protocol):
    """Bytes to be read one after the other."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many; all that is left when negative; none only at the end."""


Item = tuple[str, dict[str, Any]]
"""An object's JSON text as it came, and the same parsed."""


def items(spool: Readable, what: str, *, opening: str = ODATA) -> Iterator[Item]:
    """Each object of the array; raises `cut_off` at the end if there was none, or `not_central`."""
    decoder = json.JSONDecoder()
    read = _reader(spool, what)
    buffer, chunk = read(CHUNK), CHUNK
    here = buffer.find("[") + 1
    if "".join(buffer[:here].split()) != opening:
        raise errors.not_central(what)
    while True:
        here = _skip(buffer, here)
        if buffer[here : here + 1] == "]":
            break
        try:
            item, end = decoder.raw_decode(buffer, here)
        except json.JSONDecodeError:
            more = read(chunk)
            if not more:
                raise errors.cut_off(what) from None
            buffer, here, chunk = buffer[here:] + more, 0, chunk * 2 if here == 0 else CHUNK
            continue
        if not isinstance(item, dict):
            raise errors.not_central(what)
        yield buffer[here:end], item
        here = end
    _prove_end(opening + buffer[here:] + read(-1), what)


def _reader(spool: Readable, what: str) -> Callable[[int], str]:
    """Reads about so many letters, '' at the end; a letter may lie across two chunks."""
    decoder = getincrementaldecoder("utf-8")()

    def read(size: int) -> str:
        try:
            text = ""
            while not text and (data := spool.read(size)):
                text = decoder.decode(data)
            return text or decoder.decode(b"", final=True)
        except UnicodeDecodeError:  # cut in the middle of a letter
            raise errors.cut_off(what) from None

    return read


def _skip(buffer: str, here: int) -> int:
    while buffer[here : here + 1] in (",", " ", "\n", "\r", "\t") and here < len(buffer):
        here += 1
    return here


def _prove_end(frame: str, what: str) -> None:
    try:
        end = json.loads(frame)
    except json.JSONDecodeError:
        raise errors.cut_off(what) from None
    if isinstance(end, dict) and "@odata.context" not in end:
        raise errors.not_central(what)
