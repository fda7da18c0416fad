"""The private key is read from a file of its owner's only, and every refusal says what to do."""

import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from forms.errors import KafoError
from sync.private_key import PrivateKey, load_private_key, public_half


@pytest.fixture(scope="module")
def made() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)


def write(
    path: Path,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    passphrase: str | None = None,
    form: s.PrivateFormat = s.PrivateFormat.PKCS8,
    mode: int = 0o600,
) -> Path:
    lock: s.KeySerializationEncryption = s.NoEncryption()
    if passphrase is not None:
        lock = s.BestAvailableEncryption(passphrase.encode())
    path.write_bytes(key.private_bytes(s.Encoding.PEM, form, lock))
    path.chmod(mode)
    return path


@pytest.mark.parametrize("form", [s.PrivateFormat.PKCS8, s.PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("passphrase", [None, "l'été à Kayes"])
def test_a_key_file_is_read_with_its_passphrase(
    made: PrivateKey, tmp_path: Path, passphrase: str | None, form: s.PrivateFormat
) -> None:
    path = write(tmp_path / "key.pem", made, passphrase=passphrase, form=form)
    assert load_private_key(path, passphrase).private_numbers() == made.private_numbers()


def test_the_public_half_is_what_a_form_holds(made: PrivateKey) -> None:
    shown = s.load_pem_public_key(
        f"-----BEGIN PUBLIC KEY-----\n{public_half(made)}\n-----END PUBLIC KEY-----".encode()
    )
    assert shown == made.public_key()
    assert len(public_half(made)) == 392  # as Central's own keys


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_a_key_that_others_may_touch_is_refused(
    made: PrivateKey, tmp_path: Path, mode: int
) -> None:
    path = write(tmp_path / "key.pem", made, mode=mode)
    with pytest.raises(KafoError, match="chmod 600"):
        load_private_key(path, None)


def test_each_way_a_key_file_can_be_wrong_is_named(made: PrivateKey, tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.pem", made)
    locked = write(tmp_path / "locked.pem", made, passphrase="Kayes-2026")
    curve = write(tmp_path / "curve.pem", ec.generate_private_key(ec.SECP256R1()))
    cut = tmp_path / "cut.pem"
    cut.write_bytes(plain.read_bytes()[:900])
    cut.chmod(0o600)
    cases = [
        (tmp_path / "none.pem", None, "ne peut pas être lue"),
        (tmp_path, None, "ne peut pas être lue"),
        (plain, "Nioro-2026", "retirez la phrase"),
        (locked, None, "protégée par une phrase"),
        (locked, "Nioro-2026", "n'ouvre pas"),
        (curve, None, "n'est pas une clé privée RSA"),
        (cut, None, "n'est pas une clé privée RSA"),
    ]
    for path, passphrase, told in cases:
        with pytest.raises(KafoError, match=told) as caught:
            load_private_key(path, passphrase)
        shown = "".join(traceback.format_exception_only(caught.value)) + caught.value.en
        assert "-2026" not in shown
        assert not [line for line in plain.read_text().splitlines()[1:-1] if line in shown]
