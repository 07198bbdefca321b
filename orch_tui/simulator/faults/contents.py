"""The server's own answer with something else in it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal

from orch_tui.simulator.exchange import Answer, Exchange
from orch_tui.simulator.wire import encode


@dataclass(frozen=True, slots=True)
class WrongShape:
    """The plain answer with `items` missing, null or an object, or with one item in many that is none."""

    how: Literal["missing", "null", "object", "one-bad"] = "missing"

    async def play(self, exchange: Exchange) -> None:
        def bent(body: object) -> object:
            if not isinstance(body, dict) or "items" not in body:
                return body
            rest = {key: value for key, value in body.items() if key != "items"}
            match self.how:
                case "missing":
                    return rest
                case "null":
                    return rest | {"items": None}
                case "object":
                    return rest | {"items": {}}
                case "one-bad":
                    return rest | {"items": [*body["items"], ["not", "an", "item"]]}

        await _changed(exchange, bent)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The plain answer in which every `key` has another value: a state nobody knows, an odd time, null."""

    key: str
    value: object

    async def play(self, exchange: Exchange) -> None:
        def rewritten(body: object) -> object:
            if isinstance(body, list):
                return [rewritten(item) for item in body]
            if not isinstance(body, dict):
                return body
            return {key: self.value if key == self.key else rewritten(value) for key, value in body.items()}

        await _changed(exchange, rewritten)


@dataclass(frozen=True, slots=True)
class SkewDate:
    """The plain answer, whose `Date` is so many seconds ahead of this machine's clock (negative: behind)."""

    seconds: float = 600.0

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        date = formatdate(time.time() + self.seconds, usegmt=True)
        await exchange.send_answer(answer.framed(("date", date)))


async def _changed(exchange: Exchange, change: Callable[[object], object]) -> None:
    """Send the server's answer with its JSON changed."""
    answer = await exchange.withhold()
    body = encode(change(json.loads(answer.body)))
    await exchange.send_answer(Answer(answer.status, body, (("content-type", "application/json"),)))
