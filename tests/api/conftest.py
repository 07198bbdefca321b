"""The real client on a real port, and what a failed call leaves behind."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.token import Token
from orch_tui.domain.problem import OrchestratorError, Problem
from orch_tui.simulator import ManualClock, Settings, Simulator
from tests.conftest import TOKEN, Server

Start = Callable[..., Server]
Connect = Callable[..., OrchestratorClient]
ProblemOf = Callable[[Awaitable[object]], Awaitable[Problem]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a simulator: `start(api="2016.2", tls=Tls(…))`."""
    with ExitStack() as stack:

        def start(*, tls: Any = None, **settings: Any) -> Server:
            clock = ManualClock()
            usual: dict[str, Any] = {"nodes": 30, "token": TOKEN, "history": False, "list_environments": True}
            simulator = Simulator(Settings(**(usual | settings)), clock)
            return Server(simulator, clock, stack.enter_context(simulator.running(tls=tls)), tmp_path)

        yield start


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """A client: `connect(url, deadline=0.2)`; it knows the simulator's token unless given another."""
    async with AsyncExitStack() as stack:

        def connect(url: str, *, keep_alive: bool = True, now: Any = None, **how: Any) -> OrchestratorClient:
            connection = replace(Connection(url, Token.given(TOKEN), deadline=10), **how)
            clock = {} if now is None else {"now": now}
            client = OrchestratorClient(connection, keep_alive=keep_alive, **clock)
            stack.push_async_callback(client.aclose)
            return client

        yield connect


@pytest.fixture
def client(server: Server, connect: Connect) -> OrchestratorClient:
    return connect(server.url)


@pytest.fixture
def problem_of() -> ProblemOf:
    """The problem that a call ends with, and with nothing else."""

    async def problem_of(call: Awaitable[object]) -> Problem:
        with pytest.raises(OrchestratorError) as caught:
            await call
        return caught.value.problem

    return problem_of
