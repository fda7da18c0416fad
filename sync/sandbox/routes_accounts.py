"""Sessions, users and roles."""

from email.utils import format_datetime

from sync.sandbox.accounts import (
    SESSION_LIFE,
    create_actor,
    create_session,
    hash_password,
    session_by_token,
    verify_password,
)
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call, Reply, compact
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_state import integer
from sync.sandbox.problems import (
    Problem,
    authentication_failed,
    insufficient_rights,
    not_found,
    not_unique,
)
from sync.sandbox.roles import ROLES, role_by, role_json
from sync.sandbox.store import Row, one, update, value

_SITE = ("user", "*")


def _log_in(call: Call) -> Answer:
    body = call.json()
    email, password = body.get("email"), body.get("password")
    if not email or not password:
        raise _missing(body)
    user = one(
        call.db,
        "select * from actors where type = 'user' and lower(email) = ? and deletedAt is null",
        str(email).lower(),
    )
    if user is None or not verify_password(str(password), user["password"]):
        raise authentication_failed()
    session = create_session(call.db, user["id"], call.world.moment())
    update(call.db, "actors", user["id"], lastLoginAt=call.now)
    log(
        call,
        "user.session.create",
        user["acteeId"],
        {"userAgent": call.user_agent},
        actor=user["id"],
    )
    shown = {name: session[name] for name in ("token", "csrf", "expiresAt", "createdAt")}
    return Reply(compact(shown).encode(), headers={"Set-Cookie": _cookie(call, session)})


def _cookie(call: Call, session: Row) -> str:
    expires = format_datetime(call.world.moment() + SESSION_LIFE, usegmt=True)
    return f"session={session['token']}; Path=/; Expires={expires}; HttpOnly; SameSite=Strict"


def _missing(body: dict[str, object]) -> Problem:
    got = {name: body[name] for name in ("email", "password") if name in body}
    words = [f"{n}: {_inspect(body.get(n), known=n in body)}" for n in ("email", "password")]
    text = f"Required parameters missing. Expected (email, password), got ({', '.join(words)})."
    return Problem(400.3, text, {"expected": ["email", "password"], "got": got})


def _inspect(thing: object, *, known: bool) -> str:
    if not known:
        return "undefined"
    return "null" if thing is None else f"'{thing}'"


def _restore(call: Call) -> Answer:
    session = call.auth.session
    if session is None:
        raise not_found()
    return {"createdAt": session["createdAt"], "expiresAt": session["expiresAt"]}


def _log_out(call: Call) -> Answer:
    session = call.auth.session
    if session is None:
        raise not_found()
    call.db.execute("delete from sessions where token = ?", (session["token"],))
    past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    cookie = f"session=null; Path=/; {past}; HttpOnly; Secure; SameSite=Strict"
    call.answer_headers["Set-Cookie"] = cookie
    return SUCCESS


def _end(call: Call) -> Answer:
    """Log out, or revoke the key of an app user."""
    found = session_by_token(call.db, call.path["token"], call.now)
    if found is None:
        raise insufficient_rights()
    session, actor = found
    project = call.one("select acteeId from projects where id = ?", actor["projectId"])
    above = (actor["acteeId"], "*", *((project["acteeId"],) if project else ()))
    own = actor["id"] == call.auth.actor_id and actor["type"] != "field_key"
    if not own:
        call.auth.require(above, "session.end")
    call.db.execute("delete from sessions where token = ?", (session["token"],))
    return SUCCESS


def user_json(user: Row) -> dict[str, object]:
    """A user as Central shows them."""
    names = [
        "email",
        "lastLoginAt",
        "id",
        "type",
        "displayName",
        "createdAt",
        "updatedAt",
        "deletedAt",
    ]
    return {name: user[name] for name in names}


def _current(call: Call) -> Answer:
    user = call.auth.actor
    if user is None or user["type"] != "user":
        raise not_found()
    if not call.extended:
        return user_json(user)
    verbs = sorted(call.auth.verbs(("*",)))
    return {"verbs": verbs, "preferences": {"site": {}, "projects": {}}} | user_json(user)


def _create(call: Call) -> Answer:
    call.auth.require(_SITE, "user.create")
    body = call.json()
    email = str(body.get("email") or "")
    if not email:
        raise Problem(400.2, "Required parameter email missing.", {"field": "email"})
    if value(call.db, "select 1 from actors where email = ? and deletedAt is null", email):
        raise not_unique(("email", "deleted"), (email, "false"), "users")
    password = body.get("password")
    if password is not None and len(str(password)) < 10:
        text = "The password or passphrase provided does not meet the required length."
        raise Problem(400.21, text)
    hashed = None if password is None else hash_password(str(password))
    user_id = create_actor(call.db, "user", email, call.now, email=email, password=hashed)
    log(call, "user.create", value(call.db, "select acteeId from actors where id = ?", user_id))
    return user_json(_user(call, user_id))


def _user(call: Call, user_id: int) -> Row:
    sql = "select * from actors where id = ? and type = 'user' and deletedAt is null"
    found = call.one(sql, user_id)
    if found is None:
        raise not_found()
    return found


def _list(call: Call) -> Answer:
    if not call.auth.can(_SITE, "user.list"):
        return []
    sql = "select * from actors where type = 'user' and deletedAt is null order by email"
    return [user_json(user) for user in call.all(sql)]


def _get(call: Call) -> Answer:
    user = _user(call, integer(call.path["user"]))
    if user["id"] != call.auth.actor_id:
        call.auth.require((user["acteeId"], *_SITE), "user.read")
    return user_json(user)


def _delete(call: Call) -> Answer:
    user = _user(call, integer(call.path["user"]))
    call.auth.require((user["acteeId"], *_SITE), "user.delete")
    delete_actor(call, user)
    log(call, "user.delete", user["acteeId"])
    return SUCCESS


def delete_actor(call: Call, actor: Row) -> None:
    """Take an actor out: their rights and sessions end, their submissions keep their name."""
    update(call.db, "actors", actor["id"], deletedAt=call.now)
    call.db.execute("delete from assignments where actorId = ?", (actor["id"],))
    call.db.execute("delete from sessions where actorId = ?", (actor["id"],))


def _roles(call: Call) -> Answer:
    return [role_json(role, _born(call)) for role in ROLES.values()]


def _role(call: Call) -> Answer:
    role = role_by(call.path["role"])
    if role is None:
        raise not_found()
    return role_json(role, _born(call))


def _born(call: Call) -> str:
    return str(value(call.db, "select value from settings where name = 'born'"))


def _public_config(_call: Call) -> Answer:
    return {}


ROUTES = (
    Endpoint("POST", "/sessions", _log_in, anonymous=True),
    Endpoint("GET", "/sessions/restore", _restore),
    Endpoint("DELETE", "/sessions/current", _log_out),
    Endpoint("DELETE", "/sessions/{token}", _end),
    Endpoint("GET", "/users", _list),
    Endpoint("POST", "/users", _create),
    Endpoint("GET", "/users/current", _current),
    Endpoint("GET", "/users/{user}", _get),
    Endpoint("DELETE", "/users/{user}", _delete),
    Endpoint("GET", "/roles", _roles),
    Endpoint("GET", "/roles/{role}", _role),
    Endpoint("GET", "/config/public", _public_config, anonymous=True),
)
