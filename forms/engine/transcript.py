"""Writes down an interview as it looks on the phone: for people who review a form, and for tests."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from random import Random
from xml.etree.ElementTree import Element
from zlib import crc32

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from forms.engine.interview import Interview
from forms.engine.javarosa import LoadedForm
from forms.engine.screen import Answer, Prompt, Screen
from forms.errors import FormError

Script = Mapping[str, str | list[str]]
"""Question name -> answer (several choices with spaces between), or answers to try one after the
other until one is accepted. A name that comes up in each row of a repeat may carry its number:
`sex[2]`."""

_LONG_LIST = 15


def transcript(form: LoadedForm, script: Script, *, language: str, at: datetime) -> str:
    """The screens in order with the answers of the script, then the submission.

    Questions the script does not answer stay blank. FormError when a required one does, or when the
    script answers a question that never comes: the script and the form have parted.
    """
    interview = form.interview(language, at=at, rng=Random(0))  # noqa: S311 - must repeat itself
    left = dict(script)
    lines = list(_screens(interview, left))
    if left:
        raise _wrong(f"jamais posées : {', '.join(left)}", f"never asked: {', '.join(left)}")
    return "\n".join([*lines, "■ →", *_leaves(fromstring(interview.finish()), ""), ""])


def _screens(interview: Interview, left: dict[str, str | list[str]]) -> Iterator[str]:
    group = ""
    while (place := interview.forward()) is not None:
        if isinstance(place, str):
            if _another_row(place, left) and interview.add_repeat():
                yield f"■ + {place}"
            continue
        if (inside := place.path.rpartition("/")[0]) != group:
            group = inside
            yield f"■ {group or '/'}"
        screen = place.screen()
        yield from _lines(screen)
        if not place.readonly:
            yield from _answers(interview, place, screen, left)
        yield ""


def _lines(screen: Screen) -> Iterator[str]:
    marks = ("*" if screen.required else "", screen.appearance or "", screen.audio or "")
    yield " ".join(filter(None, (screen.path.rpartition("/")[2], f"({screen.kind})", *marks)))
    yield f"  {screen.label or '?'}"
    if screen.hint:
        yield f"  … {screen.hint}"
    yield from _choices(list(screen.choices.items()))


def _choices(choices: list[tuple[str, str]]) -> Iterator[str]:
    """A long list is cut short, with a sum that changes when anything in it does."""
    lines = [f"    {value:<14} {label}" for value, label in choices]
    if len(lines) <= _LONG_LIST:
        yield from lines
        return
    yield from lines[:3]
    yield f"    … {len(lines)} ({crc32(repr(choices).encode()):08x}) …"
    yield lines[-1]


def _answers(
    interview: Interview, place: Prompt, screen: Screen, left: dict[str, str | list[str]]
) -> Iterator[str]:
    tries = given(place.path, left)
    answer = interview.answer_here(None) if tries is None else Answer("ok")
    for value in [tries] if isinstance(tries, str) else tries or []:
        answer = interview.answer_here(value)
        refused = "" if answer.result == "ok" else f"   ✗ {answer.message or answer.result}"
        yield f"  → {value}{refused}"
    if answer.result != "ok":
        raise _wrong(
            f"{screen.path} n'a pas de réponse acceptée ({answer.message or answer.result})",
            f"{screen.path} has no accepted answer ({answer.message or answer.result})",
        )


def given(path: str, left: dict[str, str | list[str]]) -> str | list[str] | None:
    """Take the answer for a question out of what is left of a script."""
    name = re.sub(r"\[\d+\]", "", path).rpartition("/")[2]
    row = re.search(r"\[(\d+)\]/[^\[]*$", path)
    numbered = f"{name}[{row[1]}]" if row else name
    return left.pop(numbered, None) if numbered in left else left.pop(name, None)


def _another_row(repeat: str, left: Mapping[str, object]) -> bool:
    """While the script still has numbered answers, there is another row to fill in."""
    return bool(repeat) and any(name.endswith("]") for name in left)


def _leaves(element: Element, parent: str) -> Iterator[str]:
    path = f"{parent}/{element.tag.rpartition('}')[2]}"
    if not len(element) and (element.text or element.get("dataset")):
        yield f"{path} = {element.text or dict(element.attrib)}"
    for child in element:
        yield from _leaves(child, path)


def _wrong(fr: str, en: str) -> FormError:
    return FormError(f"le scénario ne va plus avec le formulaire : {fr}.", f"script: {en}.")
