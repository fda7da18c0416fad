"""Parses submissions into small trees, forgiving about namespaces as Central is."""

from collections.abc import Iterator
from xml.parsers import expat

from sync.sandbox.problems import missing_parameter


class Node:
    """An element: bare name, attributes by bare name, its own text, its children."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes, self.text = name, attributes, ""
        self.children: list[Node] = []

    def child(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def find(self, *names: str) -> "Node | None":
        """The element at the end of a path of names, whichever branch holds it first."""
        if not names:
            return self
        for child in self.children:
            if child.name == names[0]:
                found = child.find(*names[1:])
                if found is not None:
                    return found
        return None

    def text_at(self, *names: str) -> str | None:
        """The text at the end of a path; None when it is absent or empty."""
        found = self.find(*names)
        return None if found is None else found.text or None

    def walk(self) -> "Iterator[Node]":
        """This element and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_submission(xml: bytes) -> Node:
    """The tree of a submission; 400.2 when it is no XML or defines entities of its own."""
    root: list[Node] = []
    stack: list[Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = {key.rpartition(":")[2]: text for key, text in attributes.items()}
        node = Node(name.rpartition(":")[2], bare)
        (stack[-1].children if stack else root).append(node)
        stack.append(node)

    def end(_name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def refuse(*_: object) -> None:
        raise missing_parameter("form ID xml attribute")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        refuse()
    return root[0]
