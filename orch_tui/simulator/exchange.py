"""One request and what becomes of it, down to the connection it came by."""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRANSPORT = "orch_tui.simulator.transport"
"""Where the server leaves the connection's transport in the scope's `state`."""

RawHeaders = list[tuple[bytes, bytes]]


class Request(NamedTuple):
    """A request as it arrived: `path` and `query` still percent-encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """A whole answer. Also a fault: it comes instead of the server's own, which never sees the request."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    async def play(self, exchange: "Exchange") -> None:
        await exchange.send_answer(self)


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
        headers = {name.lower(): value for name, value in answer.headers}
        headers.setdefault("content-length", str(len(answer.body)))
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": raw})

    async def send_part(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})

    async def hang_up(self) -> None:
        """Close the connection once what was sent is out, and wait until it is gone."""
        self.scope["state"][TRANSPORT].close()
        await self.left()

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

    def _replay(self) -> Receive:
        unread = [self.body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await self.receive()

        return receive
