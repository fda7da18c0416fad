"""What a submission says about entities, read as Central reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.xform import EntityList, XForm
from sync.sandbox.datasets_state import properties_of_form
from sync.sandbox.problems import Problem, missing_parameter, not_integer
from sync.sandbox.xml_tree import Node

_UUID = re.compile(
    r"^(?:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One entity to create or update; the attributes as they stand in the XML."""

    attributes: dict[str, str]
    label: str | None
    data: dict[str, str]
    """Only properties whose node is there: an empty node empties the property."""

    def says(self, name: str) -> bool:
        """Whether `create` or `update` is wished."""
        return self.attributes.get(name) in ("1", "true")

    @property
    def dataset(self) -> str:
        """The entity list; 400.2 when the entity element is missing."""
        name = self.attributes.get("dataset", "").strip()
        if not name:
            raise missing_parameter("dataset")
        return name

    @property
    def uuid(self) -> str:
        """The entity's ID."""
        return normal_uuid(self.attributes.get("id"))

    @property
    def branch(self) -> str | None:
        """The device's offline branch, if it made several updates before sending."""
        text = self.attributes.get("branchId", "")
        if not text:
            return None
        match = _UUID.match(text)
        if match is None:
            raise _no_uuid("branchId")
        return match[1].lower()

    @property
    def base_version(self) -> int | None:
        """The version that the device changed."""
        return self._number("baseVersion")

    @property
    def trunk_version(self) -> int | None:
        """The version that the device had from the server when the branch began."""
        number = self._number("trunkVersion")
        if number is not None and self.branch is None:
            raise missing_parameter("branchId")
        return number

    def _number(self, name: str) -> int | None:
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        if not text.isdigit():
            raise not_integer(name)
        return int(text)

    @property
    def received(self) -> dict[str, str]:
        """The data with the label, as kept for comparing versions."""
        return self.data | ({"label": self.label} if self.label else {})


def normal_uuid(text: str | None) -> str:
    """A version 4 UUID in lower case without prefix; 400.2 or 400.11 otherwise."""
    if text is None or not text.strip():
        raise missing_parameter("uuid")
    match = _UUID.match(text)
    if match is None:
        raise _no_uuid("uuid")
    return match[1].lower()


def _no_uuid(field: str) -> Problem:
    expected = "valid version 4 UUID"
    text = f"Invalid input data type: expected ({field}) to be ({expected})"
    return Problem(400.11, text, {"field": field, "expected": expected})


def wishes(form: XForm, root: Node) -> list[Wish]:
    """All entities that a submission speaks of."""
    return [wish for declared in form.entity_lists for wish in _of_list(form, declared, root)]


def _of_list(form: XForm, declared: EntityList, root: Node) -> Iterator[Wish]:
    paths = {
        name: path.removeprefix(declared.path).strip("/").split("/")
        for name, path in properties_of_form(form, declared).items()
    }
    for place in _places(root, declared.path.strip("/").split("/") if declared.path else []):
        found = {name: place.find(*path) for name, path in paths.items()}
        data = {name: node.text for name, node in found.items() if node is not None}
        entity = place.find("meta", "entity")
        if entity is not None or data:
            label = None if entity is None else entity.child("label")
            attributes = {} if entity is None else entity.attributes
            yield Wish(attributes, None if label is None else label.text, data)


def _places(node: Node, steps: list[str]) -> Iterator[Node]:
    if not steps:
        yield node
        return
    for child in node.children:
        if child.name == steps[0]:
            yield from _places(child, steps[1:])
