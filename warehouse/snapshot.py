"""A copy of the whole warehouse at one moment, while others go on working, and putting it back.

SQLite copies itself, encrypted under the same key if there is one; PostgreSQL by its own `pg_dump` and
`pg_restore`, which must be on this computer and not older than the server.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import URL

from warehouse.encrypted import driver, give_key
from warehouse.engine import open_warehouse, place
from warehouse.errors import WarehouseError
from warehouse.roles import create_roles
from warehouse.tables import submission

SQLITE, POSTGRESQL = "warehouse.db", "warehouse.dump"
"""What the copy is called in a backup."""


def copy_warehouse(url: URL, key: str | None, folder: Path) -> Path:
    """Copy it into the folder and check the copy; raises WarehouseError."""
    if url.get_backend_name() == "postgresql":
        made = folder / POSTGRESQL
        _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={made}")
        return made
    assert url.database
    return copy_sqlite(url.database, folder / SQLITE, key)


def copy_sqlite(path: str, made: Path, key: str | None) -> Path:
    """Copy one SQLite file, which may be in use, and check the copy; raises WarehouseError."""
    try:
        with closing(_open(path, key)) as source, closing(_open(str(made), key)) as target:
            source.backup(target)
            sound = target.execute("pragma quick_check").fetchone()[0] == "ok"
    except (sqlite3.Error, driver().Error):
        sound = False
    if not sound:
        raise WarehouseError(
            f"{path} ne se laisse pas copier en entier : le disque est plein ou abîmé. Faites de la "
            "place et relancez ; si cela reste, restaurez la dernière sauvegarde.",
            f"{path} cannot be copied whole: the disk is full or damaged. Make room and run again; if "
            "it stays, restore the last backup.",
        )
    made.chmod(0o600)
    return made


def put_back(url: URL, copy: Path, key: str | None) -> None:
    """Make a copy the warehouse at this address, where none is; raises WarehouseError."""
    if url.get_backend_name() == "sqlite":
        assert url.database
        there = Path(url.database)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copy, there)
        return
    engine = open_warehouse(url, key=key)
    try:
        with engine.begin() as connection:
            if inspect(connection).has_table(submission.name, schema="raw"):
                raise WarehouseError(
                    f"{place(url)} n'est pas vide. Faites une base neuve (« createdb »), mettez son nom dans "
                    "warehouse.url de config.yaml, et relancez.",
                    f"{place(url)} is not empty. Make a new database ('createdb'), put its name into "
                    "warehouse.url of config.yaml, and run again.",
                )
            create_roles(connection)  # grants in the copy name them
    finally:
        engine.dispose()
    _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(copy))


def _open(path: str, key: str | None) -> Any:
    if key is None:
        return sqlite3.connect(path)
    raw = driver().connect(path)
    give_key(raw, key, path)
    return raw


def _run(program: str, url: URL, *words: str) -> None:
    """The program's complaints may quote rows, so only that it failed is passed on."""
    found = shutil.which(program)
    if found is None:
        raise WarehouseError(
            f"« {program} » manque sur cet ordinateur. Installez le client de PostgreSQL "
            "(« apt install postgresql-client »), au moins de la version du serveur.",
            f"'{program}' is missing on this computer. Install PostgreSQL's client "
            "('apt install postgresql-client'), not older than the server.",
        )
    host = url.host or url.query.get("host")
    given = {"--host": host, "--port": url.port, "--username": url.username}
    options = [f"{name}={value}" for name, value in given.items() if value]
    done = subprocess.run(  # noqa: S603 - words of our own and of the configuration, without a shell
        [found, *options, f"--dbname={url.database}", *words],
        env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise WarehouseError(
            f"« {program} » n'a pas réussi sur {place(url)}. Vérifiez qu'il n'est pas plus ancien que le "
            f"serveur (« {program} --version »), l'accès à la base et la place sur le disque.",
            f"'{program}' did not succeed on {place(url)}. Check that it is not older than the server "
            f"('{program} --version'), the access to the database and the room on the disk.",
        )
