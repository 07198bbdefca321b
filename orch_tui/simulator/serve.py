"""A real listening port: uvicorn's HTTP/1.1 protocol under a server that stops at once.

uvicorn's own server waits politely for connections to end; faults hold them open on purpose.
"""

import asyncio
import gc
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, cast

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from orch_tui.simulator.exchange import TRANSPORT

_PATIENCE = 2.0
"""Real seconds that requests under way get to notice that their connection is gone."""
_COLLECTOR = (700, 5, 1_000_000)
"""Thresholds of the garbage collector in a process of our own. A world is kept, not thrown away: to look
through all of it for garbage finds next to nothing and holds everybody up, 0.1 s for 100,000 nodes."""


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of the server's certificate (with its chain) and key."""

    certfile: Path
    keyfile: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certfile, self.keyfile)
        return context


class _Protocol(H11Protocol):
    """Tells the application which transport a request came by, so that faults can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, TRANSPORT: transport}
        # asyncio does this only for sockets it made itself; without it each small answer waits 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


class Server:
    """Listens from the moment it is made; answers while `run` runs.

    `keep_up`, if any, is called again and again meanwhile, each time after as many seconds as it says:
    what is due in the world is then done in small portions, and not all of it by the next request.
    """

    def __init__(
        self, app: ASGIApp, host: str, port: int, tls: Tls | None, keep_up: Callable[[], float] | None
    ) -> None:
        self._keep_up = keep_up
        self._config = Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
        )
        self._context = tls.context() if tls else None
        self._state = ServerState()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{name}:{self._socket.getsockname()[1]}"

    async def run(self, started: Callable[[Callable[[], None]], None]) -> None:
        """Serve until stopped: `started` is given the way to do that, safe from any thread."""
        loop = asyncio.get_running_loop()
        leave = asyncio.Event()
        self._config.load()
        listener = await loop.create_server(self._connection, sock=self._socket, ssl=self._context)
        keeping_up = asyncio.create_task(self._keep_up_for_ever())
        try:
            started(lambda: _from_any_thread(loop, leave.set))
            await leave.wait()
        finally:
            keeping_up.cancel()
            listener.close()
            await self._hang_up()
            await listener.wait_closed()

    async def _keep_up_for_ever(self) -> None:
        while self._keep_up:
            pause = self._keep_up()
            await asyncio.sleep(pause)

    def _connection(self) -> asyncio.Protocol:
        return _Protocol(config=self._config, server_state=self._state, app_state={})

    async def _hang_up(self) -> None:
        for connection in list(self._state.connections):
            cast(_Protocol, connection).transport.abort()
        while self._state.connections:  # noqa: ASYNC110 - gone within a turn of the loop or two
            await asyncio.sleep(0)
        if self._state.tasks:
            await asyncio.wait(list(self._state.tasks), timeout=_PATIENCE)


def _from_any_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)


@contextmanager
def in_thread(server: Server) -> Iterator[str]:
    """Serve in a daemon thread with a loop of its own; gives the base URL."""
    stops: list[Callable[[], None]] = []
    ready = Event()

    def started(stop: Callable[[], None]) -> None:
        stops.append(stop)
        ready.set()

    def serve() -> None:
        try:
            asyncio.run(server.run(started))
        finally:
            ready.set()  # should it have failed, nobody must wait for it

    thread = Thread(target=serve, name="simulator", daemon=True)
    thread.start()
    ready.wait()
    if not stops:
        raise RuntimeError("the simulator did not start; its thread has told why")
    try:
        yield server.url
    finally:
        stops[0]()
        thread.join()


def in_foreground(server: Server, ready: Callable[[str], None], until_eof: BinaryIO | None) -> None:
    """Serve until SIGINT, SIGTERM, or the end of `until_eof`. Main thread only, as signals are."""

    def started(stop: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop())
        if until_eof is not None:
            Thread(target=_drain, args=(until_eof.fileno(), stop), daemon=True).start()
        ready(server.url)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    thresholds = gc.get_threshold()
    gc.set_threshold(*_COLLECTOR)
    try:
        asyncio.run(server.run(started))
    finally:
        gc.set_threshold(*thresholds)
        for number, handler in before.items():
            signal.signal(number, handler)


def _drain(descriptor: int, stop: Callable[[], None]) -> None:
    # os.read, not the file's own: a thread that blocks inside a buffered stdin upsets the interpreter's exit.
    while os.read(descriptor, 4096):
        pass
    stop()
