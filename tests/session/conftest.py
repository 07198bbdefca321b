"""A client on the simulator, a session of two, and the clock that ages their readings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.sign_in import SignIn
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.nonce import new_nonce, with_nonce
from orch_tui.session.rollout import Rollout
from orch_tui.session.session import Session
from orch_tui.session.watch import JobPoll
from orch_tui.simulator import ManualClock
from tests.conftest import Server

PRODUCTION = DeployRequest("production", Mode.ENFORCE)


def marked(request: DeployRequest = PRODUCTION) -> DeployRequest:
    """`request` with a nonce that no other has, as Review makes it."""
    nonce = new_nonce()
    return replace(request, description=with_nonce("", nonce), nonce=nonce)


@pytest.fixture
async def client(server: Server) -> AsyncIterator[OrchestratorClient]:
    async with OrchestratorClient(server.connection) as client:
        yield client


@pytest.fixture
def monotonic() -> ManualClock:
    """The clock of the polls; the world's is `server.clock`."""
    return ManualClock()


@dataclass(frozen=True)
class Sessions:
    """Makes sessions of one user on one server: each stands for a program."""

    server: Server
    monotonic: ManualClock

    @asynccontextmanager
    async def open(
        self, *, read_only: bool = False, release: str | None = None, **connection: Any
    ) -> AsyncIterator[Session]:
        """A session that waits for nothing; `connection` changes how its commands reach the server."""
        commands = replace(self.server.connection, **connection)
        session = Session(
            OrchestratorClient(self.server.connection),
            OrchestratorClient(commands, keep_alive=False),
            self.server.journal(),
            SignIn(self.server.connection, f"{self.server.url}/rbac-api"),
            poll_interval=60,
            environment="mine",
            release=release,
            read_only=read_only,
            monotonic=self.monotonic,
            sleep=self._sleep,
        )
        yield session
        await session.aclose()

    async def _sleep(self, seconds: float) -> None:
        self.monotonic.advance(seconds)
        self.server.clock.advance(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def sessions(server: Server, monotonic: ManualClock) -> Sessions:
    return Sessions(server, monotonic)


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[Session]:
    async with sessions.open() as session:
        yield session


@dataclass(frozen=True)
class Watch:
    """A job that has been deployed, and what polls it; `name` is the job's."""

    name: str
    polling: JobPoll

    async def pictures(self) -> list[Rollout]:
        """All that one poll tells."""
        async with aclosing(self.polling()) as parts:
            return [picture async for picture in parts]

    async def poll(self) -> Rollout:
        """What one poll tells in the end."""
        return (await self.pictures())[-1]


@pytest.fixture
async def watch(client: OrchestratorClient, monotonic: ManualClock) -> Watch:
    name = await client.deploy(PRODUCTION)
    return Watch(name, JobPoll(client, name, monotonic))
