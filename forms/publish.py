"""Publishes a form to ODK Central: compared first, refused when it would harm, verified after.

Running it again is safe at any point: an unfinished draft is replaced, a form that is already live
is left alone.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from pyodk.client import Client

from forms.central_calls import RefusedError, ask, ask_json, found, route
from forms.compare import ENCRYPTED
from forms.errors import KafoError
from forms.publish_plan import Live, Publication, Publishable, plan_publication
from forms.publish_steps import attach_files, verify
from forms.xform import read_xform

_READ = ("lire le formulaire en ligne", "read the live form")
_UPLOAD = ("envoyer le formulaire", "upload the form")
_PUBLISH = ("publier le formulaire", "publish the form")

AnyForm = TypeVar("AnyForm", bound=Publishable)


def publish(
    client: Client,
    project_id: int,
    form: Publishable,
    *,
    allow_breaking: bool = False,
    dry_run: bool = False,
) -> Publication:
    """Make this form the live one; with `dry_run` only say what would happen.

    Raises KafoError when the version was not raised, a file is missing, or received answers would
    be affected and `allow_breaking` was not given. A dry run returns that as `obstacle`.
    """
    base = route("projects", project_id, "forms", form.form_id)
    known = found(client, base, what=_READ)
    exists = known is not None
    live = _live(client, base, known.json()) if known is not None else None
    lists = _entity_lists(client, project_id, form)
    plan = plan_publication(form, live, lists, allow_breaking=allow_breaking)
    if dry_run or not plan.needed:
        return plan
    if plan.obstacle is not None:
        raise plan.obstacle
    _upload(client, project_id, form, exists=exists)
    attach_files(client, base, form.media)
    ask(client, "POST", f"{base}/draft/publish", what=_PUBLISH)
    verify(client, project_id, form)
    return replace(plan, published=True)


def publishing_order(forms: Iterable[AnyForm]) -> list[AnyForm]:
    """Forms that create an entity list before those that only read it: Central links them so."""
    return sorted(forms, key=_reads_foreign_list)


def _live(client: Client, base: str, known: dict[str, Any]) -> Live | None:
    if known.get("publishedAt") is None:
        return None  # somebody left a first draft that was never published
    xml = ask(client, "GET", f"{base}.xml", what=_READ).content.decode()
    rows = ask_json(client, f"{base}/attachments", what=_READ)
    versions = ask_json(client, f"{base}/versions", what=_READ)
    return Live(
        version=ENCRYPTED.sub("", known.get("version") or ""),
        xml=xml,
        files={row["name"]: row.get("hash") for row in rows},
        used_versions=frozenset(ENCRYPTED.sub("", row["version"] or "") for row in versions),
    )


def _entity_lists(client: Client, project_id: int, form: Publishable) -> set[str]:
    """The project's entity lists; asked only when the form expects a file it does not bring."""
    if not _reads_foreign_list(form):
        return set()
    rows = ask_json(client, route("projects", project_id, "datasets"), what=_READ)
    return {row["name"] for row in rows}


def _reads_foreign_list(form: Publishable) -> bool:
    """Whether it expects a file that it neither brings nor creates as its own entity list."""
    read = read_xform(form.xform)
    created = {f"{each.dataset}.csv" for each in read.entity_lists if each.create}
    return any(name not in form.media and name not in created for name in read.media)


# -- doing


def _upload(client: Client, project_id: int, form: Publishable, *, exists: bool) -> None:
    """Make the form the draft, replacing any draft there was."""
    path = route("projects", project_id, "forms")
    if exists:
        # Warnings are about lost fields: `_harm` has already told them in plain words.
        path = (
            route("projects", project_id, "forms", form.form_id, "draft") + "?ignoreWarnings=true"
        )
    content = {"data": form.xform.encode(), "headers": {"Content-Type": "application/xml"}}
    try:
        ask(client, "POST", path, what=_UPLOAD, **content)
    except RefusedError as error:
        raise _explained(error, form) from None


def _explained(error: RefusedError, form: Publishable) -> KafoError:
    """Central's own reasons that need another remedy than their status suggests."""
    if error.code == 400.16:
        return KafoError(
            f"{form.form_id} : un formulaire du même nom est dans la corbeille de ce projet sur ODK "
            "Central. Restaurez-le là-bas, ou attendez qu’il soit effacé (30 jours).",
            f"{form.form_id}: a form of the same name is in this project's trash on ODK Central. "
            "Restore it there, or wait until it is purged (30 days).",
        )
    if error.code == 400.17:
        return KafoError(
            f"{form.form_id} : une question a eu un autre type dans une version plus ancienne ; "
            "donnez-lui un nouveau nom.",
            f"{form.form_id}: a question had another type in an older version; give it a new name.",
        )
    return error
