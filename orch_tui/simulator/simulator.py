"""A made-up orchestrator, ready to listen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from orch_tui.simulator.app import build_app
from orch_tui.simulator.changes import CHANGES
from orch_tui.simulator.clock import Clock, real_clock
from orch_tui.simulator.control import Control
from orch_tui.simulator.exchange import Request
from orch_tui.simulator.faults import FAULTS, Faults
from orch_tui.simulator.gate import Gate
from orch_tui.simulator.named import made
from orch_tui.simulator.serve import Server, Tls, in_foreground, in_thread
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.world import World

_SOON, _LATE = 0.02, 0.5
"""Real seconds between two looks at the clock: while much happens, and while nothing does."""


class Simulator:
    """A world with a port. Without a clock of its own, time passes as it does, times `settings.speed`."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._keep_up = self._play if clock is None else None
        clock = clock or real_clock(settings.speed)
        self.world = World(settings, clock)
        for seconds, order in settings.day.changes:
            self.world.later(seconds, partial(made("change", CHANGES, order).apply, self.world))
        self.faults = Faults(FAULTS, settings.day.faults, clock, settings.seed)
        self._gate = Gate(build_app(settings, self.world), self.world, self.faults)
        self._app = Control(self._gate, self.world, self.faults, settings.token)
        self._speed = settings.speed

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in order of arrival."""
        return self._gate.requests

    @contextmanager
    def running(self, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> Iterator[str]:
        """Serve in a thread while the context lasts; it gives the base URL, `http://127.0.0.1:PORT`."""
        with in_thread(Server(self._app, host, port, tls, self._keep_up)) as url:
            yield url

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 8143,
        tls: Tls | None = None,
        *,
        ready: Callable[[str], None],
        until_eof: BinaryIO | None = None,
    ) -> None:
        """Serve in the foreground until SIGINT, SIGTERM or the end of `until_eof`. OSError: port taken."""
        in_foreground(Server(self._app, host, port, tls, self._keep_up), ready, until_eof)

    def _play(self) -> float:
        """Play what is due; gives the real seconds until it is worth doing so again."""
        self.world.advance()
        return min(max(self.world.idle_for / self._speed, _SOON), _LATE)
