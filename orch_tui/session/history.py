"""The jobs that a server remembers: the newest, and as many of the older ones as somebody wants to see."""

from enum import Enum, auto

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.capabilities import Feature
from orch_tui.domain.job import Job, Jobs

PAGE = 200
"""Jobs that are read at a time."""
_MOST, _MOST_AT_ONCE = 20_000, 5_000


class Older(Enum):
    """What is beyond the jobs that were read."""

    NONE = auto()
    UNREAD = auto()
    TOO_MANY = auto()
    """More than we keep."""
    OUT_OF_REACH = auto()
    """Perhaps more, and the server does not tell of them."""


class History:
    """All that was read of the list of jobs, without a gap from the newest on.

    Servers put a job whose state changes at the top of their list: polls of the newest ones keep all up to
    date. Whatever could have left a gap, or made other jobs of the known numbers, lets it begin anew.

    Args:
        most: Jobs after which no older ones are read.
        most_at_once: The same for servers that know no pages, and tell all of the newest n jobs each time.
    """

    def __init__(
        self, client: OrchestratorClient, *, most: int = _MOST, most_at_once: int = _MOST_AT_ONCE
    ) -> None:
        self._client = client
        self._most, self._most_at_once = most, most_at_once
        self._known: dict[str, Job] = {}
        self._newest = Jobs()
        self._is_all = True
        # How far down the list was read, and what of it is read once more: jobs move while we page.
        self._reached = 0
        self._overlap = 0
        self._unreadable = 0
        self._beginnings = 0
        self.jobs: tuple[Job, ...] = ()
        """Newest first."""

    @property
    def has_begun(self) -> bool:
        """Whether the server has told of its jobs yet."""
        return self._beginnings > 0

    @property
    def total(self) -> int | None:
        """How many jobs there are; None where the server does not tell."""
        return self._newest.total

    @property
    def unreadable(self) -> int:
        """How many jobs could not be read, at most: pages overlap, and nothing tells two such jobs apart."""
        return max(self._unreadable, self._newest.unreadable)

    @property
    def older(self) -> Older:
        """What is beyond `jobs`."""
        if self._is_all:
            return Older.NONE
        if max(self._reached, len(self.jobs)) >= self._most:
            return Older.TOO_MANY
        if not self._has_pages and self._reached >= self._most_at_once:
            return Older.OUT_OF_REACH
        return Older.UNREAD

    def take(self, newest: Jobs) -> None:
        """Have the newest jobs, as they are now."""
        known = newest.without_gone(self._known.values())
        if self._goes_on_in(newest):
            self._is_all = self._is_all or newest.is_last
        else:
            known = {}
            self._beginnings += 1
            self._is_all = newest.is_last
            self._reach(0, newest)
        self._newest = newest
        self._merge(known, newest)

    async def read_on(self) -> None:
        """Read the next older jobs, if there are any.

        Raises:
            OrchestratorError: The server could not be asked.
        """
        if self.older is not Older.UNREAD:
            return
        beginning = self._beginnings
        if self._has_pages:
            start = max(self._reached, len(self._known)) - self._overlap
            page = await self._client.jobs(PAGE, start)
        else:
            start = 0
            page = await self._client.jobs(min(2 * self._reached, self._most_at_once))
        if beginning != self._beginnings:
            return
        self._is_all = self._is_all or page.is_last
        self._reach(start, page)
        self._merge(self._known, page)

    @property
    def _has_pages(self) -> bool:
        return self._newest.server.has(Feature.PAGES)

    def _reach(self, start: int, page: Jobs) -> None:
        count = len(page.items) + page.unreadable
        self._reached, self._overlap = start + count, count // 10
        self._unreadable = page.unreadable + (self._unreadable if start else 0)

    def _goes_on_in(self, newest: Jobs) -> bool:
        """Whether `newest` and what is known are one list, and that of the same jobs."""
        before = self._newest.items
        if not before or not newest.items:
            return False
        known = self._known
        was_restored = max(int(job.id) for job in newest.items) < max(int(job.id) for job in before) or any(
            job.id in known and job.is_another_than(known[job.id]) for job in newest.items
        )
        leaves_gap = not newest.is_last and newest.oldest > max(job.newness for job in before)
        return not (was_restored or leaves_gap)

    def _merge(self, known: dict[str, Job], page: Jobs) -> None:
        """Answers may overtake one another: of two pictures of a job the one of its latest state is kept."""
        merged = dict(known)
        for job in page.items:
            if job.id not in known or known[job.id].newness <= job.newness:
                merged[job.id] = job
        if merged != self._known:
            self._known = merged
            self.jobs = tuple(sorted(merged.values(), key=lambda job: int(job.id), reverse=True))
