"""All that the screens may ask of one orchestrator."""

import time
from collections.abc import Callable

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
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
        monotonic: Seconds that never go back; ages of readings are counted on it.
    """

    def __init__(
        self,
        watching: OrchestratorClient,
        commanding: OrchestratorClient,
        *,
        poll_interval: float,
        environment: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watching = watching
        self._commanding = commanding
        self._commands = Commands(commanding)
        self._poll_interval = poll_interval
        self.pace = Pace(poll_interval, monotonic)
        self.monotonic = monotonic
        self._board_poll = BoardPoll(watching, environment)
        self.board = Feed[Board](self._board_poll, self._board_wait, monotonic)

    def rollout(self, job: str) -> Feed[Rollout]:
        """A feed of one job, by whomever it was started; it falls silent when the job is complete."""

        def wait(rollout: Rollout) -> float | None:
            return None if rollout.is_complete else self.pace.wait(changed=rollout.changed != frozenset())

        return Feed[Rollout](JobPoll(self._watching, job, self.monotonic), wait, self.monotonic)

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
        """Stop a job; harmless however often.

        Raises:
            OrchestratorError: It could not be read, or the answer to the stop is missing.
        """
        return await self._commands.stop(job)

    async def aclose(self) -> Submission | None:
        """Wait for commands under way, then close all connections; the end of a deploy nobody was told of."""
        self.board.close()
        submission = await self._commands.settle()
        await self._watching.aclose()
        await self._commanding.aclose()
        return submission

    def _board_wait(self, board: Board) -> float:
        return self._poll_interval if board.is_busy else self._poll_interval * _QUIET_FACTOR
