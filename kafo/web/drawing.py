"""Keeps charts under the digest of what they show, and has them drawn beside this process.

Pages only name the address of a chart: they never wait for the drawing, a chart that fails spoils
nothing else, and a browser that has it does not ask again.
"""

import hashlib
import json
import subprocess
import sys
from collections import OrderedDict
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, TypeVar

V = TypeVar("V")
_KEPT = 200
_IDLE = 60.0
"""Seconds after which the process that draws leaves, with its memory."""


class Studio:
    """Charts to draw, those that are drawn, and the process that draws them."""

    def __init__(self, idle: float = _IDLE) -> None:
        self._idle = idle
        self._charts: OrderedDict[str, str] = OrderedDict()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        self._worker: subprocess.Popen[str] | None = None
        self._timer: Timer | None = None

    def keep(self, chart: dict[str, Any]) -> str:
        """Take note of a chart; its digest is the name it is asked for by."""
        text = json.dumps(chart, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        _put(self._charts, digest, text)
        return digest

    def picture(self, digest: str) -> bytes | None:
        """The SVG; None when nobody asked for such a chart lately or it cannot be drawn."""
        found = self._pictures.get(digest)
        chart = self._charts.get(digest)
        if found is not None or chart is None:
            return found
        with self._lock:
            drawn = self._ask(chart)
        if drawn is not None:
            _put(self._pictures, digest, drawn)
        return drawn

    def close(self) -> None:
        """Let the process that draws end: it leaves when its input does."""
        with self._lock:
            self._leave()

    def _ask(self, chart: str) -> bytes | None:
        for _ in range(2):  # a process that was killed is replaced once
            worker = self._hired()
            assert worker.stdin is not None
            assert worker.stdout is not None
            answer = ""
            with suppress(OSError):
                worker.stdin.write(chart + "\n")
                worker.stdin.flush()
                answer = worker.stdout.readline()
            if answer:
                self._wait()
                picture = json.loads(answer)
                return picture.encode() if isinstance(picture, str) else None
            self._leave()
        return None

    def _hired(self) -> "subprocess.Popen[str]":
        if self._worker is None:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "pipelines.charts.worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )  # fmt: skip
        return self._worker

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = Timer(self._idle, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._worker is not None:
            with suppress(OSError, subprocess.TimeoutExpired):
                self._worker.communicate(timeout=5)  # closes its input
            self._worker.kill()
        self._worker = self._timer = None


def _put(kept: OrderedDict[str, V], digest: str, value: V) -> None:
    kept[digest] = value
    kept.move_to_end(digest)
    while len(kept) > _KEPT:
        with suppress(KeyError):  # two threads may drop the last one at once
            kept.popitem(last=False)


studio = Studio()
"""The one of this process."""
