"""What a monkey answers: everything a form offers in turn, and the values around its own limits."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from forms.engine.guess import guess
from forms.engine.screen import SELECTS, Prompt, Said
from forms.engine.string_of import string_of

_MET_BEFORE = 0.3
_SAYS_THE_SAME = 0.85

_EXPRESSION = re.compile(r"""\b(?:constraint|relevant|calculate|required|predicate)=("[^"]*")""")
_NUMBER = re.compile(r"(?<![\w.'])\d{1,6}(?![\w.'])")
_LITERAL = re.compile(r"'([^'<>&]{1,40})'")
_REGEX = re.compile(r"regex\s*\(\s*\.\s*,\s*'([^']+)'\s*\)")
_BIND = re.compile(r"<bind\b[^>]*>")
_NODESET = re.compile(r'nodeset="/[^/"]+([^"]+)"')


class Answers:
    """The answers of one trial. Limits come from the form's expressions: 17, 18 and 19 are worth
    trying where a form speaks of 18."""

    def __init__(self, xform: str, rng: Random, now: datetime) -> None:
        self._rng, self._now = rng, now
        expressions = " ".join(_EXPRESSION.findall(xform))
        limits = {int(text) for text in _NUMBER.findall(expressions)}
        self._numbers = sorted({n + step for n in limits for step in (-1, 0, 1)} | {0, 1, 2, 3, 10})
        self._years = [now.year - age for age in range(0, 60)]
        literals = _LITERAL.findall(expressions.replace("&apos;", "'"))
        self._words = sorted({*literals, *" ".join(literals).split()})
        self._patterns = dict(_patterns(xform))
        self._used: Counter[tuple[str, str]] = Counter()
        self._twin: dict[str, Said] = {}

    def begin(self, met: Sequence[dict[str, Said]]) -> None:
        """Another interview: sometimes with somebody met before, who says mostly the same."""
        again = met and self._rng.random() < _MET_BEFORE
        self._twin = self._rng.choice(met) if again else {}

    def to(self, prompt: Prompt, field: str, attempt: int) -> Said:
        """An answer to try; another one at each attempt."""
        if attempt == 0 and field in self._twin and self._rng.random() < _SAYS_THE_SAME:
            return self._twin[field]
        if prompt.kind in SELECTS:
            return self._choice(prompt, field)
        if prompt.kind in ("integer", "decimal", "range"):
            return str(self._rng.choice(self._rng.choice((self._numbers, self._years, [attempt]))))
        if prompt.kind == "date" and self._rng.random() < 0.5:
            return (self._now + timedelta(days=self._rng.randint(-400, 40))).date().isoformat()
        if prompt.kind == "text" and self._rng.random() < 0.8:
            return self._word(field)
        return guess(prompt, self._now, self._rng)

    def _choice(self, prompt: Prompt, field: str) -> Said:
        """The least used first, so that no answer is left out; those that the form speaks of
        elsewhere more often, because something depends on them."""
        if not prompt.values:
            return None
        told = [value for value in prompt.values if value in self._words]
        pool = told if told and self._rng.random() < 0.5 else prompt.values
        shuffled = self._rng.sample(pool, len(pool))
        wanted = sorted(shuffled, key=lambda value: self._used[(field, value)])
        if prompt.kind == "rank":
            return self._rng.sample(prompt.values, len(prompt.values))
        many = prompt.kind == "select_multiple" and self._rng.random() < 0.6
        chosen = wanted[: self._rng.randint(2, 3)] if many else wanted[:1]
        self._used.update((field, value) for value in chosen)
        return chosen if prompt.kind == "select_multiple" else chosen[0]

    def _word(self, field: str) -> str:
        if pattern := self._patterns.get(field):
            return string_of(pattern, self._rng)
        words: list[str] = [*self._words, "Awa", "N'Diaye", "Ouédraogo"]
        return self._rng.choice(words)


def _patterns(xform: str) -> Iterator[tuple[str, str]]:
    """The question's path -> the pattern its text must have."""
    for bind in _BIND.findall(xform):
        path, pattern = _NODESET.search(bind), _REGEX.search(bind.replace("&apos;", "'"))
        if path and pattern:
            yield path[1], pattern[1]
