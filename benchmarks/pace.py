"""A proxy on 127.0.0.1 that lets answers through at a given pace, as a server busy with its rows would."""

import asyncio
from threading import Thread
from urllib.parse import urlsplit

_PIECE = 1 << 15


def paced(url: str, bytes_per_second: float) -> str:
    """Start the proxy in the background; its address instead of `url`."""
    ready: list[int] = []
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    there = urlsplit(url)

    async def serve() -> None:
        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inward, outward = await asyncio.open_connection(there.hostname, there.port)
            await asyncio.gather(_pass(reader, outward, 0), _pass(inward, writer, bytes_per_second))

        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])

    asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    return f"http://127.0.0.1:{ready[0]}"


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, pace: float) -> None:
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    try:
        while piece := await source.read(_PIECE):
            if pace and loop.time() - began > 1 and sent / pace < loop.time() - began - 1:
                began, sent = loop.time(), 0  # a new answer on an old connection
            target.write(piece)
            await target.drain()
            sent += len(piece)
            if pace:
                await asyncio.sleep(max(0.0, sent / pace - (loop.time() - began)))
    except ConnectionError:
        pass
    finally:
        target.close()
