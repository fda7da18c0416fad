"""Reads phone numbers by the countries' numbering plans: E.164, or the reason why not; never a guess."""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from forms.language import say

_OLD = {"CI": ("225", 8), "BJ": ("229", 8)}
"""Numbers of 8 digits from before the plans of 2021 (Côte d'Ivoire: 01, 05 or 07 by operator) and
2024 (Benin: 01). The new prefix depends on the operator then: only asking the person settles it."""

_REASONS = {
    "old": ("ancien numéro à 8 chiffres, à redemander", "old 8-digit number, ask for the new one"),
    "length": ("longueur impossible dans ce pays", "length impossible in this country"),
    "unassigned": ("plage non attribuée dans ce pays", "range not assigned in this country"),
    "country": ("pays inconnu", "unknown country"),
    "unreadable": ("illisible", "unreadable"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` in E.164, or blank and why (`old length unassigned country unreadable`)."""

    number: str
    reason: str = ""


@lru_cache(maxsize=100_000)
def read_phone(text: str, country: str) -> Phone:
    """The number as dialled in `country` (ISO code); both blank when there is none."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if not digits:
        return Phone("", "unreadable" if text.strip() else "")
    if (country or "").upper() not in phonenumbers.SUPPORTED_REGIONS and "+" not in text:
        return Phone("", "country")
    if _is_old(digits, (country or "").upper()):
        return Phone("", "old")
    try:
        parsed = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        return Phone("", "unreadable")
    if not phonenumbers.is_possible_number(parsed):
        return Phone("", "length")
    if not phonenumbers.is_valid_number(parsed):
        return Phone("", "unassigned")
    return Phone(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def explain(phone: Phone) -> str:
    """Why a number is not used, in words; blank when it is."""
    return say(*_REASONS[phone.reason]) if phone.reason else ""


def _is_old(digits: str, country: str) -> bool:
    digits = digits.removeprefix("00")
    for code, (prefix, length) in _OLD.items():
        bare = digits.removeprefix(prefix) if len(digits) == len(prefix) + length else digits
        if len(bare) == length and (country == code or bare != digits):
            return True
    return False
