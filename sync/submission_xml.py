"""Parses the XML of submissions, which comes from phones and is therefore not trusted."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from forms.errors import KafoError


def parse_submission(xml: bytes) -> Element:
    """The root element; KafoError, which quotes nothing, when it is no XML or declares entities."""
    try:
        root: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise KafoError(
            "Une réponse reçue d'ODK Central n'est pas du XML lisible. Elle reste dans ODK Central ; "
            "prévenez l'administrateur.",
            "A submission received from ODK Central is not readable XML. It stays in ODK Central; "
            "tell the administrator.",
        ) from None
    return root


def local_name(element: Element) -> str:
    """The name without its namespace: Central ignores namespaces too."""
    return str(element.tag).rpartition("}")[2]
