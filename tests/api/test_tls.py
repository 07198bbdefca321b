"""One authority is trusted and no other, and nothing is said before the other side has proved itself."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orch_tui.api.connection import trust_only
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.problem import ProblemKind
from tests.authority import Authority

if TYPE_CHECKING:
    from tests.api.conftest import Connect, ProblemOf, Start

PRODUCTION = DeployRequest("production", Mode.NOOP)
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


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
        (
            "orchestrator.example.com",
            {},
            ProblemKind.WRONG_HOST,
            "127.0.0.1 was asked for, the certificate is for orchestrator.example.com; use a name",
        ),
        (
            "127.0.0.2",
            {},
            ProblemKind.WRONG_HOST,
            "127.0.0.1 was asked for, the certificate is for 127.0.0.2",
        ),
        (
            "127.0.0.1",
            {"not_after": NOW - DAY},
            ProblemKind.CERTIFICATE_DATES,
            f"to {NOW - DAY:%Y-%m-%d %H:%M}",
        ),
        (
            "127.0.0.1",
            {"not_before": NOW + DAY},
            ProblemKind.CERTIFICATE_DATES,
            f"from {NOW + DAY:%Y-%m-%d %H:%M}",
        ),
        ("127.0.0.1", {"not_before": NOW + DAY}, ProblemKind.CERTIFICATE_DATES, f"clock says {NOW:%Y-%m-%d}"),
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
        assert problem.message.isprintable()
        assert problem.is_untrusted
        assert not problem.leaves_command_unknown
        facts = dict(problem.facts)
        assert facts["it is for"] == name
        assert facts["trusted"] == str(authority.pem)
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
        assert authority.name in problem.message
        assert str(cacert or "nobody is trusted") in problem.message
        assert not problem.leaves_command_unknown
    assert server.simulator.requests == []


async def test_a_plain_connection_to_the_orchestrator_makes_no_classifier_trusted(
    authority: Authority, start: Start, connect: Connect, problem_of: ProblemOf
) -> None:
    server, console = start(), start(tls=authority.tls())
    client = connect(server.url, classifier_url=console.url + "/classifier-api")
    await client.jobs(1)
    assert client.classifier
    assert (await problem_of(client.classifier.environments())).kind is ProblemKind.CA_UNKNOWN
    assert console.simulator.requests == []


async def test_T7_two_sides_that_disagree_about_tls_do_not_understand_each_other(
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


@contextmanager
def refusing(context: ssl.SSLContext) -> Iterator[str]:
    """The URL of a server that says why there is no handshake; asyncio's just hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as thread:

        def refuse() -> None:
            wrapped = context.wrap_socket(listening.accept()[0], True, do_handshake_on_connect=False)
            with wrapped:
                with pytest.raises(ssl.SSLError):
                    wrapped.do_handshake()
                # Hung up on before it was heard out, the other side might not get to read why.
                while socket.socket.recv(wrapped, 4096):
                    pass

        done = thread.submit(refuse)
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        done.result()


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        (ssl.TLSVersion.TLSv1_3, ProblemKind.CLIENT_CERTIFICATE),
        # Here the alert says no more than that the handshake failed.
        (ssl.TLSVersion.TLSv1_2, ProblemKind.TLS_TOO_OLD),
    ],
)
async def test_T8_a_server_that_wants_a_client_certificate_is_told_apart(
    version: ssl.TLSVersion, kind: ProblemKind, authority: Authority, connect: Connect, problem_of: ProblemOf
) -> None:
    context = serving(authority)
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)
    with refusing(context) as url:
        client = connect(url, cacert=authority.pem)
        assert (await problem_of(client.deploy(PRODUCTION))).kind is kind


async def test_T11_a_server_that_knows_only_older_tls_is_too_old(
    authority: Authority, connect: Connect, problem_of: ProblemOf
) -> None:
    context = serving(authority)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with refusing(context) as url:
        problem = await problem_of(connect(url, cacert=authority.pem).deploy(PRODUCTION))
    assert problem.kind is ProblemKind.TLS_TOO_OLD
    assert not problem.leaves_command_unknown


async def test_a_refused_certificate_is_read_without_a_word_to_its_server(
    authority: Authority, listen: Listen, connect: Connect, problem_of: ProblemOf
) -> None:
    heard: list[bytes] = []

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            heard.append(await reader.read())
        writer.transport.abort()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [f"web{number}.example.com" for number in range(7)]
    authority.ca.issue_cert(*names, not_after=NOW - DAY).configure_cert(context)
    client = connect(await listen(listening, context), cacert=authority.pem)
    problem = await problem_of(client.jobs(1))
    assert "web4.example.com and 2 more" in dict(problem.facts)["it is for"]
    assert not any(heard)


def test_T12_the_keys_of_a_session_are_written_nowhere(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = trust_only(authority.pem)
    assert context.keylog_filename is None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_T10_a_file_that_holds_no_authority_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path, tmp_path / "none.pem"):
        with pytest.raises(OSError, match=r".+"):
            trust_only(file)
