"""Settings that people change on the pages, as JSON texts by name."""

import json
from typing import Any

from sqlalchemy import Connection, select

from warehouse.web_tables import web_setting


def read_setting(connection: Connection, setting: str, default: Any) -> Any:
    """The value, or `default` where nobody has set one."""
    query = select(web_setting.c.value).where(web_setting.c.setting == setting)
    text = connection.scalar(query)
    return default if text is None else json.loads(text)


def write_setting(connection: Connection, setting: str, value: Any, *, name: str, now: str) -> None:
    """Set it; who did so and when is kept beside it."""
    connection.execute(web_setting.delete().where(web_setting.c.setting == setting))
    connection.execute(
        web_setting.insert().values(
            setting=setting, value=json.dumps(value), changed_at=now, changed_by=name
        )
    )
