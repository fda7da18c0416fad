"""Comparing by rules alone, where no model is trained: sure evidence joins, likeness is for review.

Who bears the same card, or the same name and the same phone of their own, is one person unless
something contradicts it. On generated registers such rules stay right where weights fitted to fewer
people go wrong; they find about half of the pairs. The bits are nominal: they order the work.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from forms.fingerprint import name_key
from pipelines.identity.matcher import Reason, Scored
from pipelines.identity.phones import read_phone
from pipelines.identity.plausible import BIRTH_YEARS_APART, SEX_BITS, Ints

Said = dict[str, Any]

_RULES = {
    "card": Scored(24.0, 0.99, "same", "card"),
    "name_phone": Scored(20.0, 0.98, "same", "name_phone"),
    "card_doubt": Scored(8.0, 0.5, "review", "card_doubt"),
    "phone_doubt": Scored(7.0, 0.4, "review", "phone_doubt"),
    "name_year": Scored(6.0, 0.3, "review", "name_year"),
}
_WORDS = {
    "card": ("même carte, rien ne s’y oppose", "same card, nothing speaks against it"),
    "name_phone": ("même nom et même téléphone personnel", "same name and same phone of their own"),
    "card_doubt": ("même carte, mais une contradiction", "same card, but a contradiction"),
    "phone_doubt": (
        "même nom et même téléphone, avec un doute",
        "same name and phone, with a doubt",
    ),
    "name_year": ("même nom, même année, même pays", "same name, same year, same country"),
}


@dataclass(frozen=True, slots=True)
class SureRules:
    """A `Matcher` without training."""

    norm_version: str = "sound-1"
    model_version: str = "rules-1"
    threshold: float = 3.0
    floor: float = 0.0
    cap: int = 300

    def content(self, answers: Mapping[str, Any]) -> str:
        """Names as they sound, the phone in full, and what can contradict."""
        last, first, _ = _sounds(answers)
        phone = read_phone(answers.get("phone") or "", answers.get("phone_country") or "")
        said: Said = {
            "names": sorted((last, first)) if last and first else None,
            "year": answers.get("birth_year"),
            "sex": answers.get("sex"),
            "country": answers.get("nationality"),
            "phone": phone.number or None,
            "shared": answers.get("phone_shared") == "yes",
            "card": answers.get("card_code"),
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def keys(self, content: str) -> list[int]:
        """Card; name with phone; name with year of birth, a year more or less."""
        said: Said = json.loads(content)
        found = [f"card {said['card']}"] if said["card"] else []
        if said["names"] and said["phone"]:
            found.append(f"phone {said['names']} {said['phone']}")
        if said["names"] and said["year"]:
            found += [f"year {said['names']} {said['year'] + late}" for late in (0, 1)]
        return [_hash(key) for key in found]

    def score(
        self, contents: Sequence[str], left: Ints, right: Ints
    ) -> Iterable[tuple[int, int, Scored]]:
        """Only pairs that some rule speaks of."""
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            rule = _rule(json.loads(contents[a]), json.loads(contents[b]))
            if rule is not None:
                yield a, b, _RULES[rule]

    def reasons(self, one: str, other: str) -> list[Reason]:
        """The rule that holds, and what contradicts it."""
        said, there = json.loads(one), json.loads(other)
        rule = _rule(said, there)
        found = [] if rule is None else [Reason("", _RULES[rule].weight, *_WORDS[rule])]
        return found + [Reason(name, None, *_AGAINST[name]) for name in _against(said, there)]


def _rule(one: Said, other: Said) -> str | None:
    names = one["names"] is not None and one["names"] == other["names"]
    phone = one["phone"] is not None and one["phone"] == other["phone"]
    doubt = bool(_against(one, other))
    if one["card"] and one["card"] == other["card"]:
        return "card_doubt" if doubt else "card"
    if names and phone:
        shared = one["shared"] or other["shared"]
        return "phone_doubt" if doubt or shared else "name_phone"
    years = one["year"] and other["year"] and abs(one["year"] - other["year"]) <= 1
    if names and years and not doubt and one["country"] == other["country"]:
        return "name_year"
    return None


_AGAINST = {
    "sex": ("le sexe diffère", "the sex differs"),
    "birth_year": ("plus de dix ans d’écart", "more than ten years apart"),
    "first_names": ("les noms diffèrent nettement", "the names clearly differ"),
}


def _against(one: Said, other: Said) -> list[str]:
    """Fields that contradict one person; names guard families, who share cards and phones."""
    found = []
    sexes = SEX_BITS.get(one["sex"] or "", 0) | SEX_BITS.get(other["sex"] or "", 0)
    if sexes == sum(SEX_BITS.values()):
        found.append("sex")
    if one["year"] and other["year"] and abs(one["year"] - other["year"]) > BIRTH_YEARS_APART:
        found.append("birth_year")
    if one["names"] and other["names"] and one["names"] != other["names"]:
        found.append("first_names")
    return found


def _sounds(answers: Mapping[str, Any]) -> tuple[str, str, str]:
    """Last and first name as they sound, and the year."""
    key = name_key(answers.get("last_name") or "", answers.get("first_names") or "", "0")
    last, _, rest = key.partition(".")
    first, _, year = rest.partition(".")
    return last, first, year


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
