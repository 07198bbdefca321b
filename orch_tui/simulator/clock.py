"""Time in the simulated world: seconds that somebody else counts."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Seconds since any fixed moment; never runs backwards."""


class ManualClock:
    """A clock that stands still until it is told otherwise: tests need no sleeps."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let `seconds` of world time pass."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._seconds += seconds


def real_clock(speed: float) -> Clock:
    """The machine's own clock, `speed` world seconds to each real one."""
    return lambda: time.monotonic() * speed


def timestamp(seconds: float) -> str:
    """Unix seconds as the orchestrator writes them: ISO-8601, UTC, whole seconds, `Z` (recorded)."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()[:-6] + "Z"
