"""Collect's engine and the engine of Web Forms hold the same interviews with the same outcome."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from forms.compiler import CompiledForm, compile_form, form_ids
from forms.engine import LoadedForm, load
from forms.engine.entities import lists_after
from forms.engine.monkey_answers import Answers

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
INTERVIEWS = 10
"""In each round: the second is held on phones that know whom the first one met."""

Nodes = Callable[[str], list[Any]]


@dataclass(slots=True)
class Walk:
    """A random interview on Collect's engine: every step, and what the engine said to it."""

    steps: list[Any] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    xml: str | None = None
    """The submission; None where a dead end kept the interview from finishing."""


def walk(form: LoadedForm, language: str, answers: Answers, rng: Random) -> Walk:
    interview, done = form.interview(language, at=AT, rng=rng), Walk()
    while (place := interview.forward()) is not None:
        if isinstance(place, str):
            if rng.random() < 0.5 and len(done.steps) < 60 and interview.add_repeat():
                done.steps.append({"add": place})
                done.said.append(True)
            continue
        done.shown.add(place.path)
        for attempt in range(0 if place.readonly else 40):
            value = answers.to(place, place.path, attempt)
            taken = interview.answer_here(value)
            if taken.result not in ("ok", "required", "constraint"):
                continue
            said = {"result": taken.result}
            done.steps.append([place.path, value])
            done.said.append(said | ({"message": taken.message} if taken.message else {}))
            if taken.result == "ok":
                done.kept[place.path] = value
                break
        else:
            if place.required:
                return done
            if (
                not place.readonly
            ):  # Collect has kept none of the refused answers, Web Forms the last
                interview.answer_here(None)
                done.steps.append([place.path, None])
                done.said.append({"result": "ok"})
    done.xml = interview.finish()
    return done


def hold_on_both(
    form: LoadedForm, compiled: CompiledForm, answers: Answers, web: Any, nodes: Nodes, seed: int
) -> list[Walk]:
    rng = Random(seed)
    known = web.load(form.xform, form.media, at=AT)
    assert known == {"missing": [], "languages": list(form.languages)}
    walks: list[Walk] = []
    for number in range(INTERVIEWS):
        language = form.languages[number % len(form.languages)]
        answers.begin([one.kept for one in walks])
        done = walk(form, language, answers, rng)
        web.call("open", language=language)
        assert web.call("replay", steps=done.steps) == done.said
        if done.xml is None:
            continue
        finished = web.call("finish")
        assert finished["violations"] == []
        assert nodes(finished["xml"]) == nodes(done.xml)
        walks.append(done)
    return walks


@pytest.mark.parametrize("form_id", form_ids())
def test_both_engines_take_the_same_answers_and_write_the_same_submission(
    form_id: str, web: Any, nodes: Nodes
) -> None:
    compiled = compile_form(form_id)
    answers = Answers(compiled.xform, Random(5), AT)
    empty = lists_after(compiled.xform, ())
    media = {"cards.csv": b"name,label\n", **empty, **compiled.media}
    walks = hold_on_both(load(compiled.xform, media), compiled, answers, web, nodes, 6)
    assert len(walks) >= INTERVIEWS / 2
    if empty:
        known = lists_after(compiled.xform, [one.xml or "" for one in walks])
        form = load(compiled.xform, {**media, **known})
        again = hold_on_both(form, compiled, answers, web, nodes, 6)
        assert {"/known/is_new"} <= set().union(*(one.shown for one in again))


@pytest.mark.parametrize("form_id", form_ids())
def test_both_engines_show_the_same_texts(form_id: str, web: Any) -> None:
    compiled = compile_form(form_id)
    form = load(compiled.xform, {"cards.csv": b"name,label\n", **compiled.media})
    web.load(form.xform, form.media, at=AT)
    for language in form.languages:
        interview = form.interview(language, at=AT)
        web.call("open", language=language)
        ours = [
            (s.path, plain(s.label), plain(s.hint), s.required, s.readonly, dict(s.choices))
            for s in interview.screens()
            if s.event == "question"
        ]
        theirs = [
            (
                s["path"],
                plain(s["label"]),
                plain(s["hint"]),
                s["required"],
                s["readonly"],
                s["choices"],
            )
            for s in web.call("screens")
        ]
        assert ours == theirs


def plain(text: str | None) -> str | None:
    """Without the codes that each engine draws and the spaces that no screen shows."""
    return re.sub(r"\b[A-Z]-[0-9A-F]{8}\b", "CODE", text.strip()) if text else text
