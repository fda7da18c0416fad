"""Opens encrypted submissions on this computer with the private key, which Central never sees.

The rules are those of the ODK encryption specification (getodk.github.io/xforms-spec/encryption)
as Collect applies them. Two choices that the specification leaves open:

- OAEP uses SHA-256 for its own digest *and* for MGF1, as Android and Central do. (A Java desktop
  would take SHA-1 for MGF1 under the same algorithm name.)
- A submission is returned only when its signature proves all of its files whole. The
  specification calls the signature optional, but every client writes one; without it, a bit
  turned over in a file would pass as an answer, because AES/CFB alone notices nothing.

The signature proves wholeness, not who wrote: whoever has the form's public key can make one.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7

from forms.errors import KafoError
from sync.private_key import PrivateKey
from sync.submission_xml import local_name, parse_submission

_OAEP = OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)
_KEY_BYTES = 32

Reason = Literal["key", "missing", "file", "signature"]


class DecryptionError(KafoError):
    """A sealed submission cannot be opened; `reason` tells a file that may yet come from the rest."""

    def __init__(self, reason: Reason, fr: str, en: str) -> None:
        self.reason = reason
        super().__init__(fr, en)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What arrives instead of the answers.

    File names are as Central lists them; `media` is in the order of encryption, which matters.
    `signature` is empty when the envelope has none that can be read.
    """

    form_id: str
    version: str | None
    instance_id: str
    encrypted_key: bytes
    media: tuple[str, ...]
    data_file: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Plain:
    """An opened submission; `media` has the names that the answers use. They are data, no paths."""

    xml: bytes
    media: dict[str, bytes]

    def __repr__(self) -> str:
        return f"Plain({len(self.xml)} bytes, {len(self.media)} files)"


Files = Mapping[str, bytes] | Callable[[str], bytes | None]
"""The encrypted files by name; None, or no entry, when a file has not arrived."""


def read_envelope(xml: bytes) -> Envelope:
    """Read a submission's XML as an envelope; KafoError when it is none or lacks a part."""
    root = parse_submission(xml)
    if root.get("encrypted") != "yes" or not root.get("id"):
        raise _malformed()
    try:
        encrypted_key = b64decode(_text(root, "base64EncryptedKey"), validate=True)
    except Base64Error:
        raise _malformed() from None
    envelope = Envelope(
        form_id=root.get("id", ""),
        version=root.get("version"),
        instance_id=_text(root, "meta", "instanceID"),
        encrypted_key=encrypted_key,
        media=tuple(_all(root, "media", "file")),
        data_file=_text(root, "encryptedXmlFile"),
        signature=_signature(root),
    )
    names = [_plain_name(name) for name in (*envelope.media, envelope.data_file)]
    if len(set(names)) < len(names):
        raise _malformed()
    return envelope


def decrypt(envelope: Envelope, key: PrivateKey, files: Files) -> Plain:
    """Open a submission whole or not at all.

    Raises DecryptionError: another key, a file that is missing or damaged, or a signature that
    does not fit. No error quotes answers, file names or key material.
    """
    secret = _open_key(envelope, key)
    fetch = files.get if isinstance(files, Mapping) else files
    names = (*envelope.media, envelope.data_file)
    opened: dict[str, bytes] = {}
    for position, (name, vector) in enumerate(zip(names, _vectors(envelope, secret), strict=False)):
        sealed = fetch(name)
        if sealed is None:
            raise _missing(position + 1, len(names))
        plain = _open_file(sealed, secret, vector)
        if plain is None:
            raise _damaged(position + 1, len(names))
        opened[_plain_name(name)] = plain
    _check_signature(envelope, key, opened)
    return Plain(opened.pop(_plain_name(envelope.data_file)), opened)


# -- the envelope


def _all(element: Element, *path: str) -> Iterator[str]:
    """The texts at the ends of a path of local names: clients differ in their namespaces."""
    if not path:
        text = (element.text or "").strip()
        if text:
            yield text
        return
    for child in element:
        if local_name(child) == path[0]:
            yield from _all(child, *path[1:])


def _text(root: Element, *path: str) -> str:
    found = next(_all(root, *path), None)
    if found is None:
        raise _malformed()
    return found


def _signature(root: Element) -> bytes:
    try:
        return b64decode(next(_all(root, "base64EncryptedElementSignature"), ""), validate=True)
    except Base64Error:
        return b""


def _plain_name(name: str) -> str:
    return name.removesuffix(".enc")


# -- the secrets


def _open_key(envelope: Envelope, key: PrivateKey) -> bytes:
    try:
        secret = key.decrypt(envelope.encrypted_key, _OAEP)
    except ValueError:
        raise _other_key() from None
    if len(secret) != _KEY_BYTES:
        raise _other_key()
    return secret


def _vectors(envelope: Envelope, secret: bytes) -> Iterator[bytes]:
    """One initialisation vector for each file: before each, the next of 16 bytes goes up by one."""
    seed = bytearray(_md5(envelope.instance_id.encode() + secret).digest())
    counter = 0
    while True:
        seed[counter % 16] = (seed[counter % 16] + 1) % 256
        counter += 1
        yield bytes(seed)


def _open_file(sealed: bytes, secret: bytes, vector: bytes) -> bytes | None:
    """AES-256 in CFB with PKCS#7 padding, which Java calls PKCS5; None when the end is not one."""
    decryptor = Cipher(AES256(secret), CFB(vector)).decryptor()
    unpadder = PKCS7(AES256.block_size).unpadder()
    try:
        padded = decryptor.update(sealed) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return None


def _check_signature(envelope: Envelope, key: PrivateKey, opened: Mapping[str, bytes]) -> None:
    parts = [envelope.form_id]
    if envelope.version is not None:
        parts.append(envelope.version)
    parts += [b64encode(envelope.encrypted_key).decode(), envelope.instance_id]
    parts += [f"{name}::{_md5(content).hexdigest()}" for name, content in opened.items()]
    expected = _md5("".join(part + "\n" for part in parts).encode()).digest()
    try:
        signed = key.decrypt(envelope.signature, _OAEP)
    except ValueError:
        raise _not_signed() from None
    if not hmac.compare_digest(signed, expected):
        raise _not_signed()


def _md5(content: bytes) -> "hashlib._Hash":
    return hashlib.md5(content, usedforsecurity=False)  # what the specification prescribes


# -- what is told


def _malformed() -> KafoError:
    return KafoError(
        "Une réponse chiffrée n'a pas la forme prévue par ODK (enveloppe incomplète). Elle reste "
        "dans ODK Central ; renvoyez-la depuis le téléphone si elle y est encore.",
        "An encrypted submission does not have the form ODK prescribes (incomplete envelope). It "
        "stays in ODK Central; send it again from the phone if it is still there.",
    )


def _other_key() -> DecryptionError:
    return DecryptionError(
        "key",
        "Cette réponse a été chiffrée pour une autre clé. Indiquez la clé privée qui va avec la clé "
        "publique de cette version du formulaire.",
        "This submission was encrypted for another key. Name the private key that belongs to the "
        "public key of this version of the form.",
    )


def _missing(position: int, of: int) -> DecryptionError:
    return DecryptionError(
        "missing",
        f"Il manque un fichier chiffré ({position} sur {of}). Le téléphone ne l'a pas encore envoyé "
        "en entier : relancez plus tard.",
        f"An encrypted file is missing ({position} of {of}). The phone has not sent all of it yet: "
        "run again later.",
    )


def _damaged(position: int, of: int) -> DecryptionError:
    return DecryptionError(
        "file",
        f"Un fichier chiffré ({position} sur {of}) est abîmé ou coupé. Relancez ; si cela se répète, "
        "renvoyez la réponse depuis le téléphone.",
        f"An encrypted file ({position} of {of}) is damaged or cut off. Run again; if it repeats, "
        "send the submission again from the phone.",
    )


def _not_signed() -> DecryptionError:
    return DecryptionError(
        "signature",
        "La signature d'une réponse chiffrée ne correspond pas à ses fichiers : elle a pu être "
        "modifiée en route. Elle n'est pas chargée ; vérifiez-la avec la personne qui l'a envoyée.",
        "The signature of an encrypted submission does not fit its files: it may have been changed "
        "on its way. It is not loaded; check it with the person who sent it.",
    )
