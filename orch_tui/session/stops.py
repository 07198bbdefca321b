"""Stopping jobs: each wish goes out once, and what became of it is read from the job itself."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.problem import READ_ONLY, OrchestratorError, Problem, ProblemKind, another_job


class Stop(StrEnum):
    """What became of the wish to stop a job."""

    STOPPING = "stopping"
    WAS_STOPPING = "was stopping already"
    WAS_OVER = "was over already"


@dataclass(frozen=True, slots=True)
class StopReply:
    """The end of one stop: what became of it, or the problem that it met.

    Attributes:
        job: As it was last read, None where not even that worked: just before the stop, or, where its answer
            was lost, after it.
        is_sent: Whether the stop itself was sent, or may have been.
    """

    number: str
    job: Job | None = None
    stop: Stop | None = None
    problem: Problem | None = None
    is_sent: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows if the job is stopped."""
        return self.is_sent and self.problem is not None and self.problem.leaves_command_unknown

    def in_words(self) -> str:
        """One line for a log."""
        return f"stop of job {self.number}: {self.problem.kind if self.problem else self.stop}"


class Stops:
    """Sends stops, each at most once for each wish; read-only, none at all.

    A stop runs in a task of its own: who asked for it may leave, and it goes on.
    """

    def __init__(self, client: OrchestratorClient, *, read_only: bool) -> None:
        self._client = client
        self._read_only = read_only
        # Those whose end nobody has been told yet.
        self._tasks: dict[str, asyncio.Task[StopReply]] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to any stop is still awaited."""
        return any(not task.done() for task in self._tasks.values())

    async def stop(self, job: str, seen: Job | None = None) -> StopReply:
        """Stop `job`, unless it is over or stopping already: the job is read first.

        Args:
            job: Its number.
            seen: The job as its user saw it: another that bears its number by now is not stopped.
        """
        if self._read_only:
            return StopReply(job, problem=READ_ONLY)
        task = self._tasks.get(job)
        if task is None or task.done():
            task = self._tasks[job] = asyncio.create_task(self._stop(job, seen), name=f"stop {job}")
        reply = await asyncio.shield(task)
        if self._tasks.get(job) is task:
            del self._tasks[job]  # somebody has been told; `settle` need not
        return reply

    async def _stop(self, number: str, seen: Job | None) -> StopReply:
        job, is_sent = None, False
        try:
            job = await self._client.job(number)
            if seen is not None and job.is_another_than(seen):
                return StopReply(number, problem=another_job(number))
            if job.state.is_over:
                return StopReply(number, job, Stop.WAS_OVER)
            if job.state is JobState.STOPPING:
                return StopReply(number, job, Stop.WAS_STOPPING)
            is_sent = True
            await self._client.stop(number)
        except OrchestratorError as error:
            reply = StopReply(number, job, problem=error.problem, is_sent=is_sent)
            return await self._read_again(reply) if reply.is_unknown else reply
        return StopReply(number, job, Stop.STOPPING, is_sent=True)

    async def _read_again(self, reply: StopReply) -> StopReply:
        """The answer was lost, but the job tells whether it stops. The stop is not sent again."""
        try:
            job = await self._client.job(reply.number)
        except OrchestratorError:
            return replace(reply, job=None)
        if reply.job is not None and job.is_another_than(reply.job):
            return replace(reply, job=None)
        if job.state.is_over or job.state is JobState.STOPPING:
            return StopReply(reply.number, job, Stop.STOPPING, is_sent=True)
        return replace(reply, job=job)

    async def settle(self, patience: float) -> list[StopReply]:
        """Wait so many seconds for the stops under way; the ends that nobody was told of."""
        tasks = self._tasks
        if tasks:
            await asyncio.wait(tasks.values(), timeout=patience)
        return [task.result() if task.done() else _given_up(job, task) for job, task in tasks.items()]


def _given_up(job: str, task: asyncio.Task[StopReply]) -> StopReply:
    task.cancel()
    lost = Problem(ProblemKind.NO_ANSWER, "no answer before leaving")
    return StopReply(job, problem=lost, is_sent=True)
