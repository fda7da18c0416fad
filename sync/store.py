"""The attachment store: files named by their SHA-256, so that no name from outside is ever a path."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sync.errors import no_room


@dataclass(frozen=True, slots=True)
class Stored:
    """What came in: size in bytes, SHA-256 and MD5 (Central's ETag is the MD5)."""

    size: int
    sha256: str
    md5: str


def path_of(folder: Path, sha256: str) -> Path:
    """Where the bytes with this hash lie; two levels keep folders small."""
    return folder / sha256[:2] / sha256


def keep(folder: Path, chunks: Iterable[bytes]) -> Stored:
    """Write to a temporary file, then move it into its place at once: never half a file."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                sha256.update(chunk)
                md5.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(folder, sha256.hexdigest())
        target.parent.mkdir(exist_ok=True)
        Path(temporary).replace(target)
    except OSError as error:
        if error.errno is None:  # the connection's trouble, not the disk's
            raise
        raise no_room(str(folder)) from None
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Stored(size, sha256.hexdigest(), md5.hexdigest())


def sweep(folder: Path) -> int:
    """Remove what a killed process left half written; returns how many files."""
    leftovers = list(folder.glob("incoming-*"))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    return len(leftovers)


def is_whole(folder: Path, sha256: str) -> bool:
    """Whether the stored bytes still have the hash they are named by."""
    path = path_of(folder, sha256)
    if not path.exists():
        return False
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest() == sha256
