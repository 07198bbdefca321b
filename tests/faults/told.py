"""What the server would answer, the bent answer put in its place, and what the screen shows of it."""

import json
from typing import Any

import httpx

from orch_tui.simulator import Answer
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN, Server
from tests.ui.conftest import Driver

JSON = (("content-type", "application/json; charset=utf-8"),)


def told(server: Server, path: str) -> dict[str, Any]:
    """What `server` answers to a GET of `path` (after /orchestrator/v1) now."""
    url = f"{server.url}/orchestrator/v1{path}"
    body = httpx.get(url, headers={"X-Authentication": TOKEN}).json()
    assert isinstance(body, dict)
    return body


def tell(server: Server, path: str, body: object, times: int | None = None) -> None:
    """Let `server` answer the next GETs (all, unless `times` tells) whose path begins so with `body`.

    What was told before for a path that begins so, too, comes first.
    """
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    server.simulator.faults.add(path=path, fault=Answer(200, raw, JSON), times=times)


def rows(driver: Driver) -> list[str]:
    """The lines of the screen that show nodes."""
    return [line for line in driver.text.splitlines() if ".example.com" in line]


def names(driver: Driver) -> list[str]:
    """The nodes on the screen, from top to bottom."""
    return [word for row in rows(driver) for word in row.split() if word.endswith(".example.com")]


async def watching(driver: Driver) -> RolloutScreen:
    """Open the job that runs when the world begins: a colleague's."""
    (job,) = driver.app.cockpit.session.running_jobs
    rollout = RolloutScreen(driver.app.cockpit, job.id)
    driver.app.push_screen(rollout)
    await driver.until(lambda: rollout.reading.value is not None)
    await driver.shows(f"job {job.id}", ".example.com")
    return rollout
