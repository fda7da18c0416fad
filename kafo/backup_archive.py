"""A backup file: a tar archive sealed with age (https://age-encryption.org/v1), so that the computer
that makes backups cannot read them, and the standard tool opens them without Kafo.

Each file is sealed for the deployment's public key and for a key of its own that is forgotten once
the file was opened with it and compared: a backup counts as made when it could be read.
"""

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient

from forms.errors import KafoError, UsageError

Member = tuple[str, Path | bytes]
"""Name in the archive, and a file or the content itself."""

_CHUNK = 1 << 16


def new_key() -> tuple[str, str]:
    """A secret key and its public key, as text."""
    made = Identity.generate()
    return str(made), str(made.to_public())


def recipient(text: str) -> Recipient:
    """The public key of the configuration; UsageError when it is none."""
    try:
        return Recipient.from_str(text)
    except pyrage.RecipientError:
        raise UsageError(
            "backup.recipient de config.yaml n'est pas une clé publique (age1…). « kafo backup key » en "
            "fait une.",
            "backup.recipient of config.yaml is no public key (age1…). 'kafo backup key' makes one.",
        ) from None


def identities(path: Path) -> list[Identity]:
    """The secret keys of a key file, one or more; UsageError when there is none in it."""
    found = []
    try:
        for word in path.read_text(encoding="utf-8").split():
            if word.upper().startswith("AGE-SECRET-KEY-"):
                found.append(Identity.from_str(word))
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise UsageError(
            f"{path} ne contient pas de clé de sauvegarde lisible (AGE-SECRET-KEY-…). Recopiez-la de "
            "l'enveloppe, sans faute : une seule lettre fausse suffit.",
            f"{path} holds no readable backup key (AGE-SECRET-KEY-…). Copy it from the envelope without "
            "a mistake: one wrong letter is enough.",
        )
    return found


def seal(members: Iterable[Member], target: Path, key: Recipient) -> int:
    """Write the archive, read it again and compare; bytes written. Raises KafoError.

    The file takes its name in the end, so whatever bears it is whole.
    """
    part = target.with_name(target.name + ".part")
    check = Identity.generate()
    wrote: dict[str, str] = {}
    try:
        with part.open("wb") as out:
            part.chmod(0o600)
            with _source(lambda pipe: _write(members, pipe, wrote)) as plain:
                pyrage.encrypt_io(plain, out, [key, check.to_public()])
            out.flush()
            os.fsync(out.fileno())
        read: dict[str, str] = {}
        with part.open("rb") as sealed, _opened(sealed, [check]) as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                assert content is not None
                read[entry.name] = _digest(content)
        if read != wrote:
            raise OSError("differs")
        size = part.stat().st_size
        part.replace(target)
    except (OSError, tarfile.TarError, pyrage.EncryptError, pyrage.DecryptError):
        part.unlink(missing_ok=True)
        raise KafoError(
            f"La sauvegarde {target} n'a pas pu être écrite et relue : disque plein, débranché ou abîmé. "
            "Faites de la place ou changez de disque, et relancez.",
            f"The backup {target} could not be written and read again: disk full, unplugged or damaged. "
            "Make room or change the disk, and run again.",
        ) from None
    return size


def unseal(file: Path, keys: list[Identity], folder: Path) -> None:
    """Unpack a backup into a folder; KafoError when the key or the file is not right."""
    try:
        with file.open("rb") as sealed, _opened(sealed, keys) as archive:
            archive.extractall(folder, filter="data")
    except pyrage.DecryptError:
        raise KafoError(
            f"Cette clé n'ouvre pas {file}. Prenez l'enveloppe de la clé d'alors.",
            f"This key does not open {file}. Take the envelope of the key of that time.",
        ) from None
    except (OSError, tarfile.TarError):
        raise KafoError(
            f"{file} ne se lit pas jusqu'au bout (fichier abîmé ou disque plein). Prenez une autre "
            "sauvegarde, ou faites de la place ; rien n'a été changé.",
            f"{file} cannot be read to its end (damaged file or full disk). Take another backup, or make "
            "room; nothing was changed.",
        ) from None


def seal_bytes(content: bytes, target: Path, key: Recipient) -> None:
    """A small sealed file; raises OSError."""
    part = target.with_name(target.name + ".part")
    part.write_bytes(pyrage.encrypt(content, [key]))
    part.chmod(0o600)
    part.replace(target)


def unseal_bytes(file: Path, keys: list[Identity]) -> bytes:
    """What `seal_bytes` wrote; KafoError when the key or the file is not right."""
    try:
        content: bytes = pyrage.decrypt(file.read_bytes(), keys)
    except (OSError, pyrage.DecryptError):
        raise KafoError(
            f"{file} ne s'ouvre pas avec cette clé, ou est abîmé. Si la clé a été changée depuis, recopiez "
            "l'ancienne et la nouvelle dans le même fichier. Rien n'a été changé.",
            f"{file} does not open with this key, or is damaged. If the key was changed since, copy the old "
            "and the new one into the same file. Nothing was changed.",
        ) from None
    return content


def _write(members: Iterable[Member], pipe: BinaryIO, wrote: dict[str, str]) -> None:
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.mode = 0o600
            try:
                file: Any = (
                    io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
                )
            except FileNotFoundError:
                continue  # a temporary file that has gone since it was listed
            with file:
                if not isinstance(content, bytes):
                    there = os.fstat(file.fileno())
                    entry.mode, entry.mtime = there.st_mode & 0o777, int(there.st_mtime)
                entry.size = file.seek(0, os.SEEK_END)
                file.seek(0)
                digest = _Digesting(file)
                archive.addfile(entry, digest)
                wrote[name] = digest.hash.hexdigest()


class _Digesting:
    """A file whose digest is known once it was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self.hash.update(found)
        return found


def _digest(file: Any) -> str:
    found = hashlib.sha256()
    while some := file.read(_CHUNK):
        found.update(some)
    return found.hexdigest()


@contextmanager
def _opened(sealed: BinaryIO, keys: list[Identity]) -> Iterator[tarfile.TarFile]:
    with (
        _source(lambda pipe: pyrage.decrypt_io(sealed, pipe, keys)) as plain,
        tarfile.open(fileobj=plain, mode="r|") as archive,
    ):
        yield archive


@contextmanager
def _source(fill: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """What `fill` writes, to read at the same time; its error is raised here, before the reader's."""
    failed: list[Exception] = []
    to_read, to_write = os.pipe()

    def run() -> None:
        try:
            with os.fdopen(to_write, "wb") as pipe:
                fill(pipe)
        except BrokenPipeError:
            pass  # the reader has enough
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    reader = os.fdopen(to_read, "rb")
    thread.start()
    try:
        yield reader
        reader.read()  # what follows the end of an archive, so that the whole file was read
    except Exception:
        reader.close()
        thread.join()
        if failed:
            raise failed[0] from None
        raise
    reader.close()
    thread.join()
    if failed:
        raise failed[0]
