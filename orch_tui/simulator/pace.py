"""A job held at a rate: one change of a node's state at every beat, evenly, as long as nodes remain."""

import heapq
import math
from itertools import count

from orch_tui.simulator.job import Job, Run
from orch_tui.simulator.outcome import TYPICAL


class Pace:
    """Who changes next. A beat starts a run while there is room, and ends one when there is none.

    The rate is what holds; how long runs take follows from it. Of `rate` changes a second half are starts, so
    that with `width` runs at once each takes about `2 * width / rate` seconds: some longer, some shorter, in
    the proportions that they have without a rate. The width is the job's concurrency; without one it is what
    lets runs take their usual time. Until the width is reached there are only starts, after the last start
    only ends, always at the same rate.
    """

    def __init__(self, job: Job, rate: float, slots: int) -> None:
        self.beat = 1.0 / rate
        """Seconds from one change to the next."""
        usual = math.ceil(rate / 2 * TYPICAL)
        self._width = min(slots, job.order.concurrency or usual)
        self._stretch = self._width * 2 / rate / TYPICAL
        self._job = job
        self._running: list[tuple[float, int, Run]] = []
        """A heap, by the moment at which a run left to itself would end."""
        self._order = count()

    def to_start(self) -> Run | None:
        """The next run, if there is room and the job still starts any."""
        job = self._job
        if job.state != "running" or not job.waiting or len(self._running) >= self._width:
            return None
        return job.waiting.popleft()

    def started(self, run: Run, at: float, seconds: float) -> None:
        heapq.heappush(self._running, (at + seconds * self._stretch, next(self._order), run))

    def to_end(self) -> Run | None:
        return heapq.heappop(self._running)[2] if self._running else None
