"""Converts uploaded workbooks with pyxform, as Central's own service does."""

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile

from sync.sandbox.problems import Problem


def convert_workbook(content: bytes, fallback_id: str | None) -> tuple[str, list[str]]:
    """The XForm and the warnings; 400.15 when the workbook is not valid. A workbook without form
    ID takes the fallback, which pyxform knows as the name of the file."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    with TemporaryDirectory(prefix="kafo-sandbox-") as folder:
        path = Path(folder) / f"{Path(fallback_id or 'form').name}.xlsx"
        path.write_bytes(content)
        try:
            result = convert(xlsform=path, warnings=warnings, validate=False, pretty_print=True)
        except (PyXFormError, ValueError, KeyError, BadZipFile) as error:
            text = (
                "The given XLSForm file was not valid. Please see the error details for more "
                "information."
            )
            raise Problem(400.15, text, {"error": str(error), "warnings": None}) from None
    return str(result.xform), warnings


def set_version(xml: str, version: str) -> str:
    """The same text with another version, as `publish?version=` makes it."""
    return _splice(xml, lambda _old: version)


def add_version_suffix(xml: str, suffix: str) -> str:
    """The same text with a suffix to its version, as enabling encryption makes it."""
    return _splice(xml, lambda old: old + suffix)


def add_public_key(xml: str, key: str) -> str:
    """The same text with the key that phones encrypt with."""
    found = re.search(r"<(?:\w+:)?submission\b[^>]*?(?=\s*/?>)", xml)
    if found:
        return xml[: found.end()] + f' base64RsaPublicKey="{key}"' + xml[found.end() :]
    at = re.search(r"</(?:\w+:)?model\s*>", xml)
    place = len(xml) if at is None else at.start()
    return xml[:place] + f'<submission base64RsaPublicKey="{key}"/>' + xml[place:]


def _splice(xml: str, change: Callable[[str], str]) -> str:
    """Change the version attribute of the first element in the first instance."""
    instance = re.search(
        r"<(?:\w+:)?instance\b[^>]*>\s*(?:<!--.*?-->\s*)*<[^\s/>]+", xml, re.DOTALL
    )
    if instance is None:
        return xml
    end = _tag_end(xml, instance.end())
    tag = xml[instance.end() : end]
    found = re.search(r"""(\s(?:\w+:)?version\s*=\s*)(["'])(.*?)\2""", tag, re.DOTALL)
    if found:
        inner = f"{found[1]}{found[2]}{_escaped(change(found[3]))}{found[2]}"
        tag = tag[: found.start()] + inner + tag[found.end() :]
    else:
        bare = tag.rstrip().removesuffix("/").rstrip()
        tag = f'{bare} version="{_escaped(change(""))}"{tag[len(bare) :]}'
    return xml[: instance.end()] + tag + xml[end:]


def _tag_end(xml: str, start: int) -> int:
    """Where the opening tag closes; `>` may stand inside quotes."""
    match = re.compile(r"""(?:[^"'>]|"[^"]*"|'[^']*')*""").match(xml, start)
    return start if match is None else match.end()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
