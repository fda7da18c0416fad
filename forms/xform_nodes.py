"""Walks the XML of an XForm: safe parsing, namespaces taken off, paths as Central writes them."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from forms.errors import FormError
from forms.xform_model import Labels

SELECTS = {"select", "select1", "rank"}
"""What offers choices."""

_CONTROLS = SELECTS | {"input", "upload", "trigger", "range", "secret", "group", "repeat"}


@dataclass(frozen=True, slots=True)
class Source:
    """The parts of the document, found once."""

    model: Element
    body: Element
    primary: Element
    texts: dict[str, Labels]
    languages: tuple[str, ...]


def parse(xml: str | bytes) -> Element:
    """The root of the document; entities and DTDs that could harm are refused."""
    try:
        html: Element = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _not_xform(f"XML : {error}", f"XML: {error}") from error
    if local(html) != "html":
        raise _not_xform("la racine n'est pas <h:html>", "its root is not <h:html>")
    return html


def primary_of(model: Element) -> Element:
    """The empty answers that a phone fills in."""
    instance = need(child_of(model, "instance"), "instance")
    primary = next(iter(instance), None)
    if primary is None:
        raise _not_xform("<instance> est vide", "<instance> is empty")
    return primary


def need(element: Element | None, name: str) -> Element:
    """The element, or a FormError that names what is missing."""
    if element is None:
        raise _not_xform(f"<{name}> manque", f"<{name}> is missing")
    return element


def _not_xform(fr: str, en: str) -> FormError:
    return FormError(
        f"Ce n'est pas un XForm ({fr}) ; compiler le formulaire avec « kafo forms build ».",
        f"This is not an XForm ({en}); compile the form with “kafo forms build”.",
    )


def local(element: Element) -> str:
    """The name of the element without its namespace."""
    return bare(element.tag)


def bare(name: str) -> str:
    """A name without its namespace."""
    return name.rsplit("}", 1)[-1]


def child_of(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((child for child in element if local(child) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """All children of that name."""
    return [child for child in element if local(child) == name]


def descend(element: Element, *names: str) -> Element | None:
    """The element at the end of a path of first children."""
    found: Element | None = element
    for name in names:
        found = None if found is None else child_of(found, name)
    return found


def attribute(element: Element, name: str) -> str | None:
    """The attribute whose name, without namespace, is this."""
    return next((value for key, value in element.attrib.items() if bare(key) == name), None)


def path_of(source: Source, reference: str) -> str:
    """`/data/g/x` and `g/x` -> `/g/x`; namespaces go."""
    path = "/".join(step.rsplit(":", 1)[-1] for step in reference.strip().split("/"))
    return path.removeprefix("/" + local(source.primary)) if path.startswith("/") else "/" + path


def text_of(item: Element | None, name: str) -> str | None:
    """The text of the first child of that name; None when there is no such child."""
    child = None if item is None else child_of(item, name)
    return None if child is None else (child.text or "")


def controls_of(source: Source) -> dict[str, list[Element]]:
    """Path -> what the body shows for it (a repeat also has the group around it)."""
    controls: dict[str, list[Element]] = {}
    for element in source.body.iter():
        reference = element.get("nodeset") or element.get("ref")
        if local(element) in _CONTROLS and reference is not None:
            controls.setdefault(path_of(source, reference), []).append(element)
    return controls
