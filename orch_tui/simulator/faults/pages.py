"""Answers that come instead of the server's own: from proxies, from other servers, from nobody's friends."""

import zlib
from dataclasses import dataclass
from typing import Literal

from orch_tui.simulator import errors
from orch_tui.simulator.exchange import Answer, Exchange
from orch_tui.simulator.wire import encode

_HTML = ("content-type", "text/html; charset=utf-8")
_JSON = ("content-type", "application/json; charset=utf-8")
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A proxy's HTML page with 503, 502, 504 or 429 (invented: the real body is unknown).

    `retry_after` goes out as it is given: seconds, a date, or nonsense; empty leaves the header out.
    """

    status: int = 503
    retry_after: str = ""

    async def play(self, exchange: Exchange) -> None:
        page = f"<html><head><title>{self.status}</title></head><body>Not now.</body></html>"
        wait = (("retry-after", self.retry_after),) if self.retry_after else ()
        await exchange.send_answer(Answer(self.status, page.encode(), (_HTML, *wait)))


@dataclass(frozen=True, slots=True)
class LoginPage:
    """A page of HTML that says 200, as a portal in between would send."""

    async def play(self, exchange: Exchange) -> None:
        page = b"<!doctype html><title>Sign in</title><form>Name <input name=user></form>"
        await exchange.send_answer(Answer(200, page, (_HTML,)))


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection, to another host unless told otherwise."""

    status: int = 302
    location: str = "https://elsewhere.example.com:8143/orchestrator/v1/jobs"

    async def play(self, exchange: Exchange) -> None:
        await exchange.send_answer(Answer(self.status, b"", (("location", self.location),)))


@dataclass(frozen=True, slots=True)
class Missing:
    """404, as if the release had no such endpoint."""

    async def play(self, exchange: Exchange) -> None:
        refusal = errors.unknown_route()
        await exchange.send_answer(Answer(refusal.status, encode(refusal.body()), (_JSON,)))


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer of your own; without a body, the passing trouble that was recorded, without details."""

    status: int = 500
    body: str = (
        '{"msg":"org.apache.http.ConnectionClosedException: Connection closed unexpectedly",'
        '"kind":"puppetlabs.orchestrator/unknown-error"}'
    )
    content_type: str = _JSON[1]

    async def play(self, exchange: Exchange) -> None:
        headers = (("content-type", self.content_type),)
        await exchange.send_answer(Answer(self.status, self.body.encode(), headers))


@dataclass(frozen=True, slots=True)
class Empty:
    """200 or 204, and nothing in it."""

    status: int = 200

    async def play(self, exchange: Exchange) -> None:
        await exchange.send_answer(Answer(self.status))


@dataclass(frozen=True, slots=True)
class BadJson:
    """JSON that is none, or that no reader should swallow: cut off, NaN, nested or long beyond reason."""

    how: Literal["cut", "nan", "deep", "digits", "no-text"] = "cut"

    async def play(self, exchange: Exchange) -> None:
        body = {
            "cut": b'{"items":[',
            "nan": b'{"items":[NaN]}',
            "deep": b"[" * 100_000,
            "digits": b'{"items":[' + b"1" * 5000 + b"]}",
            "no-text": b'{"items":["\xff"]}',
        }
        await exchange.send_answer(Answer(200, body[self.how], (_JSON,)))


@dataclass(frozen=True, slots=True)
class GzipBomb:
    """A compressed answer, asked for or not, that unpacks to so many mebibytes of blanks."""

    mebibytes: int = 300

    async def play(self, exchange: Exchange) -> None:
        packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
        # After a full flush a block stands by itself: one is packed, all are that one.
        block = packer.compress(b" " * _MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)
        head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
        # The checksum that ought to follow is left out; who misses it has unpacked everything.
        packed = head + block * self.mebibytes + packer.flush()
        await exchange.send_answer(Answer(200, packed, (_JSON, ("content-encoding", "gzip"))))


@dataclass(frozen=True, slots=True)
class Huge:
    """Blanks without end; or so many mebibytes of them, told in advance."""

    mebibytes: int = 0

    async def play(self, exchange: Exchange) -> None:
        length = ("content-length", str(self.mebibytes * _MEBIBYTE))
        framing = length if self.mebibytes else ("transfer-encoding", "chunked")
        await exchange.send_head(Answer(200, b"", (_JSON, framing)))
        sent = 0
        while exchange.is_open and (sent < self.mebibytes * 16 or not self.mebibytes):
            await exchange.send_part(b" " * (_MEBIBYTE // 16))
            sent += 1
        await exchange.end()


@dataclass(frozen=True, slots=True)
class HugeHeader:
    """The plain answer behind a header of so many kibibytes."""

    kibibytes: int = 256

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        await exchange.send_answer(answer.framed(("x-padding", "x" * 1024 * self.kibibytes)))


@dataclass(frozen=True, slots=True)
class HostileReason:
    """An error whose reason phrase wants to set the terminal's title."""

    status: int = 500

    async def play(self, exchange: Exchange) -> None:
        head = Answer(self.status).raw_head(reason=b"\x1b]0;PWNED\x07\x9b2J")
        exchange.write(head)
        await exchange.hang_up()


@dataclass(frozen=True, slots=True)
class SetCookie:
    """The plain answer, with a cookie that wants to come back."""

    async def play(self, exchange: Exchange) -> None:
        answer = await exchange.withhold()
        await exchange.send_answer(answer.framed(("set-cookie", "follow=me; Path=/")))
