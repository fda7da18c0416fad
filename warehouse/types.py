"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine


def iso(moment: datetime) -> str:
    """UTC with milliseconds and a Z, exactly as Central prints a stamp; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class Instant(TypeDecorator[str]):
    """A moment in UTC with milliseconds: ISO text on SQLite, `timestamptz(3)` on PostgreSQL.

    In Python it is always the ISO text with a Z. Central's stamps have milliseconds and are
    compared by equality and by order, so nothing may be lost on the way.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type of the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True, precision=3))
        return dialect.type_descriptor(Text())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """ISO text, whatever the driver returned."""
        return iso(value) if isinstance(value, datetime) else value


class Day(TypeDecorator[str]):
    """A calendar day: ISO text on SQLite, `date` on PostgreSQL; ISO text in Python."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The native type of the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.DATE())
        return dialect.type_descriptor(Text())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """ISO text, whatever the driver returned."""
        return value.isoformat() if isinstance(value, date) else value
