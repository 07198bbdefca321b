"""What networks, proxies and tired servers do, and what can be said of a command that met it."""

from __future__ import annotations

import gzip
import socket
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from orch_tui.api.token import Token
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.problem import OrchestratorError, ProblemKind
from orch_tui.simulator import Answer, CutBody, Drip, Drop, DropAfter, Hang

if TYPE_CHECKING:
    from orch_tui.api.client import OrchestratorClient
    from tests.api.conftest import Connect, ProblemOf, Start
    from tests.conftest import Server

PRODUCTION = DeployRequest("production", Mode.NOOP)
JSON = ("content-type", "application/json")
HTML = ("content-type", "text/html")


@dataclass(frozen=True)
class Case:
    """A fault, the kind it becomes, and whether it proves that a command was refused."""

    fault: Any
    kind: ProblemKind
    message: str
    refused: bool = False


CASES = {
    "hang": Case(Hang(), ProblemKind.NO_ANSWER, "no complete answer within 0.3 s"),
    "drip": Case(Drip(0.05), ProblemKind.NO_ANSWER, "no complete answer within 0.3 s"),
    "drop": Case(Drop(), ProblemKind.CONNECTION_LOST, "the connection broke"),
    "drop after": Case(DropAfter(), ProblemKind.CONNECTION_LOST, "the connection broke"),
    "cut body": Case(CutBody(), ProblemKind.CONNECTION_LOST, "the connection broke"),
    "html": Case(Answer(200, b"<html>", (HTML,)), ProblemKind.NOT_UNDERSTOOD, "(text/html) cannot be read"),
    "empty": Case(Answer(200), ProblemKind.NOT_UNDERSTOOD, "(of no type) cannot be read as JSON"),
    "no content": Case(Answer(204), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"),
    "half": Case(Answer(200, b'{"items": [', (JSON,)), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"),
    "nan": Case(
        Answer(200, b'{"items": [NaN]}', (JSON,)), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"
    ),
    "deep": Case(Answer(200, b"[" * 100_000, (JSON,)), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"),
    "digits": Case(
        Answer(200, b"[" + b"1" * 5000 + b"]"), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"
    ),
    "no text": Case(Answer(200, b'"\xff"', (JSON,)), ProblemKind.NOT_UNDERSTOOD, "cannot be read as JSON"),
    "wrong": Case(Answer(200, b"[]", (JSON,)), ProblemKind.NOT_UNDERSTOOD, "the answer "),
    "gzip": Case(
        Answer(200, gzip.compress(b'{"items": []}'), (("content-encoding", "gzip"), JSON)),
        ProblemKind.NOT_UNDERSTOOD,
        "compressed",
    ),
    "large": Case(Answer(202, b" " * (8 * 2**20 + 1)), ProblemKind.TOO_LARGE, "longer than 8 MiB"),
    "unavailable": Case(Answer(503, b"<html>", (HTML,)), ProblemKind.UNAVAILABLE, "answered 503"),
    "too many": Case(Answer(429), ProblemKind.UNAVAILABLE, "answered 429", refused=True),
    "bad request": Case(Answer(400, b"no", (HTML,)), ProblemKind.OTHER, "answered 400", refused=True),
    "hostile type": Case(
        Answer(200, b"x", (("content-type", "\x9b2J"),)), ProblemKind.NOT_UNDERSTOOD, "<U+009B>2J"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_poll_that_meets_trouble_tells_its_kind_and_the_next_one_works(
    server: Server, connect: Connect, problem_of: ProblemOf, case: Case
) -> None:
    client = connect(server.url, deadline=0.3)
    server.simulator.faults.add(path="/jobs", fault=case.fault)
    problem = await problem_of(client.jobs(5))
    assert problem.kind is case.kind
    assert case.message in problem.message
    assert problem.message.isprintable()
    assert (await client.jobs(5)).items == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_deploy_is_sent_once_whatever_it_meets_and_never_called_refused_without_proof(
    server: Server, connect: Connect, problem_of: ProblemOf, case: Case
) -> None:
    for sent, keep_alive in enumerate((True, False), start=1):
        client = connect(server.url, deadline=0.3, keep_alive=keep_alive)
        await client.jobs(1)  # so that there is a connection to be stale
        server.simulator.faults.add(method="POST", path="/command/deploy", fault=case.fault)
        problem = await problem_of(client.deploy(PRODUCTION))
        assert problem.kind is case.kind
        assert problem.leaves_command_unknown is not case.refused
        await client.jobs(1)
        assert len(server.posts("deploy")) == sent


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_its_target_sees_nothing(
    server: Server, client: OrchestratorClient, start: Start, problem_of: ProblemOf, status: int
) -> None:
    other = start()
    for method, path in (("GET", "/jobs"), ("POST", "/command/deploy")):
        location = ("location", f"{other.url}/orchestrator/v1{path}")
        server.simulator.faults.add(method=method, path=path, fault=Answer(status, b"", (location,)))
    for call in (client.jobs(1), client.deploy(PRODUCTION)):
        problem = await problem_of(call)
        assert (problem.kind, problem.status) == (ProblemKind.REDIRECTED, status)
        assert problem.leaves_command_unknown
    assert other.simulator.requests == []
    assert len(server.simulator.requests) == 2


async def test_silence_is_borne_only_so_long(server: Server, connect: Connect, problem_of: ProblemOf) -> None:
    server.simulator.faults.add(path="/jobs", fault=Hang())
    problem = await problem_of(connect(server.url, read_timeout=0.1).jobs(1))
    assert (problem.kind, problem.message) == (ProblemKind.NO_ANSWER, "no answer within the time limit")
    assert problem.leaves_command_unknown


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken, so that nobody else can listen on it, and refuses all connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_no_connection_means_that_nothing_was_sent(
    connect: Connect, problem_of: ProblemOf, closed_port: int, silent_port: int
) -> None:
    refused = await problem_of(connect(f"http://127.0.0.1:{closed_port}").deploy(PRODUCTION))
    assert refused.kind is ProblemKind.REFUSED
    unknown = await problem_of(connect("http://orchestrator.invalid:8143").deploy(PRODUCTION))
    assert unknown.kind is ProblemKind.NAME_UNKNOWN
    silent = connect(f"https://127.0.0.1:{silent_port}", connect_timeout=0.1)
    no_handshake = await problem_of(silent.deploy(PRODUCTION))
    assert no_handshake.kind is ProblemKind.NOT_TLS
    no_url = await problem_of(connect("http://or\nchestrator").deploy(PRODUCTION))
    assert no_url.kind is ProblemKind.NO_CONNECTION
    for problem in (refused, unknown, no_handshake, no_url):
        assert not problem.leaves_command_unknown
        assert problem.message.isprintable()


async def test_proxies_of_the_environment_are_for_those_who_ask_for_them(
    server: Server,
    connect: Connect,
    problem_of: ProblemOf,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
        monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{closed_port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    await connect(server.url).jobs(1)
    asked = connect("https://127.0.0.1:1", proxy_from_environment=True)
    assert (await problem_of(asked.jobs(1))).kind is ProblemKind.REFUSED


async def test_no_proxy_ever_sees_a_token_in_clear_text(
    server: Server, start: Start, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = start()
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    await connect(server.url, proxy_from_environment=True).jobs(1)
    assert len(server.simulator.requests) == 1
    assert proxy.simulator.requests == []


async def test_the_token_is_in_no_error_and_no_traceback(start: Start, connect: Connect) -> None:
    secret = "a-token-that-nobody-may-see"
    server = start(token=secret)
    client = connect(server.url, deadline=0.1, token=Token.given(secret))
    for case in CASES.values():
        server.simulator.faults.add(path="/jobs", fault=case.fault)
        with pytest.raises(OrchestratorError) as caught:
            await client.jobs(1)
        assert server.simulator.requests[-1].headers["x-authentication"] == secret
        story = "".join(traceback.format_exception(caught.value))
        assert secret not in story + repr(caught.value.problem) + repr(client) + repr(client.__dict__)
