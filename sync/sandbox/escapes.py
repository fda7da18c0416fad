"""Text escaped as Central's templates and JavaScript escape it."""

from html import escape
from urllib.parse import quote


def mustache(text: str) -> str:
    """For XML, as Mustache does it."""
    text = escape(text, quote=False).replace('"', "&quot;").replace("'", "&#39;")
    return text.replace("/", "&#x2F;").replace("`", "&#x60;").replace("=", "&#x3D;")


def encode_component(text: str) -> str:
    """For URLs, as encodeURIComponent does it."""
    return quote(text, safe="!~*'()")
