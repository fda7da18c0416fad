"""An erased person stays erased: through every run, even when Central sends the registration again."""

from pathlib import Path
from typing import Any

from pipelines.protection.erase import erase

ANNA = {"last_name": "Keita", "first_names": "Anna", "phone": "70000001", "sex": "female"}


def test_an_erased_person_never_comes_back(register: Any, tmp_path: Path) -> None:
    register.send("uuid:1", card_code="1111111111", **ANNA)
    register.send("uuid:2", card_code="2222222222", today="2026-11-05", **ANNA)
    register.send("uuid:3", card_code="3333333333", last_name="Sow", first_names="Ben")
    register.arrive()
    gone = register.person_of()["uuid:1"]
    erase(register.engine, gone, now="2026-11-23T12:00:00.000Z", store=tmp_path)
    for full in (False, True, False):
        register.send("uuid:2", cercle="kita" if full else "kayes")
        register.sync()
        register.update(full=full)
        assert set(register.person_of()) == {"uuid:3"}
    for table in ("person", "person_event"):
        assert register.read(f"select count(*) from {table} where person_id = '{gone}'") == [(0,)]
    for table in ("match_pair", "match_problem", "match_decision"):
        assert register.read(f"select count(*) from {table}") == [(0,)]
