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
    ENDING = "ending by force"
    WAS_STOPPING = "was stopping already"
    WAS_OVER = "was over already"


@dataclass(frozen=True, slots=True)
class StopReply:
    """The end of one stop: what became of it, or the problem that it met.

    Attributes:
        job: As it was last read, None where not even that worked: just before the stop, or, where its answer
            was lost, after it.
        is_sent: Whether the stop itself was sent, or may have been.
        by_force: Whether the runs that were under way were to end, too.
    """

    number: str
    job: Job | None = None
    stop: Stop | None = None
    problem: Problem | None = None
    is_sent: bool = False
    by_force: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows if the job is stopped."""
        return self.is_sent and self.problem is not None and self.problem.leaves_command_unknown

    def in_words(self) -> str:
        """One line for a log."""
        what = "force stop" if self.by_force else "stop"
        return f"{what} of job {self.number}: {self.problem.kind if self.problem else self.stop}"


class Stops:
    """Sends stops, each at most once for each wish; read-only, none at all.

    A stop runs in a task of its own: who asked for it may leave, and it goes on.
    """

    def __init__(self, client: OrchestratorClient, *, read_only: bool) -> None:
        self._client = client
        self._read_only = read_only
        # By job and force, those whose end nobody has been told yet.
        self._tasks: dict[tuple[str, bool], asyncio.Task[StopReply]] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to any stop is still awaited."""
        return any(not task.done() for task in self._tasks.values())

    def begin(self, job: str, seen: Job | None, *, by_force: bool) -> asyncio.Task[StopReply]:
        """Stop `job`, unless it is over or stopping already: the job is read first. For `end_of`.

        Args:
            job: Its number.
            seen: The job as its user saw it: another that bears its number by now is not stopped.
            by_force: End the runs under way, too. Then one that is stopping already is stopped all the same.
        """
        wish = (job, by_force)
        task = self._tasks.get(wish)
        if task is None or task.done():
            asked = StopReply(job, by_force=by_force)
            task = self._tasks[wish] = asyncio.create_task(self._stop(asked, seen), name=asked.in_words())
        return task

    async def end_of(self, begun: asyncio.Task[StopReply]) -> StopReply:
        """Wait until it is known what became of a stop; cancelling that cancels no stop."""
        reply = await asyncio.shield(begun)
        wish = (reply.number, reply.by_force)
        if self._tasks.get(wish) is begun:
            del self._tasks[wish]  # somebody has been told; `settle` need not
        return reply

    async def _stop(self, asked: StopReply, seen: Job | None) -> StopReply:
        if self._read_only:
            return replace(asked, problem=READ_ONLY)
        reply = asked
        try:
            job = await self._client.job(asked.number)
            if seen is not None and job.is_another_than(seen):
                return replace(asked, problem=another_job(asked.number))
            reply = replace(asked, job=job)
            if job.state.is_over:
                return replace(reply, stop=Stop.WAS_OVER)
            if job.state is JobState.STOPPING and not asked.by_force:
                return replace(reply, stop=Stop.WAS_STOPPING)
            reply = replace(reply, is_sent=True)
            await self._client.stop(asked.number, by_force=asked.by_force)
        except OrchestratorError as error:
            reply = replace(reply, problem=error.problem)
            return await self._read_again(reply) if reply.is_unknown else reply
        return replace(reply, stop=Stop.ENDING if asked.by_force else Stop.STOPPING)

    async def _read_again(self, reply: StopReply) -> StopReply:
        """The answer was lost, but the job tells whether it stops. The stop is not sent again."""
        try:
            job = await self._client.job(reply.number)
        except OrchestratorError:
            return replace(reply, job=None)
        if reply.job is not None and job.is_another_than(reply.job):
            return replace(reply, job=None)
        # One that only stops may do so by an earlier wish: that tells nothing of force.
        if job.state.is_over or (job.state is JobState.STOPPING and not reply.by_force):
            done = Stop.ENDING if reply.by_force else Stop.STOPPING
            return replace(reply, job=job, stop=done, problem=None)
        return replace(reply, job=job)

    async def settle(self, patience: float) -> list[StopReply]:
        """Wait so many seconds for the stops under way; the ends that nobody was told of."""
        tasks = self._tasks
        if tasks:
            await asyncio.wait(tasks.values(), timeout=patience)
        return [task.result() if task.done() else _given_up(*wish, task) for wish, task in tasks.items()]


def _given_up(job: str, by_force: bool, task: asyncio.Task[StopReply]) -> StopReply:
    task.cancel()
    lost = Problem(ProblemKind.NO_ANSWER, "no answer before leaving")
    return StopReply(job, problem=lost, is_sent=True, by_force=by_force)
