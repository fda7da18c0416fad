"""The plan: how many submissions a week are expected of each form. Set on the pages."""

from typing import Any

from sqlalchemy import Connection

from warehouse.web_settings import read_setting, write_setting

_SETTING = "plan_per_week"


def plan_of(connection: Connection) -> dict[str, int]:
    """Form → submissions a week; forms without a plan are left out."""
    found: dict[str, Any] = read_setting(connection, _SETTING, {})
    return {str(form): int(number) for form, number in found.items()}


def set_plan(connection: Connection, plan: dict[str, int], *, name: str, now: str) -> None:
    """Replace the whole plan."""
    write_setting(connection, _SETTING, plan, name=name, now=now)
