"""Looking for the job of a deploy whose answer was lost: in the list of jobs, by its nonce."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.capabilities import Feature
from orch_tui.domain.intent import Intent
from orch_tui.domain.job import Job, Jobs
from orch_tui.domain.problem import OrchestratorError

_INTERVAL = 2.0
_PATIENCE = 60.0
_LONGEST_LOOK = 10.0
"""Seconds between two looks, in all, and for one of them."""

_FRESH = timedelta(minutes=5)
"""A server may still be about to carry out what was sent so short a time ago."""
_EARLIER = timedelta(minutes=5)
"""How much older than the deploy a job is looked at: clocks are not to be trusted to the second."""

_PAGE = 200
# Jobs move while we page; what moves up between two pages is still in the overlap.
_OVERLAP = 20
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a search has found: the job itself, or jobs among which only a person can choose."""

    job: Job | None = None
    fitting: tuple[Job, ...] = ()


class Search:
    """Looks at the list of jobs again and again until it holds the one, or time is up.

    Args:
        client: Only ever reads here.
        monotonic: Seconds that never go back.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        client: OrchestratorClient,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._sleep = sleep

    async def find(self, intent: Intent) -> Sighting:
        """The job of `intent`, if the server tells of it within a minute. Failing answers end nothing.

        For a deploy of longer ago one whole look is enough: what is not there now will not come.
        """
        end = self._monotonic() + _PATIENCE
        while True:
            sighting = await self._look(intent)
            if sighting is not None and (sighting.job or sighting.fitting):
                return sighting
            is_late = self._client.server_now() - intent.server_time > _FRESH
            if self._monotonic() >= end or (sighting is not None and is_late):
                return Sighting()
            await self._sleep(_INTERVAL)

    async def _look(self, intent: Intent) -> Sighting | None:
        """One look at all jobs that are new enough; None where the server could not be asked."""
        try:
            async with asyncio.timeout(_LONGEST_LOOK):
                return await self._page_through(intent)
        except (OrchestratorError, TimeoutError):
            return None

    async def _page_through(self, intent: Intent) -> Sighting:
        # The oldest of several: a description may be copied, with the nonce in it, to a later deploy.
        seen: list[Job] = []
        fitting: dict[str, Job] = {}
        for page in range(_MOST_PAGES):
            jobs = await self._client.jobs(_PAGE, page * (_PAGE - _OVERLAP))
            seen += (job for job in jobs.items if intent.is_seen_in(job))
            fitting |= {job.id: job for job in jobs.items if intent.fits(job)}
            if not _goes_on(jobs, intent):
                break
        if seen:
            return Sighting(min(seen, key=lambda job: int(job.id)))
        is_for_a_person = intent.request.description is None
        return Sighting(fitting=tuple(fitting.values()) if is_for_a_person else ())


def _goes_on(jobs: Jobs, intent: Intent) -> bool:
    """Whether the next page can hold jobs that are as new as the deploy."""
    changed = [job.changed for job in jobs.items if job.changed is not None]
    is_new = not changed or min(changed) > intent.server_time - _EARLIER
    return jobs.server.has(Feature.PAGES) and not jobs.is_last and is_new
