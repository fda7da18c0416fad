"""Answers on disk: fetched whole, or read while they are still coming.

A thread takes an answer off the line as fast as Central sends it, so that a slow database never
makes Central, or a proxy before it, wait with its hands full and hang up.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType

from requests import Response

from sync import errors

CHUNK = 1 << 18


class Spool:
    """An answer in an unnamed temporary file, which vanishes with the process however that ends.

    Reading waits for what has not come yet. What broke the fetch (requests' errors, CentralError
    for a full disk) is raised to the reader when it comes to that place.
    """

    def __init__(self, response: Response, folder: Path) -> None:
        self._response, self._folder = response, folder
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed in close()
        except OSError:
            response.close()
            raise errors.no_room(str(folder)) from None
        self._changed = Condition()
        self._here = self.size = 0
        self._over = self._unwanted = False
        self._error: Exception | None = None
        self._thread = Thread(target=self._fetch, name="spool", daemon=True)
        self._thread.start()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`, as soon as there are any; b"" only at the end."""
        with self._changed:
            while not self._over and (size < 0 or self.size == self._here):
                self._changed.wait()
            there = self.size - self._here
            if self._error is not None and (there == 0 or size < 0):
                raise self._error
        data = os.pread(self._file.fileno(), there if size < 0 else min(size, there), self._here)
        self._here += len(data)
        return data

    def rewind(self) -> None:
        """Read from the beginning again."""
        self._here = 0

    def wait(self) -> None:
        """Come back when all has been fetched; raises what broke the fetch."""
        with self._changed:
            self._changed.wait_for(lambda: self._over)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Stop fetching and give the room back."""
        self._unwanted = True
        if not self._over:
            with suppress(Exception):  # wakes a thread that waits for a silent server
                self._response.raw.shutdown()
        self._thread.join()
        self._file.close()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fetch(self) -> None:
        try:
            with self._response:
                for chunk in self._response.iter_content(CHUNK):
                    if self._unwanted:
                        break
                    self._write(chunk)
        except Exception as error:
            self._error = error
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _write(self, chunk: bytes) -> None:
        try:
            self._file.write(chunk)
            self._file.flush()
        except OSError:
            raise errors.no_room(str(self._folder)) from None
        with self._changed:
            self.size += len(chunk)
            self._changed.notify_all()
