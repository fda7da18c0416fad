"""Twelve phones send 10,000 interviews without a pause while Kafo synchronises every second.

    python -m benchmarks.senders [10000] [sqlite|postgresql]

Counts what was lost or doubled in the end: both must be 0.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep
from uuid import uuid4

import requests
from sqlalchemy import Engine, text

from benchmarks.peers.central import xform
from benchmarks.sync_peers import databases
from forms.phones import provide_phones
from sync.central import Account, Source, connect
from sync.pull import pull
from sync.rounds import Place, finish
from sync.sandbox import Sandbox
from warehouse.engine import open_warehouse, parse_url
from warehouse.migrate import migrate
from warehouse.types import iso

_PHONES = 12
_REFERENCE = Path(__file__).parent.parent / "forms" / "reference"


def _now() -> str:
    return iso(datetime.now(UTC))


class Phone(Thread):
    """Sends until it has sent its share; remembers the IDs that Central took."""

    def __init__(self, url: str, share: int) -> None:
        super().__init__(daemon=True)
        self._url, self._share, self.sent = url, share, list[str]()

    def run(self) -> None:
        session = requests.Session()
        headers = {"X-OpenRosa-Version": "1.0"}
        while len(self.sent) < self._share:
            instance = f"uuid:{uuid4()}"
            meta = f"<meta><instanceID>{instance}</instanceID></meta>"
            xml = f'<data id="load" version="1"><surname>A</surname>{meta}</data>'
            parts = {"xml_submission_file": ("submission.xml", xml, "text/xml")}
            answer = session.post(self._url, files=parts, headers=headers, timeout=60)
            if answer.status_code == 201:
                self.sent.append(instance)


def measure(total: int, engine: Engine, folder: Path) -> None:
    with Sandbox(folder / "central.db") as sandbox:
        account = Account(sandbox.url, sandbox.email, sandbox.password)
        client = connect(account)
        client.post("projects", json={"name": "Benchmark"}).raise_for_status()
        url = "projects/1/forms?publish=true&ignoreWarnings=true"
        client.post(url, data=xform().encode(), headers={"Content-Type": "application/xml"})
        [made] = provide_phones(client, 1, enumerators=["PF-01"], forms=["load"])
        send = f"{sandbox.url}/v1/key/{made.token}/projects/1/submission"
        phones = [Phone(send, -(-total // _PHONES)) for _ in range(_PHONES)]
        source = Source(client, account, [1])
        place = Place(folder, folder / "store", timedelta(minutes=10), _now)
        over, rounds, began = Event(), 0, perf_counter()
        for phone in phones:
            phone.start()
        while not over.is_set():
            if not any(phone.is_alive() for phone in phones):
                over.set()  # one round more
            pull(engine, source, overlap=place.overlap, folder=folder, now=_now)
            finish(engine, source, place)
            rounds += 1
            sleep(1)
        sent = {instance for phone in phones for instance in phone.sent}
    with engine.connect() as connection:
        table = connection.scalar(text("select table_name from form"))
        held = [row[0] for row in connection.execute(text(f"select instance_id from {table}"))]
        raw = [row[0] for row in connection.execute(text("select instance_id from submission"))]
    print(
        f"{engine.dialect.name:12} {len(sent):,} sent by {_PHONES} phones in "
        f"{perf_counter() - began:.0f} s, {rounds} synchronisations: "
        f"{len(sent - set(held)) + len(sent - set(raw))} lost, "
        f"{len(held) - len(set(held)) + len(set(held) - sent)} doubled or unknown",
        flush=True,
    )


def main() -> None:
    totals = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [10_000]
    kinds = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for kind in kinds or ["sqlite", "postgresql"]:
        with databases(kind) as new, tempfile.TemporaryDirectory() as name:
            engine = open_warehouse(parse_url(new(Path(name))))
            migrate(engine, _REFERENCE)
            measure(totals[0], engine, Path(name))
            engine.dispose()


if __name__ == "__main__":
    main()
