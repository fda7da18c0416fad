"""What is past its period goes when the clock has moved, and nothing before."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from pipelines.protection.retention import Report, before, run_retention
from warehouse.identity_tables import person, person_registration
from warehouse.protection_tables import dues_account


def at(day: str) -> str:
    return f"{day}T03:00:00.000Z"


def known(centre: Any, person_id: str, instance_id: str, card: str, day: str) -> None:
    """A person registered on that day, as the identity pipeline leaves it."""
    centre.receive(
        "identification",
        centre.row("identification", instance_id, at=at(day), card_code=card, consent_record="yes"),
    )
    with centre.engine.begin() as connection:
        connection.execute(
            insert(person).values(
                person_id=person_id, state="active", created_at=at(day), updated_at=at(day),
                registrations=1, card_code=card, first_seen=day, last_seen=day,
            )
        )  # fmt: skip
        connection.execute(
            insert(person_registration).values(
                project_id=1, form_id="identification", instance_id=instance_id,
                person_id=person_id, link_class="system", since=at(day),
            )
        )  # fmt: skip


def test_a_person_goes_24_months_after_the_last_contact(centre: Any, tmp_path: Path) -> None:
    known(centre, "pid-old", "uuid:old", "1234567894", "2024-05-10")
    known(centre, "pid-new", "uuid:new", "9876543210", "2024-05-10")
    centre.receive(
        "training_attendance",
        centre.row("training_attendance", "uuid:t", at=at("2025-01-20"),
                   participant=[{"card_code": "9876543210"}]),
    )  # fmt: skip
    assert run_retention(centre.engine, now=at("2026-05-09"), store=tmp_path) == Report()
    assert run_retention(centre.engine, now=at("2026-05-11"), store=tmp_path).persons == 1
    assert centre.read("select person_id from person") == [("pid-new",)]
    assert centre.read("select cause from erasure") == [("retention",)]
    assert run_retention(centre.engine, now=at("2026-05-11"), store=tmp_path) == Report()
    assert run_retention(centre.engine, now=at("2027-01-21"), store=tmp_path).persons == 1


def test_a_referral_goes_12_months_after_it_was_closed(centre: Any, tmp_path: Path) -> None:
    row = centre.row
    centre.receive(
        "referral",
        row("referral", "uuid:1", at=at("2025-01-01"), record_type="new", new_code="R-1"),
        row("referral", "uuid:2", at=at("2025-02-01"), record_type="follow_up", referral_code="R-1",
            status="served", status_date="2025-02-01"),
        row("referral", "uuid:3", at=at("2025-01-01"), record_type="new", new_code="R-OPEN"),
        row("referral", "uuid:4", at=at("2025-02-01"), record_type="follow_up",
            referral_code="R-OPEN", status="received", status_date="2025-02-01"),
    )  # fmt: skip
    assert run_retention(centre.engine, now=at("2026-02-01"), store=tmp_path) == Report()
    assert run_retention(centre.engine, now=at("2026-02-02"), store=tmp_path).referrals == 2
    assert centre.read("select instance_id from form_referral order by 1") == [
        ("uuid:3",), ("uuid:4",),
    ]  # fmt: skip
    assert centre.read("select count(*) from submission") == [(2,)]


def test_a_case_goes_5_years_after_its_last_word_if_that_closed_it(
    centre: Any, tmp_path: Path
) -> None:
    row = centre.row
    centre.receive(
        "labour_case",
        row("labour_case", "uuid:1", at=at("2020-01-01"), new_code="L-1", outcome="open"),
        row("labour_case", "uuid:2", at=at("2020-03-01"), case_code="L-1", outcome="settled"),
        row("labour_case", "uuid:3", at=at("2020-01-01"), new_code="L-2", outcome="settled"),
        row("labour_case", "uuid:4", at=at("2020-03-01"), case_code="L-2", outcome="open"),
    )
    assert run_retention(centre.engine, now=at("2025-03-01"), store=tmp_path) == Report()
    assert run_retention(centre.engine, now=at("2025-03-02"), store=tmp_path).labour_cases == 2
    assert centre.read("select count(*) from form_labour_case") == [(2,)]


def test_accounts_go_after_ten_years(centre: Any, tmp_path: Path) -> None:
    with centre.engine.begin() as connection:
        row = insert(dues_account).values(
            month="2016-10", union_code="untm", payments=1, amount=500
        )
        connection.execute(row)
    assert run_retention(centre.engine, now=at("2026-10-31"), store=tmp_path).accounts == 0
    assert run_retention(centre.engine, now=at("2026-11-01"), store=tmp_path).accounts == 1


@pytest.mark.parametrize(
    ("now", "months", "day"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 24, "2024-01-15"),
    ],
)
def test_months_are_counted_back_over_years(now: str, months: int, day: str) -> None:
    assert before(at(now), months) == day
