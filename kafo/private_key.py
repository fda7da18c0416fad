"""The private key of the deployment: from its file, its passphrase from a secret or from the keyboard.

A passphrase that was typed lives in this process alone and is asked for once.
"""

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forms.language import say
from kafo.config import Config

if TYPE_CHECKING:
    from sync.private_key import PrivateKey


def private_key(config: Config) -> "PrivateKey | None":
    """The key that `central.private_key` names, or None. Raises KafoError when it cannot be opened."""
    name = config.settings.central.private_key
    if not name:
        return None
    return _opened(config.folder / name, config.secrets.get("private_key_passphrase"))


@cache
def _opened(path: Path, passphrase: str | None) -> "PrivateKey":
    from sync.private_key import PassphraseNeededError, load_private_key

    try:
        return load_private_key(path, passphrase)
    except PassphraseNeededError:
        if not sys.stdin.isatty():
            raise
    typed = typer.prompt(
        say(f"Phrase secrète de la clé {path}", f"Passphrase of the key {path}"),
        hide_input=True,
        err=True,
    )
    return load_private_key(path, str(typed))
