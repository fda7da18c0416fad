"""The passphrase of the private key is asked for where somebody sits, once, and never echoed."""

import os
import pty
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import sleep

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SHIPPED = Path(__file__).parent.parent.parent / "config.yaml"
PASSPHRASE = "une phrase très secrète"


def prepared(folder: Path) -> list[str]:
    """A folder with a protected key, and a program that opens the key twice."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    (folder / "key.pem").write_bytes(pem)
    (folder / "key.pem").chmod(stat.S_IRUSR | stat.S_IWUSR)
    text = SHIPPED.read_text(encoding="utf-8").replace('private_key: ""', "private_key: key.pem")
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    program = (
        "from pathlib import Path\n"
        "from kafo.config import read_config\n"
        "from kafo.private_key import private_key\n"
        "config = read_config(Path('config.yaml'), {})\n"
        "print(private_key(config).key_size, private_key(config).key_size)\n"
    )
    return [sys.executable, "-c", program]


def test_it_is_asked_for_once_in_a_terminal_and_not_shown(tmp_path: Path) -> None:
    program = prepared(tmp_path)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        program, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    shown = os.read(ours, 1000).decode()
    assert "Phrase secrète" in shown
    sleep(0.5)
    said = ""
    while not said:  # what is typed before the echo is off is thrown away
        os.write(ours, (PASSPHRASE + "\n").encode())
        with suppress(subprocess.TimeoutExpired):
            said, _ = process.communicate(timeout=3)
    shown += os.read(ours, 1000).decode()
    os.close(ours)
    assert said.split() == ["2048", "2048"]
    assert PASSPHRASE not in shown


def test_without_a_terminal_the_message_says_where_it_belongs(tmp_path: Path) -> None:
    done = subprocess.run(
        prepared(tmp_path), cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "PassphraseNeededError" in done.stderr
    assert "KAFO_PRIVATE_KEY_PASSPHRASE" in done.stderr
