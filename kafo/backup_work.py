"""Makes backups of a whole deployment, and puts one back: database, files, configuration, secrets."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete

from forms.errors import KafoError, UsageError
from kafo.backup_archive import (
    Member,
    identities,
    recipient,
    seal,
    seal_bytes,
    unseal,
    unseal_bytes,
)
from kafo.config import Config, read_config
from kafo.connection import REFERENCE, now
from kafo.operator import who
from warehouse.engine import open_reader, open_warehouse, parse_url, reading, writing
from warehouse.migrate import migrate

ERASURES = "effacements.age"
"""Beside the backups: what was erased, in salted hashes, for backups that are older than it."""

_HEAD, _END = "kafo-", ".tar.age"
_WORK, _NEW = "sauvegarde.part", "restauration.part"
_MANIFEST = "manifest.json"
_BESIDE_DATABASES = (".db-wal", ".db-shm", ".db-journal", ".db.lock")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read again."""

    file: Path
    size: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did. `aside` is the folder with what was there before, None if nothing was."""

    made_at: str
    aside: Path | None
    again: int


def wanted(config: Config) -> bool:
    """Whether the configuration says where backups go."""
    return bool(config.settings.backup.folder)


def back_up(config: Config, engine: Engine) -> Made:
    """Write a backup, read it again, and drop those past their days. Raises KafoError."""
    from warehouse.snapshot import copy_warehouse

    folder, key = _folder(config), recipient(config.settings.backup.recipient)
    at = now()
    work = config.data / _WORK
    shutil.rmtree(work, ignore_errors=True)
    for cut_off in folder.glob(f"{_HEAD}*{_END}.part"):
        cut_off.unlink(missing_ok=True)
    try:
        work.mkdir(parents=True, mode=0o700)
        url = parse_url(config.warehouse_url, config.secrets.get("warehouse_password"))
        copy = copy_warehouse(url, config.secrets.get("warehouse_key"), work)
        name = f"{_HEAD}{at[:19].replace(':', '')}{_END}"
        size = seal(_members(config, copy, at), folder / name, key)
    except OSError as error:
        raise KafoError(
            f"La sauvegarde s'est arrêtée ({error.strerror}) : place ou droits dans {config.data}. Corrigez, "
            "puis relancez « kafo backup make ».",
            f"The backup stopped ({error.strerror}): room or rights in {config.data}. Correct that, then run "
            "'kafo backup make' again.",
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    keep_erasures(config, engine)
    return Made(folder / name, size, _drop_old(folder, at, config.settings.backup.keep_days))


def keep_erasures(config: Config, engine: Engine) -> None:
    """Write down beside the backups what was erased, so that none of them can bring it back.

    Raises KafoError when the folder cannot be written; nothing happens where no backups are made.
    """
    from pipelines.protection.erasure_copy import copy_of_erasures

    if not wanted(config):
        return
    folder, key = _folder(config), recipient(config.settings.backup.recipient)
    with reading(engine) as connection:
        copy = copy_of_erasures(connection)
    if copy is None:
        return
    try:
        seal_bytes(json.dumps(copy).encode(), folder / ERASURES, key)
    except OSError:
        raise _unreachable(folder) from None


def restore(path: Path, file: Path, key_file: Path) -> Restored:
    """Put a backup in the place of what `path` (config.yaml) stands for, less what was erased since.

    What was there is moved into a folder beside, not overwritten. Raises KafoError; up to the moment
    in which folders change places nothing is changed.
    """
    keys = identities(key_file)
    base = path.resolve().parent
    new = base / _NEW
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(mode=0o700)
        unseal(file, keys, new)
        made_at = _manifest(new, file)["made_at"]
        later = file.parent / ERASURES
        copies = [json.loads(unseal_bytes(later, keys))] if later.exists() else []
        config = read_config(new / "config.yaml").model_copy(update={"folder": base})
        again = _settle(new, config, copies + _erased_here(path))
        aside = _change_places(base, new, config)
    except OSError as error:
        raise KafoError(
            f"La restauration s'est arrêtée ({error.strerror}) : place ou droits dans {base}. Ce qui était "
            "là y est encore, ou dans son dossier avant-restauration-…. Corrigez, puis relancez la même "
            "commande.",
            f"The restoration stopped ({error.strerror}): room or rights in {base}. What was there still is, "
            "or in its folder avant-restauration-…. Correct that, then run the same command again.",
        ) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Restored(made_at, aside, again)


def _members(config: Config, copy: Path, at: str) -> Iterator[Member]:
    from warehouse.snapshot import copy_sqlite

    made = {"made_at": at, "data_folder": config.settings.data_folder, "warehouse": copy.name}
    yield _MANIFEST, json.dumps(made).encode()
    yield copy.name, copy
    for name in _beside_data(config):
        if (config.folder / name).exists():
            yield name, config.folder / name
    backups = _folder(config).resolve()
    url = parse_url(config.warehouse_url)
    database = url.database if url.get_backend_name() == "sqlite" else None
    for file in sorted(config.data.rglob("*")):
        path = file.resolve()
        passing = file.suffix == ".part" or _WORK in file.parts or backups in path.parents
        ours = database is not None and str(path).startswith(str(Path(database).resolve()))
        if not file.is_file() or passing or ours or file.name.endswith(_BESIDE_DATABASES):
            continue
        name = f"data/{file.relative_to(config.data).as_posix()}"
        if file.suffix != ".db":
            yield name, file
            continue
        # A database that may be in use, as the sandbox's, is copied by itself: to open its file here
        # would also drop the locks that this process has on it (see `warehouse.engine`).
        yield name, copy_sqlite(str(file), copy.with_name(file.name), None)


def _beside_data(config: Config) -> list[str]:
    """The configuration and what it names, from its folder: without the private key for instance,
    encrypted answers are lost. What lies elsewhere is not ours to move."""
    named = (config.settings.central.private_key, config.settings.pages.boundaries)
    inside = config.folder.resolve()
    mine = [n for n in named if n and inside in (inside / n).resolve().parents]
    return ["config.yaml", "secrets.yaml", *mine]


def _drop_old(folder: Path, at: str, days: int) -> int:
    """Erased people must leave the backups too: those past their days go, but never the newest."""
    last = (datetime.fromisoformat(at) - timedelta(days=days)).isoformat()[:19].replace(":", "")
    backups = sorted(folder.glob(f"{_HEAD}*{_END}"))[:-1]
    old = [f for f in backups if f.name.removeprefix(_HEAD).removesuffix(_END) < last]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _folder(config: Config) -> Path:
    settings = config.settings.backup
    if not settings.folder:
        raise UsageError(
            "backup.folder de config.yaml est vide. Écrivez le dossier des sauvegardes, sur un autre disque, "
            "et la clé publique que « kafo backup key » donne.",
            "backup.folder of config.yaml is empty. Write the folder for backups, on another disk, and the "
            "public key that 'kafo backup key' gives.",
        )
    folder = config.folder / settings.folder
    # Not made here: where a disk is not plugged in, its folder would come to lie on this one.
    if not folder.is_dir():
        raise _unreachable(folder)
    return folder


def _unreachable(folder: Path) -> KafoError:
    return KafoError(
        f"Le dossier des sauvegardes {folder} n'est pas là ou ne s'écrit pas. Branchez le disque ou créez "
        "le dossier, puis lancez « kafo backup make ».",
        f"The folder for backups {folder} is not there or cannot be written. Plug the disk in or make the "
        "folder, then run 'kafo backup make'.",
    )


def _manifest(new: Path, file: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((new / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise KafoError(
            f"{file} n'est pas une sauvegarde de Kafo.", f"{file} is no backup of Kafo."
        ) from None
    return found


def _erased_here(path: Path) -> list[dict[str, Any]]:
    """What the database that is being replaced knows of erasures, if it still opens."""
    from pipelines.protection.erasure_copy import copy_of_erasures

    try:
        config = read_config(path)
        url = parse_url(config.warehouse_url, config.secrets.get("warehouse_password"))
        engine = open_reader(url, key=config.secrets.get("warehouse_key"))
        try:
            with reading(engine) as connection:
                copy = copy_of_erasures(connection)
        finally:
            engine.dispose()
    except KafoError:
        return []
    return [copy] if copy else []


def _settle(new: Path, config: Config, copies: list[dict[str, Any]]) -> int:
    """Before anybody sees it: bring the restored database up to date, erase again, end all sessions."""
    from kafo.person_commands import recompute
    from pipelines.protection.erasure_copy import erase_again
    from warehouse.access import log_access
    from warehouse.snapshot import POSTGRESQL, SQLITE, put_back
    from warehouse.web_tables import web_session

    key = config.secrets.get("warehouse_key")
    url = parse_url(config.warehouse_url, config.secrets.get("warehouse_password"))
    if (new / SQLITE).exists():
        url = url.set(database=str(new / SQLITE))
    else:
        put_back(url, new / POSTGRESQL, key)
    engine = open_warehouse(url, key=key)
    try:
        migrate(engine, REFERENCE)
        done = erase_again(engine, copies, now=now(), store=new / "data" / "attachments")
        with writing(engine) as connection:
            connection.execute(delete(web_session))
            log_access(
                connection, now=now(), who=who(), action="restore", what="backup", rows=done.total,
                reason="restauration d'une sauvegarde",
            )  # fmt: skip
        if done.total:
            recompute(engine)
    finally:
        engine.dispose()
    return done.total


def _change_places(base: Path, new: Path, config: Config) -> Path | None:
    """Move what is there aside and the new in its place; the folder aside, if anything was there."""
    from warehouse.snapshot import SQLITE, put_back

    aside = base / f"avant-restauration-{now()[:19].replace(':', '')}"
    url = parse_url(config.warehouse_url)
    names = [name for name in _beside_data(config) if (new / name).exists()]
    old = [base / name for name in names] + [config.data]
    if (new / SQLITE).exists():  # it may lie elsewhere than in the data folder
        database = Path(url.database or "")
        old += [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    for each in old:
        if each.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            shutil.move(each, aside / each.name)
    (new / "data").mkdir(exist_ok=True)
    shutil.move(new / "data", config.data)
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(new / name, base / name)
    if (new / SQLITE).exists():
        put_back(url, new / SQLITE, None)
    return aside if aside.exists() else None
