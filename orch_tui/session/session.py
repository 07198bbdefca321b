"""All that the screens may ask of one orchestrator."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import timedelta

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import Job
from orch_tui.domain.problem import OrchestratorError
from orch_tui.session.board import Board, BoardPoll
from orch_tui.session.commands import Commands, StopReply, Submission
from orch_tui.session.feed import Feed
from orch_tui.session.pace import Pace
from orch_tui.session.rollout import Rollout
from orch_tui.session.watch import JobPoll

_QUIET_FACTOR = 5


class Session:
    """One orchestrator, watched through one client and commanded through another.

    Args:
        watching: For everything that only reads.
        commanding: For deploy and stop; it keeps no connection open.
        poll_interval: Seconds between two polls while something happens.
        environment: The environment to show even if nobody lists environments and no past job names it.
        read_only: Whether no command is ever sent, whatever asks for it.
        monotonic: Seconds that never go back; ages of readings are counted on it.
    """

    def __init__(
        self,
        watching: OrchestratorClient,
        commanding: OrchestratorClient,
        *,
        poll_interval: float,
        environment: str | None = None,
        read_only: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watching = watching
        self._commanding = commanding
        self._commands = Commands(commanding, read_only=read_only)
        self._poll_interval = poll_interval
        self.pace = Pace(poll_interval, monotonic)
        self.monotonic = monotonic
        self._board_poll = BoardPoll(watching, environment)
        self._known_jobs: dict[str, Job] = {}
        self.board = Feed[Board](self._poll_board, self._board_wait, monotonic)

    def rollout(self, job: str) -> Feed[Rollout]:
        """A feed of one job, by whomever it was started; it falls silent when the job is complete."""
        poll = JobPoll(self._watching, job, self.monotonic)

        async def ask() -> AsyncGenerator[Rollout, None]:
            async with aclosing(poll()) as parts:
                async for rollout in parts:
                    self._known_jobs[job] = rollout.job
                    yield rollout

        def wait(rollout: Rollout) -> float | None:
            if rollout.is_complete or not rollout.is_whole:
                return None
            return self.pace.wait(changed=rollout.changed != frozenset())

        return Feed[Rollout](ask, wait, self.monotonic)

    async def _poll_board(self) -> AsyncGenerator[Board, None]:
        board = await self._board_poll()
        self._known_jobs.update((job.id, job) for job in board.jobs.items)
        yield board

    @property
    def clock_offset(self) -> timedelta:
        """How far the server's clock is ahead of ours; negative: behind."""
        return self._watching.clock_offset

    @property
    def running_jobs(self) -> list[Job]:
        """The jobs that were under way when last heard of, the newest first."""
        running = [job for job in self._known_jobs.values() if not job.state.is_over]
        return sorted(running, key=lambda job: int(job.id), reverse=True)

    def refresh_board(self) -> None:
        """Read environments and jobs now."""
        self._board_poll.list_again()
        self.board.nudge()

    async def targets(self, environment: str) -> Targets:
        """What of `environment` can be deployed by itself; nothing, where the server cannot tell."""
        try:
            return await self._watching.targets(environment)
        except OrchestratorError:
            # A list to choose from is a convenience: the field takes any name, and the server decides.
            return Targets()

    @property
    def is_sending(self) -> bool:
        """Whether the answer to a deploy is still awaited."""
        return self._commands.is_sending

    async def deploy(self, request: DeployRequest) -> Submission:
        """Send `request` exactly once; cancelling the caller does not cancel the deploy."""
        submission = await self._commands.deploy(request)
        self.board.nudge()
        return submission

    async def stop(self, job: str) -> StopReply:
        """Stop a job; harmless however often. Cancelling the caller does not cancel the stop."""
        return await self._commands.stop(job)

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to any command is still awaited."""
        return self._commands.is_waiting

    async def aclose(self) -> list[Submission | StopReply]:
        """Wait for commands under way, then close all connections; the ends that nobody was told of."""
        self.board.close()
        try:
            return await self._commands.settle()
        finally:
            await self._watching.aclose()
            await self._commanding.aclose()

    def _board_wait(self, board: Board) -> float:
        return self._poll_interval if board.is_busy else self._poll_interval * _QUIET_FACTOR
