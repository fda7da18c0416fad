"""The roles of Central and what each may do, as `GET /v1/roles` lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of verbs."""

    id: int
    name: str
    system: str
    dated: bool
    """Roles that came with the first migration carry a date, later ones none."""
    verbs: tuple[str, ...]


_VERBS = {
    "pwreset": """user.password.reset""",
    "app-user": """
        open_form.read submission.create
    """,
    "formview": """open_form.read""",
    "formfill": """
        project.read open_form.list open_form.read submission.create
    """,
    "pub-link": """
        open_form.read submission.create
    """,
    "viewer": """
        project.read form.list form.read submission.read submission.list dataset.list
        entity.list dataset.read entity.read actor_property.list
    """,
    "manager": """
        project.read project.update project.delete form.create form.delete form.list
        form.read form.update submission.create submission.read submission.list
        field_key.create field_key.delete field_key.list assignment.list assignment.create
        assignment.delete public_link.create public_link.list public_link.read
        public_link.update public_link.delete session.end form.restore dataset.list
        entity.list dataset.read entity.read entity.create entity.update dataset.update
        entity.delete submission.update dataset.create submission.delete submission.restore
        entity.restore dataset.delete actor_property.list actor_property.update
        field_key.update
    """,
    "admin": """
        config.read field_key.create field_key.delete field_key.list form.create form.delete
        form.list form.read form.update project.create project.delete project.read
        project.update session.end submission.create submission.read submission.list
        user.create user.list user.password.invalidate user.read user.update role.create
        role.update role.delete assignment.list assignment.create assignment.delete
        user.delete audit.read public_link.create public_link.list public_link.read
        public_link.update public_link.delete backup.run config.set analytics.read
        form.restore dataset.list entity.list dataset.read entity.read entity.create
        entity.update dataset.update entity.delete submission.update dataset.create
        submission.delete submission.restore entity.restore dataset.delete
        actor_property.list actor_property.update field_key.update
    """,
}

ROLES = {
    role.id: role
    for role in (
        Role(3, "Password Reset Token", "pwreset", True, tuple(_VERBS["pwreset"].split())),
        Role(2, "App User", "app-user", True, tuple(_VERBS["app-user"].split())),
        Role(
            7, "Form Viewer (system internal)", "formview", False, tuple(_VERBS["formview"].split())
        ),
        Role(8, "Data Collector", "formfill", False, tuple(_VERBS["formfill"].split())),
        Role(9, "Public Link", "pub-link", True, tuple(_VERBS["pub-link"].split())),
        Role(6, "Project Viewer", "viewer", False, tuple(_VERBS["viewer"].split())),
        Role(5, "Project Manager", "manager", False, tuple(_VERBS["manager"].split())),
        Role(1, "Administrator", "admin", True, tuple(_VERBS["admin"].split())),
    )
}
"""By id, in the order in which Central lists them."""

ADMIN, APP_USER, MANAGER, VIEWER, FORM_VIEW, DATA_COLLECTOR, PUBLIC_LINK = 1, 2, 5, 6, 7, 8, 9


def role_by(param: str) -> Role | None:
    """A role by its number or its system name."""
    if param.isdigit():
        return ROLES.get(int(param))
    return next((role for role in ROLES.values() if role.system == param), None)


def role_json(role: Role, created: str) -> dict[str, object]:
    """A role as Central shows it."""
    return {
        "id": role.id,
        "name": role.name,
        "system": role.system,
        "createdAt": created if role.dated else None,
        "updatedAt": None,
        "verbs": list(role.verbs),
    }
