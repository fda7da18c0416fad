"""Fingerprints of names and phones: what phones know of people they have not met.

Phones compute the same in XPath (`identification.yaml`); here the warehouse does, for the entity
list that all phones get. A name is reduced to how it sounds, so that Diallo, Dialo and Jallow,
or Cissé and Sissé, come out the same; then hashed with the deployment's salt and cut to
24 bits, so that a fingerprint fits many names and proves none.
"""

import hashlib
import re
from collections.abc import Mapping

_FOLDED = {
    "a": "àâäáãåAÀÂÄÁÃÅ", "b": "ɓBƁ", "c": "çCÇ", "d": "ɗDƊ", "e": "éèêëɛœEÉÈÊËƐŒ", "f": "F",
    "g": "G", "i": "ìîïíIÌÎÏÍ", "j": "J", "k": "qKQ", "l": "L", "m": "M", "n": "ñɲŋNÑƝŊ",
    "o": "òôöóõɔOÒÔÖÓÕƆ", "p": "P", "r": "R", "s": "zSZ", "t": "T", "u": "ùûüúUÙÛÜÚ", "v": "V",
    "w": "W", "x": "X", "y": "ýÿƴYÝŸƳ", " ": "-‑–",
}  # fmt: skip
"""Letter -> the signs written for it: capitals, accents, Bambara and Fula letters, like sounds."""

LETTERS_FROM = "".join(_FOLDED.values())
LETTERS_TO = "".join(letter * len(signs) for letter, signs in _FOLDED.items())
LETTERS_KEPT = "abcdefgijklmnopqrstuvwxyz "
"""All else is left out: h, heard in none of the languages here; apostrophes, which come and go and
of which pyxform writes only the straight one; other scripts, which the forms do not use."""
SOUNDS_FROM, SOUNDS_TO = "ceyjiowu ", "kaaaauuu"
"""What is heard: c as k; e i y j as a, o ou w as u, for spelling wavers there; no spaces."""
LONGEST = 12
"""Letters of a name that count, before doubled ones are made one."""
PHONE_DIGITS = 8
"""The last digits of a phone number: the whole number in Mali, and none of them a prefix."""

PLACEHOLDERS = {
    "@LETTERS_FROM@": LETTERS_FROM,
    "@LETTERS_TO@": LETTERS_TO,
    "@LETTERS_KEPT@": LETTERS_KEPT,
    "@SOUNDS_FROM@": SOUNDS_FROM,
    "@SOUNDS_TO@": SOUNDS_TO,
}
"""What the compiler puts into the XPath of the forms, so that both sides have one table."""


def name_key(last_name: str, first_names: str, birth_year: int | str) -> str:
    """`last.first.year` as it sounds; blank when a name is. Of the first names the first counts."""
    last = sound(_plain(last_name))
    first = sound(_plain(first_names).partition(" ")[0])
    return f"{last}.{first}.{birth_year}" if last and first and str(birth_year) else ""


def phone_key(phone: str) -> str:
    """The last digits of a number, without prefix and spaces; blank when there are too few."""
    digits = re.sub(r"[^0-9]", "", phone)
    return digits[-PHONE_DIGITS:] if len(digits) >= 7 else ""


def fingerprint(salt: str, key: str) -> str:
    """The first 24 bits of SHA-256 over salt and key, as 6 hexadecimal signs; blank for no key."""
    return hashlib.sha256(f"{salt}|{key}".encode()).hexdigest()[:6] if key else ""


def card_properties(salt: str, person: Mapping[str, str]) -> dict[str, str]:
    """What the entity of a card says on every phone, from the answers of an identification.

    Needs `card_code last_name first_names birth_year phone cercle`; a phone may be blank.
    """
    name = name_key(person["last_name"], person["first_names"], person["birth_year"])
    return {
        "name_fp": fingerprint(salt, name),
        "phone_fp": fingerprint(salt, phone_key(person.get("phone") or "")),
        "cercle": person["cercle"],
        "last4": person["card_code"][-4:],
    }


def sound(name: str) -> str:
    """A plain name as it sounds, no sound twice in a row."""
    # Cissé and Sissé, but Camara and Kamara; Jallow and Diallo.
    first = "s" if re.match("c[ei]", name) else "d" if name.startswith("j") else name[:1]
    heard = (first + name[1:]).translate(_table(SOUNDS_FROM, SOUNDS_TO))
    return re.sub(r"(.)\1+", r"\1", heard[:LONGEST])


def _plain(name: str) -> str:
    """Small letters without accents, one space between words."""
    folded = name.translate(_table(LETTERS_FROM, LETTERS_TO))
    return " ".join(re.sub(f"[^{LETTERS_KEPT}]", "", folded).split())


def _table(signs: str, become: str) -> dict[int, str | None]:
    """What XPath's translate() does: a sign without counterpart is left out."""
    return {ord(sign): become[at] if at < len(become) else None for at, sign in enumerate(signs)}
