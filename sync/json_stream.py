"""Reads a long JSON array object by object in constant memory, and proves that it is whole.

A stream that breaks still has status 200; only the missing end shows it, so the end is read
before anything is believed.
"""

import json
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any

from sync import errors

CHUNK = 1 << 18
ODATA = '{"value":['
"""How Central opens an OData answer; a plain REST list opens with `[`."""

Item = tuple[str, dict[str, Any]]
"""An object's JSON text as it came, and the same parsed."""


def items(spool: IO[bytes], what: str, *, opening: str = ODATA) -> Iterator[Item]:
    """Each object of the array; raises `cut_off` at the end if there was none, or `not_central`."""
    decoder = json.JSONDecoder()
    text = TextIOWrapper(spool, encoding="utf-8", newline="")
    buffer, chunk = _read(text, CHUNK, what), CHUNK
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
            more = _read(text, chunk, what)
            if not more:
                raise errors.cut_off(what) from None
            buffer, here, chunk = buffer[here:] + more, 0, chunk * 2 if here == 0 else CHUNK
            continue
        if not isinstance(item, dict):
            raise errors.not_central(what)
        yield buffer[here:end], item
        here = end
    _prove_end(opening + buffer[here:] + _read(text, -1, what), what)


def _read(text: TextIOWrapper, size: int, what: str) -> str:
    try:
        return text.read(size)
    except UnicodeDecodeError:  # cut in the middle of a letter
        raise errors.cut_off(what) from None


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
