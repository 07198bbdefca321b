"""JSON on the wire: small answers whole, long lists in pieces, so that others are answered in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

from starlette.responses import Response, StreamingResponse

from orch_tui.simulator.errors import Json

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_JSON = "application/json; charset=utf-8"

_AT_ONCE = 500
"""Items that go out in one answer of known length; longer lists are `transfer-encoding: chunked`."""
_PIECE, _SLICE = 150, 0.001
"""Items of a piece at most, and real seconds after which a piece is long enough."""


def encode(body: object) -> bytes:
    return _ENCODER.encode(body).encode()


def whole(body: object, status: int = 200) -> Response:
    return Response(encode(body), status, media_type=_JSON)


@dataclass(frozen=True, slots=True)
class Roll:
    """An answer whose last member, `items`, may be as long as the fleet."""

    head: Json
    length: int
    items: Iterator[bytes]
    """Encoded, one or several at a time."""


def rolled(roll: Roll, lock: AbstractContextManager[object]) -> Response:
    """The answer; `lock` is held while items are drawn, and never while somebody else has a turn."""
    opening = encode(roll.head | {"items": []}).removesuffix(b"]}")
    if roll.length <= _AT_ONCE:
        with lock:
            return Response(opening + b",".join(roll.items) + b"]}", media_type=_JSON)
    return StreamingResponse(_pieces(opening, roll.items, lock), media_type=_JSON)


async def _pieces(
    opening: bytes, items: Iterator[bytes], lock: AbstractContextManager[object]
) -> AsyncIterator[bytes]:
    yield opening + next(items)
    while piece := _piece(items, lock):
        yield piece
        await asyncio.sleep(0)
    yield b"]}"


def _piece(items: Iterator[bytes], lock: AbstractContextManager[object]) -> bytes:
    """The next items, each with its comma before it; empty when there are no more."""
    until = perf_counter() + _SLICE
    taken = [b""]
    with lock:
        for item in items:
            taken.append(item)
            if len(taken) > _PIECE or perf_counter() > until:
                break
    return b",".join(taken)
