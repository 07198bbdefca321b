"""Fixtures for all: asyncio under anyio's plugin, and a simulator whose time only a test moves."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.token import Token
from orch_tui.domain.node import NodeList
from orch_tui.session.journal import Journal
from orch_tui.simulator import ManualClock, Settings, Simulator

TOKEN = "a-token-that-nobody-may-see"
ERAS = ("2016.2", "2017.3", "2019.7", "2019.8.5", "current")
"""Releases between which all that the cockpit reads has changed: most tests need not go over every one."""


@pytest.fixture(scope="session", autouse=True)
def ctrl_c() -> None:
    """Have programs under test hear SIGINT even in the background of a script, where it is ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Server:
    """A simulator that listens, the clock that moves its world, and what a user of it has."""

    simulator: Simulator
    clock: ManualClock
    url: str
    folder: Path
    journals: list[Journal] = field(default_factory=list)
    limits: Mapping[str, Any] = field(default_factory=dict)
    """The client's own, where a test cannot wait: fields of Connection."""
    token: Token = field(default_factory=lambda: Token.given(TOKEN))

    @property
    def connection(self) -> Connection:
        """How a client reaches it."""
        return replace(Connection(service_url=self.url, token=self.token), **self.limits)

    def journal(self) -> Journal:
        """The user's journal, open. Two of them are those of two programs."""
        journal = Journal(self.folder / "journal.jsonl", self.url)
        journal.open()
        assert not journal.fault
        self.journals.append(journal)
        return journal

    def posts(self, command: str) -> list[bytes]:
        """The bodies of all POSTs of a command, `deploy` or `stop`, in order."""
        requests = self.simulator.requests
        return [r.body for r in requests if r.method == "POST" and r.path.endswith(f"/command/{command}")]


@pytest.fixture
def settings() -> Settings:
    """The world to simulate; a test module or a test overrides it."""
    return Settings(nodes=30, token=TOKEN, history=False, list_environments=True)


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    clock = ManualClock()
    simulator = Simulator(settings, clock)
    with simulator.running() as url:
        server = Server(simulator, clock, url, tmp_path)
        yield server
        for journal in server.journals:
            journal.close()


async def all_nodes(client: OrchestratorClient, job: str) -> NodeList:
    """The parts of a job's node list as one."""
    async with aclosing(client.nodes(job)) as told:
        parts = [part async for part in told]
    items = tuple(node for part in parts for node in part.items)
    return NodeList(items, parts[-1].next_event, sum(part.unreadable for part in parts))
