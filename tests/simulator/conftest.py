"""A simulator on a real port, a clock in the test's hand, and a plain HTTP client."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from orch_tui.simulator import ManualClock, Settings, Simulator

EPOCH = datetime(2020, 5, 1, 12, tzinfo=UTC)


@dataclass
class Lab:
    simulator: Simulator
    clock: ManualClock
    client: httpx.Client
    url: str
    """Up to /orchestrator/v1."""

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deploy(self, environment: str = "production", **body: object) -> str:
        """The name of the new job."""
        answer = self.client.post("/command/deploy", json={"environment": environment, **body})
        assert answer.status_code == 202, answer.text
        name = answer.json()["job"]["name"]
        assert isinstance(name, str)
        return name

    def stop(self, job: str) -> Any:
        answer = self.client.post("/command/stop", json={"job": job})
        assert answer.status_code == 202, answer.text
        return answer.json()["job"]

    def states(self, job: str) -> dict[str, int]:
        """How many nodes of the job are in each state, counted from the list of nodes."""
        counts: dict[str, int] = {}
        for node in self.get(f"/jobs/{job}/nodes")["items"]:
            counts[node["state"]] = counts.get(node["state"], 0) + 1
        return counts


Start = Callable[..., Lab]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a simulator without history unless asked: `start(scenario="hostile", history=True)`."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Lab:
            clock = ManualClock()
            simulator = Simulator(Settings(**{"history": False, "epoch": EPOCH, **settings}), clock)
            url = stack.enter_context(simulator.running()) + "/orchestrator/v1"
            headers = {"X-Authentication": "simulator"}
            client = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=10))
            return Lab(simulator, clock, client, url)

        yield start
