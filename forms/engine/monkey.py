"""Tries a form with random interviews on Collect's engine and tells what no linter can.

Questions that can never be reached, lists that are empty, required questions nobody can answer,
texts that are missing in a language, forms that cannot be finished or that stop Collect.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from random import Random
from typing import Literal

from forms.engine import Interview, LoadedForm, Prompt, load
from forms.engine.entities import lists_after
from forms.engine.monkey_answers import Answers
from forms.engine.screen import Said
from forms.errors import FormError
from forms.language import say

Kind = Literal[
    "missing_media", "stops", "cannot_finish", "dead_end", "never_reached", "always_empty",
    "never_accepted", "no_text", "strange_text",
]  # fmt: skip

_CONTROL = re.compile(
    r"<(?:\w+:)?(?:input|select1?|upload|range|trigger|rank)\b[^>]*?\bref=[\"']/[^/\"']+([^\"']+)[\"']"
)
_ROUNDS = 4
_TRIES = 40
_MANY_SCREENS = 600
_TEXTS_READ = 3
"""Texts of one screen are read this often in each language: texts with answers in them vary."""

_BLANK = 0.1
_TEXTS = {
    "missing_media": ("la liste n'est pas jointe", "the list is not attached"),
    "stops": ("Collect s'arrêterait", "Collect would stop"),
    "cannot_finish": ("aucun entretien n'a pu finir", "no interview could be finished"),
    "dead_end": ("réponse obligatoire, mais la liste est vide", "required, but the list is empty"),
    "never_reached": ("jamais posée", "never asked"),
    "always_empty": ("liste toujours vide", "list always empty"),
    "never_accepted": ("aucune réponse n'est acceptée", "no answer is accepted"),
    "no_text": ("texte absent", "text missing"),
    "strange_text": ("texte étrange", "strange text"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a form; `path` and `language` where they say something."""

    kind: Kind
    path: str = ""
    language: str = ""
    detail: str = ""

    def __str__(self) -> str:
        parts = (self.path, self.language, say(*_TEXTS[self.kind]), self.detail)
        return " : ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Report:
    """What came out: interviews begun and finished in all languages, findings, and how often each
    question was shown."""

    form_id: str
    interviews: int
    finished: int
    findings: tuple[Finding, ...]
    shown: Mapping[str, int]


def try_form(
    xform: str,
    media: Mapping[str, bytes],
    *,
    interviews: int = 60,
    seed: int = 0,
    at: datetime | None = None,
) -> Report:
    """Hold that many random interviews in each language; FormError when the form cannot be loaded.

    Where a question has not come up, as many again up to three times, on phones that now know the
    entities that the interviews before created.

    The same seed and time (`at`, else the present) give the same report.
    """
    form = load(xform, {**lists_after(xform, ()), **media})
    trials = [
        _Trial(form, language, Random(f"{seed}/{language}"), at)  # noqa: S311 - no secret
        for language in form.languages or (None,)
    ]
    asked = list(dict.fromkeys(_CONTROL.findall(xform)))
    shown = Counter[str]()
    for _ in range(_ROUNDS):
        for trial in trials:
            shown.update(trial.hold(form, interviews))
        if all(shown[path] for path in asked):
            break
        known = lists_after(xform, chain.from_iterable(trial.submissions for trial in trials))
        form = load(xform, {**known, **media}) if known else form
    general = [Finding("missing_media", detail=name) for name in form.missing_media]
    findings = [*general, *chain.from_iterable(trial.findings() for trial in trials)]
    never = [path for path in asked if not shown[path]]
    return Report(
        form_id=form.form_id,
        interviews=sum(trial.held for trial in trials),
        finished=sum(len(trial.submissions) for trial in trials),
        findings=(*findings, *(Finding("never_reached", path) for path in never)),
        shown=shown,
    )


class _Trial:
    """Interviews in one language, and what was seen in them."""

    def __init__(
        self, form: LoadedForm, language: str | None, rng: Random, at: datetime | None
    ) -> None:
        self._form, self._language, self._rng, self._at = form, language, rng, at
        now = at or form.interview(language).phone.now()
        self._answers = Answers(form.xform, rng, now)
        self.shown: Counter[str] = Counter()
        self.held = 0
        self.submissions: list[str] = []
        self._met: list[dict[str, Said]] = []
        self._accepted: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._lists: dict[str, bool] = {}
        self._found: dict[Finding, None] = {}

    def hold(self, form: LoadedForm, interviews: int) -> Counter[str]:
        """Some more interviews; how often each question was shown in them."""
        self._form, before = form, Counter(self.shown)
        for _ in range(interviews):
            self._hold_one()
        return self.shown - before

    def _hold_one(self) -> None:
        """One interview, as far as it goes."""
        interview = self._form.interview(self._language, at=self._at, rng=self._rng)
        self.held += 1
        self._answers.begin(self._met)
        said: dict[str, Said] = {}
        try:
            if self._walk(interview, said):
                self.submissions.append(interview.finish())
                self._met.append(said)
        except FormError as error:
            self._note("stops", error.question or "", say(error.fr, error.en))

    def findings(self) -> Iterator[Finding]:
        """What was wrong, once each."""
        yield from self._found
        language = self._language or ""
        for field, ever in self._lists.items():
            if not ever:
                yield Finding("always_empty", field, language)
        for field in self._refused:
            if not self._accepted[field]:
                yield Finding("never_accepted", field, language)
        if self.held and not self.submissions:
            yield Finding("cannot_finish", language=language)

    def _walk(self, interview: Interview, said: dict[str, Said]) -> bool:
        """False when a required question keeps the interview from going on."""
        rows: Counter[str] = Counter()
        for _ in range(_MANY_SCREENS):
            place = interview.forward()
            if place is None:
                return True
            if isinstance(place, str):
                rows[place] += 1
                if rows[place] < 3 and self._rng.random() < 0.5:
                    interview.add_repeat()
            elif not self._see(interview, place, said):
                return False
        return True

    def _see(self, interview: Interview, prompt: Prompt, said: dict[str, Said]) -> bool:
        field = re.sub(r"\[\d+\]", "", prompt.path)
        self.shown[field] += 1
        if self.shown[field] <= _TEXTS_READ:
            self._read(prompt, field)
        if prompt.readonly:
            return True
        if prompt.kind in ("select_one", "select_multiple", "rank"):
            self._lists[field] = self._lists.get(field, False) or bool(prompt.values)
            if not prompt.values:
                if prompt.required:
                    self._note("dead_end", field)
                return not prompt.required
        if not prompt.required and self._rng.random() < _BLANK:
            return True
        said[field] = self._answer(interview, prompt, field)
        return bool(said[field]) or not prompt.required

    def _answer(self, interview: Interview, prompt: Prompt, field: str) -> Said:
        """The answer that was accepted, None if none was."""
        for attempt in range(_TRIES):
            said = self._answers.to(prompt, field, attempt)
            if said and interview.answer_here(said).result == "ok":
                self._accepted[field] += 1
                return said
        self._refused[field] += 1
        return None

    def _read(self, prompt: Prompt, field: str) -> None:
        screen = prompt.screen()
        texts = {"": screen.label or ""} | {f"[{k}]": v for k, v in screen.choices.items()}
        for place, text in texts.items():
            if text.strip() in ("", "-"):
                self._note("no_text", field + place)
            elif re.search(r"\b(NaN|Infinity|\$\{)", text):
                self._note("strange_text", field + place, text)

    def _note(self, kind: Kind, path: str, detail: str = "") -> None:
        self._found[Finding(kind, path, self._language or "", detail)] = None
