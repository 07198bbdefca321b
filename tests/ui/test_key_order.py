"""Keys that come in one burst, as over a slow line, act in their order: each where the one before led."""

import asyncio
from collections.abc import Callable

import pytest
from textual.events import Paste

from orch_tui.simulator import Settings
from orch_tui.ui.dialogs.copy import CopyDialog
from orch_tui.ui.dialogs.details import DetailsDialog
from orch_tui.ui.dialogs.help import HelpDialog
from orch_tui.ui.dialogs.job_number import JobNumberDialog
from orch_tui.ui.dialogs.palette import PaletteScreen
from orch_tui.ui.dialogs.rerun import RerunDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, Driver

Holds = Callable[[Driver], object]


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", list_environments=True)


def is_on(screen: type[object], *below: type[object]) -> Holds:
    """Whether these screens lie over home, the first on top."""
    return lambda driver: [type(each) for each in reversed(driver.app.screen_stack[2:])] == [screen, *below]


def is_home(driver: Driver) -> bool:
    return driver.app.screen is driver.home


def opened(driver: Driver) -> RolloutScreen:
    return next(screen for screen in driver.app.screen_stack if isinstance(screen, RolloutScreen))


async def all_of(driver: Driver, keys: str) -> None:
    """Press them in one burst, and wait until the app has taken the last."""
    driver.burst(*keys.split())
    taken = asyncio.Event()
    driver.app.call_later(taken.set)
    await driver.until(taken.is_set)


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        ("d escape", is_home),
        ("d q", is_on(DeployScreen)),  # typed in its first field
        ("tab enter", is_on(RolloutScreen)),
        ("tab enter q", is_home),
        ("tab enter ?", is_on(HelpDialog, RolloutScreen)),
        ("tab j enter escape tab tab enter q d", is_on(DeployScreen)),
        ("J 1 8 0 9 enter q d", is_on(DeployScreen)),
        ("? :", is_on(HelpDialog)),
        ("? q d", is_on(DeployScreen)),
        ("? d q", is_home),
        (": q escape d", is_on(DeployScreen)),
        ("y enter enter", is_on(RolloutScreen)),
        ("y q J", is_on(JobNumberDialog)),
        ("/ q d enter d", is_on(DeployScreen)),
        ("/ x escape ?", is_on(HelpDialog)),
    ],
)
async def test_from_home(cockpits: Cockpits, keys: str, then: Holds) -> None:
    async with cockpits.running(environment="production") as driver:
        await all_of(driver, keys)
        assert then(driver)


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        ("? q", is_on(RolloutScreen)),
        ("Z / q", lambda d: opened(d).nodes.field.value == "q"),
        ("! / q", lambda d: opened(d).nodes.field.value == "q"),
        ("2 1 / q", lambda d: opened(d).nodes.field.value == "q"),
        ("/ - / _", lambda d: opened(d).nodes.field.value == "-/_"),
        ("enter q q d", is_on(DeployScreen)),
        ("enter : q", is_on(RolloutScreen)),
        ("y escape ?", is_on(HelpDialog, RolloutScreen)),
        ("R escape R", is_on(RerunDialog, RolloutScreen)),
        ("2 enter enter", is_on(DetailsDialog, RolloutScreen)),
        ("2 v q y", is_on(RolloutScreen)),
        ("y q y", is_on(CopyDialog, RolloutScreen)),
        (": ?", is_on(PaletteScreen, RolloutScreen)),
        ("4 tab / q", lambda d: opened(d).nodes.field.value == "q"),
    ],
)
async def test_from_a_rollout(cockpits: Cockpits, keys: str, then: Holds) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.to_rollout(200)
        await driver.until(lambda: opened(driver).nodes.table.key is not None)
        await all_of(driver, keys)
        assert then(driver)


async def test_what_a_key_cannot_do_is_said_where_it_was_pressed(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await all_of(driver, "x tab enter")
        await driver.shows("STOP: not here and now. It works in a job")
        await all_of(driver, "d tab")
        await driver.shows("Deploy: not here and now. It works at home")


async def test_what_is_pasted_goes_where_the_key_before_led(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        driver.burst("J")
        driver.app.post_message(Paste("1809"))
        await all_of(driver, "enter")
        assert opened(driver).job == "1809"
