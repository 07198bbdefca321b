"""The outermost layer: notes each request, stamps the world's time on each answer, lets faults loose."""

from email.utils import formatdate

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orch_tui.simulator.exchange import Exchange, Request
from orch_tui.simulator.faults import Faults
from orch_tui.simulator.world import World

_REMEMBERED = 20_000
"""Requests kept at least; a simulator may run for weeks."""


class Gate:
    def __init__(self, app: ASGIApp, world: World, faults: Faults) -> None:
        self._app = app
        self._world = world
        self._faults = faults
        self.requests: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        if body is None:
            return
        raw_path = scope["raw_path"].decode("ascii")
        self._remember(scope, raw_path, body)

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._world.advance()
                message["headers"] = _dated(message["headers"], self._world.now)
            await send(message)

        # Routes see the path as sent: a name may hold an encoded slash or line break.
        scope = dict(scope) | {"path": raw_path}
        exchange = Exchange(self._app, scope, body, receive, send_dated)
        fault = self._faults.take(scope["method"], raw_path)
        await (exchange.process() if fault is None else fault.play(exchange))

    def _remember(self, scope: Scope, path: str, body: bytes) -> None:
        if len(self.requests) >= 2 * _REMEMBERED:
            del self.requests[:_REMEMBERED]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.requests.append(
            Request(
                method=scope["method"],
                path=path,
                query=scope["query_string"].decode("latin-1"),
                headers=headers,
                body=body,
                port=scope["client"][1],
            )
        )


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None if the client left in the middle of it: half a command is none."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _dated(headers: list[tuple[bytes, bytes]], now: float) -> list[tuple[bytes, bytes]]:
    if any(name == b"date" for name, _ in headers):
        return list(headers)
    return [(b"date", formatdate(now, usegmt=True).encode("ascii")), *headers]
