"""Deploys under faults and under kill -9, in numbers: none may be doubled, lost, or mistaken for another's.

    python -m tests.faults.submit_experiment --trials 900 --kills 600

Each trial is one user with a journal of his own, a real client and real sockets. Colleagues deploy the same
environment in the same second, the server's clock is 90 s ahead or behind, and the truth is read from the
simulated world itself. A kill is a real one, of a real process, at a random moment from before the journal to
after the answer; then another process starts on the same journal.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.config import TOKEN_VARIABLE
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.nonce import new_nonce
from orch_tui.session.deploys import Fate, Submission
from orch_tui.session.journal import Journal
from orch_tui.session.journal_line import How
from orch_tui.session.session import Session
from orch_tui.simulator import (
    Answer,
    CutBody,
    Delay,
    Drop,
    DropAfter,
    Hang,
    ManualClock,
    Settings,
    Simulator,
)
from orch_tui.simulator.faults import Fault, HangAfter
from tests.commands import deploy
from tests.conftest import TOKEN
from tests.faults.colleagues import Late, Plain, WithTwins
from tests.faults.one_deploy import request_of

_SKEW = timedelta(seconds=90)
_DEADLINE = 0.4
_LONGEST_LIFE = 0.08
"""Seconds: how long a command may take, and a process that is to be killed may live once it begins."""

_BAD = ("DOUBLE", "LOST", "WRONG")
_TOLD_EVERY = 50
_A_WORLD = 25
"""Trials on one server: its list of jobs grows by three with each."""

_HTML = (("content-type", "text/html"),)


@dataclass
class World:
    """A simulator, and the clock of those who wait for it."""

    simulator: Simulator
    clock: ManualClock
    url: str
    monotonic: ManualClock = field(default_factory=ManualClock)

    @property
    def faults(self) -> dict[str, Fault]:
        """What may meet the POST, by name; each with a colleague before and after it."""
        world = self.simulator.world
        kinds: dict[str, Fault] = {
            "no fault": Plain(),
            "reset before": Drop(),
            "reset after": DropAfter(),
            "hang before": Hang(),
            "hang after": HangAfter(),
            "half an answer": CutBody(),
            "502 html": Answer(502, b"<html>502 Bad Gateway</html>", _HTML),
            "503": Answer(503, b"<html>busy</html>", _HTML),
            "504, done 0.3 s late": Late(world, 0.3),
            "504, done 30 s late": Late(world, 30.0),
        }
        return {name: WithTwins(world, fault) for name, fault in kinds.items()}

    def session(self, journal: Journal) -> Session:
        """A program of one user, which waits for nothing but the network."""

        async def sleep(seconds: float) -> None:
            self.monotonic.advance(seconds)
            self.clock.advance(seconds)
            await asyncio.sleep(0.005)

        connection = Connection(self.url, Token.given(TOKEN), deadline=_DEADLINE)
        return Session(
            OrchestratorClient(replace(connection, deadline=60.0)),
            OrchestratorClient(connection, keep_alive=False),
            journal,
            SignIn(connection, self.url),
            poll_interval=60,
            monotonic=self.monotonic,
            sleep=sleep,
        )

    def jobs_of(self, request: DeployRequest) -> list[str]:
        """The truth: the jobs that the server made of `request`."""
        world = self.simulator.world
        with world.lock:
            jobs = list(world.jobs.values())
        return [str(job.number) for job in jobs if request.nonce in job.order.description]

    def meet(self, fault: Fault) -> None:
        """Let `fault` meet the next deploy, and no other."""
        self.simulator.faults.clear()
        self.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)


@contextmanager
def world(number: int) -> Iterator[World]:
    """A server whose clock is ahead or behind."""
    clock = ManualClock()
    epoch = datetime.now(UTC) + (_SKEW if number % 2 else -_SKEW)
    simulator = Simulator(Settings(nodes=8, token=TOKEN, history=False, epoch=epoch), clock)
    with simulator.running() as url:
        yield World(simulator, clock, url)


@contextmanager
def a_journal(url: str) -> Iterator[Journal]:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.jsonl", url)
        journal.open()
        yield journal
        journal.close()


def verdict(truth: list[str], submission: Submission | None) -> str:
    """What to call the end of a trial whose `submission` is what the user was told; None: nothing, ever."""
    if len(truth) > 1:
        return "DOUBLE"
    if submission is None or submission.fate is Fate.REFUSED:
        return "LOST" if truth else "never sent"
    if submission.fate is Fate.UNKNOWN:
        return "LOST" if truth else "unknown, rightly"
    if [submission.job] != truth:
        return "WRONG"
    return "accepted" if submission.how is How.ANSWERED else "found again"


async def fault_trial(place: World, fault: Fault) -> str:
    """One deploy that meets `fault`."""
    place.meet(fault)
    request = request_of(new_nonce())
    with a_journal(place.url) as journal:
        session = place.session(journal)
        await session.ask_server()
        submission = await deploy(session, request)
        await session.aclose()
    place.clock.advance(60)
    return verdict(place.jobs_of(request), submission)


def fault_trials(count: int) -> Iterator[tuple[str, str]]:
    """`count` trials over all faults: which it was, and how it ended."""
    for start in range(0, count, _A_WORLD):
        with world(start // _A_WORLD) as place:
            names = list(place.faults)
            for number in range(start, min(start + _A_WORLD, count)):
                name = names[number % len(names)]
                yield name, asyncio.run(fault_trial(place, place.faults[name]))


async def kill_trial(place: World, fault: Fault, kill_after: float) -> str:
    """A process that deploys, is killed, and is followed by another."""
    place.meet(fault)
    request = request_of(new_nonce())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "journal.jsonl"
        await _deploy_and_be_killed(place, file, request, kill_after)
        journal = Journal(file, place.url)
        journal.open()
        session = place.session(journal)
        left = session.deploys.resume()
        told = [await session.deploys.end_of(each.nonce) for each in left]
        await session.aclose()
        journal.close()
        known = _written_down(file, request)
    return verdict(place.jobs_of(request), told[0] if told else known)


async def _deploy_and_be_killed(place: World, file: Path, request: DeployRequest, after: float) -> None:
    arguments = ("-m", "tests.faults.one_deploy", place.url, str(file), request.nonce)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, TOKEN_VARIABLE: TOKEN},
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"ready\n"
    await asyncio.sleep(after)
    child.kill()
    await child.wait()


def _written_down(file: Path, request: DeployRequest) -> Submission | None:
    """What the journal says of a deploy that needed no search; None: nothing."""
    for text in file.read_text().splitlines():
        line = json.loads(text) if text else {}
        if line.get("record") == "job" and line["nonce"] == request.nonce:
            return Submission(request, Fate.ACCEPTED, line["job"], how=How(line["how"]))
    return None


def kill_trials(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """`count` kills: what the killed one met, and how it ended."""
    rng = random.Random(seed)
    for start in range(0, count, _A_WORLD):
        with world(start // _A_WORLD) as place:
            kinds: dict[str, Callable[[], Fault]] = {
                "kill, no fault": Plain,
                "kill, slow answer": lambda: Delay(0.03),
                "kill, reset after": DropAfter,
                "kill, hang after": HangAfter,
            }
            for number in range(start, min(start + _A_WORLD, count)):
                name = list(kinds)[number % len(kinds)]
                fault = WithTwins(place.simulator.world, kinds[name]())
                yield name, asyncio.run(kill_trial(place, fault, rng.uniform(0, _LONGEST_LIFE)))


def table(ends: Counter[tuple[str, str]]) -> str:
    """Rows of faults, columns of ends."""
    columns = sorted({end for _, end in ends})
    rows = list(dict.fromkeys(name for name, _ in ends))
    lines = ["  ".join([f"{'':22}", *(f"{column:>16}" for column in columns)])]
    lines += ["  ".join([f"{row:22}", *(f"{ends[row, column]:16}" for column in columns)]) for row in rows]
    lines.append("  ".join([f"{'all':22}", *(f"{total(ends, column):16}" for column in columns)]))
    return "\n".join(lines)


def total(ends: Counter[tuple[str, str]], end: str) -> int:
    """How many trials ended so."""
    return sum(count for (_, each), count in ends.items() if each == end)


def main() -> int:
    parser = argparse.ArgumentParser(description="Deploys under faults and kills, in numbers.")
    parser.add_argument("--trials", type=int, default=900)
    parser.add_argument("--kills", type=int, default=600)
    options = parser.parse_args()
    ends: Counter[tuple[str, str]] = Counter()
    for trials in (fault_trials(options.trials), kill_trials(options.kills)):
        for number, (name, end) in enumerate(trials, 1):
            ends[name, end] += 1
            if number % _TOLD_EVERY == 0 or end in _BAD:
                print(f"{number} {name}: {end}", file=sys.stderr, flush=True)
    print(table(ends))
    bad = {end: total(ends, end) for end in _BAD}
    print(", ".join(f"{name.lower()} {count}" for name, count in bad.items()))
    return 1 if any(bad.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
