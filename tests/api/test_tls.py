"""One authority is trusted and no other, and nothing is said before the other side has proved itself."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from orch_tui.api.exchange import trust_only
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.problem import ProblemKind
from orch_tui.simulator import Tls

if TYPE_CHECKING:
    from tests.api.conftest import Connect, ProblemOf, Start

PRODUCTION = DeployRequest("production", Mode.NOOP)
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Authority:
    """A certificate authority, its certificate's file, and servers' files signed by it."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.pem = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.pem))
        self._folder = folder

    def tls(self, name: str = "127.0.0.1", **dates: Any) -> Tls:
        issued = self.ca.issue_cert(name, **dates)
        certfile, keyfile = self._folder / "cert.pem", self._folder / "key.pem"
        certfile.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(keyfile))
        return Tls(certfile, keyfile)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_server_signed_by_the_authority_is_talked_to(
    authority: Authority, start: Start, connect: Connect
) -> None:
    server = start(tls=authority.tls())
    client = connect(server.url, cacert=authority.pem)
    assert server.url.startswith("https://")
    assert (await client.job(await client.deploy(PRODUCTION))).noop


@pytest.mark.parametrize(
    ("name", "dates", "kind", "message"),
    [
        ("orchestrator.example.com", {}, ProblemKind.WRONG_HOST, "mismatch"),
        ("127.0.0.2", {}, ProblemKind.WRONG_HOST, "mismatch"),
        ("127.0.0.1", {"not_after": NOW - DAY}, ProblemKind.CERTIFICATE_DATES, "expired"),
        ("127.0.0.1", {"not_before": NOW + DAY}, ProblemKind.CERTIFICATE_DATES, "not yet valid"),
    ],
)
async def test_a_certificate_that_is_not_good_gets_nothing(
    authority: Authority,
    start: Start,
    connect: Connect,
    problem_of: ProblemOf,
    name: str,
    dates: dict[str, datetime],
    kind: ProblemKind,
    message: str,
) -> None:
    server = start(tls=authority.tls(name, **dates))
    client = connect(server.url, cacert=authority.pem)
    for call in (client.jobs(1), client.deploy(PRODUCTION)):
        problem = await problem_of(call)
        assert problem.kind is kind
        assert message in problem.message
        assert not problem.leaves_command_unknown
    assert server.simulator.requests == []


async def test_another_authority_gets_nothing_whatever_the_environment_trusts(
    authority: Authority,
    start: Start,
    connect: Connect,
    problem_of: ProblemOf,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
    server = start(tls=authority.tls())
    other = Authority(tmp_path_factory.mktemp("other"))
    for cacert in (other.pem, None):
        problem = await problem_of(connect(server.url, cacert=cacert).deploy(PRODUCTION))
        assert problem.kind is ProblemKind.CA_UNKNOWN
        assert not problem.leaves_command_unknown
    assert server.simulator.requests == []


async def test_a_plain_connection_to_the_orchestrator_makes_no_classifier_trusted(
    authority: Authority, start: Start, connect: Connect, problem_of: ProblemOf
) -> None:
    server, console = start(), start(tls=authority.tls())
    client = connect(server.url, classifier_url=console.url + "/classifier-api")
    await client.jobs(1)
    assert (await problem_of(client.classifier_environments())).kind is ProblemKind.CA_UNKNOWN
    assert console.simulator.requests == []


async def test_two_sides_that_disagree_about_tls_do_not_understand_each_other(
    authority: Authority, start: Start, connect: Connect, problem_of: ProblemOf
) -> None:
    plain, tls = start(), start(tls=authority.tls())
    over_tls = connect(plain.url.replace("http:", "https:"), cacert=authority.pem)
    problem = await problem_of(over_tls.deploy(PRODUCTION))
    assert problem.kind is ProblemKind.NOT_TLS
    assert not problem.leaves_command_unknown
    in_clear = connect(tls.url.replace("https:", "http:"))
    assert (await problem_of(in_clear.deploy(PRODUCTION))).kind is ProblemKind.CONNECTION_LOST
    assert plain.simulator.requests == tls.simulator.requests == []


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Listen = Callable[[Handler, ssl.SSLContext], Awaitable[str]]


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """A TLS server of a few lines, for what no whole server does; gives its URL."""
    async with AsyncExitStack() as stack:

        async def listen(handler: Handler, context: ssl.SSLContext) -> str:
            listener = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
            await stack.enter_async_context(listener)
            return f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"

        yield listen


def serving(authority: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.ca.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_tls_that_breaks_after_the_request_leaves_a_command_unknown(
    authority: Authority, listen: Listen, connect: Connect, problem_of: ProblemOf
) -> None:
    arrived: list[bytes] = []

    async def garble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.readuntil(b"}"))
        # Past the TLS layer: what a broken middlebox would put into the stream.
        os.write(writer.get_extra_info("socket").fileno(), b"HTTP/1.1 202 Accepted\r\n\r\n" * 9)
        await reader.read()
        writer.transport.abort()

    client = connect(await listen(garble, serving(authority)), cacert=authority.pem)
    problem = await problem_of(client.deploy(PRODUCTION))
    assert problem.kind is ProblemKind.CONNECTION_LOST
    assert problem.leaves_command_unknown
    assert len(arrived) == 1


async def test_a_server_that_wants_a_client_certificate_is_a_lost_connection(
    authority: Authority, listen: Listen, connect: Connect, problem_of: ProblemOf
) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the handshake cannot have succeeded")

    context = serving(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)
    client = connect(await listen(never, context), cacert=authority.pem)
    problem = await problem_of(client.deploy(PRODUCTION))
    assert problem.kind is ProblemKind.CONNECTION_LOST


def test_the_keys_of_a_session_are_written_nowhere(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = trust_only(authority.pem)
    assert context.keylog_filename is None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_a_file_that_holds_no_authority_is_an_oserror(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path, tmp_path / "none.pem"):
        with pytest.raises(OSError, match=r".+"):
            trust_only(file)
