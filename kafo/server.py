"""The web server inside `kafo run`: started in a thread, stopped with its block."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from forms.errors import UsageError


@contextmanager
def serving(app: ASGIApp, host: str, port: int) -> Iterator[str]:
    """Serve while the block runs; gives the address. Port 0 takes any free one."""
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # addresses of pages are nobody's business, and the log has a form of its own
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    """Taken here and not by uvicorn, which would end the process in its own words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who calls before the server is up waits instead of being refused
    except OSError:
        listener.close()
        raise UsageError(
            f"Kafo ne peut pas écouter sur {host}:{port}. « kafo run » tourne-t-il déjà ? Sinon, "
            "changez « listen.port » ou « listen.host » dans config.yaml.",
            f"Kafo cannot listen on {host}:{port}. Is 'kafo run' already running? If not, change "
            "'listen.port' or 'listen.host' in config.yaml.",
        ) from None
    return listener
