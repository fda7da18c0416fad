"""Who is asking and what they may do: actors, sessions, roles, passwords."""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sync.sandbox.problems import insufficient_rights
from sync.sandbox.roles import ROLES
from sync.sandbox.store import Database, Row, insert, one, stamp

SESSION_LIFE = timedelta(hours=24)
"""Fixed from the login on; use does not prolong it."""
FOREVER = "9999-12-31T23:59:59.000Z"


@dataclass(frozen=True, slots=True)
class Auth:
    """The actor behind a request, if any."""

    actor: Row | None = None
    session: Row | None = None
    roles: tuple[tuple[str, int], ...] = ()
    """(actee, role id) of each assignment."""

    @property
    def actor_id(self) -> int | None:
        """The actor's id."""
        return None if self.actor is None else int(self.actor["id"])

    def verbs(self, actees: Iterable[str]) -> set[str]:
        """All that the actor may do to one thing, given it and all that stands above it."""
        above = set(actees)
        return {verb for actee, role in self.roles if actee in above for verb in ROLES[role].verbs}

    def can(self, actees: Iterable[str], *verbs: str) -> bool:
        """Whether any of the verbs is allowed."""
        return not self.verbs(actees).isdisjoint(verbs)

    def require(self, actees: Iterable[str], *verbs: str) -> None:
        """403 unless one of the verbs is allowed."""
        if not self.can(actees, *verbs):
            raise insufficient_rights()


def auth_of(db: Database, actor: Row | None, session: Row | None = None) -> Auth:
    """The actor with their assignments."""
    if actor is None:
        return Auth()
    rows = db.execute("select acteeId, roleId from assignments where actorId = ?", (actor["id"],))
    return Auth(actor, session, tuple((row[0], row[1]) for row in rows))


def project_actees(project: Row) -> tuple[str, ...]:
    """A project and what stands above it."""
    return (project["acteeId"], "project", "*")


def form_actees(form: Row | dict[str, object], project: Row) -> tuple[str, ...]:
    """A form and what stands above it."""
    return (str(form["acteeId"]), "form", *project_actees(project))


def dataset_actees(dataset: Row, project: Row) -> tuple[str, ...]:
    """An entity list and what stands above it."""
    return (dataset["acteeId"], "dataset", *project_actees(project))


def new_token() -> str:
    """64 characters as Central draws them."""
    return b64encode(secrets.token_bytes(48)).decode().replace("/", "!").replace("+", "$")


def new_actee() -> str:
    """The id under which rights to a new thing are given."""
    return str(uuid4())


def hash_password(password: str) -> str:
    """Salted scrypt; cheap on purpose, since this server only ever holds invented people."""
    salt = secrets.token_bytes(16)
    return salt.hex() + ":" + _scrypt(password, salt)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one."""
    if not stored or not password:
        return False
    salt, digest = stored.split(":")
    return secrets.compare_digest(_scrypt(password, bytes.fromhex(salt)), digest)


def _scrypt(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1).hex()


def create_actor(db: Database, kind: str, name: str, now: str, **more: object) -> int:
    """A user, an app user, a public link."""
    columns = {"type": kind, "displayName": name, "acteeId": new_actee(), "createdAt": now}
    return insert(db, "actors", **columns, **more)


def create_session(db: Database, actor_id: int, moment: datetime, expires: str = "") -> Row:
    """A new token; 24 hours unless told otherwise."""
    token = new_token()
    insert(
        db,
        "sessions",
        token=token,
        actorId=actor_id,
        csrf=new_token(),
        createdAt=stamp(moment),
        expiresAt=expires or stamp(moment + SESSION_LIFE),
    )
    session = one(db, "select * from sessions where token = ?", token)
    assert session is not None
    return session


def session_by_token(db: Database, token: str, now: str) -> tuple[Row, Row] | None:
    """The live session of a token and its actor."""
    session = one(db, "select * from sessions where token = ? and expiresAt > ?", token, now)
    if session is None:
        return None
    actor = one(db, "select * from actors where id = ? and deletedAt is null", session["actorId"])
    return None if actor is None else (session, actor)


def grant(db: Database, actor_id: int, role: int, actee: str) -> None:
    """Give a role over a thing; giving it twice changes nothing."""
    sql = "insert or ignore into assignments (actorId, roleId, acteeId) values (?, ?, ?)"
    db.execute(sql, (actor_id, role, actee))


def actor_json(actor: Row) -> dict[str, object]:
    """An actor as Central shows them."""
    names = ("id", "type", "displayName", "createdAt", "updatedAt", "deletedAt")
    return {name: actor[name] for name in names}
