"""The other side of the comparison: a sandbox with the form `load`, and hands that change what it holds.

One command a line on standard input, one answer a line on standard output.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from uuid import UUID

import requests

from forms.phones import provide_phones
from sync.central import Account, connect
from sync.sandbox import Sandbox

_SPREAD = timedelta(days=60)
_QUESTIONS = [
    "surname", "first_names", "nickname", "language", "occupation", "village", "region",
    "telephone", "employer", "remarks",
]  # fmt: skip


def xform() -> str:
    """A registration form without entities: 16 questions, a group, a position, a photo."""
    texts = "".join(f"<{name}/>" for name in _QUESTIONS)
    inputs = "".join(f'<input ref="/data/{n}"><label>{n}</label></input>' for n in _QUESTIONS)
    return f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Load</h:title><model><instance><data id="load" version="1">{texts}<age/><arrived/>
<needs/><place><spot/><site/></place><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/age" type="int"/><bind nodeset="/data/arrived" type="date"/>
<bind nodeset="/data/place/spot" type="geopoint"/><bind nodeset="/data/photo" type="binary"/></model>
</h:head><h:body>{inputs}<input ref="/data/age"><label>Age</label></input>
<input ref="/data/arrived"><label>Arrived</label></input><select ref="/data/needs"><label>Needs</label>
<item><label>Health</label><value>health</value></item><item><label>Law</label><value>law</value></item>
</select><group ref="/data/place"><label>Place</label><input ref="/data/place/spot"><label>Spot</label>
</input><input ref="/data/place/site"><label>Site</label></input></group>
<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload></h:body></h:html>"""


def instance_id(number: int) -> str:
    return f"uuid:{UUID(int=Random(number).getrandbits(128), version=4)}"


def interview(number: int, *, edit: str = "", cleared: bool = False) -> str:
    """One submission; `edit` is a new instance ID that replaces the number's own."""
    rng = Random(number)
    answers = "".join(f"<{n}>{n} {rng.randrange(5000)}</{n}>" for n in _QUESTIONS[:-1])
    remarks = "" if cleared else f"<remarks>{'edited' if edit else 'as it was'}</remarks>"
    photo = f"<photo>{number}.jpg</photo>" if number % 500 == 1 else "<photo/>"
    old = f"<deprecatedID>{instance_id(number)}</deprecatedID>" if edit else ""
    return (
        f'<data id="load" version="1">{answers}{remarks}<age>{rng.randrange(16, 70)}</age>'
        f"<arrived>2024-0{rng.randrange(1, 9)}-11</arrived><needs>health law</needs><place><spot>"
        f"14.{rng.randrange(9999)} -11.{rng.randrange(9999)} 0 5</spot><site>S{rng.randrange(80)}"
        f"</site></place>{photo}<meta>{old}<instanceID>{edit or instance_id(number)}</instanceID>"
        "</meta></data>"
    )


class Central:
    """What a supervisor and the phones do between two synchronisations."""

    def __init__(self, sandbox: Sandbox, rows: int, lag: list[timedelta]) -> None:
        self._sandbox, self._rows, self._next = sandbox, rows, rows
        account = Account(sandbox.url, sandbox.email, sandbox.password)
        client = connect(account)
        client.post("projects", json={"name": "Benchmark"}).raise_for_status()
        url = "projects/1/forms?publish=true&ignoreWarnings=true"
        headers = {"Content-Type": "application/xml"}
        client.post(url, data=xform().encode(), headers=headers).raise_for_status()
        [phone] = provide_phones(client, 1, enumerators=["PF-01"], forms=["load"])
        self._phone = phone.app_user_id

        def arriving() -> Iterator[str]:
            for number in range(rows):
                lag[0] = _SPREAD * (1 - number / rows)
                yield interview(number)

        sandbox.insert_many(1, "load", arriving(), app_user_id=self._phone)
        lag[0] = timedelta()
        self._client = connect(account)
        self.token = str(self._client.session.headers["Authorization"]).removeprefix("Bearer ")

    def changes(self) -> None:
        """60 new, 30 edited, 10 with an answer cleared, 5 reviewed, 5 deleted."""
        new = (interview(number) for number in range(self._next, self._next + 60))
        self._sandbox.insert_many(1, "load", new, app_user_id=self._phone)
        self._next += 60
        for number in range(100, 140):
            xml = interview(number, edit=instance_id(number + 10**9), cleared=number >= 130)
            self._change("PUT", number, xml)
        for number in range(200, 205):
            path = self._path(number)
            self._client.patch(path, json={"reviewState": "approved"}).raise_for_status()
        for number in range(300, 305):
            self._client.delete(self._path(number)).raise_for_status()

    def photo(self) -> None:
        """A photo comes a day after its submission."""
        path = f"{self._path(501)}/attachments/501.jpg"
        self._client.post(path, data=b"late photo").raise_for_status()

    def restore(self) -> None:
        """A submission deleted before is taken back from the bin."""
        self._client.post(f"{self._path(300)}/restore").raise_for_status()

    def hold(self) -> None:
        """One submission has its stamp and is not visible yet, a later one is."""
        self._sandbox.misbehave.hold_commits()
        late = interview(self._next)
        Thread(target=self._send, args=(late,), daemon=True).start()
        self._sandbox.misbehave.wait_until_held()
        time.sleep(0.01)
        self._sandbox.insert_many(1, "load", [interview(self._next + 1)], app_user_id=self._phone)
        self._next += 2

    def release(self) -> None:
        """It becomes visible."""
        self._sandbox.misbehave.release()
        time.sleep(0.3)

    def hole(self) -> None:
        """While somebody reads page by page, a submission of a page already read is deleted."""
        served = self._sandbox.misbehave.served
        self._sandbox.misbehave.stall(r"skip=1000|skiptoken", seconds=0.5)
        start = len(served)

        def watch() -> None:
            while not any("skip=1000" in s or "skiptoken" in s for s in served[start:]):
                time.sleep(0.005)
            self._client.delete(self._path(self._next - 1)).raise_for_status()

        Thread(target=watch, daemon=True).start()

    def served(self) -> int:
        """Requests until now."""
        return len(self._sandbox.misbehave.served)

    def truth(self) -> dict[str, Any]:
        """Live submissions: instance ID to remarks, review state and files present."""
        url = "projects/1/forms/load.svc/Submissions"
        return {
            row["__id"]: [
                row["remarks"],
                row["__system"]["reviewState"],
                row["__system"]["attachmentsPresent"],
            ]
            for row in self._client.get(url).json()["value"]
        }

    def _path(self, number: int) -> str:
        return f"projects/1/forms/load/submissions/{instance_id(number)}"

    def _change(self, method: str, number: int, xml: str) -> None:
        headers = {"Content-Type": "application/xml"}
        path = self._path(number)
        self._client.session.request(
            method, path, data=xml.encode(), headers=headers
        ).raise_for_status()

    def _send(self, xml: str) -> None:
        url = f"{self._sandbox.url}/v1/projects/1/forms/load/submissions"
        headers = {"Content-Type": "application/xml", "Authorization": f"Bearer {self.token}"}
        requests.post(url, data=xml.encode(), headers=headers, timeout=60).raise_for_status()


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    lag = [_SPREAD]
    with Sandbox(folder / "central.db", clock=lambda: datetime.now(UTC) - lag[0]) as sandbox:
        central = Central(sandbox, rows, lag)
        print(sandbox.url, sandbox.email, sandbox.password, central.token, flush=True)
        for line in sys.stdin:
            print(json.dumps(getattr(central, line.strip())()), flush=True)


if __name__ == "__main__":
    main()
