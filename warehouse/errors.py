"""What can be wrong with the database, each in one sentence that says what to do."""

from sqlalchemy.exc import DBAPIError

from forms.errors import KafoError


class WarehouseError(KafoError):
    """The database refuses: locked, unwritable, full, unreachable or not as expected."""


def explain(error: DBAPIError, where: str) -> WarehouseError:
    """The driver's complaint in a person's words; never its text, which may quote answers."""
    text = str(error.orig).lower()
    for signs, fr, en in _CASES:
        if any(sign in text for sign in signs):
            return WarehouseError(fr.format(where=where), en.format(where=where))
    kind = type(error.orig).__name__
    return WarehouseError(
        f"La base {where} a refusé une opération ({kind}). Rien n'a été enregistré à moitié ; "
        "relancez, et si cela se répète, lancez « kafo status » et prévenez l'administrateur.",
        f"The database {where} refused an operation ({kind}). Nothing was half written; "
        "run again, and if it repeats, run 'kafo status' and tell the administrator.",
    )


_CASES = (
    (
        ("database is locked", "lock timeout", "deadlock"),
        "La base {where} est occupée par un autre programme. Fermez-le (DB Browser, Excel…) "
        "ou attendez, puis relancez.",
        "The database {where} is in use by another program. Close it (DB Browser, Excel…) "
        "or wait, then run again.",
    ),
    (
        ("disk is full", "disk full", "no space left", "disk i/o error"),
        "Le disque est plein : la base {where} n'a pas pu être écrite ; rien n'est perdu. "
        "Libérez de la place, puis relancez.",
        "The disk is full: the database {where} could not be written; nothing is lost. "
        "Free some space, then run again.",
    ),
    (
        ("readonly database", "read-only", "permission denied", "unable to open database"),
        "La base {where} ne peut pas être écrite. Vérifiez que le dossier existe et que vous "
        "avez le droit d'y écrire.",
        "The database {where} cannot be written. Check that the folder exists and that you "
        "may write to it.",
    ),
    (
        ("file is not a database", "malformed"),
        "Le fichier {where} n'est pas une base SQLite lisible. Vérifiez « warehouse.url » ou "
        "restaurez une sauvegarde.",
        "The file {where} is not a readable SQLite database. Check 'warehouse.url' or restore "
        "a backup.",
    ),
    (
        ("password authentication failed", "no password supplied"),
        "PostgreSQL refuse le mot de passe pour {where}. Corrigez KAFO_WAREHOUSE_PASSWORD ou "
        "le fichier des secrets.",
        "PostgreSQL refuses the password for {where}. Correct KAFO_WAREHOUSE_PASSWORD or the "
        "secrets file.",
    ),
    (
        (
            "connection refused",
            "could not connect",
            "connection failed",
            "server closed",
            "could not translate",
            "failed to resolve",
            "connection is lost",
            "timeout expired",
        ),
        "PostgreSQL ne répond pas à {where}. Vérifiez qu'il est démarré et l'adresse dans "
        "config.yaml (warehouse.url), puis relancez.",
        "PostgreSQL does not answer at {where}. Check that it is running and the address in "
        "config.yaml (warehouse.url), then run again.",
    ),
)
