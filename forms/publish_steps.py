"""The steps of publishing that touch files and entity lists, and the proof that all arrived."""

import mimetypes
from collections.abc import Iterator, Mapping
from typing import Any

from pyodk.client import Client

from forms.central_calls import ask, ask_json, found, route
from forms.compare import ENCRYPTED, md5_of, same_form
from forms.errors import KafoError
from forms.publish_plan import Publishable
from forms.xform import read_xform

_ATTACH = ("joindre un fichier au formulaire", "attach a file to the form")
_VERIFY = ("relire le formulaire publié", "read the published form back")


def attach_files(client: Client, base: str, media: Mapping[str, bytes]) -> None:
    """Give the draft its files, and link to entity lists what the form does not bring itself."""
    for row in ask_json(client, f"{base}/draft/attachments", what=_ATTACH):
        path = f"{base}/draft/attachments/{route(row['name'])}"
        if row["name"] in media:
            _upload(client, path, row, media[row["name"]])
        elif not row.get("datasetExists"):
            _link(client, path)


def _upload(client: Client, path: str, row: dict[str, Any], content: bytes) -> None:
    if row.get("hash") == md5_of(content) and not row.get("datasetExists"):
        return  # the draft has inherited it from the published form
    kind = mimetypes.guess_type(row["name"])[0] or "application/octet-stream"
    ask(client, "POST", path, what=_ATTACH, data=content, headers={"Content-Type": kind})


def _link(client: Client, path: str) -> None:
    """Link to the list of that name; one this form creates does not exist before publication."""
    try:
        ask(client, "PATCH", path, what=_ATTACH, json={"dataset": True})
    except KafoError as error:
        if getattr(error, "status", None) != 404:
            raise


def verify(client: Client, project_id: int, form: Publishable) -> None:
    """Read everything back; KafoError tells what of the form did not arrive."""
    wrong = list(_differences(client, project_id, form))
    if wrong:
        told_fr, told_en = (", ".join(each) for each in zip(*wrong, strict=True))
        raise KafoError(
            f"{form.form_id} est publié, mais incomplet : {told_fr}. Relevez sa version et publiez "
            "de nouveau ; si cela se répète, prévenez l’administrateur.",
            f"{form.form_id} is published but incomplete: {told_en}. Raise its version and publish "
            "again; if it repeats, tell the administrator.",
        )


def _differences(client: Client, project_id: int, form: Publishable) -> Iterator[tuple[str, str]]:
    base = route("projects", project_id, "forms", form.form_id)
    live = ask_json(client, base, what=_VERIFY)
    if ENCRYPTED.sub("", live.get("version") or "") != form.version:
        yield "une autre version est en ligne", "another version is live"
    xml = ask(client, "GET", f"{base}.xml", what=_VERIFY).content.decode()
    if not same_form(xml, form.xform):
        yield "le contenu en ligne diffère", "the live content differs"
    rows = ask_json(client, f"{base}/attachments", what=_VERIFY)
    yield from _missing_files({row["name"]: row for row in rows}, form)
    yield from _missing_properties(client, project_id, form)


def _missing_files(rows: dict[str, dict[str, Any]], form: Publishable) -> Iterator[tuple[str, str]]:
    for name in read_xform(form.xform).media:
        row = rows.get(name, {})
        if name not in form.media:
            arrived = bool(row.get("datasetExists"))
        else:
            content = form.media[name]
            arrived = row.get("hash") == md5_of(content)
            arrived = arrived and row.get("size", len(content)) == len(content)
        if not arrived:
            yield f"fichier {name}", f"file {name}"


def _missing_properties(
    client: Client, project_id: int, form: Publishable
) -> Iterator[tuple[str, str]]:
    for declared in read_xform(form.xform).entity_lists:
        path = route("projects", project_id, "datasets", declared.dataset)
        answer = found(client, path, what=_VERIFY)
        properties = {} if answer is None else {p["name"] for p in answer.json()["properties"]}
        lost = sorted(declared.save_to.keys() - properties)
        if answer is None or lost:
            place = f"{declared.dataset} {' '.join(lost)}".strip()
            yield f"liste d’entités {place}", f"entity list {place}"
