"""One poll of one job: its state, its new events, and now and then all of its nodes."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.forecast import Forecaster
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Outcome
from orch_tui.domain.problem import OrchestratorError, another_job
from orch_tui.session.rollout import Fold, Rollout

_RECONCILE_AFTER = 30.0
# A node list that takes long to read is read less often: it is to take one part in so many of our time.
_RECONCILE_SHARE = 30
# The history of a large job is not worth its megabytes: its node list already tells how it stands.
_NODES_WITH_HISTORY = 5000
# Nodes that are worth a first look while the others come in; the next is when there are so many times more:
# to arrange thousands anew for each few that came would take longer than reading them.
_FIRST_LOOK = 100
_GROWTH = 2
# How often the end is looked at again while nodes of an ended job still claim to run.
_LAST_LOOKS = 5
# A server whose events never end must not keep a poll from ending.
_MOST_PAGES = 1000


class JobPoll:
    """Remembers between polls how far it has read; called once per poll, never twice at a time."""

    def __init__(self, client: OrchestratorClient, job: str, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._job = job
        self._monotonic = monotonic
        self._fold = Fold()
        self._forecaster = Forecaster()
        self._cursor: int | None = None
        self._reconciled: float | None = None
        self._reconcile_after = _RECONCILE_AFTER
        self._looks_after_end = 0
        self._known: Job | None = None
        self._came_back = False
        self._unreadable = 0

    async def __call__(self) -> AsyncGenerator[Rollout, None]:
        """The job as it is now; first in parts, until its node list has been read once.

        The end comes from the job's state, which is read before the events: when it says that the job is
        over, all its events exist, and are read to the last before the picture is called complete.

        Raises:
            OrchestratorError: Some call did not work; what was read before it is kept for the next poll.
        """
        job = await self._read_job()
        is_listed = self._reconciled is None
        if is_listed:
            async with aclosing(self._read_nodes()) as parts:
                async for _ in parts:
                    yield self._picture(job)
        for _ in range(_MOST_PAGES if job.state.is_over else 1):
            if not await self._read_events():
                break
            is_listed = False
        # A list that was read after the end, and that no event ran ahead of, is the last one already.
        if (job.state.is_over and not is_listed) or self._is_reconcile_due():
            async with aclosing(self._read_nodes()) as parts:
                async for _ in parts:
                    pass  # all of these are on the screen, as they were
        picture = self._picture(job)
        yield self._closed(picture) if job.state.is_over else picture

    async def _read_job(self) -> Job:
        job = await self._client.job(self._job)
        if self._known is not None and job.is_another_than(self._known):
            raise OrchestratorError(another_job(self._job))
        if self._known is not None and self._known.state.is_over and not job.state.is_over:
            self._came_back = True
            self._forecaster.start_again()  # it stood still meanwhile
        self._known = job
        return job

    def _picture(self, job: Job) -> Rollout:
        picture = self._fold.picture(job, self._client.server_now(), self._unreadable)
        forecast = None
        if picture.is_whole and job.state is JobState.RUNNING:
            forecast = self._forecaster.take(picture.server_time, job.began, picture.counts)
        return replace(picture, came_back=self._came_back, forecast=forecast)

    async def _read_events(self) -> bool:
        """Read the next page; whether it told anything new."""
        events = await self._client.events(self._job, self._cursor)
        news = [event for event in events.items if self._cursor is None or event.id >= self._cursor]
        self._fold.take_events(news)
        self._unreadable = max(self._unreadable, events.unreadable)
        if news:
            # Releases disagree on what `next-events` points at; it never points behind what we have.
            self._cursor = max(news[-1].id + 1, events.next_start or 0)
        return bool(news)

    def _is_reconcile_due(self) -> bool:
        return self._reconciled is None or self._monotonic() - self._reconciled >= self._reconcile_after

    async def _read_nodes(self) -> AsyncGenerator[None, None]:
        """Fold a node list; yields whenever so many more nodes came that it is worth another look."""
        started = self._monotonic()
        taken = unreadable = 0
        next_look = _FIRST_LOOK
        cursor = None
        self._fold.begin_list()
        async with aclosing(self._client.nodes(self._job)) as parts:
            async for part in parts:
                self._fold.take_nodes(part.items)
                unreadable += part.unreadable
                cursor = part.next_event
                taken += len(part.items)
                if taken >= next_look:
                    next_look = _GROWTH * taken
                    yield
        self._fold.end_list()
        self._unreadable = unreadable
        if self._reconciled is None and taken > _NODES_WITH_HISTORY:
            self._cursor = cursor
        self._reconciled = self._monotonic()
        self._reconcile_after = max(_RECONCILE_AFTER, _RECONCILE_SHARE * (self._reconciled - started))

    def _closed(self, picture: Rollout) -> Rollout:
        """`picture`, called complete unless nodes still claim to run: the server may lag behind itself."""
        self._looks_after_end += 1
        lagging = picture.counts.get(Outcome.UNKNOWN, 0) and self._looks_after_end < _LAST_LOOKS
        return picture if lagging else picture.completed()
