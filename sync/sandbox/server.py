"""The sandbox as a running server: started in a thread, stopped with its block."""

import logging
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from types import TracebackType

import uvicorn

from forms.errors import KafoError
from sync.sandbox.accounts import create_actor, grant, hash_password
from sync.sandbox.bulk import insert_many
from sync.sandbox.endpoint import Router
from sync.sandbox.gate import Gate
from sync.sandbox.misbehaviour import Misbehaviour
from sync.sandbox.mischief import Mischief
from sync.sandbox.roles import ADMIN
from sync.sandbox.routes import ENDPOINTS
from sync.sandbox.store import Store, insert, value

_EMAIL = "admin@example.org"


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Sandbox:
    """An ODK Central on 127.0.0.1 with one administrator; the same path, the same state."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.misbehave = Misbehaviour()
        self._wanted_port, self._clock = port, clock
        self._temporary = TemporaryDirectory(prefix="kafo-sandbox-") if path is None else None
        self._path = path or Path(self._temporary.name if self._temporary else "") / "central.db"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._store = Store(self._path, clock)
        self.misbehave.store = self._store
        self.email = _EMAIL
        self.password = self._administrator()
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> "Sandbox":
        """Listen; KafoError when another program has the port."""
        try:
            listener = self._listen()
        except KafoError:
            self.stop()
            raise
        self._port = listener.getsockname()[1]
        gate = Gate(self._store, Router(ENDPOINTS), self.misbehave)
        gate.address = self.url
        config = uvicorn.Config(
            Mischief(gate, self.misbehave),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        _until(lambda: self._server is not None and self._server.started)
        return self

    def stop(self) -> None:
        """Stop listening and let the file go; a temporary one is removed."""
        self.misbehave.stopping = True
        self.misbehave.release()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=10)
        self._server = None
        self._store.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def insert_many(
        self, project_id: int, form_id: str, rows: Iterable[str], *, app_user_id: int
    ) -> int:
        """Store many submissions (XML) at once, with the state that as many POSTs would leave;
        how many there were."""
        return insert_many(self._store, project_id, form_id, rows, app_user_id=app_user_id)

    def _listen(self) -> socket.socket:
        # asyncio switches Nagle's delay off (40 ms an answer) only where the protocol is named
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self._wanted_port))
        except OSError as error:
            listener.close()
            port = self._wanted_port
            raise KafoError(
                f"Le port {port} est déjà pris par un autre programme ; arrêter ce programme ou "
                "choisir un autre port.",
                f"Port {port} is already taken by another program; stop that program or choose "
                "another port.",
            ) from error
        return listener

    def _administrator(self) -> str:
        """The administrator's password: made up once, kept beside the data."""
        with self._store.write() as db:
            known = value(db, "select value from settings where name = 'password'")
            if known is not None:
                return str(known)
            password, now = token_urlsafe(18), self._store.now()
            hashed = hash_password(password)
            actor = create_actor(db, "user", _EMAIL, now, email=_EMAIL, password=hashed)
            grant(db, actor, ADMIN, "*")
            insert(db, "settings", name="password", value=password)
            insert(db, "settings", name="born", value=now)
            return password


def _until(ready: Callable[[], bool]) -> None:
    end = monotonic() + 30
    while not ready() and monotonic() < end:
        sleep(0.005)
