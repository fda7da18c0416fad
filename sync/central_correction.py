"""Corrects one answer in Central, as an edit by hand would: the correction then comes as any other.

The warehouse is never corrected by itself: raw is what Central holds, and both must stay equal.
"""

from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from pyodk.client import Client

from forms.central_calls import ask, route
from forms.errors import KafoError
from sync.submission_xml import local_name, parse_submission

_WHAT = ("corriger une réponse", "correcting an answer")


def correct(
    client: Client, key: tuple[int, str, str], path: str, value: str, *, comment: str
) -> None:
    """Set the answer at `path` ('/person/adult/last_name') of a submission (project, form, instance).

    Raises KafoError for an encrypted submission, which only a new interview can correct, and when
    the submission has no such question.
    """
    project_id, form_id, instance_id = key
    place = route("projects", project_id, "forms", form_id, "submissions", instance_id)
    root = parse_submission(ask(client, "GET", f"{place}.xml", what=_WHAT).content)
    if root.get("encrypted") == "yes":
        raise KafoError(
            "Cette fiche est chiffrée : Central ne peut pas la corriger. Faites un nouvel entretien avec "
            "la même carte ; les réponses les plus récentes comptent.",
            "This record is encrypted: Central cannot correct it. Do a new interview with the same card; "
            "the newest answers count.",
        )
    _set(root, path, value)
    _renew(root)
    headers = {"Content-Type": "text/xml"}
    ask(client, "PUT", place, what=_WHAT, data=tostring(root, encoding="utf-8"), headers=headers)
    note = {"body": comment}
    ask(client, "POST", f"{place}/comments", what=_WHAT, json=note)


def _set(root: Element, path: str, value: str) -> None:
    here = root
    for name in path.strip("/").split("/"):
        found = next((child for child in here if local_name(child) == name), None)
        if found is None:
            raise KafoError(
                "Cette fiche n'a pas cette question. Vérifiez son nom : kafo person show.",
                "This record does not have this question. Check its name: kafo person show.",
            )
        here = found
    here.text = value


def _renew(root: Element) -> None:
    """An edited submission has a new instance ID and names the one it replaces."""
    meta = next(child for child in root if local_name(child) == "meta")
    parts = {local_name(child): child for child in meta}
    current = parts["instanceID"]
    space = current.tag.removesuffix("instanceID")
    old = parts.get("deprecatedID")
    if old is None:
        old = SubElement(meta, f"{space}deprecatedID")
    old.text, current.text = current.text, f"uuid:{uuid4()}"
