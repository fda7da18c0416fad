"""Alarms: told when they begin, repeated not too often, and ended with an all-clear.

What was told stands in the table `alarm`, one row for each alarm and channel, so that neither a
restart nor a mail server that is down loses or doubles a message.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine, select

from forms.errors import KafoError
from forms.language import say
from sync.log import note
from warehouse.engine import reading, writing
from warehouse.tables import alarm as table

LOG = "log"
"""The channel that always is there: what it holds open is what is wrong now."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something wrong now, and what to do. With `begins` False it keeps an open alarm open only."""

    key: str
    fr: str
    en: str
    begins: bool = True


@dataclass(frozen=True, slots=True)
class News:
    """What a channel has to tell at one moment."""

    at: str
    begun: tuple[Alarm, ...] = ()
    ended: tuple[Alarm, ...] = ()


class Channel(Protocol):
    """A way to reach people. `send` raises KafoError when the message did not leave."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    def send(self, news: News) -> None:
        """Send one message."""


class LogChannel:
    """Writes alarms into the log."""

    name = LOG

    def send(self, news: News) -> None:
        """One line an alarm."""
        for state, alarms in (("begun", news.begun), ("ended", news.ended)):
            for alarm in alarms:
                note("alarm", key=alarm.key, state=state, text=say(alarm.fr, alarm.en))


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    began_at: str
    told_at: str | None
    ended_at: str | None
    text_fr: str
    text_en: str

    @property
    def was_told(self) -> bool:
        """Whether this episode was told, and not only an earlier one."""
        return self.told_at is not None and self.told_at >= self.began_at


def tell(
    reader: Engine,
    writer: Engine,
    alarms: Iterable[Alarm],
    channels: Iterable[Channel],
    *,
    now: str,
    repeat: timedelta,
) -> None:
    """Tell each channel what began, still lasts or ended; raises the first failure after trying all.

    An alarm that comes and goes is told at most once in `repeat`. A message that did not leave
    is tried again at the next check.
    """
    active = {alarm.key: alarm for alarm in alarms}
    failures = []
    for channel in channels:
        before = _rows(reader, channel.name)
        after = _step(before, active, now, repeat)
        changed = {key: row for key, row in after.items() if row != before.get(key)}
        if not changed:
            continue
        # Written first: a warehouse that is busy now must not lead to the same mail every minute.
        _write(writer, channel.name, changed)
        try:
            _send(channel, _news(before, changed, now))
        except KafoError as error:
            failures.append(error)
            _write(writer, channel.name, _unsaid(before, changed))
    if failures:
        raise failures[0]


def cry(
    channels: Iterable[Channel],
    alarm: Alarm,
    told: dict[str, str],
    *,
    now: str,
    repeat: timedelta,
) -> None:
    """Tell an alarm when the warehouse cannot remember it: `told` (channel → moment) does."""
    for channel in channels:
        last = told.get(channel.name)
        if last is None or _age(last, now) >= repeat:
            try:
                channel.send(News(now, begun=(alarm,)))
            except KafoError as error:
                note("alarm_not_sent", channel=channel.name, error=str(error))
            else:
                told[channel.name] = now


def open_alarms(connection: Connection) -> list[Alarm]:
    """What is wrong now, as the last check found it."""
    c = table.c
    query = select(c.alarm_key, c.text_fr, c.text_en).where(c.channel == LOG, c.ended_at.is_(None))
    return [Alarm(*row) for row in connection.execute(query.order_by(c.alarm_key))]


def _rows(reader: Engine, channel: str) -> dict[str, _Row]:
    c = table.c
    columns = (c.alarm_key, c.began_at, c.told_at, c.ended_at, c.text_fr, c.text_en)
    with reading(reader) as connection:
        found = connection.execute(select(*columns).where(c.channel == channel)).all()
    return {row.alarm_key: _Row(*row) for row in found}


def _step(
    before: Mapping[str, _Row], active: Mapping[str, Alarm], now: str, repeat: timedelta
) -> dict[str, _Row]:
    """The rows as they should be now."""
    after = dict(before)
    for key, alarm in active.items():
        row = before.get(key)
        last = row.told_at if row else None
        is_open = row is not None and row.ended_at is None
        if not is_open and not alarm.begins:
            continue
        began = row.began_at if row and is_open else now
        due = last is None or _age(last, now) >= repeat
        if due or row is None or not is_open:
            after[key] = _Row(key, began, now if due else last, None, alarm.fr, alarm.en)
    for key, row in before.items():
        if row.ended_at is None and key not in active:
            after[key] = replace(row, ended_at=now)
    return after


def _news(before: Mapping[str, _Row], changed: Mapping[str, _Row], now: str) -> News:
    begun, ended = [], []
    for key, row in sorted(changed.items()):
        told = before[key].told_at if key in before else None
        if row.ended_at is not None:
            if row.was_told:
                ended.append(_alarm(row))
        elif row.told_at != told:
            begun.append(_alarm(row))
    return News(now, tuple(begun), tuple(ended))


def _alarm(row: _Row) -> Alarm:
    return Alarm(row.key, row.text_fr, row.text_en)


def _send(channel: Channel, news: News) -> None:
    if news.begun or news.ended:
        channel.send(news)


def _unsaid(before: Mapping[str, _Row], changed: Mapping[str, _Row]) -> dict[str, _Row]:
    """The rows after a message that did not leave: begun stays begun, but nothing was told."""
    undone = {}
    for key, row in changed.items():
        old = before.get(key)
        if row.ended_at is not None and old is not None:
            undone[key] = old
        else:
            undone[key] = replace(row, told_at=old.told_at if old else None)
    return undone


def _write(writer: Engine, channel: str, rows: Mapping[str, _Row]) -> None:
    c = table.c
    with writing(writer) as connection:
        for key in rows:
            connection.execute(table.delete().where(c.alarm_key == key, c.channel == channel))
        connection.execute(table.insert(), list(_values(channel, rows)))


def _values(channel: str, rows: Mapping[str, _Row]) -> Iterator[dict[str, str | None]]:
    for key, row in rows.items():
        yield {
            "alarm_key": key,
            "channel": channel,
            "began_at": row.began_at,
            "told_at": row.told_at,
            "ended_at": row.ended_at,
            "text_fr": row.text_fr,
            "text_en": row.text_en,
        }


def _age(moment: str, now: str) -> timedelta:
    return datetime.fromisoformat(now) - datetime.fromisoformat(moment)
