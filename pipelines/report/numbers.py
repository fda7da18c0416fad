"""Numbers, days and moments as French (or English) readers write them; hidden ones as « · »."""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from pipelines.report.model import Cell

HIDDEN = "·"
NONE = "–"
_LOCALES = {"fr": "fr", "en": "en_GB"}


def show(cell: Cell, language: str) -> str:
    """What is printed for a cell: « · » where it is hidden, « – » where there is nothing to count."""
    if cell.hidden:
        return HIDDEN
    if cell.value is None:
        return NONE
    of, _, change = cell.kind.partition(" ")
    text = _amount(cell.value, of, language, signed=bool(change))
    return text


def unit(kind: str, language: str) -> str:
    """What stands behind the number."""
    if kind == "share":
        return "\u202f%" if language == "fr" else "%"
    return "\u00a0pt" if kind == "share change" else ""


def scaled(value: float, kind: str) -> float:
    """The number in the unit in which it is printed, rounded as it is printed."""
    if kind.startswith("share"):
        return round(value * 100, 1)
    return round(value, 1)


def day(value: date, language: str) -> str:
    """23 novembre 2026; the first of a month is « 1er » in French."""
    text = format_date(value, "d MMMM y", locale=_LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else text


def moment(stamp: str, language: str) -> str:
    """Day and time, in UTC, which is the time of Bamako."""
    at = datetime.fromisoformat(stamp).astimezone(UTC)
    hour = format_datetime(at, "HH:mm", tzinfo=UTC, locale=_LOCALES[language])
    return f"{day(at.date(), language)}, {hour}"


def plain(value: float, language: str) -> str:
    """1 234,5"""
    return format_decimal(value, "#,##0.#", locale=_LOCALES[language])


def _amount(value: float, kind: str, language: str, *, signed: bool) -> str:
    whole = scaled(value, kind)
    text = plain(abs(whole), language) + unit(f"{kind} change" if signed else kind, language)
    if signed and whole:
        return ("+" if whole > 0 else "−") + text
    return f"−{text}" if whole < 0 else text
