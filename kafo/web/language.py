"""The two languages of the pages: texts from catalogues, numbers and times as people write them.

French stands in the code and the templates; `locale/en.po` holds the English, read at start.
Times are shown in UTC, which is the time of Bamako all year.
"""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from forms.errors import KafoError

CODES = ("fr", "en")
_CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """One of them; every text a page shows goes through it."""

    code: str
    locale: Locale
    translations: NullTranslations

    def text(self, message: str, /, **values: object) -> str:
        """The French `message` in this language; `{name}` in it stands for a value."""
        found = str(self.translations.gettext(message)) if message else ""
        return found.format(**values) if values else found

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Singular or plural; `{n}` is the number. In French nought is singular."""
        if self.code == "fr":
            found = one if abs(n) < 2 else many
        else:
            found = str(self.translations.ngettext(one, many, n))
        return found.format(n=self.number(n), **values)

    def of(self, fr: str, en: str) -> str:
        """One of two texts that stand side by side in data."""
        return en if self.code == "en" else fr

    def error(self, problem: KafoError) -> str:
        """A problem in this language."""
        return self.of(problem.fr, problem.en)

    def number(self, value: float | None) -> str:
        """12 345,6"""
        return "–" if value is None else format_decimal(value, locale=self.locale)

    def percent(self, value: float | None) -> str:
        """0.12 → 12 %"""
        return "–" if value is None else format_percent(value, locale=self.locale)

    def moment(self, stamp: str | None) -> str:
        """A stamp of the warehouse as day and time."""
        if not stamp:
            return "–"
        at = datetime.fromisoformat(stamp).astimezone(UTC)
        return format_datetime(at, "d MMM y, HH:mm", tzinfo=UTC, locale=self.locale)

    def time(self, stamp: str | None) -> str:
        """A stamp's time of day."""
        return "–" if not stamp else f"{datetime.fromisoformat(stamp).astimezone(UTC):%H:%M}"

    def day(self, value: str | date | None) -> str:
        """A calendar day."""
        if not value:
            return "–"
        found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(found, "d MMM y", locale=self.locale)

    def ago(self, seconds: float | None) -> str:
        """How long ago, in the largest unit."""
        if seconds is None:
            return self.text("jamais")
        passed = timedelta(seconds=-seconds)
        return format_timedelta(passed, add_direction=True, threshold=1.5, locale=self.locale)

    def duration(self, seconds: float | None) -> str:
        """How long, in the largest unit."""
        if seconds is None:
            return "–"
        if seconds < 10:
            return f"{self.number(round(seconds, 1))} s"
        return format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=self.locale)

    def period(self, kind: str, start: str) -> str:
        """A month, quarter or year by its first day."""
        if not start:
            return ""
        first = date.fromisoformat(start[:10])
        if kind == "year":
            return str(first.year)
        if kind == "quarter":
            return f"{self.of('T', 'Q')}{(first.month + 2) // 3} {first.year}"
        return format_date(first, "MMM y", locale=self.locale)

    def figure(self, kind: str, value: float) -> str:
        """An indicator's value as its kind is read."""
        if kind == "share":
            return format_percent(
                value, "#,##0.#%" if self.code == "en" else "#,##0.# %", locale=self.locale
            )
        return self.number(round(value, 1) if value % 1 else int(value))

    def change(self, kind: str, now: float, before: float) -> str:
        """From one period to the next: in points for shares, else in per cent."""
        if kind == "share":
            return f"{'+' if now >= before else '−'}{self.number(round(abs(now - before) * 100, 1))} pt"
        if not before:
            return "–"
        passed = (now - before) / before
        return f"{'+' if passed >= 0 else '−'}{self.percent(abs(passed))}"

    def size(self, octets: float | None) -> str:
        """Bytes as kB or MB (ko and Mo in French)."""
        if octets is None:
            return "–"
        for unit, size in ((self.of("Mo", "MB"), 1e6), (self.of("ko", "kB"), 1e3)):
            if octets >= size:
                return f"{self.number(round(octets / size, 1))} {unit}"
        return f"{self.number(octets)} {self.of('octets', 'bytes')}"


@cache
def language(code: str) -> Language:
    """`en` is English; anything else is French."""
    if code != "en":
        return Language("fr", Locale("fr"), NullTranslations())
    with (_CATALOGUES / "en.po").open(encoding="utf-8") as file:
        catalogue = read_po(file, locale="en")
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return Language("en", Locale("en", "GB"), Translations(binary))
