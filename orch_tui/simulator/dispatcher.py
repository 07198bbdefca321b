"""Which node runs next: a job's own concurrency, then the server's slots; jobs take turns."""

from collections import deque
from contextlib import suppress

from orch_tui.simulator.job import Job, Run


class Dispatcher:
    def __init__(self, slots: int) -> None:
        self._free = slots
        self._turns: deque[Job] = deque()

    def admit(self, job: Job) -> None:
        self._turns.append(job)

    def dismiss(self, job: Job) -> None:
        """No further node of this job will start; it need not have been admitted."""
        with suppress(ValueError):
            self._turns.remove(job)

    def take(self) -> tuple[Job, Run] | None:
        """The next run, which now holds a slot; None if there is no room or no work."""
        if not self._free:
            return None
        for _ in range(len(self._turns)):
            job = self._turns[0]
            self._turns.rotate(-1)
            if job.may_start:
                self._free -= 1
                return job, job.waiting.popleft()
        return None

    def give_back(self) -> None:
        self._free += 1
