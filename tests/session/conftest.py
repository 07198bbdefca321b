"""A client on the simulator, a session of two, and the clock that ages their readings."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.session.rollout import Rollout
from orch_tui.session.session import Session
from orch_tui.session.watch import JobPoll
from orch_tui.simulator import ManualClock
from tests.conftest import Server

PRODUCTION = DeployRequest("production", Mode.ENFORCE)


@pytest.fixture
async def client(server: Server) -> AsyncIterator[OrchestratorClient]:
    async with OrchestratorClient(server.connection) as client:
        yield client


@pytest.fixture
def monotonic() -> ManualClock:
    """The clock of the polls; the world's is `server.clock`."""
    return ManualClock()


@pytest.fixture
async def session(server: Server, monotonic: ManualClock) -> AsyncIterator[Session]:
    watching = OrchestratorClient(server.connection)
    commanding = OrchestratorClient(server.connection, keep_alive=False)
    session = Session(watching, commanding, poll_interval=60, environment="mine", monotonic=monotonic)
    yield session
    await session.aclose()


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
