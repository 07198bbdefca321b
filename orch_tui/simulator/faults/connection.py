"""What networks do to a request and its answer. Seconds are real ones."""

import asyncio
import random
from dataclasses import dataclass
from typing import Literal

from orch_tui.simulator.exchange import Answer, Exchange

_PORTION = 0.1
"""Seconds between two portions of a throttled answer."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection closes before the server has seen the request."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class DropAfter:
    """The request is carried out, the answer is lost: the client cannot tell this from `drop`."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.withhold()
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset before the server has seen the request."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.reset()


@dataclass(frozen=True, slots=True)
class ResetAfter:
    """The request is carried out, then the connection is reset."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.withhold()
        await exchange.reset()


@dataclass(frozen=True, slots=True)
class CutBody:
    """The request is carried out; the connection closes, or is reset, in the middle of the answer's body.

    Framed by its `length` or in chunks, the cut can be told; with no framing at all nothing shows it.
    """

    framing: Literal["length", "chunked", "none"] = "length"
    reset: bool = False

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        half = answer.body[: len(answer.body) // 2]
        if self.framing == "length":
            exchange.write(answer.raw_head() + half)
        elif self.framing == "chunked":
            head = answer.framed(("transfer-encoding", "chunked")).raw_head()
            exchange.write(head + b"%x\r\n%b\r\n" % (len(half), half))
        else:
            exchange.write(answer.framed(("connection", "close")).raw_head() + half)
        await (exchange.reset() if self.reset else exchange.hang_up())


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer ever; the server does not see the request."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.left()


@dataclass(frozen=True, slots=True)
class HangAfter:
    """The request is carried out, and no answer ever comes."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.withhold()
        await exchange.left()


@dataclass(frozen=True, slots=True)
class Drip:
    """The request is carried out; the body, or the head too, comes a byte every `interval` seconds."""

    interval: float = 1.0
    head: bool = False

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        head = answer.raw_head()
        slow = head + answer.body if self.head else answer.body
        if not self.head:
            exchange.write(head)
        for place in range(len(slow)):
            if await exchange.left_within(self.interval):
                return
            exchange.write(slow[place : place + 1])
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class Delay:
    """The plain answer, `seconds` late, give or take as much as `spread`."""

    seconds: float
    spread: float = 0.0

    async def play(self, exchange: Exchange) -> None:
        late = random.uniform(self.seconds - self.spread, self.seconds + self.spread)
        if not await exchange.left_within(max(0.0, late)):
            await exchange.process()


@dataclass(frozen=True, slots=True)
class Throttle:
    """The plain answer over a thin line."""

    bytes_per_second: int = 8192

    def __post_init__(self) -> None:
        if self.bytes_per_second < 1 / _PORTION:
            raise ValueError(f"bytes_per_second must be {1 / _PORTION:g} at least")

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        portion = int(self.bytes_per_second * _PORTION)
        await exchange.send_head(answer)
        for place in range(0, len(answer.body), portion):
            await exchange.send_part(answer.body[place : place + portion])
            if await exchange.left_within(_PORTION):
                return
        await exchange.end()


@dataclass(frozen=True, slots=True)
class Late:
    """A proxy's 504 at once; the server carries the request out `seconds` after it."""

    seconds: float = 2.0

    async def play(self, exchange: Exchange) -> None:
        await exchange.send_answer(Answer(504, b"<html>504 Gateway Time-out</html>"))
        await asyncio.sleep(self.seconds)
        await exchange.withhold()
