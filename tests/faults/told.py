"""What the server would answer, to be bent by a test; and the bent answer put in its place."""

import json
from typing import Any

import httpx

from orch_tui.simulator import Answer
from tests.conftest import TOKEN, Server

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
