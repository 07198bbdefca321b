"""The one way to deploy: written down, sent once on its own connection, and followed to its end.

A deploy runs in a task that belongs to the session. A screen that is closed meanwhile only stops waiting:
the deploy goes on, and its answer is not lost. Nothing here ever sends a deploy again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.intent import Intent
from orch_tui.domain.job import Job, Jobs
from orch_tui.domain.problem import NOT_SENT, READ_ONLY, OrchestratorError, Problem, ProblemKind
from orch_tui.session.journal import CannotRecord, Journal
from orch_tui.session.journal_line import Event, How
from orch_tui.session.search import Search, Sighting


class Fate(StrEnum):
    """What became of a deploy that was sent. There is no fourth."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Submission:
    """The end of one deploy: the id of its job if it was accepted, else why not, or why nobody knows.

    Attributes:
        how: How an accepted one's job is known.
        fitting: Jobs that could be that of an unknown one; only a person can tell.
    """

    request: DeployRequest
    fate: Fate
    job: str = ""
    problem: Problem | None = None
    how: How | None = None
    fitting: tuple[Job, ...] = ()

    def in_words(self) -> str:
        """One line for a log."""
        request = self.request
        end = self.problem.kind if self.problem else f"job {self.job}, {self.how}"
        return f"deploy {request.nonce} of {request.environment}, {request.mode}: {self.fate}, {end}"


@dataclass(frozen=True, slots=True)
class Pending:
    """A deploy that is under way: sent and not answered, or looked for since its answer was lost.

    `since` is when that began, in monotonic seconds.
    """

    request: DeployRequest
    is_sought: bool
    since: float


@dataclass(slots=True)
class _UnderWay:
    pending: Pending
    task: asyncio.Task[Submission]


class Deploys:
    """Sends deploys, one at a time, each at most once; read-only, none at all.

    Args:
        client: Keeps no connection open.
        journal: Where each deploy is written down before it is sent.
        read_only: Whether nothing is ever sent.
        monotonic: Seconds that never go back.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        client: OrchestratorClient,
        journal: Journal,
        *,
        read_only: bool,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._journal = journal
        self._read_only = read_only
        self._monotonic = monotonic
        self._search = Search(client, monotonic, sleep)
        # By nonce; those whose end nobody has been told yet.
        self._under_way: dict[str, _UnderWay] = {}
        self._leaving = asyncio.Event()

    @property
    def pending(self) -> tuple[Pending, ...]:
        """The deploys that are under way, the oldest first."""
        return tuple(each.pending for each in self._under_way.values() if not each.task.done())

    @property
    def is_sending(self) -> bool:
        """Whether the answer to a deploy is still awaited."""
        return any(not pending.is_sought for pending in self.pending)

    def unsettled(self, environment: str) -> Intent | None:
        """The latest deploy of `environment` of which nobody knows what became."""
        found = [each for each in self._journal.unsettled if each.request.environment == environment]
        return found[-1] if found else None

    @property
    def unknown(self) -> tuple[Intent, ...]:
        """The deploys of which nobody knows what became, and about which nothing more is done."""
        return tuple(intent for intent in self._journal.left_open() if self.pending_of(intent) is None)

    def pending_of(self, intent: Intent) -> Pending | None:
        """How far we are with `intent`; None where it is not, or no more, under way here."""
        return next((each for each in self.pending if each.request.nonce == intent.request.nonce), None)

    def begin(self, request: DeployRequest, server_time: datetime, after: str) -> Submission | None:
        """Send `request`, once; `end_of` tells what becomes of it. It is known to be under way from now on.

        While the answer to one is awaited, another is refused: then, that refusal is returned.

        Args:
            request: With a nonce of its own.
            server_time: The time by the server's clock.
            after: The newest job that is known.
        """
        if self._read_only:
            return Submission(request, Fate.REFUSED, problem=READ_ONLY)
        if self.is_sending or request.nonce in self._under_way:
            return _refused(request, ProblemKind.STILL_SENDING, "the answer to the deploy before is awaited")
        # Nothing is awaited between the check and the start: two presses cannot both pass.
        self._start(request, self._deploy(request, server_time, after), is_sought=False)
        return None

    def resume(self) -> tuple[DeployRequest, ...]:
        """Look for the jobs of deploys that an earlier run left open; `end_of` tells what was found."""
        if self._read_only:
            return ()
        left = [each for each in self._journal.left_open() if each.request.nonce not in self._under_way]
        for intent in left:
            lost = Problem(ProblemKind.CONNECTION_LOST, "no answer came to an earlier run")
            self._start(intent.request, self._look_for(intent, lost), is_sought=True)
        return tuple(intent.request for intent in left)

    async def end_of(self, nonce: str) -> Submission:
        """Wait until it is known what became of a deploy that is under way, or will not be."""
        under_way = self._under_way[nonce]
        submission = await asyncio.shield(under_way.task)
        if self._under_way.get(nonce) is under_way:
            del self._under_way[nonce]  # somebody has been told; `settle` need not
        return submission

    async def refresh(self) -> None:
        """Learn what other programs of this user have sent, or have found out."""
        await self._journal.refresh()

    async def notice(self, jobs: Jobs) -> None:
        """See in a list of jobs those of deploys of which nobody knew what became: time may have told."""
        for intent in self.unknown:
            seen = [job.id for job in jobs.items if intent.is_seen_in(job)]
            if seen:
                await self._write(intent.request, Event.JOB, job=min(seen, key=int), how=How.FOUND)

    async def adopt(self, request: DeployRequest, job: Job) -> None:
        """A person says that this is the job of `request`.

        Raises:
            CannotRecord: It could not be written down; it holds until we end.
        """
        await self._journal.conclude(request.nonce, Event.JOB, job=job.id, how=How.BY_HAND)

    async def set_aside(self, intent: Intent) -> None:
        """A person says that what became of it matters no more.

        Raises:
            CannotRecord: It could not be written down; it holds until we end.
        """
        await self._journal.conclude(intent.request.nonce, Event.SET_ASIDE)

    async def settle(self, patience: float) -> list[Submission]:
        """Wait so many seconds for answers; the ends that nobody was told of.

        Nothing is looked for any more: that is left to the next run, and so is what is not answered by then.
        """
        self._leaving.set()
        tasks = [each.task for each in self._under_way.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        return [_left(each) for each in self._under_way.values()]

    def _start(
        self, request: DeployRequest, work: Coroutine[None, None, Submission], *, is_sought: bool
    ) -> None:
        task = asyncio.create_task(work, name=f"deploy {request.environment}")
        self._under_way[request.nonce] = _UnderWay(Pending(request, is_sought, self._monotonic()), task)

    async def _deploy(self, request: DeployRequest, server_time: datetime, after: str) -> Submission:
        await self._journal.refresh()
        if earlier := self.unsettled(request.environment):
            words = f"what became of {earlier.request.nonce} is not known"
            return _refused(request, ProblemKind.UNSETTLED, words)
        try:
            intent = await self._journal.intend(request, server_time, after)
        except CannotRecord as error:
            return _refused(request, ProblemKind.CANNOT_RECORD, str(error))
        try:
            job = await self._client.deploy(request)
        except OrchestratorError as error:
            problem = error.problem
            if problem.leaves_command_unknown:
                return await self._look_for(intent, problem)
            event = Event.NOT_SENT if problem.kind in NOT_SENT else Event.REFUSED
            await self._write(request, event, why=problem.kind)
            return Submission(request, Fate.REFUSED, problem=problem)
        return await self._accepted(request, job, How.ANSWERED)

    async def _look_for(self, intent: Intent, lost: Problem) -> Submission:
        """Look for the job of a deploy whose answer was lost for the reason `lost`."""
        request = intent.request
        under_way = self._under_way[request.nonce]
        under_way.pending = replace(under_way.pending, is_sought=True, since=self._monotonic())
        sighting = await self._unless_leaving(self._search.find(intent))
        if sighting is None:
            return Submission(request, Fate.UNKNOWN, problem=lost)
        if sighting.job is not None:
            return await self._accepted(request, sighting.job.id, How.FOUND)
        await self._write(request, Event.UNKNOWN, why=lost.kind)
        return Submission(request, Fate.UNKNOWN, problem=lost, fitting=sighting.fitting)

    async def _unless_leaving(self, search: Coroutine[None, None, Sighting]) -> Sighting | None:
        finding, leaving = asyncio.create_task(search), asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait({finding, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return finding.result() if finding.done() else None
        finally:
            finding.cancel()
            leaving.cancel()

    async def _accepted(self, request: DeployRequest, job: str, how: How) -> Submission:
        await self._write(request, Event.JOB, job=job, how=how)
        return Submission(request, Fate.ACCEPTED, job, how=how)

    async def _write(
        self, request: DeployRequest, event: Event, *, job: str = "", how: How | None = None, why: str = ""
    ) -> None:
        # What cannot be written down now is known all the same, and the next run will find it again.
        with suppress(CannotRecord):
            await self._journal.conclude(request.nonce, event, job=job, how=how, why=why)


def _refused(request: DeployRequest, kind: ProblemKind, message: str) -> Submission:
    return Submission(request, Fate.REFUSED, problem=Problem(kind, message))


def _left(under_way: _UnderWay) -> Submission:
    if under_way.task.done():
        return under_way.task.result()
    under_way.task.cancel()
    lost = Problem(ProblemKind.NO_ANSWER, "no answer before leaving")
    return Submission(under_way.pending.request, Fate.UNKNOWN, problem=lost)
