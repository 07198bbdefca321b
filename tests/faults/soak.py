"""Hours of rollouts under faults at random: `python -m tests.faults.soak --hours 10`.

Time passes 60 times as fast, for the simulator and for the session. An operator deploys, watches, stops and
looks at others' jobs, while the network, the server and a proxy do what they can. At the end the faults
cease, and it is counted what is left: no more tasks, sockets and memory than after a quarter of an hour; each
job as the server has it; each deploy where we were told that it is, and none twice.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.nonce import with_nonce
from orch_tui.session.deploys import Fate
from orch_tui.session.journal import Journal
from orch_tui.session.session import Session
from tests import commands
from tests.conftest import TOKEN
from tests.faults.fast_loop import FastLoop

SPEED = 60.0
"""Faster, and what the session grants a look at the jobs (10 s) would be too short to compute it."""
HOUR = 3600.0
ENVIRONMENTS = ("production", "staging", "development")
FAULTS = (
    "drop", "drop-after", "reset", "reset-after", "cut-body",
    "unavailable", "login-page", "bad-json", "empty", "wrong-shape",
)  # fmt: skip


class Usage(NamedTuple):
    """What this process holds."""

    tasks: int
    sockets: int
    kilobytes: int

    @classmethod
    def now(cls) -> "Usage":
        names = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
        links = [os.readlink(name) for name in names if os.path.lexists(name)]
        (resident,) = (
            line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")
        )
        sockets = sum(link.startswith("socket:") for link in links)
        return cls(len(asyncio.all_tasks()), sockets, int(resident.split()[1]))


@dataclass
class Tally:
    """What was done, and what came of it."""

    confirmed: int = 0
    failed_polls: int = 0
    faults: int = 0
    sent: dict[str, tuple[Fate, str]] = field(default_factory=dict)
    """By nonce, what we were told of each deploy: its fate, and its job."""
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    """By job, the last that the session told of its nodes."""
    usage: list[Usage] = field(default_factory=list)


class Server:
    """A simulator in a process of its own, and what only the simulator takes: orders for faults."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, headers={"X-Authentication": TOKEN}, timeout=30)

    def order(self, **fault: Any) -> None:
        self._http.post("/simulator/faults", json=fault).raise_for_status()

    def clear(self) -> None:
        self._http.delete("/simulator/faults").raise_for_status()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str) -> Any:
        return self._http.get(f"/orchestrator/v1{path}").raise_for_status().json()


class Soak:
    """One operator at one session, for so many hours."""

    def __init__(self, session: Session, server: Server, rng: Random, hours: float) -> None:
        self.tally = Tally()
        self._session = session
        self._server = server
        self._rng = rng
        self._hours = hours
        self._watching: set[asyncio.Task[None]] = set()

    async def run(self) -> Tally:
        """Play for the given hours, then let all jobs end without faults."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._hours * HOUR
        following_board = asyncio.create_task(self._follow_board())
        next_look = loop.time() + HOUR / 4
        while loop.time() < end:
            await asyncio.sleep(self._rng.uniform(10, 60))
            self._disturb()
            if self._rng.random() < 0.15:
                await self._deploy()
            if loop.time() > next_look:
                next_look += HOUR / 4
                self.tally.usage.append(Usage.now())
        self._server.clear()
        await asyncio.gather(*self._watching)
        following_board.cancel()
        with suppress(asyncio.CancelledError):
            await following_board
        return self.tally

    def _disturb(self) -> None:
        for _ in range(self._rng.choice((0, 0, 1, 3))):
            method, times = ("POST", 1) if self._rng.random() < 0.1 else ("GET", self._rng.randint(1, 3))
            self._server.order(fault=self._rng.choice(FAULTS), method=method, times=times)
            self.tally.faults += 1

    async def _follow_board(self) -> None:
        async with aclosing(self._session.board.follow()) as readings:
            async for reading in readings:
                self.tally.failed_polls += reading.problem is not None

    async def _deploy(self) -> None:
        session = self._session
        environment = self._rng.choice(ENVIRONMENTS)
        if (lost := session.deploys.unsettled(environment)) and not session.deploys.pending_of(lost):
            await session.deploys.set_aside(lost)
        nonce = session.new_nonce()
        mode = self._rng.choice(tuple(Mode))
        request = DeployRequest(environment, mode, description=with_nonce("soak", nonce), nonce=nonce)
        self.tally.confirmed += 1
        submission = await commands.deploy(session, request)
        self.tally.sent[nonce] = submission.fate, submission.job
        if submission.fate is Fate.ACCEPTED:
            watch = self._watch(submission.job, stop=self._rng.random() < 0.3)
            self._watching.add(asyncio.create_task(watch))

    async def _watch(self, job: str, *, stop: bool) -> None:
        async with aclosing(self._session.rollout(job).follow()) as readings:
            async for reading in readings:
                self.tally.failed_polls += reading.problem is not None
                rollout = reading.value
                if stop and rollout is not None and rollout.done:
                    stop = False
                    await commands.stop(self._session, job)
                if rollout is not None and rollout.is_complete:
                    self.tally.shown[job] = {node.name: node.state_text for node in rollout.nodes}
                    return


def faults_of(tally: Tally, server: Server) -> list[str]:
    """What is not as it should be, in words; the faults of the server must have ceased."""
    found = []
    jobs = server.get("/jobs?limit=100000")["items"]
    for nonce, (fate, job) in tally.sent.items():
        names = [each["name"] for each in jobs if nonce in str(each["options"].get("description"))]
        if names != ([job] if fate is Fate.ACCEPTED else []):
            found.append(f"the deploy {nonce} was {fate} ({job}), and is {names} at the server")
    for job, shown in tally.shown.items():
        told = {node["name"]: node["state"] for node in server.get(f"/jobs/{job}/nodes")["items"]}
        found += [] if told == shown else [f"job {job} ended as {told}, and was shown as {shown}"]
    first, last = tally.usage[0], tally.usage[-1]
    if last.tasks > first.tasks + 10 or last.sockets > first.sockets + 4:
        found.append(f"tasks or sockets are left behind: {first}, later {last}")
    if last.kilobytes > 1.1 * first.kilobytes + 4096:
        found.append(f"memory grows: {first}, later {last}")
    return found


@contextmanager
def running_server(nodes: int, seed: int) -> Iterator[Server]:
    """A simulator in a process of its own, whose time passes as fast as ours."""
    flags = (f"--nodes={nodes}", f"--seed={seed}", f"--speed={SPEED}", "--port=0", "--until-eof")
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "orch_tui", "simulate", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ORCH_TUI_TOKEN": TOKEN},
    )
    with child:
        assert child.stdout is not None
        server = Server(child.stdout.readline().strip())
        try:
            yield server
        finally:
            server.close()
            child.kill()


def soak(hours: float, seed: int, nodes: int = 60) -> tuple[Tally, list[str]]:
    """Play so many hours; what was done, and what is wrong at the end."""

    async def play(server: Server, folder: Path) -> Tally:
        connection = Connection(
            # What takes us 0.1 s takes half a minute here.
            server.url, Token.given(TOKEN), connect_timeout=600, read_timeout=600, deadline=900
        )  # fmt: skip
        journal = Journal(folder / "journal.jsonl", server.url)
        journal.open()
        session = Session(
            OrchestratorClient(connection),
            OrchestratorClient(connection, keep_alive=False),
            journal,
            SignIn(connection, server.url),
            poll_interval=10,
            monotonic=asyncio.get_running_loop().time,
        )
        try:
            tally = await Soak(session, server, Random(seed), hours).run()
        finally:
            await session.aclose()
        # A job that came to light only later, in the list of jobs, was written down then.
        for line in filter(None, (folder / "journal.jsonl").read_text().splitlines()):
            record = json.loads(line)
            if record["record"] == "job":
                tally.sent[record["nonce"]] = Fate.ACCEPTED, record["job"]
        return tally

    with running_server(nodes, seed) as server, TemporaryDirectory() as folder:
        with asyncio.Runner(loop_factory=lambda: FastLoop(SPEED)) as runner:
            tally = runner.run(play(server, Path(folder)))
        return tally, faults_of(tally, server)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hours", type=float, default=10)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    tally, found = soak(chosen.hours, chosen.seed)
    fates = Counter(fate for fate, _ in tally.sent.values())
    print(f"{chosen.hours:g} hours: {tally.faults} faults, {tally.failed_polls} failed polls,", end=" ")
    print(
        f"{tally.confirmed} deploys confirmed ({', '.join(f'{n} {fate}' for fate, n in fates.items())}),",
        end=" ",
    )
    print(f"{len(tally.shown)} jobs followed to their end; {tally.usage[0]}, at the end {tally.usage[-1]}")
    print("\n".join(found) or "nothing is wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
