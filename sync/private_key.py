"""The private key that opens encrypted forms: read from a file that only its owner may read.

The key never leaves this process: it is in no database, no log, no error and no call to Central.
"""

import os
import stat
from base64 import b64encode
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from forms.errors import KafoError

PrivateKey = RSAPrivateKey
"""ODK knows RSA keys only."""


class PassphraseNeededError(KafoError):
    """The key is protected and no passphrase was given."""


def load_private_key(path: Path, passphrase: str | None) -> PrivateKey:
    """Read a PEM file (PKCS#8 or `openssl genrsa`), protected by a passphrase or not.

    Raises KafoError when the file is absent, readable by others, no RSA key, or needs another
    passphrase; no error quotes the file or the passphrase.
    """
    pem = _read_private(path)
    try:
        key = load_pem_private_key(pem, None if passphrase is None else passphrase.encode())
    except TypeError:
        raise _needs_passphrase(path) if passphrase is None else _needs_none(path) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _unreadable(path, protected=b"ENCRYPTED" in pem) from None
    if not isinstance(key, RSAPrivateKey):
        raise _unreadable(path, protected=False)
    return key


def public_half(key: PrivateKey) -> str:
    """What the form's `public_key` setting must hold: the SPKI form in base64, on one line."""
    public = key.public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _read_private(path: Path) -> bytes:
    """The rights are asked of the open file, so that nobody can swap it in between."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            # Windows has no such bits: there the folder of the account protects the file.
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise _too_open(path)
            return file.read()
    except OSError:
        raise KafoError(
            f"La clé privée {path} ne peut pas être lue. Corrigez le chemin, ou copiez le fichier "
            "de clé sur cet ordinateur.",
            f"The private key {path} cannot be read. Correct the path, or copy the key file to "
            "this computer.",
        ) from None


def _too_open(path: Path) -> KafoError:
    return KafoError(
        f"D'autres comptes peuvent lire la clé privée {path}. Lancez « chmod 600 {path} ».",
        f"Other accounts can read the private key {path}. Run 'chmod 600 {path}'.",
    )


def _needs_passphrase(path: Path) -> PassphraseNeededError:
    return PassphraseNeededError(
        f"La clé privée {path} est protégée par une phrase secrète. Donnez-la par "
        "KAFO_PRIVATE_KEY_PASSPHRASE, dans secrets.yaml, ou lancez Kafo dans un terminal.",
        f"The private key {path} is protected by a passphrase. Give it by "
        "KAFO_PRIVATE_KEY_PASSPHRASE, in secrets.yaml, or start Kafo in a terminal.",
    )


def _needs_none(path: Path) -> KafoError:
    return KafoError(
        f"La clé privée {path} n'est protégée par aucune phrase secrète, mais une phrase est "
        "donnée. Protégez la clé (openssl pkcs8 -topk8), ou retirez la phrase.",
        f"The private key {path} is not protected by a passphrase, but one is given. Protect the "
        "key (openssl pkcs8 -topk8), or remove the passphrase.",
    )


def _unreadable(path: Path, *, protected: bool) -> KafoError:
    if protected:
        return KafoError(
            f"La phrase secrète n'ouvre pas la clé privée {path}. Vérifiez la phrase.",
            f"The passphrase does not open the private key {path}. Check the passphrase.",
        )
    return KafoError(
        f"{path} n'est pas une clé privée RSA au format PEM. Indiquez le fichier créé avec la clé "
        "publique du formulaire.",
        f"{path} is not an RSA private key in PEM format. Name the file that was made together "
        "with the form's public key.",
    )
