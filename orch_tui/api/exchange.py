"""One HTTP exchange under all the rules: bounded in time and size, with the token, never redirected."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NamedTuple, NoReturn

import httpx

from orch_tui.api.certificate import inspected
from orch_tui.api.connection import Authentication, Call, Connection, trust_only
from orch_tui.api.failure import http_date, http_problem, transport_problem
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.plain import plain

_MOST_BYTES = 8 * 2**20
_WRONG_PLACE = frozenset({ProblemKind.NAME_UNKNOWN, ProblemKind.REFUSED, ProblemKind.NO_CONNECTION})
_LARGEST_CLOCK_OFFSET = timedelta(days=36500)


class _Stage:
    """How far a connection has come: httpx calls a TLS handshake that takes too long no connection."""

    def __init__(self) -> None:
        self.is_handshake = False

    async def __call__(self, event: str, _: object) -> None:
        if event.startswith("connection.start_tls."):
            self.is_handshake = not event.endswith(".complete")


class Body(NamedTuple):
    """What a good answer carried, or a piece of it, and of what type it said that is."""

    raw: bytes
    content_type: str


class Exchange:
    """The connections to one server, and its clock."""

    def __init__(self, connection: Connection, *, keep_alive: bool, now: Callable[[], datetime]) -> None:
        """
        Raises:
            OSError: The CA file cannot be used.
        """
        self._deadline = connection.deadline
        self._connect_timeout = connection.connect_timeout
        self._cacert = connection.cacert
        self._service_url = connection.service_url
        self._token = connection.token
        self._observe = connection.observe
        self._now = now
        self._clock_offset = timedelta(0)
        self._http = httpx.AsyncClient(
            auth=Authentication(connection.token) if connection.token else None,
            verify=trust_only(connection.cacert),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "orch-tui",
            },
            # A jar that takes from nobody: the token says who we are, and nothing else should.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=httpx.Timeout(connection.read_timeout, connect=connection.connect_timeout),
            limits=httpx.Limits(max_keepalive_connections=None if keep_alive else 0),
            follow_redirects=False,
            # In clear text the token would lie open to the proxy; only loopback is spoken to so.
            trust_env=connection.proxy_from_environment and connection.service_url.startswith("https:"),
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def server_now(self) -> datetime:
        """The time by the server's clock, from the `Date` of its latest answer."""
        return self._now() + self._clock_offset

    @property
    def clock_offset(self) -> timedelta:
        """How far the server's clock is ahead of ours; negative: behind."""
        return self._clock_offset

    async def call(
        self, method: str, url: str, *, params: Mapping[str, str] | None = None, body: str | None = None
    ) -> Any:
        """The JSON of the answer.

        Raises:
            OrchestratorError: Anything at all went wrong; nothing else is raised.
        """
        return parsed(await self._whole(method, url, params, body))

    async def text(self, url: str) -> str:
        """The answer to a GET where it is no JSON.

        Raises:
            OrchestratorError: Anything at all went wrong; nothing else is raised.
        """
        return plain((await self._whole("GET", url, None, None)).raw.decode(errors="replace").strip())

    async def _whole(self, method: str, url: str, params: Mapping[str, str] | None, body: str | None) -> Body:
        async with aclosing(self._observed(method, url, params, body, _MOST_BYTES)) as pieces:
            whole = [piece async for piece in pieces]
        return Body(b"".join(piece.raw for piece in whole), whole[0].content_type)

    def fetch(self, url: str, params: Mapping[str, str], most_bytes: int) -> AsyncGenerator[Body, None]:
        """The answer to a GET in pieces, as they come in; the last one came only when nothing is raised.

        Raises:
            OrchestratorError: Anything at all went wrong; nothing else is raised.
        """
        return self._observed("GET", url, params, None, most_bytes)

    async def _observed(
        self, method: str, url: str, params: Mapping[str, str] | None, body: str | None, most_bytes: int
    ) -> AsyncGenerator[Body, None]:
        started = time.monotonic()
        outcome = "given up"
        try:
            async with aclosing(self._send(method, url, params, body, most_bytes)) as pieces:
                async for piece in pieces:
                    yield piece
            outcome = "ok"
        except OrchestratorError as error:
            status = error.problem.status
            outcome = str(error.problem.kind) if status is None else f"{status} {error.problem.kind}"
            raise
        finally:
            path = "/" + url.partition("://")[2].partition("/")[2]
            self._observe(Call(method, path, outcome, time.monotonic() - started, outcome == "ok"))

    async def _send(
        self, method: str, url: str, params: Mapping[str, str] | None, body: str | None, most_bytes: int
    ) -> AsyncGenerator[Body, None]:
        """A good answer in one or more pieces, of which the first is empty."""
        content = None if body is None else body.encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        stage = _Stage()
        try:
            request = self._http.build_request(
                method, url, params=params, content=content, headers=headers, extensions={"trace": stage}
            )
        except httpx.InvalidURL:
            # Here it is ours; later it is one that the server wrote, in a redirection.
            raise OrchestratorError(Problem(ProblemKind.NO_CONNECTION, "the address is no URL")) from None
        # httpx limits each read, not their sum: a dripping answer would hold us for ever.
        end = asyncio.get_running_loop().time() + self._deadline
        try:
            # Only waiting is cut short, never those who are busy with a piece.
            async with asyncio.timeout_at(end):
                response = await self._begin(request)
            async with aclosing(response), aclosing(_bounded(response, most_bytes, end)) as chunks:
                if self._is_ours(request):
                    self._learn_clock(response.headers)
                if not response.is_success:
                    told = _told(b"".join([chunk async for chunk in chunks]), response.headers)
                    problem = http_problem(response.status_code, told, response.headers, request.url.path)
                    self._heed(problem, request)
                    raise OrchestratorError(problem)
                content_type = response.headers.get("content-type", "of no type")
                yield Body(b"", content_type)
                async for chunk in chunks:
                    yield Body(chunk, content_type)
        except TimeoutError:
            message = f"no complete answer within {self._deadline:g} s"
            raise OrchestratorError(Problem(ProblemKind.NO_ANSWER, message)) from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            # httpx wraps TLS errors of the handshake, but lets those of later reads through as they are.
            problem = _located(transport_problem(error, is_handshake=stage.is_handshake), request.url)
            raise OrchestratorError(await self._inspected(problem, request.url)) from error

    async def _begin(self, request: httpx.Request) -> httpx.Response:
        """The answer up to its headers."""
        try:
            return await self._http.send(request, stream=True)
        except httpx.RemoteProtocolError as error:
            # A connection that just ends is httpx's own finding; what is no HTTP is found a layer below.
            if error.__cause__ is not None and error.__cause__.__context__ is not None:
                not_understood("the answer is not HTTP as we know it")
            raise

    async def _inspected(self, problem: Problem, url: httpx.URL) -> Problem:
        if not problem.is_untrusted or self._http.trust_env:
            return problem  # a proxy is not ours to reach round
        return await inspected(problem, url.host, url.port or 443, self._cacert, self._connect_timeout)

    def _heed(self, problem: Problem, request: httpx.Request) -> None:
        """Never send a refused token again. The classifier speaks for itself alone: others may take it."""
        is_refused = problem.needs_sign_in and problem.status == 401 and self._is_ours(request)
        if self._token is not None and is_refused:
            self._token.refuse(request.headers["X-Authentication"], problem)

    def _is_ours(self, request: httpx.Request) -> bool:
        """Whether it goes to the server itself, and not to a service beside it with a clock of its own."""
        return request.url.netloc == httpx.URL(self._service_url).netloc

    def _learn_clock(self, headers: Mapping[str, str]) -> None:
        server = http_date(headers.get("date", ""))
        offset = timedelta.max if server is None else server - self._now()
        # A clock that is off by centuries is no clock, and would lead out of the calendar.
        if abs(offset) < _LARGEST_CLOCK_OFFSET:
            self._clock_offset = offset


def _located(problem: Problem, url: httpx.URL) -> Problem:
    """`problem` with host and port, where these may be what is wrong."""
    if problem.kind not in _WRONG_PLACE:
        return problem
    return replace(problem, message=f"{plain(url.netloc.decode())}: {problem.message}")


async def _bounded(response: httpx.Response, most_bytes: int, end: float) -> AsyncGenerator[bytes, None]:
    """The body as it comes, refused if it is too long or compressed (which could unpack to anything)."""
    status = response.status_code
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        not_understood("the answer is compressed, though we did not ask for it", status)
    length = 0
    chunks = response.aiter_raw()
    while True:
        async with asyncio.timeout_at(end):
            chunk = await anext(chunks, b"")
        if not chunk:
            return
        length += len(chunk)
        if length > most_bytes:
            message = f"the answer is longer than {most_bytes // 2**20} MiB"
            raise OrchestratorError(Problem(ProblemKind.TOO_LARGE, message, status))
        yield chunk


def parsed(body: Body) -> Any:
    """The JSON in `body`."""
    try:
        return json.loads(body.raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        not_understood(f"the answer ({plain(body.content_type)}) cannot be read as JSON")


def _told(raw: bytes, headers: Mapping[str, str]) -> object:
    """What an error says: JSON, or text where it calls itself so, as PuppetDB's do; else None."""
    if headers.get("content-type", "").lower().startswith("text/plain"):
        return raw.decode(errors="replace")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def not_understood(message: str, status: int | None = None) -> NoReturn:
    """Raise the problem of an answer that is not what the documents describe."""
    raise OrchestratorError(Problem(ProblemKind.NOT_UNDERSTOOD, message, status))


def listed(body: object, key: str) -> list[object]:
    """`body[key]` as a list; an answer without it is none that we understand."""
    items = body.get(key) if isinstance(body, dict) else None
    if not isinstance(items, list):
        not_understood(f"the answer has no list of {key}")
    return items
