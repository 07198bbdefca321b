"""What a fault is."""

from typing import Protocol

from orch_tui.simulator.exchange import Exchange


class Fault(Protocol):
    """Something other than the plain answer."""

    async def play(self, exchange: Exchange) -> None: ...
