"""Alarms are told once, repeated not too often, and ended, whatever fails on the way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from forms.errors import KafoError
from sync.alarms import Alarm, LogChannel, News, cry, open_alarms, tell
from warehouse import tables
from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate
from warehouse.types import iso

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
REPEAT = timedelta(hours=12)
SYNC = Alarm("no_sync", "Aucune synchronisation", "No synchronisation")
PHONE = Alarm("submitter_silent:1:7", "Plus rien de PF-01", "Nothing more from PF-01")


def at(**later: float) -> str:
    return iso(START + timedelta(**later))


class Ear:
    """A channel that remembers, and fails when told to."""

    name = "ear"

    def __init__(self) -> None:
        self.heard: list[News] = []
        self.deaf = False

    def send(self, news: News) -> None:
        if self.deaf:
            raise KafoError("sourd", "deaf")
        self.heard.append(news)

    @property
    def keys(self) -> list[tuple[list[str], list[str]]]:
        return [([a.key for a in n.begun], [a.key for a in n.ended]) for n in self.heard]


@pytest.fixture
def small_warehouse(tmp_path: Path) -> Iterator[Engine]:
    engine = open_warehouse(parse_url(f"sqlite:///{tmp_path}/kafo.db"))
    migrate(engine, tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def check(small_warehouse: Engine) -> Callable[..., None]:
    def once(ear: Any, alarms: list[Alarm], **later: float) -> None:
        tell(small_warehouse, small_warehouse, alarms, [ear], now=at(**later), repeat=REPEAT)

    return once


def test_an_alarm_is_told_once_repeated_after_a_while_and_ended(
    check: Callable[..., None],
) -> None:
    ear = Ear()
    for minutes in range(0, 12 * 60 + 6, 5):
        check(ear, [SYNC, PHONE] if minutes > 60 else [SYNC], minutes=minutes)
    check(ear, [PHONE], hours=13)
    check(ear, [], hours=14)
    check(ear, [], hours=15)
    both = ["no_sync", "submitter_silent:1:7"]
    assert ear.keys == [
        (both[:1], []),
        (both[1:], []),
        (both[:1], []),
        ([], both[:1]),
        ([], both[1:]),
    ]


def test_alarms_that_begin_together_make_one_message(check: Callable[..., None]) -> None:
    ear = Ear()
    check(ear, [PHONE, SYNC], minutes=0)
    assert ear.keys == [(["no_sync", "submitter_silent:1:7"], [])]


def test_an_alarm_that_comes_and_goes_is_not_told_again_at_each_coming(
    check: Callable[..., None],
) -> None:
    ear = Ear()
    for minutes in range(0, 120, 10):
        check(ear, [SYNC] if minutes % 20 == 0 else [], minutes=minutes)
    assert ear.keys == [(["no_sync"], []), ([], ["no_sync"])]
    check(ear, [SYNC], hours=12)
    assert ear.keys[-1] == (["no_sync"], [])


def test_a_message_that_did_not_leave_is_tried_again_and_other_channels_have_theirs(
    engine: Engine,
) -> None:
    deaf, well = Ear(), Ear()
    deaf.deaf, well.name = True, "well"
    for minutes in (0, 5):
        with pytest.raises(KafoError, match="sourd"):
            tell(engine, engine, [SYNC], [deaf, well], now=at(minutes=minutes), repeat=REPEAT)
    assert well.keys == [(["no_sync"], [])]
    deaf.deaf = False
    tell(engine, engine, [SYNC], [deaf, well], now=at(minutes=10), repeat=REPEAT)
    assert deaf.keys == well.keys
    deaf.deaf = True
    with pytest.raises(KafoError):
        tell(engine, engine, [], [deaf], now=at(minutes=15), repeat=REPEAT)
    deaf.deaf = False
    tell(engine, engine, [], [deaf], now=at(minutes=20), repeat=REPEAT)
    assert deaf.keys[-1] == ([], ["no_sync"])


def test_a_doubtful_alarm_stays_open_but_does_not_begin(check: Callable[..., None]) -> None:
    ear, doubtful = Ear(), Alarm("no_sync", "x", "x", begins=False)
    check(ear, [doubtful], minutes=0)
    assert ear.keys == []
    check(ear, [SYNC], minutes=5)
    check(ear, [doubtful], minutes=10)
    assert ear.keys == [(["no_sync"], [])]


def test_what_is_open_now_can_be_read(engine: Engine) -> None:
    for alarms in ([SYNC, PHONE], [PHONE]):
        tell(engine, engine, alarms, [LogChannel()], now=at(), repeat=REPEAT)
    with engine.connect() as connection:
        assert open_alarms(connection) == [PHONE]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.integers(1, 400), st.booleans(), st.booleans()), max_size=12))
def test_whatever_happens_nobody_is_told_too_often_or_of_an_end_without_a_beginning(
    small_warehouse: Engine, steps: list[tuple[int, bool, bool]]
) -> None:
    with small_warehouse.begin() as connection:
        connection.execute(tables.alarm.delete())
    ear, minutes, wrong, told = Ear(), 0, False, False
    for later, wrong, ear.deaf in steps:
        minutes += later
        try:
            tell(small_warehouse, small_warehouse, [SYNC] if wrong else [], [ear],
                 now=at(minutes=minutes), repeat=REPEAT)  # fmt: skip
        except KafoError:
            assert ear.deaf
    begun = [n.at for n in ear.heard if n.begun]
    gaps = [datetime.fromisoformat(b) - datetime.fromisoformat(a) for a, b in pairwise(begun)]
    assert all(gap >= REPEAT for gap in gaps)
    for news in ear.heard:
        assert not (news.ended and not told)
        told = bool(news.begun)
    if wrong and not ear.deaf:  # after a check that could speak, everyone knows
        assert begun
    if steps and not wrong and not ear.deaf:
        assert not told


def test_when_the_warehouse_cannot_be_read_people_are_still_told_not_too_often() -> None:
    ear, told = Ear(), dict[str, str]()
    ear.deaf = True
    cry([ear], SYNC, told, now=at(), repeat=REPEAT)
    ear.deaf = False
    for hours in (1, 2, 3, 14):
        cry([ear], SYNC, told, now=at(hours=hours), repeat=REPEAT)
    assert [news.at for news in ear.heard] == [at(hours=1), at(hours=14)]
