"""One request and what becomes of it, down to the connection it came by."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRANSPORT = "orch_tui.simulator.transport"
"""Where the server leaves the connection's transport in the scope's `state`."""


class Request(NamedTuple):
    """A request as it arrived: `path` and `query` still percent-encoded, header names in lower case.

    `port` is the client's: requests that came by the same connection share it.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    port: int


class Answer(NamedTuple):
    """A whole answer. Also a fault: it comes instead of the server's own, which never sees the request."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    async def play(self, exchange: "Exchange") -> None:
        await exchange.send_answer(self)

    def framed(self, *headers: tuple[str, str]) -> "Answer":
        """The same with these headers in place of its own of those names.

        A `transfer-encoding`, or `connection: close`, also takes the place of the `content-length`.
        """
        names = {name for name, _ in headers}
        unframed = {"content-length"} if names & {"transfer-encoding", "connection"} else set()
        kept = tuple((name, value) for name, value in self.headers if name not in names | unframed)
        return self._replace(headers=(*kept, *headers))

    def raw_head(self, reason: bytes = b"As it is") -> bytes:
        """Status line and headers as they go over the wire."""
        lines = [b"HTTP/1.1 %d %b" % (self.status, reason)]
        lines += [f"{name}: {value}".encode("latin-1") for name, value in _whole_headers(self)]
        return b"\r\n".join([*lines, b"", b""])


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request whose body has been read. `app` would answer it."""

    app: ASGIApp
    scope: Scope
    body: bytes
    receive: Receive
    send: Send

    async def process(self) -> None:
        """Let the server answer as ever."""
        await self.app(self.scope, self._replay(), self.send)

    async def withhold(self) -> Answer:
        """Let the server do its work and keep its answer."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(self.scope, self._replay(), keep)
        headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in kept[0]["headers"])
        return Answer(kept[0]["status"], b"".join(part.get("body", b"") for part in kept[1:]), tuple(headers))

    async def send_answer(self, answer: Answer) -> None:
        await self.send_head(answer)
        await self.send({"type": "http.response.body", "body": answer.body})

    async def send_head(self, answer: Answer) -> None:
        """Status and headers; `content-length` tells of the whole body, however much of it will follow."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in _whole_headers(answer)]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": raw})

    async def send_part(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})

    async def end(self) -> None:
        """There is no more of the body."""
        await self.send({"type": "http.response.body"})

    def write(self, raw: bytes) -> None:
        """Send bytes past HTTP's own rules; afterwards nothing is left but to hang up."""
        self._transport.write(raw)

    async def hang_up(self) -> None:
        """Close the connection once what was sent is out, and wait until it is gone."""
        self._transport.close()
        await self.left()

    async def reset(self) -> None:
        """Break the connection (RST) once what was sent is out, and wait until it is gone."""
        while self._transport.get_write_buffer_size():  # noqa: ASYNC110 - the transport tells nobody
            await asyncio.sleep(0.01)
        # To linger for no time at all is to reset.
        self._transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self._transport.abort()
        await self.left()

    @property
    def is_open(self) -> bool:
        """Whether the client is still there, as far as is known."""
        return not self._transport.is_closing()

    async def left(self) -> None:
        """Return when the client has gone, or the server ends."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def left_within(self, seconds: float) -> bool:
        """Wait so long; True if the client went meanwhile."""
        try:
            await asyncio.wait_for(self.left(), seconds)
        except TimeoutError:
            return False
        return True

    @property
    def _transport(self) -> asyncio.Transport:
        transport: asyncio.Transport = self.scope["state"][TRANSPORT]
        return transport

    def _replay(self) -> Receive:
        unread = [self.body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await self.receive()

        return receive


def _whole_headers(answer: Answer) -> Iterable[tuple[str, str]]:
    """The headers with a `content-length`, unless they say that the body ends otherwise."""
    headers = {name.lower(): value for name, value in answer.headers}
    if "transfer-encoding" not in headers and headers.get("connection") != "close":
        headers.setdefault("content-length", str(len(answer.body)))
    return headers.items()
