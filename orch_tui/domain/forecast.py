"""When a job will end, judged by the pace of its nodes: a range, or nothing where it would be a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from orch_tui.domain.node import Outcome

_RAN = (Outcome.FAILED, Outcome.CHANGED, Outcome.WOULD_CHANGE, Outcome.UNCHANGED, Outcome.FINISHED)
"""Outcomes of nodes that took their time."""

_DID_NOT = (Outcome.ERRORED, Outcome.SKIPPED)
"""Outcomes of nodes that tell nothing of the pace: some are told at once, some after many minutes."""

_WARM = 5
"""So many runs must have ended within the latest half of them."""

_KEPT = 128

_JITTER = timedelta(seconds=5)
"""So far back a clock may seem to go that is known from answers, some of which take longer than others."""

_FAR = 7 * 24 * 3600.0
"""Seconds ahead, beyond which nothing is foretold: it is a clock that makes a job seem to take so long."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the job will probably end, by the server's clock."""

    earliest: datetime
    latest: datetime


class Forecaster:
    """How fast the runs of one job come to their ends.

    Nodes wait until others have ended, so that those that wait are gone at the pace of late; then the last
    ones take as long as nodes of this job take, some of them longer than most. In simulated jobs of 40 to
    2,000 nodes the end falls into the range nine times of ten.
    """

    def __init__(self) -> None:
        self._ended: list[tuple[datetime, int]] = []
        self._forecast: Forecast | None = None
        self._trusts_start = True

    def start_again(self) -> None:
        """What was seen until now tells nothing of what comes, nor does the start of the job."""
        self._ended, self._forecast, self._trusts_start = [], None, False

    def take(self, now: datetime, began: datetime | None, counts: Mapping[Outcome, int]) -> Forecast | None:
        """Go by what the server tells at `now` of a job that runs; all its nodes must be counted."""
        ran = sum(counts.get(outcome, 0) for outcome in _RAN)
        if self._ended and (ran < self._ended[-1][1] or now < self._ended[-1][0] - _JITTER):
            self.start_again()  # the server went back, or its clock
        if not self._ended:
            self._ended.append((began, 0) if began and self._trusts_start else (now, ran))
        if ran > self._ended[-1][1]:
            self._ended.append((now, ran))
        if len(self._ended) > _KEPT:
            del self._ended[1:-1:2]
        queued, running = counts.get(Outcome.QUEUED, 0), counts.get(Outcome.RUNNING, 0)
        if queued:
            done = ran + sum(counts.get(outcome, 0) for outcome in _DID_NOT)
            self._forecast = self._judge(now, ran, ran / max(1, done), queued, running)
        return self._forecast  # once none wait, the pace tells nothing any more; what was foretold holds

    def _judge(self, now: datetime, ran: int, share: float, queued: int, running: int) -> Forecast | None:
        """Of nodes that are done, `share` took their time: of those that wait it may be as many, or all."""
        since, before = [one for one in self._ended if one[1] <= ran / 2 or one is self._ended[0]][-1]
        ended, seconds = ran - before, (now - since).total_seconds()
        if ended < _WARM or seconds <= 0:
            return None
        each = seconds / ended
        # So much the pace of so few varies by chance; and a run takes as long as it takes for all that run
        # at once to be replaced.
        doubt, one_run = min(0.9, 1.6 / sqrt(ended)), running * each
        earliest = share * queued * each * (1 - doubt) + 0.7 * one_run
        latest = queued * each * (1 + doubt) + 4 * one_run
        if latest > _FAR:
            return None
        return Forecast(now + timedelta(seconds=earliest), now + timedelta(seconds=latest))
