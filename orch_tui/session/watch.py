"""One poll of one job: its state, its new events, and now and then all of its nodes."""

import asyncio
from collections.abc import Callable

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.job import Job
from orch_tui.domain.node import Outcome
from orch_tui.session.rollout import Fold, Rollout

_RECONCILE_AFTER = 30.0
# A node list that takes long to read is read less often: it is to take one part in so many of our time.
_RECONCILE_SHARE = 30
# The history of a large job is not worth its megabytes: its node list already tells how it stands.
_NODES_WITH_HISTORY = 5000
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
        self._cursor: int | None = None
        self._reconciled: float | None = None
        self._reconcile_after = _RECONCILE_AFTER
        self._looks_after_end = 0
        self._unreadable = 0

    async def __call__(self) -> Rollout:
        """The job as it is now.

        The end comes from the job's state, which is read before the events: when it says that the job is
        over, all its events exist, and are read to the last before the picture is called complete.

        Raises:
            OrchestratorError: Some call did not work; what was read before it is kept for the next poll.
        """
        job = await self._first_look() if self._reconciled is None else await self._client.job(self._job)
        for _ in range(_MOST_PAGES if job.state.is_over else 1):
            if not await self._read_events():
                break
        if job.state.is_over or self._is_reconcile_due():
            await self._read_nodes()
        picture = self._fold.picture(job, self._client.server_now(), self._unreadable)
        return self._closed(picture) if job.state.is_over else picture

    async def _first_look(self) -> Job:
        try:
            # Not gather: when one of the two fails, the other must not go on behind our back.
            async with asyncio.TaskGroup() as both:
                asking_job = both.create_task(self._client.job(self._job))
                asking_nodes = both.create_task(self._client.nodes(self._job))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        job, nodes = asking_job.result(), asking_nodes.result()
        self._fold.take_nodes(nodes.items)
        self._unreadable = nodes.unreadable
        self._reconciled = self._monotonic()
        if len(nodes.items) > _NODES_WITH_HISTORY:
            self._cursor = nodes.next_event
        return job

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

    async def _read_nodes(self) -> None:
        started = self._monotonic()
        nodes = await self._client.nodes(self._job)
        for _ in self._fold.taking(nodes.items):
            await asyncio.sleep(0)
        self._unreadable = nodes.unreadable
        self._reconciled = self._monotonic()
        self._reconcile_after = max(_RECONCILE_AFTER, _RECONCILE_SHARE * (self._reconciled - started))

    def _closed(self, picture: Rollout) -> Rollout:
        """`picture`, called complete unless nodes still claim to run: the server may lag behind itself."""
        self._looks_after_end += 1
        lagging = picture.counts.get(Outcome.UNKNOWN, 0) and self._looks_after_end < _LAST_LOOKS
        return picture if lagging else picture.completed()
