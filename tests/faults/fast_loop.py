"""An event loop on which time passes so many times faster: ten hours of waiting in a minute."""

import asyncio
import selectors
import time


class _FastSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class FastLoop(asyncio.SelectorEventLoop):
    """Sleeps, timeouts and `time()` go `speed` times as fast; computing and sending take their real time."""

    def __init__(self, speed: float) -> None:
        super().__init__(_FastSelector(speed))
        self._speed = speed
        self._begun = time.monotonic()

    def time(self) -> float:
        return self._begun + (time.monotonic() - self._begun) * self._speed
