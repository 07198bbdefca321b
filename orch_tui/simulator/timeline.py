"""What is going to happen, in order of time; equal times in the order they were planned."""

import heapq
from collections.abc import Callable
from itertools import count
from math import inf


class Timeline:
    """Nothing happens by itself: `play` makes everything happen that is due."""

    def __init__(self, now: float) -> None:
        self.now = now
        """Unix seconds in the world; while a happening is played, the moment it was due."""
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def at(self, moment: float, happening: Callable[[], None]) -> None:
        heapq.heappush(self._due, (moment, next(self._order), happening))

    def after(self, seconds: float, happening: Callable[[], None]) -> None:
        self.at(self.now + seconds, happening)

    @property
    def idle_for(self) -> float:
        """Seconds until something happens, as far as is known; infinite if nothing is planned."""
        return self._due[0][0] - self.now if self._due else inf

    def play(self, until: float) -> None:
        while self._due and self._due[0][0] <= until:
            self.now, _, happening = heapq.heappop(self._due)
            happening()
        self.now = max(self.now, until)
