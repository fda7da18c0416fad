"""The SQLite file encrypted as a whole (SQLCipher): its key, opening it, and making it from an open one.

Of a key of 64 hexadecimal digits SQLCipher takes the 32 bytes as they are; from any other text it
derives them, which costs a sixth of a second for each new connection.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

from warehouse.errors import WarehouseError

_PLAIN = b"SQLite format 3\x00"
_RAW = re.compile(r"[0-9a-fA-F]{64}\Z")
_SHORTEST = 16
_CHUNK = 1 << 20


def driver() -> ModuleType:
    """SQLCipher's Python driver, which is sqlite3 with encryption."""
    import sqlcipher3.dbapi2  # type: ignore[import-untyped]

    module: ModuleType = sqlcipher3.dbapi2
    return module


def is_open_file(path: Path) -> bool:
    """Whether anybody with the file can read it."""
    with path.open("rb") as file:
        return file.read(len(_PLAIN)) == _PLAIN


def check_file(path: Path, key: str | None) -> None:
    """Raise WarehouseError when file and key do not go together; a missing or empty file is fine."""
    if key is not None and len(key) < _SHORTEST:
        raise _too_short()
    if not path.exists() or not path.stat().st_size:
        return
    if is_open_file(path):
        if key is not None:
            raise _not_yet(path)
    elif key is None:
        raise _no_key(path)


def give_key(raw: Any, key: str, path: str) -> None:
    """Unlock a new connection; WarehouseError when the key is not that of the file."""
    raw.execute(f"pragma key = {_literal(key)}")
    try:
        raw.execute("select count(*) from sqlite_master").fetchone()
    except driver().DatabaseError:
        raise _wrong_key(path) from None


def encrypt(path: Path, key: str) -> bool:
    """Turn the open file into an encrypted one; False when it already is.

    Stopped anywhere, the open file is still whole or the encrypted one in its place is: it is written
    beside it, compared with it, and takes its name in one step. What was open is overwritten.
    """
    check_file(path, None if is_open_file(path) else key)
    if len(key) < _SHORTEST:
        raise _too_short()
    made, old = path.with_name(path.name + ".encrypting"), path.with_name(path.name + ".open")
    if not is_open_file(path):
        _wipe(old)
        return False
    made.unlink(missing_ok=True)
    _settle(path)
    _export(path, made, key)
    _compare(path, made, key)
    old.unlink(missing_ok=True)
    os.link(path, old)
    made.replace(path)
    _sync_folder(path.parent)
    _wipe(old)
    return True


def _settle(path: Path) -> None:
    """Move the journal into the file; if it stays, somebody else has the file open."""
    with closing(sqlite3.connect(path)) as database:
        try:
            database.execute("pragma wal_checkpoint(truncate)")
            database.execute("pragma journal_mode=delete").fetchone()
        except sqlite3.OperationalError:
            raise _in_use(path) from None
    if any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        raise _in_use(path)


def _export(path: Path, made: Path, key: str) -> None:
    with closing(driver().connect(str(path), isolation_level=None)) as database:
        try:
            database.execute("begin exclusive")
            database.execute("commit")
            database.execute(f"attach database ? as made key {_literal(key)}", (str(made),))
            database.execute("select sqlcipher_export('made')")
            database.execute("detach database made")
        except driver().OperationalError:
            made.unlink(missing_ok=True)
            raise _in_use(path) from None
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    made.chmod(0o600)


def _compare(path: Path, made: Path, key: str) -> None:
    """Same tables, same numbers of rows, and no page damaged."""
    with (
        closing(sqlite3.connect(path)) as before,
        closing(driver().connect(str(made))) as after,
    ):
        give_key(after, key, str(made))
        damage = after.execute("pragma cipher_integrity_check").fetchall()
        sound = after.execute("pragma integrity_check").fetchone()[0] == "ok"
        if damage or not sound or _content(before) != _content(after):
            made.unlink(missing_ok=True)
            raise _not_equal(path)


def _content(database: Any) -> dict[str, int]:
    query = "select name, type, sql from sqlite_master order by 1"
    objects = database.execute(query).fetchall()
    return {
        f"{name} {sql}": database.execute(f'select count(*) from "{name}"').fetchone()[0]
        if kind == "table"
        else 0
        for name, kind, sql in objects
    }


def _wipe(path: Path) -> None:
    """Overwrite and remove. (Flash memory may keep a copy nobody can reach through the file system.)"""
    if not path.exists():
        return
    with path.open("rb+") as file:
        for _ in range(0, path.stat().st_size, _CHUNK):
            file.write(bytes(_CHUNK))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut (Windows does so by itself)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _literal(key: str) -> str:
    if _RAW.match(key):
        return f"\"x'{key}'\""
    return "'" + key.replace("'", "''") + "'"


_WHERE_FR = 'la variable KAFO_WAREHOUSE_KEY ou la ligne « warehouse_key: "…" » de secrets.yaml'
_WHERE_EN = "the variable KAFO_WAREHOUSE_KEY or the line 'warehouse_key: \"…\"' of secrets.yaml"


def _too_short() -> WarehouseError:
    return WarehouseError(
        f"La clé de la base a moins de {_SHORTEST} caractères. Corrigez {_WHERE_FR}.",
        f"The key of the database has fewer than {_SHORTEST} characters. Correct {_WHERE_EN}.",
    )


def _no_key(path: Path) -> WarehouseError:
    return WarehouseError(
        f"Le fichier {path} n'est pas une base SQLite lisible sans clé. S'il est chiffré, donnez la clé : "
        f"{_WHERE_FR}. Sinon, restaurez une sauvegarde.",
        f"The file {path} is not a SQLite database that can be read without a key. If it is encrypted, "
        f"give the key: {_WHERE_EN}. If not, restore a backup.",
    )


def _wrong_key(path: str) -> WarehouseError:
    return WarehouseError(
        f"La clé n'ouvre pas {path}. Vérifiez {_WHERE_FR} ; l'autre copie de la clé est chez le second "
        "responsable des données.",
        f"The key does not open {path}. Check {_WHERE_EN}; the other copy of the key is with the second "
        "data steward.",
    )


def _not_yet(path: Path) -> WarehouseError:
    return WarehouseError(
        f"Une clé est donnée, mais {path} n'est pas encore chiffrée. Lancez « kafo protect ».",
        f"A key is given, but {path} is not encrypted yet. Run 'kafo protect'.",
    )


def _in_use(path: Path) -> WarehouseError:
    return WarehouseError(
        f"{path} est ouverte par un autre programme. Arrêtez « kafo run » et fermez DB Browser, puis "
        "relancez « kafo protect ».",
        f"{path} is open in another program. Stop 'kafo run' and close DB Browser, then run "
        "'kafo protect' again.",
    )


def _not_equal(path: Path) -> WarehouseError:
    return WarehouseError(
        f"La copie chiffrée de {path} n'était pas identique ; rien n'a été changé. Relancez, et vérifiez "
        "le disque si cela se répète.",
        f"The encrypted copy of {path} was not identical; nothing was changed. Run again, and check the "
        "disk if it repeats.",
    )
