"""What experiments need beside the simulator's faults: colleagues, and work that is done late."""

import asyncio
from dataclasses import dataclass, field, replace
from threading import Event

from orch_tui.simulator import Answer, World
from orch_tui.simulator.commands import deploy_order, parse
from orch_tui.simulator.exchange import Exchange
from orch_tui.simulator.faults import Fault
from orch_tui.simulator.order import Owner

COLLEAGUE = Owner("carla", "a3a0c1de-9a6b-4c43-8e3c-2f1b8c0c5e77")


@dataclass(frozen=True)
class Plain:
    """Nothing goes wrong."""

    async def play(self, exchange: Exchange) -> None:
        await exchange.process()


@dataclass(frozen=True)
class Late:
    """A proxy's 504 at once; the server carries the request out so many world seconds later."""

    world: World
    seconds: float

    async def play(self, exchange: Exchange) -> None:
        due = self.world.now + self.seconds
        await exchange.send_answer(Answer(504, b"<html>504 Gateway Time-out</html>"))
        while self.world.now < due:
            await asyncio.sleep(0.002)
            self.world.advance()
        await exchange.withhold()


@dataclass(frozen=True)
class WithTwins:
    """A colleague deploys the same in the same second, before us and after us; `fault` strikes between."""

    world: World
    fault: Fault

    async def play(self, exchange: Exchange) -> None:
        order = replace(deploy_order(parse(exchange.body), self.world.settings), description="weekly")
        self.world.deploy(order, COLLEAGUE)
        await self.fault.play(exchange)
        self.world.deploy(order, COLLEAGUE)


@dataclass(frozen=True)
class Held:
    """The plain answer, once somebody lets it go."""

    released: Event = field(default_factory=Event)

    async def play(self, exchange: Exchange) -> None:
        while not self.released.is_set():  # noqa: ASYNC110 - whoever sets it is in another thread
            await asyncio.sleep(0.01)
        await exchange.process()
