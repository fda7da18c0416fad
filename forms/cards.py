"""Card codes: ten digits that link a person's records without a name, each given out once.

Eight random digits (the first is not 0), then the two check digits of ISO 7064 MOD 97-10, so that
the whole number mod 97 is 1: the same rule as the constraint of the card question in the forms.
97 is prime and larger than 9, hence every single wrong digit and every swap of two neighbours is
refused; about one in a hundred other mistakes passes.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import SystemRandom

from forms.errors import KafoError

_SHAPE = re.compile(r"[1-9][0-9]{9}", re.ASCII)

# What has been given out stays given out: the ledger itself refuses to forget.
_LEDGER = """
create table if not exists issued_card (
  code text primary key, batch text not null, issued_at text not null
) without rowid;
create trigger if not exists issued_card_is_kept before delete on issued_card
  begin select raise(abort, 'issued cards are never removed'); end;
create trigger if not exists issued_card_is_fixed before update on issued_card
  begin select raise(abort, 'issued cards are never changed'); end;
"""


def with_check_digits(eight: str) -> str:
    """The ten-digit code that begins with these eight digits."""
    return f"{eight}{98 - int(eight) * 100 % 97:02d}"


def is_card_code(text: str) -> bool:
    """Whether the forms would accept this text as a card code (grouping spaces are not)."""
    return _SHAPE.fullmatch(text) is not None and int(text) % 97 == 1


def grouped(code: str) -> str:
    """The code as people read it aloud, in pairs like a telephone number: `48 32 91 75 64`."""
    return " ".join(code[at : at + 2] for at in range(0, len(code), 2))


def issue_codes(
    ledger: Path, count: int, *, batch: str, now: datetime, rng: Random | None = None
) -> tuple[str, ...]:
    """Draw `count` codes that the ledger has never held and record them there, all or none.

    The ledger is an SQLite file: two people printing at once wait for each other, and a crash
    leaves either the whole batch or nothing. Codes are recorded before they are returned, so a
    batch lost on the way to the printer is never given out again.
    """
    if count < 1:
        raise KafoError(
            "Demandez au moins une carte (--count).", "Ask for at least one card (--count)."
        )
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    try:
        with closing(_open(ledger)) as book:
            book.execute("begin immediate")
            codes = _draw(book, count, rng or SystemRandom())
            rows = [(code, batch, stamp) for code in codes]
            book.executemany("insert into issued_card values (?, ?, ?)", rows)
            book.execute("commit")
    except sqlite3.Error as error:
        raise _unusable(ledger) from error
    return codes


def issued_codes(ledger: Path) -> frozenset[str]:
    """Every code this ledger has given out; none when there is no ledger yet."""
    if not ledger.exists():
        return frozenset()
    try:
        with closing(_open(ledger)) as book:
            return frozenset(code for (code,) in book.execute("select code from issued_card"))
    except sqlite3.Error as error:
        raise _unusable(ledger) from error


def _open(ledger: Path) -> sqlite3.Connection:
    ledger.parent.mkdir(parents=True, exist_ok=True)
    # Valid codes are worth something to a forger: only the owner reads the ledger.
    ledger.touch(mode=0o600)
    book = sqlite3.connect(ledger, timeout=60, isolation_level=None)
    try:
        book.execute("pragma synchronous = full")
        book.executescript(_LEDGER)
    except sqlite3.Error:
        book.close()
        raise
    return book


def _draw(book: sqlite3.Connection, count: int, rng: Random) -> tuple[str, ...]:
    drawn: dict[str, None] = {}
    for code in _candidates(rng):
        known = book.execute("select 1 from issued_card where code = ?", (code,)).fetchone()
        if known is None:
            drawn[code] = None
        if len(drawn) == count:
            break
    return tuple(drawn)


def _candidates(rng: Random) -> Iterator[str]:
    while True:
        yield with_check_digits(str(rng.randrange(10_000_000, 100_000_000)))


def _unusable(ledger: Path) -> KafoError:
    return KafoError(
        f"Le registre des cartes {ledger.name} est illisible ou occupé : aucune carte n’a été "
        "émise. Réessayez ; sinon, remettez la dernière sauvegarde du registre.",
        f"The card ledger {ledger.name} cannot be read or is busy: no card was issued. "
        "Try again; otherwise restore the ledger from its last backup.",
    )
