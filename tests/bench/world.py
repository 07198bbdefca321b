"""Simulators in processes of their own, and the cockpit and its peers in front of them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from tests.bench.program import PATIENCE, Program

TOKEN = "simulator"
AT_ONCE = 100_000
"""A rate at which a job is over before one looks."""
_PEERS = str(Path(__file__).with_name("peers.py"))
# An environment variable would send loopback requests through somebody's proxy.
_opener = build_opener(ProxyHandler({}))


class World:
    """A simulated orchestrator that listens on `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, data: bytes | None = None) -> bytes:
        """What the orchestrator answers."""
        request = Request(f"{self.url}/orchestrator/v1/{path}", data, {"X-Authentication": TOKEN})
        with _opener.open(request, timeout=PATIENCE) as answer:
            body = answer.read()
        assert isinstance(body, bytes)
        return body

    def deploy(self, wait_for: str = "running") -> str:
        """Deploy all of production; returns the job's number once it is in a state, or over."""
        order = {"environment": "production"}
        job: str = json.loads(self.get("command/deploy", json.dumps(order).encode()))["job"]["name"]
        end = time.monotonic() + PATIENCE
        while self.job(job)["state"] not in (wait_for, "finished", "failed"):
            if time.monotonic() > end:
                raise RuntimeError(f"job {job} never was {wait_for}")
            time.sleep(0.05)
        return job

    def job(self, job: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.get(f"jobs/{job}"))
        return answer


@contextmanager
def world(production: int = 72, rate: float | None = None) -> Iterator[World]:
    """A world whose production has so many nodes; a deploy changes `rate` of them a second."""
    # Production has three fifths of all nodes, and what rounding leaves over.
    nodes = next(n for n in range(production, 2 * production) if _production(n) == production)
    flags = [f"--nodes={nodes}"] + ([] if rate is None else [f"--rate={rate}"])
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "orch_tui", "simulate", "--port=0", "--until-eof", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "ORCH_TUI_TOKEN": TOKEN},
        text=True,
    ) as child:
        try:
            assert child.stdout is not None
            yield World(child.stdout.readline().strip())
        finally:
            child.kill()


def _production(nodes: int) -> int:
    return nodes - sum(int(nodes * share) for share in (0.2, 0.12, 0.08))


@contextmanager
def cockpit(world: World) -> Iterator[Program]:
    """`orch-tui` in front of a world."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        profile = f'service-url = "{world.url}"\nenvironment = "production"\npoll-interval = 1.0\n'
        config.write_text(f"[profiles.bench]\n{profile}")
        environment = {"ORCH_TUI_CONFIG": str(config), "ORCH_TUI_TOKEN": TOKEN}
        with Program("-m", "orch_tui", environment=environment) as program:
            yield program


@contextmanager
def watching(world: World, job: str) -> Iterator[Program]:
    """`orch-tui` with the latest job of production open."""
    with cockpit(world) as program:
        program.shows("staging", job)
        program.press("\r")
        program.shows(f"job {job}", ".example.com")
        yield program


def demo() -> Program:
    """`orch-tui demo`; the simulator it starts ends with it."""
    return Program("-m", "orch_tui", "demo")


def bare() -> Program:
    """A bare Textual app."""
    return Program(_PEERS, "bare")


def table(rows: int, rate: int) -> Program:
    """Textual's DataTable, changing so many rows a second."""
    return Program(_PEERS, "table", str(rows), str(rate))
