"""Faults on demand: what networks, proxies and tired servers do to a request."""

from dataclasses import dataclass
from random import Random
from threading import Lock
from typing import Protocol

from orch_tui.simulator.app import BASE
from orch_tui.simulator.exchange import Answer, Exchange
from orch_tui.simulator.settings import Settings


class Fault(Protocol):
    """Something other than the plain answer."""

    async def play(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection closes before the server has seen the request."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class DropAfter:
    """The request is carried out, the answer is lost: the client cannot tell this from Drop."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.withhold()
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class CutBody:
    """The request is carried out; the connection closes in the middle of the answer's body."""

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        await exchange.send_head(answer)
        await exchange.send_part(answer.body[: len(answer.body) // 2])
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer ever; the server does not see the request."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.left()


@dataclass(frozen=True, slots=True)
class Drip:
    """The request is carried out; headers come at once, then a byte every `interval` real seconds."""

    interval: float

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        await exchange.send_head(answer)
        for place in range(len(answer.body)):
            if await exchange.left_within(self.interval):
                return
            await exchange.send_part(answer.body[place : place + 1])
        await exchange.send({"type": "http.response.body"})


@dataclass(frozen=True, slots=True)
class Delay:
    """The plain answer, so many real seconds late."""

    seconds: float

    async def play(self, exchange: Exchange) -> None:
        if not await exchange.left_within(self.seconds):
            await exchange.process()


_PROXY_PAGE = (
    b"<html><head><title>503 Service Unavailable</title></head><body>Service Unavailable</body></html>"
)
BUSY = Answer(503, _PROXY_PAGE, (("content-type", "text/html"),))
"""What a proxy answers while the service starts (invented: the real body is unknown)."""
BUSY_FOR_A_WHILE = Answer(503, _PROXY_PAGE, (("content-type", "text/html"), ("retry-after", "5")))
UNKNOWN_ERROR = Answer(
    500,
    b'{"msg":"org.apache.http.ConnectionClosedException: Connection closed unexpectedly",'
    b'"kind":"puppetlabs.orchestrator/unknown-error"}',
    (("content-type", "application/json; charset=utf-8"),),
)
"""Recorded: passing trouble, and no details."""


@dataclass(slots=True)
class _Planned:
    method: str
    path: str
    fault: Fault
    times: int | None


class Faults:
    """Faults waiting for their request; first those that were asked for, then those of the scenario."""

    def __init__(self, settings: Settings) -> None:
        self._day = settings.day
        self._rng = Random(f"{settings.seed}/faults")
        self._planned: list[_Planned] = []
        self._lock = Lock()

    def add(self, *, method: str = "GET", path: str = "", fault: Fault, times: int | None = 1) -> None:
        """Let `fault` meet the next `times` requests (None: all) whose path after /v1 starts so."""
        with self._lock:
            self._planned.append(_Planned(method, path, fault, times))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if any."""
        with self._lock:
            for planned in self._planned:
                if planned.method == method and path.removeprefix(BASE).startswith(planned.path):
                    self._use_up(planned)
                    return planned.fault
            return self._of_the_day(method)

    def _use_up(self, planned: _Planned) -> None:
        if planned.times is not None:
            planned.times -= 1
            if planned.times <= 0:
                self._planned.remove(planned)

    def _of_the_day(self, method: str) -> Fault | None:
        if method == "GET" and self._rng.random() < self._day.flaky:
            return self._rng.choice((BUSY, BUSY_FOR_A_WHILE, Drop(), CutBody()))
        return Delay(self._day.delay) if self._day.delay else None
