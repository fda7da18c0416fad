"""Files that leave are marked, logged, and by two people where they can name anybody."""

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, insert, select, text

from forms.errors import KafoError, UsageError
from pipelines.exports.export import Wish, export
from pipelines.exports.files import Mark, write
from pipelines.exports.reporting_file import publish_file
from pipelines.exports.requests import ask, decide, waiting
from warehouse.casework_tables import mining_site
from warehouse.identity_tables import person
from warehouse.protection_tables import access_log, published_cell
from warehouse.web_accounts import add_account, change_account

NOW, LATER = "2026-11-01T10:00:00.000Z", "2026-11-20T10:00:00.000Z"
WHY = "rapport du trimestre"


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """One person, one site, one published cell for each audience; two stewards, two who are not."""
    with engine.begin() as connection:
        for name, role in (("awa", "steward"), ("moussa", "steward"), ("gone", "steward"),
                           ("issa", "data_manager")):  # fmt: skip
            add_account(connection, name, "-", role=role, administrator=False, must_change=False,
                        now=NOW)  # fmt: skip
        change_account(connection, "gone", now=NOW, state="closed")
        connection.execute(
            insert(person).values(person_id="p1", state="active", created_at=NOW, updated_at=NOW,
                                  registrations=1, last_name="Zébulon")
        )  # fmt: skip
        connection.execute(
            insert(mining_site).values(
                site_key="s1", listed=0, visits=1, latitude=13.8834, longitude=-11.7012
            )
        )
        for audience, count in (("inside", 17), ("outside", 15)):
            connection.execute(
                insert(published_cell).values(
                    audience=audience, publication="directory", measure="people", period_kind="all",
                    period="", row_dimension="sex", row_value="male", column_dimension="",
                    column_value="", count=count, suppressed=0,
                )
            )  # fmt: skip
    return engine


def wish(path: Path, view: str = "published_cell", **more: Any) -> Wish:
    words = {"kind": "csv", "who": "awa", "audience": "inside", "reason": WHY} | more
    return Wish(view=view, path=path, **words)


def agreed(engine: Engine, view: str) -> str:
    with engine.begin() as connection:
        request = ask(connection, view, who="awa", reason=WHY, now=NOW)
        decide(connection, request.request_id, who="moussa", agree=True, now=NOW)
    return request.request_id


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def logged(engine: Engine) -> list[tuple[Any, ...]]:
    a = access_log.c
    with engine.connect() as connection:
        found = connection.execute(
            select(a.who, a.action, a.what, a.row_count).order_by(a.entry_id)
        )
        return [tuple(row) for row in found]


@pytest.mark.parametrize(("audience", "count"), [("inside", "17"), ("outside", "15")])
def test_figures_leave_for_their_audience_marked_and_logged(
    filled: Engine, tmp_path: Path, audience: str, count: str
) -> None:
    path = tmp_path / "f.csv"
    assert export(filled, wish(path, audience=audience), now=NOW) == 1
    [row] = rows(path)
    assert row["count"] == count
    assert "awa" in row["export"]
    assert audience in row["export"]
    assert "2026-11-01" in row["export"]
    assert logged(filled) == [("awa", "export", "published_cell", 0)]  # rows of people


@pytest.mark.parametrize("view", ["person", "mining_site"])
def test_nobody_exports_rows_of_people_alone(filled: Engine, tmp_path: Path, view: str) -> None:
    with pytest.raises(UsageError, match="deuxième personne"):
        export(filled, wish(tmp_path / "f.csv", view), now=NOW)
    assert list(tmp_path.glob("f.csv")) == []
    assert logged(filled) == []


@pytest.mark.parametrize("view", ["submission", "submission_history", "entity", "question_timing"])
def test_raw_answers_never_leave_even_when_two_agree(
    filled: Engine, tmp_path: Path, view: str
) -> None:
    request = agreed(filled, view)
    with pytest.raises(UsageError, match="réponses brutes"):
        export(filled, wish(tmp_path / "f.csv", view, request=request), now=NOW)
    assert not (tmp_path / "f.csv").exists()


def test_two_people_make_a_named_export_once(filled: Engine, tmp_path: Path) -> None:
    request = agreed(filled, "person")
    export(filled, wish(tmp_path / "f.csv", "person", request=request), now=NOW)
    assert rows(tmp_path / "f.csv")[0]["last_name"] == "Zébulon"
    assert [(line[0], line[1], line[3]) for line in logged(filled)] == [
        ("awa", "export_ask", 0), ("moussa", "export_approved", 0), ("awa", "export", 1)
    ]  # fmt: skip
    with pytest.raises(KafoError, match="plus accordée"):
        export(filled, wish(tmp_path / "g.csv", "person", request=request), now=NOW)


def test_an_agreement_is_for_one_person_one_view_and_one_week(
    filled: Engine, tmp_path: Path
) -> None:
    request = agreed(filled, "person")
    path = tmp_path / "f.csv"
    with pytest.raises(KafoError, match="par awa"):
        export(filled, wish(path, "person", request=request, who="moussa"), now=NOW)
    with pytest.raises(KafoError, match="« person »"):
        export(filled, wish(path, "worker", request=request), now=NOW)
    with pytest.raises(KafoError, match="plus accordée"):
        export(filled, wish(path, "person", request=request), now=LATER)
    assert not path.exists()


def test_nobody_agrees_with_himself_or_twice(filled: Engine) -> None:
    with filled.begin() as connection:
        request = ask(connection, "person", who="awa", reason=WHY, now=NOW)
        assert [r.request_id for r in waiting(connection)] == [request.request_id]
        with pytest.raises(KafoError, match="autre personne"):
            decide(connection, request.request_id, who="awa", agree=True, now=NOW)
        decide(connection, request.request_id, who="moussa", agree=False, now=NOW)
        with pytest.raises(KafoError, match="plus accordée"):
            decide(connection, request.request_id, who="moussa", agree=True, now=NOW)


@pytest.mark.parametrize("account", ["issa", "gone", "nobody"])
def test_only_open_accounts_of_stewards_ask_and_agree(filled: Engine, account: str) -> None:
    with filled.begin() as connection:
        request = ask(connection, "person", who="awa", reason=WHY, now=NOW)
        with pytest.raises(KafoError, match="responsable des données"):
            ask(connection, "person", who=account, reason=WHY, now=NOW)
        with pytest.raises(KafoError, match="responsable des données"):
            decide(connection, request.request_id, who=account, agree=True, now=NOW)
        assert [r.state for r in waiting(connection)] == ["asked"]


def test_an_agreement_is_worth_nothing_once_the_asker_is_no_steward(
    filled: Engine, tmp_path: Path
) -> None:
    request = agreed(filled, "person")
    with filled.begin() as connection:
        change_account(connection, "awa", now=NOW, role="analyst")
    with pytest.raises(KafoError, match="responsable des données"):
        export(filled, wish(tmp_path / "f.csv", "person", request=request), now=NOW)
    assert not (tmp_path / "f.csv").exists()


@pytest.mark.parametrize("view", ["code_label", "indicator", "person"])
def test_for_the_outside_there_are_published_cells_only(
    filled: Engine, tmp_path: Path, view: str
) -> None:
    with pytest.raises(UsageError):
        export(filled, wish(tmp_path / "f.csv", view, audience="outside"), now=NOW)


@pytest.mark.parametrize(
    "view", ["web_account", "sqlite_master", "nothing", 'x"; drop table person']
)
def test_what_is_not_for_export_is_refused(filled: Engine, tmp_path: Path, view: str) -> None:
    with pytest.raises(UsageError, match="ni une table"):
        export(filled, wish(tmp_path / "f.csv", view), now=NOW)


MARK = Mark("awa", NOW, "inside", "2026-12-01")
COLUMNS, ROWS = ["name", "latitude", "longitude"], [("=1+1", 13.9, -11.7), ("é", None, None)]


def test_csv_and_xlsx_run_no_formula(tmp_path: Path) -> None:
    write(tmp_path / "f.csv", COLUMNS, ROWS, kind="csv", mark=MARK)
    assert rows(tmp_path / "f.csv")[0]["name"] == "'=1+1"
    write(tmp_path / "f.xlsx", COLUMNS, ROWS, kind="xlsx", mark=MARK)
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["export"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=1+1"
    assert "awa" in str(sheet["D3"].value)
    assert "awa" in str(sheet.oddFooter.left.text)


def test_parquet_and_geojson_hold_the_same(tmp_path: Path) -> None:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    write(tmp_path / "f.parquet", COLUMNS, ROWS, kind="parquet", mark=MARK)
    table = pq.read_table(tmp_path / "f.parquet")
    assert table.column("latitude").to_pylist() == [13.9, None]
    assert table.schema.metadata[b"export"].decode() == str(MARK)
    write(tmp_path / "f.geojson", COLUMNS, ROWS, kind="geojson", mark=MARK)
    found = json.loads((tmp_path / "f.geojson").read_text())
    assert found["export"] == str(MARK)
    assert [f["geometry"] and f["geometry"]["coordinates"] for f in found["features"]] == [
        [-11.7, 13.9],
        None,
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "geojson"])
def test_no_file_holds_an_exact_position_not_even_the_stewards(
    filled: Engine, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"sites.{kind}"
    request = agreed(filled, "mining_site")
    assert export(filled, wish(path, "mining_site", kind=kind, request=request), now=NOW) == 1
    assert position(path, kind) == pytest.approx((13.9, -11.7))


def test_positions_that_need_no_agreement_are_on_the_grid_too(
    filled: Engine, tmp_path: Path
) -> None:
    with filled.begin() as connection:
        connection.execute(
            text("create table ref_pits (name text, latitude float, longitude float)")
        )
        connection.execute(text("insert into ref_pits values ('Kofi', 13.8834, -11.7012)"))
    path = tmp_path / "pits.csv"
    assert export(filled, wish(path, "ref_pits"), now=NOW) == 1
    assert position(path, "csv") == pytest.approx((13.9, -11.7))
    assert "13.88" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("table", "written"), [
    ("form_pits", '{"type": "LineString", "coordinates": [[-11.7012, 13.8834], [-11.7, 13.9]]}'),
    ("list_pits", "13.8834 -11.7012 0 0"),
    ("list_pits", "13.8834 -11.7012"),
    ("form_pits", "13.8834 -11.7012 0 0; 13.8836 -11.7015 0 0"),
])  # fmt: skip
def test_positions_in_texts_stay_out_of_files(
    filled: Engine, tmp_path: Path, table: str, written: str
) -> None:
    schema = "forms." if filled.dialect.name == "postgresql" else ""
    with filled.begin() as connection:
        connection.execute(text(f"create table {schema}{table} (name text, way text, said text)"))
        connection.execute(
            text(f"insert into {table} values ('Kofi', :way, 'puits 13.5 à 2.5 km')"),
            {"way": written},
        )
    path = tmp_path / "pits.csv"
    assert export(filled, wish(path, table, request=agreed(filled, table)), now=NOW) == 1
    [row] = rows(path)
    assert (row["name"], row["way"], row["said"]) == ("Kofi", "", "puits 13.5 à 2.5 km")


def position(path: Path, kind: str) -> tuple[float, float]:
    if kind == "geojson":
        [feature] = json.loads(path.read_text(encoding="utf-8"))["features"]
        east, north = feature["geometry"]["coordinates"]
        return north, east
    if kind == "csv":
        [row] = rows(path)
    elif kind == "xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        head, line = list(sheet.iter_rows(values_only=True))[:2]
        row = dict(zip(map(str, head), map(str, line), strict=True))
    else:
        import pyarrow.parquet as pq

        [row] = pq.read_table(path).to_pylist()
    return float(row["latitude"]), float(row["longitude"])


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("old")
    with pytest.raises(UsageError, match="existe déjà"):
        write(tmp_path / "f.csv", COLUMNS, ROWS, kind="csv", mark=MARK)


def test_the_reporting_file_holds_public_figures_and_nothing_else(
    filled: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "public" / "kafo-public.db"
    assert publish_file(filled, path, who="awa", now=NOW).rows["published_cell"] == 1
    publish_file(filled, path, who="awa", now=NOW)
    file = sqlite3.connect(path)
    names = {
        name for (name,) in file.execute("select name from sqlite_master where type = 'table'")
    }
    assert names >= {"published_cell", "directory_public", "dictionary", "about"}
    assert not names & {"person", "submission", "form_identification", "access_log", "mining_site"}
    assert file.execute("select audience, count from published_cell").fetchall() == [
        ("outside", 15)
    ]
    assert file.execute("select people from directory_public").fetchall() == [(15,)]
    assert file.execute("select count(*) from dictionary").fetchone()[0] > 5
    file.close()
    assert "Zébulon".encode() not in path.read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_publication_says_what_to_do(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kafo refresh"):
        publish_file(engine, tmp_path / "p.db", who="awa", now=NOW)
    assert list(tmp_path.glob("*.part")) == []
