"""How often to ask: quickly while nodes change and somebody looks, slowly otherwise."""

from collections.abc import Callable

_QUIET_GROWTH = 1.5
_SLOWEST_WHILE_QUIET = 5.0
_SLOWEST_UNWATCHED = 15.0
_UNTOUCHED = 600.0
"""Seconds without a key after which nobody is thought to look."""


class Pace:
    """The wait between two polls: never under `floor` seconds, and a multiple of it when little happens.

    Args:
        floor: Seconds between two polls while nodes change.
        monotonic: Seconds that never go back.
    """

    def __init__(self, floor: float, monotonic: Callable[[], float]) -> None:
        self._floor = floor
        self._monotonic = monotonic
        self._factor = 1.0
        self._touched = monotonic()

    def touched(self) -> None:
        """Somebody pressed a key."""
        self._touched = self._monotonic()

    def wait(self, *, changed: bool) -> float:
        """Seconds to wait after a poll that found something `changed`, or did not."""
        # A terminal that is not in front may well be looked at, on a wall of them: only keys tell.
        unwatched = self._monotonic() - self._touched > _UNTOUCHED
        slowest = _SLOWEST_UNWATCHED if unwatched else _SLOWEST_WHILE_QUIET
        self._factor = 1.0 if changed and not unwatched else min(slowest, self._factor * _QUIET_GROWTH)
        return self._floor * self._factor
