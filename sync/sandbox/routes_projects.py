"""Projects, their app users, and who may do what in them."""

from sync.sandbox.accounts import (
    FOREVER,
    actor_json,
    create_actor,
    create_session,
    form_actees,
    grant,
    new_actee,
    project_actees,
)
from sync.sandbox.audit import log
from sync.sandbox.call import SUCCESS, Answer, Call
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.forms_state import ANY, form_json, form_of, integer, project_of, with_def
from sync.sandbox.problems import insufficient_rights, missing_parameter, not_found
from sync.sandbox.roles import Role, role_by
from sync.sandbox.routes_accounts import delete_actor
from sync.sandbox.store import Row, insert, one, update


def project_json(project: Row) -> dict[str, object]:
    """A project as Central shows it."""
    names = [
        "id",
        "name",
        "description",
        "archived",
        "keyId",
        "createdAt",
        "updatedAt",
        "deletedAt",
    ]
    shown = {name: project[name] for name in names}
    shown["archived"] = None if project["archived"] is None else bool(project["archived"])
    return shown


def _list(call: Call) -> Answer:
    """The projects that the actor may see, with their rights in each."""
    sql = "select * from projects where deletedAt is null order by coalesce(archived, 0), name"
    projects: list[dict[str, object]] = []
    for project in call.all(sql):
        verbs = call.auth.verbs(project_actees(project))
        if "project.read" not in verbs or not verbs & {"form.list", "open_form.list"}:
            continue
        shown = project_json(project) | {"verbs": sorted(verbs)}
        shown |= _counts(call, project) if call.extended else {}
        projects.append(shown | (_with_forms(call, project) if "forms" in call.query else {}))
    return projects


def _with_forms(call: Call, project: Row) -> dict[str, object]:
    sql = "select * from forms where projectId = ? and deletedAt is null"
    forms = [form_json(with_def(call, row)) for row in call.all(sql, project["id"])]
    counts = _counts(call, project)
    return {"formList": forms, "forms": len(forms), "lastSubmission": counts["lastSubmission"]}


def _counts(call: Call, project: Row) -> dict[str, object]:
    row = one(
        call.db,
        """select
          (select count(*) from forms where projectId = ? and deletedAt is null) as forms,
          (select count(*) from actors where projectId = ? and type = 'field_key'
            and deletedAt is null) as appUsers,
          (select count(*) from datasets where projectId = ? and publishedAt is not null
            and deletedAt is null) as datasets,
          (select max(s.createdAt) from submissions s join forms f on f.id = s.formId
            where f.projectId = ? and f.deletedAt is null and s.deletedAt is null
            and not s.draft) as lastSubmission,
          (select max(e.createdAt) from entities e join datasets d on d.id = e.datasetId
            where d.projectId = ? and e.deletedAt is null) as lastEntity""",
        *[project["id"]] * 5,
    )
    assert row is not None
    return dict(row)


def _create(call: Call) -> Answer:
    call.auth.require(("project", "*"), "project.create")
    name = call.json().get("name")
    if not name:
        raise missing_parameter("name")
    project_id = insert(
        call.db, "projects", name=str(name), acteeId=new_actee(), createdAt=call.now
    )
    project = one(call.db, "select * from projects where id = ?", project_id)
    assert project is not None
    log(call, "project.create", project["acteeId"], {"data": {"name": name}})
    shown = project_json(project)
    names = [
        "id",
        "name",
        "acteeId",
        "createdAt",
        "updatedAt",
        "deletedAt",
        "archived",
        "keyId",
        "description",
    ]
    return {key: project[key] if key == "acteeId" else shown[key] for key in names}


def _get(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "project.read")
    if not call.extended:
        return project_json(project)
    verbs: dict[str, object] = {"verbs": sorted(call.auth.verbs(project_actees(project)))}
    return verbs | project_json(project) | _counts(call, project)


def _change(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "project.update")
    allowed = {"name", "description", "archived"}
    changes = {name: text for name, text in call.json().items() if name in allowed}
    update(call.db, "projects", project["id"], **changes, updatedAt=call.now)
    log(call, "project.update", project["acteeId"], {"data": changes})
    return project_json(project_of(call))


def _delete(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "project.delete")
    update(call.db, "projects", project["id"], deletedAt=call.now)
    log(call, "project.delete", project["acteeId"])
    return SUCCESS


# -- app users


def _app_users(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "field_key.list")
    sql = """
      select a.*, s.token from actors a left join sessions s on s.actorId = a.id
      where a.projectId = ? and a.type = 'field_key' and a.deletedAt is null
      order by (s.token is not null) desc, a.createdAt desc, a.id desc"""
    return [_app_user_json(call, row) for row in call.all(sql, project["id"])]


def _app_user_json(call: Call, row: Row) -> dict[str, object]:
    shown = {"projectId": row["projectId"]} | actor_json(row) | {"token": row["token"]}
    if call.extended:
        creator = call.one("select * from actors where id = ?", row["createdBy"])
        sql = "select max(loggedAt) from audits where action = 'submission.create' and actorId = ?"
        used = call.one(sql, row["id"])
        shown["createdBy"] = None if creator is None else actor_json(creator)
        shown["lastUsed"] = None if used is None else used[0]
        shown["properties"] = None
    return shown


def _create_app_user(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "field_key.create")
    name = call.json().get("displayName")
    if not name:
        raise missing_parameter("displayName")
    actor_id = create_actor(
        call.db,
        "field_key",
        str(name),
        call.now,
        projectId=project["id"],
        createdBy=call.auth.actor_id,
    )
    session = create_session(call.db, actor_id, call.world.moment(), FOREVER)
    actor = _app_user(call, project, actor_id)
    log(call, "field_key.create", actor["acteeId"])
    shown = {"projectId": project["id"]} | actor_json(actor)
    return shown | {name: session[name] for name in ("token", "csrf", "expiresAt")}


def _app_user(call: Call, project: Row, actor_id: int) -> Row:
    sql = "select * from actors where id = ? and projectId = ? and deletedAt is null"
    found = call.one(sql, actor_id, project["id"])
    if found is None:
        raise not_found()
    return found


def _delete_app_user(call: Call) -> Answer:
    project = project_of(call)
    call.auth.require(project_actees(project), "field_key.delete")
    actor = _app_user(call, project, integer(call.path["user"]))
    delete_actor(call, actor)
    log(call, "field_key.delete", actor["acteeId"])
    return SUCCESS


# -- assignments


def _form_assignments(call: Call) -> Answer:
    """Who has which role on each form of the project."""
    project = project_of(call)
    call.auth.require(project_actees(project), "assignment.list")
    role = _role(call) if "role" in call.path else None
    sql = """
      select a.actorId, a.roleId, f.xmlFormId from assignments a
      join forms f on f.acteeId = a.acteeId
      where f.projectId = ? and f.deletedAt is null and (? is null or a.roleId = ?)
      order by f.id, a.id"""
    number = None if role is None else role.id
    return [dict(row) for row in call.all(sql, project["id"], number, number)]


def _role(call: Call) -> Role:
    role = role_by(call.path["role"])
    if role is None:
        raise not_found()
    return role


def _thing(call: Call) -> tuple[str, tuple[str, ...]]:
    """The actee of the path, and it with all that stands above it."""
    if "project" not in call.path:
        return "*", ("*",)
    project = project_of(call)
    if "form" not in call.path:
        return project["acteeId"], project_actees(project)
    form = form_of(call, ANY)
    return str(form["acteeId"]), form_actees(form, project)


def _assignments(call: Call) -> Answer:
    actee, above = _thing(call)
    call.auth.require(above, "assignment.list")
    sql = "select actorId, roleId from assignments where acteeId = ? order by id"
    return [dict(row) for row in call.all(sql, actee)]


def _assigned(call: Call) -> Answer:
    actee, above = _thing(call)
    role = _role(call)
    call.auth.require(above, "assignment.list")
    sql = """
      select x.* from actors x join assignments a on a.actorId = x.id
      where a.acteeId = ? and a.roleId = ? order by a.id"""
    return [actor_json(row) for row in call.all(sql, actee, role.id)]


def _assign(call: Call) -> Answer:
    actee, above = _thing(call)
    role, actor = _role(call), _actor(call)
    call.auth.require(above, "assignment.create")
    has = call.auth.verbs(above)
    has |= {f"open_{verb}" for verb in has & {"form.list", "form.read"}}
    if not has.issuperset(role.verbs):
        raise insufficient_rights()
    grant(call.db, actor["id"], role.id, actee)
    details: dict[str, object] = {"roleId": role.id, "grantedActeeId": actee}
    log(call, f"{actor['type']}.assignment.create", actor["acteeId"], details)
    return SUCCESS


def _actor(call: Call) -> Row:
    sql = "select * from actors where id = ? and deletedAt is null"
    found = call.one(sql, integer(call.path["actor"]))
    if found is None:
        raise not_found()
    return found


def _unassign(call: Call) -> Answer:
    actee, above = _thing(call)
    role, actor = _role(call), _actor(call)
    call.auth.require(above, "assignment.delete")
    sql = "delete from assignments where actorId = ? and roleId = ? and acteeId = ?"
    if call.db.execute(sql, (actor["id"], role.id, actee)).rowcount == 0:
        raise not_found()
    details: dict[str, object] = {"roleId": role.id, "revokedActeeId": actee}
    log(call, f"{actor['type']}.assignment.delete", actor["acteeId"], details)
    return SUCCESS


def _public_link(call: Call) -> Answer:
    """A link with which anyone can fill in one form; it lives on as an actor with a token."""
    form, project = form_of(call, ANY), project_of(call)
    call.auth.require(form_actees(form, project), "public_link.create")
    body = call.json()
    name = str(body.get("displayName") or "")
    actor_id = create_actor(call.db, "public_link", name, call.now, createdBy=call.auth.actor_id)
    grant(call.db, actor_id, 9, str(form["acteeId"]))
    session = create_session(call.db, actor_id, call.world.moment(), FOREVER)
    actor = one(call.db, "select * from actors where id = ?", actor_id)
    assert actor is not None
    log(call, "public_link.create", actor["acteeId"])
    shown: dict[str, object] = {"once": body.get("once")} | actor_json(actor)
    return shown | {name: session[name] for name in ("token", "csrf", "expiresAt")}


_P, _F = "/projects/{project}", "/projects/{project}/forms/{form}"
ROUTES = (
    Endpoint("GET", "/projects", _list),
    Endpoint("POST", "/projects", _create),
    Endpoint("GET", _P, _get),
    Endpoint("PATCH", _P, _change),
    Endpoint("DELETE", _P, _delete),
    Endpoint("GET", _P + "/app-users", _app_users),
    Endpoint("POST", _P + "/app-users", _create_app_user),
    Endpoint("DELETE", _P + "/app-users/{user}", _delete_app_user),
    Endpoint("GET", _P + "/assignments/forms", _form_assignments),
    Endpoint("GET", _P + "/assignments/forms/{role}", _form_assignments),
    *(
        endpoint
        for base in ("", _P, _F)
        for endpoint in (
            Endpoint("GET", base + "/assignments", _assignments),
            Endpoint("GET", base + "/assignments/{role}", _assigned),
            Endpoint("POST", base + "/assignments/{role}/{actor}", _assign),
            Endpoint("DELETE", base + "/assignments/{role}/{actor}", _unassign),
        )
    ),
    Endpoint("POST", _F + "/public-links", _public_link),
)
