"""A plausible answer to a question nobody made a rule for, by its type and what it offers."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from forms.cards import with_check_digits
from forms.engine.screen import Prompt, Said

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c19"
    "12130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b08"
    "0001000101011100ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b51000"
    "02010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "24336272820a161718191a25262728292a3435363738393a434445464748494a535455565758595a63646566676869"
    "6a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4"
    "c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbd3"
    "ffd9"
)
"""A grey picture of one pixel: no photograph of anything."""

_ALONE = frozenset({"none", "dk", "undisclosed"})
"""Answers that people give alone, among several that can be given together."""

_WHOLE = (0, 1, 2, 3, 4, 5, 7, 10, 12, 15, 18, 20, 25, 30, 40, 50, 100, 1985, 2015, 2500, 15000)
_WORDS = (
    "à voir", "Kéniéba", "AB-1234", "76123456", "R-1A2B3C4D", "L-1A2B3C4D", "près du marché",
    "société locale", "2026", "M", "nom@exemple.org",
)  # fmt: skip
_PLACES = ("14.45 -11.43", "13.88 -11.70", "12.54 -11.38", "13.03 -11.40", "12.84 -11.23")
FILES = {"image": "jpg", "audio": "m4a", "video": "mp4", "file": "pdf"}


def guess(prompt: Prompt, now: datetime, rng: Random) -> Said:
    """An answer that the engine may still refuse: then guess again."""
    if prompt.kind in ("select_one", "select_multiple", "rank"):
        return _choose(prompt.kind, prompt.values, rng)
    return _BY_KIND.get(prompt.kind, _words)(now, rng)


def _choose(kind: str, values: Sequence[str], rng: Random) -> Said:
    if not values:
        return None
    if kind == "select_one":
        return rng.choice(values)
    if kind == "rank":
        return rng.sample(values, len(values))
    alone = [value for value in values if value in _ALONE]
    if alone and rng.random() < 0.1:
        return [rng.choice(alone)]
    together = [value for value in values if value not in _ALONE] or values
    return rng.sample(together, rng.randint(1, min(3, len(together))))


def _words(_: datetime, rng: Random) -> str:
    return rng.choice(_WORDS)


def _day(now: datetime, rng: Random) -> str:
    """Mostly the last two weeks; a question about what is planned refuses those."""
    ahead = rng.random() < 0.3
    days = -rng.randint(1, 30) if ahead else int(rng.expovariate(1 / 5))
    return (now - timedelta(days=days)).date().isoformat()


def _place(_: datetime, rng: Random) -> str:
    latitude, longitude = map(float, rng.choice(_PLACES).split())
    east, north = rng.uniform(-0.05, 0.05), rng.uniform(-0.05, 0.05)
    return (
        f"{latitude + north:.5f} {longitude + east:.5f} {rng.randint(60, 200)} {rng.randint(4, 20)}"
    )


def _line(now: datetime, rng: Random) -> str:
    first, *others = (_place(now, rng) for _ in range(3))
    return "; ".join([first, *others, first])


_BY_KIND: dict[str, Callable[[datetime, Random], str]] = {
    "integer": lambda _, rng: str(rng.choice(_WHOLE)),
    "range": lambda _, rng: str(rng.randint(0, 10)),
    "decimal": lambda _, rng: f"{rng.choice(_WHOLE)}.{rng.randint(0, 9)}",
    "date": _day,
    "time": lambda _, rng: f"{rng.randint(6, 18):02d}:{rng.choice((0, 15, 30)):02d}:00.000Z",
    "dateTime": lambda now, rng: f"{_day(now, rng)}T{rng.randint(7, 17):02d}:00:00.000Z",
    "geopoint": _place,
    "geotrace": _line,
    "geoshape": _line,
    "barcode": lambda _, rng: with_check_digits(str(rng.randint(10_000_000, 99_999_999))),
    "boolean": lambda _, rng: rng.choice(("true", "false")),
    "trigger": lambda *_: "OK",
}
