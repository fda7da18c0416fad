"""Reads West African names however they were written, so that one name has one form.

Rules first (French, English and local spellings of the same sounds), then the table of
equivalences, to which a deployment adds its own. Idempotent, and total over any Unicode.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path

EQUIVALENCES = Path(__file__).with_name("equivalences.csv")

_LETTERS = str.maketrans({
    "ɛ": "e", "ɔ": "o", "ɲ": "ny", "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƴ": "y", "œ": "e", "æ": "e",
    "ø": "o", "ı": "i", "'": "", "’": "", "ʼ": "", "‘": "", "`": "", "´": "", "ʻ": "",
})  # fmt: skip
"""Bambara and Fula letters; apostrophes, which come and go (N'Diaye, Ndiaye)."""

_SAID_BEFORE = (
    "el al hadj hadji hadja adja elhadj elhadji alhaji alhadji alhagie hajia haji hajj mr mme mlle "
    "monsieur madame mademoiselle dr docteur imam maitre feu oustaz capitaine mrs miss"
)
TITLES = frozenset(_SAID_BEFORE.split())
"""Left out unless nothing else is there."""
_PARTICLES = frozenset(("ould", "mint", "ag", "walet", "ben", "bint"))
"""« Son of », « daughter of » in Moorish and Tuareg names: written or not."""
_ALIAS = frozenset(("dit", "dite", "alias"))

_RULES = tuple(
    (re.compile(pattern), become)
    for pattern, become in (
        ("^(?:abd|abdou|abdu)(?:l|r|rr)?(?=rahm|raman)", "abd"),
        ("ph", "f"), ("sch|sh", "s"), ("^(?:dj|di(?=[aeou])|gi(?=[aou])|dy)", "j"),
        ("dj|dy", "j"), ("di(?=[aeou])", "j"),
        ("^(n)(?:di|j)a(?:ye?|i)$", r"\1je"),
        ("t[hy](?=i?[aeou])|ti(?=[aeou])|tch|^th(?=i)", "ti"), ("ti(?=[aeou])|ch", "c"),
        ("ci(?=[aou])", "c"), ("^c(?=[ei])", "s"), ("c(?=[ei])", "s"),
        ("h", ""), ("gn", "ny"), ("gu(?=[ei])", "g"), ("qu?", "k"), ("c(?=[^aou]|$)", "k"),
        ("c", "k"), ("x", "k"), ("z", "s"), ("v", "b"),
        ("oo|ou|uu", "u"), ("^(?:u|w)(?=[aei])", "w"), ("ee|ie", "i"), ("ii", "i"),
        ("(?:aye|ai|ay|ei|ey)", "e"), ("aw(?=$|[^aeiou])", "o"), ("ow(?=$|[^aeiou])", "o"),
        ("y(?=[^aeiou]|$)", "i"), ("(?<=[aeiou])y(?=i)", ""), ("([aeiou])w(?=[^aeiou])", r"\1"),
        (r"(.)\1+", r"\1"), ("(?<=[aeiou][lmnsr][aeiou]n)e$", ""), ("(?<=[aeiou])mb", "mb"),
    )
)  # fmt: skip
"""Sounds that are written in several ways, in order: dj, di+vowel, j, dy are one; so are ou, oo and
u; w and ou before a vowel; ay, ai, ey and é at the end; k, c, q, x (Wolof); s, z, and soft c."""


Equivalence = tuple[str, str, str]
"""`last` or `first`, a spelling, and the name that it stands for."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared; `other` are the further first names, in order of spelling."""

    last: str
    first: str
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Words (as `spelling` gives them) → the form they are compared in, per field, and their field."""

    last: Mapping[str, str]
    first: Mapping[str, str]
    known_last: frozenset[str]
    """Words that are last names and no first names."""
    known_first: frozenset[str]
    version: str
    """Changes with any of the files."""


def fold(text: str) -> list[str]:
    """The words of a text in small letters without accents; `n diaye` is one word."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).casefold()
    plain = plain.translate(_LETTERS)
    letters = "".join(
        sign if sign.isalpha() else " " for sign in plain if not unicodedata.combining(sign)
    )
    words: list[str] = []
    for word in letters.split():
        if words and words[-1] in ("n", "m", "d") and len(word) > 1:
            words[-1] += word
        else:
            words.append(word)
    return words


@lru_cache(maxsize=200_000)
def spelling(word: str) -> str:
    """A folded word with one sign per sound, however often it is applied."""
    for _ in range(12):
        before = word
        for pattern, become in _RULES:
            word = pattern.sub(become, word) or word
        if word == before:
            break
    else:
        word = before
    return word


@lru_cache(maxsize=200_000)
def sound_key(word: str) -> str:
    """The consonants as heard, and whether a vowel begins; alike for more than are the same name."""
    if not word:
        return ""
    head = "a" if word[0] in "aeiou" else ""
    bare = re.sub("[aeiouyw]", "", word)
    return head + re.sub(r"(.)\1+", r"\1", bare.replace("d", "t").replace("g", "k")) or word[:2]


def read_table(additions: Iterable[Equivalence] = ()) -> Table:
    """The shipped equivalences and the deployment's own, which go first."""
    return _build(tuple(additions))


@cache
def shipped_equivalences() -> tuple[Equivalence, ...]:
    """What the project brings, with its sources in the file."""
    with EQUIVALENCES.open(encoding="utf-8", newline="") as lines:
        return tuple((row["kind"], row["variant"], row["name"]) for row in csv.DictReader(lines))


@lru_cache(maxsize=8)
def _build(additions: tuple[Equivalence, ...]) -> Table:
    fields: dict[str, dict[str, str]] = {"last": {}, "first": {}}
    for kind, variant, name in (*additions, *shipped_equivalences()):
        names = fields[kind]
        head = _word(name)
        names.setdefault(_word(variant), names.get(head, head))
    for names in fields.values():
        for variant in names:
            names[variant] = _end(names, variant)
    last, first = frozenset(fields["last"]), frozenset(fields["first"])
    said = EQUIVALENCES.read_bytes() + repr(additions).encode() * bool(additions)
    version = blake2b(said, digest_size=4).hexdigest()
    return Table(fields["last"], fields["first"], last - first, first - last, version)


def _end(names: Mapping[str, str], word: str) -> str:
    """Follow equivalences to the form that stands for itself, or the smallest in a circle."""
    seen = [word]
    while (following := names.get(seen[-1], seen[-1])) not in seen:
        seen.append(following)
    return following if following == seen[-1] else min(seen[seen.index(following) :])


def _word(text: str) -> str:
    return spelling("".join(fold(text)))


@lru_cache(maxsize=200_000)
def read_name(last_name: str, first_names: str, table: Table | None = None) -> Name:
    """Both fields as they are compared: titles dropped, fields put right, spellings made one."""
    table = table or read_table()
    name = _read(last_name, first_names, table)
    # Dropping one thing can lay bare another: read until nothing changes.
    for _ in range(6):
        before = name
        name = _read(name.last, " ".join((name.first, *name.other)), table)
        if name == before:
            break
    return name


def _read(last_name: str, first_names: str, table: Table) -> Name:
    last, first = _right_way([*_words(last_name)], [*_words(first_names)], table)
    family = " ".join(_mapped(last, table.last))
    given = [*dict.fromkeys(_mapped(first, table.first))]
    return Name(family, given[0] if given else "", tuple(sorted(given[1:])))


@lru_cache(maxsize=200_000)
def _words(text: str) -> tuple[str, ...]:
    """The words of one field without titles, particles and what follows « dit »."""
    words = fold(text)
    for at, word in enumerate(words):
        if word in _ALIAS and at:
            words = words[:at]
            break
    kept = [w for w in words if w not in TITLES and w not in _PARTICLES]
    return tuple(spelling(w) for w in (kept or words))


def _right_way(last: list[str], first: list[str], table: Table) -> tuple[list[str], list[str]]:
    """Swap fields that were swapped, part what stands in one field."""
    if not last or not first:
        every = last or first
        family = [w for w in every if w in table.known_last]
        if len(every) > 1 and family:
            return [family[-1]], [w for w in every if w != family[-1]]
        if len(every) > 1:
            return ([every[0]], every[1:]) if not first else ([every[-1]], every[:-1])
        return last, first
    wrong = all(w in table.known_first for w in last)
    if wrong and any(w in table.known_last for w in first):
        return [w for w in first if w in table.known_last], [
            *(w for w in first if w not in table.known_last),
            *last,
        ]
    if len(last) > 1:
        return _without_first_names(last, first, table)
    if len(first) > 1 and (rest := [w for w in first if w not in last]):
        return last, rest
    return last, first


def _without_first_names(
    last: list[str], first: list[str], table: Table
) -> tuple[list[str], list[str]]:
    """A last name of several words keeps the last names among them, when there are any."""
    family = [w for w in last if w in table.known_last]
    if family and len(family) < len(last):
        moved = [w for w in last if w not in family and w not in first]
        return family, [*(w for w in first if w not in family or len(first) == 1), *moved]
    return last, first


def _mapped(words: list[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(word, word) for word in words]
