"""All that the screens may ask of one orchestrator."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.sign_in import SignIn
from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import Job, Jobs
from orch_tui.domain.login import Login
from orch_tui.domain.nonce import new_nonce
from orch_tui.domain.preflight import Preflight
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.session.board import Board, BoardPoll
from orch_tui.session.deploys import Deploys, Submission
from orch_tui.session.feed import Feed
from orch_tui.session.history import History
from orch_tui.session.journal import Journal
from orch_tui.session.pace import Pace
from orch_tui.session.preflight import Known, Scout
from orch_tui.session.rollout import Rollout
from orch_tui.session.stops import StopReply, Stops
from orch_tui.session.visits import Visits
from orch_tui.session.watch import JobPoll

_QUIET_FACTOR = 5
_PATIENCE = 5.0


class Session:
    """One orchestrator, watched through one client and commanded through another.

    Args:
        watching: For everything that only reads.
        commanding: For deploy and stop; it keeps no connection open.
        journal: Where deploys are written down.
        signing_in: Where the token that both send can be had anew.
        poll_interval: Seconds between two polls while something happens.
        environment: The environment to show even if nobody lists environments and no past job names it.
        release: That of the server, if somebody knows it; else its answers tell what it can do. They must not
            contradict it: what one release does not understand of a deploy could make another deploy to all.
        read_only: Whether no command is ever sent, whatever asks for it.
        monotonic: Seconds that never go back; ages of readings are counted on it.
        sleep: Waits so many seconds, between two looks for a job.
        nonces: Makes what tells one deploy from all others.
        note: Told, in a line of words, what became of each command, and each new state of a followed job.
    """

    def __init__(
        self,
        watching: OrchestratorClient,
        commanding: OrchestratorClient,
        journal: Journal,
        signing_in: SignIn,
        *,
        poll_interval: float,
        environment: str | None = None,
        release: str | None = None,
        read_only: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        nonces: Callable[[], str] = new_nonce,
        note: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._watching = watching
        self._commanding = commanding
        self._journal = journal
        self.deploys = Deploys(commanding, journal, read_only=read_only, monotonic=monotonic, sleep=sleep)
        self._stops = Stops(commanding, read_only=read_only)
        self._release = release
        self.server: Capabilities | None = None
        """What the server can do; None until its answers have told."""
        self.new_nonce = nonces
        self._signing_in = signing_in
        self._poll_interval = poll_interval
        self.visits = Visits()
        self.pace = Pace(poll_interval, monotonic)
        self.monotonic = monotonic
        self._note = note
        self._board_poll = BoardPoll(watching, environment)
        self.history = History(watching)
        """The jobs that were read: a poll of the board brings the newest."""
        self._known_jobs: dict[str, Job] = {}
        self.board = Feed[Board](self._poll_board, self._board_wait, monotonic)

    def rollout(self, job: str) -> Feed[Rollout]:
        """A feed of one job, by whomever it was started; it falls silent when the job is complete."""
        poll = JobPoll(self._watching, job, self.monotonic)
        noted = ""

        async def ask() -> AsyncGenerator[Rollout, None]:
            nonlocal noted
            async with aclosing(poll()) as parts:
                async for rollout in parts:
                    self._known_jobs[job] = rollout.job
                    if noted != rollout.job.state_word:
                        noted = rollout.job.state_word
                        self._note(f"job {job} ({rollout.job.environment}) is {noted}")
                    yield rollout

        def wait(rollout: Rollout) -> float | None:
            if rollout.is_complete or not rollout.is_whole:
                return None
            return self.pace.wait(changed=rollout.changed != frozenset())

        return Feed[Rollout](ask, wait, self.monotonic)

    async def _poll_board(self) -> AsyncGenerator[Board, None]:
        board = await self._board_poll()
        if self._journal.unsettled:
            await self._journal.refresh()  # another program may have found out
            await self.deploys.notice(board.jobs)
        self._known_jobs = board.jobs.without_gone(self._known_jobs.values())
        self._learn(board.jobs)
        self.history.take(board.jobs)
        yield board
        if self.server is None:
            self.server = await self._told_by(board.jobs)

    def _learn(self, jobs: Jobs) -> None:
        self._known_jobs.update((job.id, job) for job in jobs.items)
        if self.server is not None and not self.server.agrees_with(jobs.server):
            self.server = None  # it is another release since

    async def ask_server(self) -> Capabilities:
        """Ask what the server can do, and which job is the newest.

        Raises:
            OrchestratorError: It could not be asked, or its answer contradicts the release it is said to be.
        """
        jobs = await self._watching.jobs(1)
        self._learn(jobs)
        self.server = await self._told_by(jobs)
        if self.server is None:
            words = f'api = "{self._release}" in the profile, but it answers as {jobs.server.words}'
            raise OrchestratorError(Problem(ProblemKind.ANOTHER_RELEASE, words))
        return self.server

    async def _told_by(self, jobs: Jobs) -> Capabilities | None:
        """What the server can do, or None if `jobs` contradict the release that it is said to be."""
        if self._release is None:
            return await self._watching.capabilities(jobs)
        said = Capabilities.of_release(self._release)
        return said if said.agrees_with(jobs.server) else None

    @property
    def clock_offset(self) -> timedelta:
        """How far the server's clock is ahead of ours; negative: behind."""
        return self._watching.clock_offset

    @property
    def running_jobs(self) -> list[Job]:
        """The jobs that were under way when last heard of, the newest first."""
        running = [job for job in self._known_jobs.values() if not job.state.is_over]
        return sorted(running, key=lambda job: int(job.id), reverse=True)

    @property
    def sign_in_url(self) -> str:
        """Where a password is sent to."""
        return self._signing_in.url

    @property
    def token_file(self) -> Path | None:
        """Where the token is read from, and can be kept; None where the environment gave it."""
        return self._signing_in.token.file

    async def sign_in(self, login: Login) -> None:
        """Get a new token and use it from now on.

        Raises:
            OrchestratorError: There is none to be had. Nothing is tried again: accounts are locked for that.
        """
        await self._signing_in.login(login)
        self.board.nudge()

    def keep_token(self) -> None:
        """Write the token that signing in has brought to `token_file`.

        Raises:
            OSError: It could not be written.
        """
        self._signing_in.token.keep()

    def try_token_again(self) -> None:
        """Send a token once more even if it was refused: somebody asks for it."""
        self._signing_in.token.try_again()

    def refresh_board(self) -> None:
        """Read environments and jobs now."""
        self.try_token_again()
        self._board_poll.list_again()
        self.board.nudge()

    async def targets(self, environment: str) -> Targets:
        """What of `environment` can be deployed by itself, and the node groups; nothing, where nobody tells.

        A list to choose from is a convenience: the field takes any name, and the server decides.
        """
        targets = Targets()
        with suppress(OrchestratorError):
            targets = await self._watching.targets(environment)
        classifier = self._watching.classifier
        if classifier is not None and self.server is not None and self.server.has(Feature.NODE_GROUPS):
            with suppress(OrchestratorError):
                targets = replace(targets, groups=await classifier.groups())
        return targets

    def preflight(self, request: DeployRequest, targets: Targets) -> AsyncGenerator[Preflight, None]:
        """What can be told of `request` before it is sent: at once, and again with each answer.

        `targets` is what its environment offers. Nothing is ever raised, and no answer is awaited for long.
        """
        server = self.server or Capabilities()
        jobs, ends = tuple(self._known_jobs.values()), self._signing_in.token.ends()
        return Scout(self._watching, request, Known(server, targets, jobs, self.running_jobs, ends))()

    def begin_deploy(self, request: DeployRequest) -> Submission | None:
        """Send `request` exactly once; the refusal, where it cannot be begun.

        It is begun when this returns: whoever leaves now waits for its answer.
        """
        newest = max(self._known_jobs, key=int, default="")
        refusal = self.deploys.begin(request, self._watching.server_now(), newest)
        if refusal is not None:
            self._note(refusal.in_words())
        return refusal

    async def end_of_deploy(self, request: DeployRequest) -> Submission:
        """Wait for the end of one that was begun; cancelling that does not cancel the deploy."""
        submission = await self.deploys.end_of(request.nonce)
        self._note(submission.in_words())
        self.board.nudge()
        return submission

    def begin_stop(
        self, job: str, seen: Job | None = None, *, by_force: bool = False
    ) -> asyncio.Task[StopReply]:
        """Stop a job; harmless however often, unless `by_force`, which ends the runs under way, too.

        It is begun when this returns: whoever leaves now waits for its answer.
        """
        return self._stops.begin(job, seen, by_force=by_force)

    async def end_of_stop(self, begun: asyncio.Task[StopReply]) -> StopReply:
        """Wait for the end of one that was begun; cancelling that does not cancel the stop."""
        reply = await self._stops.end_of(begun)
        self._note(reply.in_words())
        return reply

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to any command is still awaited."""
        return self._stops.is_waiting or self.deploys.is_sending

    async def aclose(self) -> list[Submission | StopReply]:
        """Wait 5 s for commands under way, then close all connections; the ends that nobody was told of."""
        self.board.close()
        try:
            async with asyncio.TaskGroup() as both:
                stops = both.create_task(self._stops.settle(_PATIENCE))
                deploys = both.create_task(self.deploys.settle(_PATIENCE))
            ends: list[Submission | StopReply] = [*stops.result(), *deploys.result()]
            for end in ends:
                self._note(end.in_words())
            return ends
        finally:
            await self._watching.aclose()
            await self._commanding.aclose()
            await self._signing_in.aclose()

    def _board_wait(self, board: Board) -> float:
        return self._poll_interval if board.is_busy else self._poll_interval * _QUIET_FACTOR
