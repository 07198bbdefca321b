"""The one way to send a command: once, on its own connection, whatever becomes of the screen that asked.

A command runs in a task that belongs to the session. A screen that is closed meanwhile only stops waiting:
the command goes on, and its answer is not lost.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind


class Fate(StrEnum):
    """What became of a deploy that was sent. There is no fourth."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Submission:
    """The end of one deploy: the id of its job if it was accepted, else why not, or why nobody knows."""

    request: DeployRequest
    fate: Fate
    job: str = ""
    problem: Problem | None = None


class Stop(StrEnum):
    """What became of the wish to stop a job."""

    STOPPING = "stopping"
    WAS_STOPPING = "was stopping already"
    WAS_OVER = "was over already"


@dataclass(frozen=True, slots=True)
class StopReply:
    """The end of one stop: what became of it, or the problem that it met.

    `job` is the job as it was read just before, None where not even that worked.
    """

    number: str
    job: Job | None = None
    stop: Stop | None = None
    problem: Problem | None = None


class Commands:
    """Sends deploys and stops, each at most once for each wish; read-only, none at all."""

    def __init__(self, client: OrchestratorClient, *, read_only: bool) -> None:
        self._client = client
        self._read_only = read_only
        # Those whose end nobody has been told yet.
        self._deploy: asyncio.Task[Submission] | None = None
        self._stops: dict[str, asyncio.Task[StopReply]] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to any command is still awaited."""
        tasks = [*self._stops.values(), *([self._deploy] if self._deploy else [])]
        return any(not task.done() for task in tasks)

    @property
    def is_sending(self) -> bool:
        """Whether the answer to a deploy is still awaited."""
        return self._deploy is not None and not self._deploy.done()

    async def deploy(self, request: DeployRequest) -> Submission:
        """Send `request` once and wait for the answer; while one is under way, another is refused here."""
        if self._read_only:
            return Submission(request, Fate.REFUSED, problem=_READ_ONLY)
        if self.is_sending:
            problem = Problem(ProblemKind.STILL_SENDING, "the answer to the deploy before is still awaited")
            return Submission(request, Fate.REFUSED, problem=problem)
        # Nothing is awaited between the check and this line: two presses cannot both pass.
        task = self._deploy = asyncio.create_task(self._send(request), name=f"deploy {request.environment}")
        submission = await asyncio.shield(task)
        if self._deploy is task:
            self._deploy = None  # somebody has been told; `settle` need not
        return submission

    async def _send(self, request: DeployRequest) -> Submission:
        try:
            job = await self._client.deploy(request)
        except OrchestratorError as error:
            fate = Fate.UNKNOWN if error.problem.leaves_command_unknown else Fate.REFUSED
            return Submission(request, fate, problem=error.problem)
        return Submission(request, Fate.ACCEPTED, job=job)

    async def stop(self, job: str) -> StopReply:
        """Stop `job`, unless it is over or stopping already: the job is read first."""
        if self._read_only:
            return StopReply(job, problem=_READ_ONLY)
        task = self._stops.get(job)
        if task is None or task.done():
            task = self._stops[job] = asyncio.create_task(self._stop(job), name=f"stop {job}")
        reply = await asyncio.shield(task)
        if self._stops.get(job) is task:
            del self._stops[job]  # somebody has been told; `settle` need not
        return reply

    async def _stop(self, number: str) -> StopReply:
        job = None
        try:
            job = await self._client.job(number)
            if job.state.is_over:
                return StopReply(number, job, Stop.WAS_OVER)
            if job.state is JobState.STOPPING:
                return StopReply(number, job, Stop.WAS_STOPPING)
            await self._client.stop(number)
        except OrchestratorError as error:
            return StopReply(number, job, problem=error.problem)
        return StopReply(number, job, Stop.STOPPING)

    async def settle(self) -> list[Submission | StopReply]:
        """Wait for the commands under way; the ends of those whose callers did not wait for them."""
        ends: list[Submission | StopReply] = [await asyncio.shield(stop) for stop in self._stops.values()]
        if self._deploy is not None:
            ends.append(await asyncio.shield(self._deploy))
        return ends


_READ_ONLY = Problem(ProblemKind.READ_ONLY, "this profile is read-only")
