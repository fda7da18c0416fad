"""Reads a `$filter` expression, stopping where Central's parser stops."""

import re
from dataclasses import dataclass

from sync.sandbox.problems import unparseable_filter

_SPACE = r"[ \t]+"
_LITERALS = [
    re.compile(r"(?:null|true|false)(?![\w/(])"),
    re.compile(r"'(?:''|[^'])*'"),
    re.compile(
        r"-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d"
        r"(?::[0-5]\d(?:\.\d{1,12})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
    ),
    re.compile(r"-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![T\d])"),
    re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"),
]
_MEMBER = re.compile(r"(?:\$root/)?[^\W\d]\w*(?:/[^\W\d]\w*)*")
_METHOD = re.compile(r"([a-z]+)\(")
_ARITHMETIC = re.compile(_SPACE + r"(add|sub|mul|div|mod)" + _SPACE)
_COMPARE = re.compile(_SPACE + r"(eq|ne|lt|le|gt|ge)" + _SPACE)
_AND = re.compile(_SPACE + r"(and)" + _SPACE)
_OR = re.compile(_SPACE + r"(or)" + _SPACE)
_NOT = re.compile(r"not" + _SPACE)


@dataclass(frozen=True, slots=True)
class Expression:
    """A node of the tree; `type` is Central's word where a refusal prints it."""

    type: str
    raw: str
    start: int
    operator: str = ""
    parts: "tuple[Expression, ...]" = ()

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.raw)


def parse_filter(text: str) -> Expression:
    """The tree of an expression; 400.18 with the place where reading stopped."""
    found = _or(text, 0)
    if found is None:
        raise unparseable_filter("Fail at 0")
    if found.end != len(text):
        raise unparseable_filter(f"Unexpected character at {found.end}")
    return found


def _binary(
    text: str, left: Expression, match: re.Match[str], right: Expression, kind: str
) -> Expression:
    raw = text[left.start : right.end]
    return Expression(kind, raw, left.start, match[1], (left, right))


def _or(text: str, at: int) -> Expression | None:
    left = _and(text, at)
    while left is not None:
        match = _OR.match(text, left.end)
        right = _and(text, match.end()) if match else None
        if match is None or right is None:
            break
        left = _binary(text, left, match, right, "Logic")
    return left


def _and(text: str, at: int) -> Expression | None:
    left = _negation(text, at)
    while left is not None:
        match = _AND.match(text, left.end)
        right = _negation(text, match.end()) if match else None
        if match is None or right is None:
            break
        left = _binary(text, left, match, right, "Logic")
    return left


def _negation(text: str, at: int) -> Expression | None:
    match = _NOT.match(text, at)
    if match is None:
        return _comparison(text, at)
    inner = _negation(text, match.end())
    if inner is None:
        return None
    return Expression("NotExpression", text[at : inner.end], at, "not", (inner,))


def _comparison(text: str, at: int) -> Expression | None:
    left = _arithmetic(text, at)
    match = _COMPARE.match(text, left.end) if left else None
    right = _arithmetic(text, match.end()) if match else None
    if left is None or match is None or right is None:
        return left
    return _binary(text, left, match, right, "Compare")


def _arithmetic(text: str, at: int) -> Expression | None:
    left = _primary(text, at)
    match = _ARITHMETIC.match(text, left.end) if left else None
    right = _arithmetic(text, match.end()) if match else None
    if left is None or match is None or right is None:
        return left
    return _binary(text, left, match, right, match[1].capitalize() + "Expression")


def _primary(text: str, at: int) -> Expression | None:
    for pattern in _LITERALS:
        match = pattern.match(text, at)
        if match:
            return Expression("Literal", match[0], at)
    return _parentheses(text, at) or _method(text, at) or _member(text, at)


def _parentheses(text: str, at: int) -> Expression | None:
    if not text.startswith("(", at):
        return None
    inner = _or(text, at + 1)
    if inner is None or not text.startswith(")", inner.end):
        return None
    return Expression("BoolParenExpression", text[at : inner.end + 1], at, "", (inner,))


def _method(text: str, at: int) -> Expression | None:
    match = _METHOD.match(text, at)
    if match is None:
        return None
    parts: list[Expression] = []
    place = match.end()
    while not text.startswith(")", place):
        part = _or(text, place)
        if part is None:
            return None
        parts.append(part)
        comma = re.compile(r",[ \t]*").match(text, part.end)
        place = comma.end() if comma else part.end
        if comma is None and not text.startswith(")", place):
            return None
    return Expression("MethodCallExpression", text[at : place + 1], at, match[1], tuple(parts))


def _member(text: str, at: int) -> Expression | None:
    match = _MEMBER.match(text, at)
    if match is None:
        return None
    kind = "RootExpression" if match[0].startswith("$root") else "FirstMemberExpression"
    return Expression(kind, match[0], at)
