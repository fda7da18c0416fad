"""Passwords and second factors: hashing, making and checking them."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forms.errors import UsageError

SHORTEST = 12
LONGEST = 200
_CONSONANTS, _VOWELS = "bcdfgjklmnprstvz", "aeiou"
_STEP = 30
_COMMON = ("motdepasse", "password", "azerty", "qwerty", "123456", "kafo")


@dataclass(frozen=True, slots=True)
class Vault:
    """Hashes and checks passwords, one at a time: each takes 32 MB, and many guesses at once must
    not take them all."""

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
    )
    lock: Lock = field(default_factory=Lock)

    def hash(self, password: str) -> str:
        """The hash to keep."""
        with self.lock:
            return self.hasher.hash(password)

    def check(self, stored: str | None, password: str) -> bool:
        """Whether it is the one; takes as long where there is nothing to compare with."""
        hashed = stored or _nobody(self.hasher)
        try:
            right = self.hasher.verify(hashed, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return right and stored is not None


@cache
def _nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex(16))


def new_password() -> str:
    """One that can be read out on the phone: eight syllables in four groups (50 bits)."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(8)]
    return "-".join(a + b for a, b in zip(syllables[::2], syllables[1::2], strict=True))


def refuse_weak(password: str, *, name: str) -> None:
    """UsageError when it is too short, too long or can be guessed at once."""
    low = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"Le mot de passe doit avoir de {SHORTEST} à {LONGEST} caractères. Une phrase de quatre "
            "mots est facile à retenir.",
            f"The password must have {SHORTEST} to {LONGEST} characters. A phrase of four words is "
            "easy to remember.",
        )
    if name in low or len(set(low)) < 5 or any(low.startswith(word) for word in _COMMON):
        raise UsageError(
            "Ce mot de passe se devine. Choisissez une phrase sans votre nom ni suite de touches.",
            "This password can be guessed. Choose a phrase without your name or a row of keys.",
        )


def new_secret() -> str:
    """A second factor to set up in a phone's app."""
    return pyotp.random_base32()


def secret_address(secret: str, name: str) -> str:
    """What the QR code of a second factor holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Kafo")


def code_step(secret: str, code: str, *, at: float, after: int) -> int | None:
    """The time step a code belongs to (this one or the one before); None when it is wrong or was
    used: only steps later than `after` count."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    now = int(at) // _STEP
    for step in (now, now - 1, now + 1):
        if step > after and secrets.compare_digest(totp.at(step * _STEP), digits):
            return step
    return None
