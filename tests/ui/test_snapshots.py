"""Pictures of each screen full, empty and in trouble, at the two sizes that matter most.

Draw them anew with `pytest --snapshot-update`, and look at each before it is kept.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import pytest
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot

from orch_tui.simulator import Answer, Settings
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, TO_APPLICATION, TO_SCOPE, Cockpits, Driver

# With a time to wait, so that the picture does not depend on how waits are spread.
BUSY = Answer(503, b"<html>", (("retry-after", "30"),))

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((140, 40), id="140x40")]
AT_THE_EDGES = pytest.mark.parametrize(
    "looks_right", [pytest.param((60, 15), id="60x15"), pytest.param((200, 60), id="200x60")], indirect=True
)


class SnapCompare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(
        self,
        app: App[None],
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


@pytest.fixture(params=SIZES)
def looks_right(
    request: pytest.FixtureRequest, snap_compare: SnapCompare, cockpits: Cockpits
) -> Callable[..., bool]:
    """Whether an app, brought so far by `steps`, looks as it did when somebody last looked."""

    def compare(steps: Callable[[Driver], Awaitable[None]], **options: Any) -> bool:
        app = cockpits.app(**options)

        async def run_before(pilot: Pilot[None]) -> None:
            driver = Driver(app, pilot, cockpits.server)
            await driver.until(lambda: driver.home.reading.value or driver.home.reading.problem)
            await steps(driver)
            await pilot.pause()
            await app.cockpit.session.aclose()

        return snap_compare(app, terminal_size=request.param, run_before=run_before)

    return compare


LooksRight = Callable[..., bool]


def test_home_full(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.shows("1812")

    assert looks_right(steps, environment="production")


class TestWithoutJobs:
    """A server on which nothing has ever run."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, history=False, list_environments=True)

    def test_home_empty(self, looks_right: LooksRight) -> None:
        async def steps(driver: Driver) -> None:
            await driver.shows("no jobs yet")

        assert looks_right(steps)


def test_home_in_trouble(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        driver.server.simulator.faults.add(path="", fault=BUSY, times=None)
        await driver.press("r")
        await driver.shows("NOT UPDATED")

    assert looks_right(steps, theme="light")


def test_rollout_full(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(240)
        await driver.press("j")

    assert looks_right(steps)


def test_rollout_just_begun(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout()

    assert looks_right(steps, theme="dark")


def test_rollout_in_trouble(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(120)
        driver.server.simulator.faults.add(path="/jobs", fault=BUSY, times=None)
        await driver.later(0)
        await driver.shows("NOT UPDATED")

    assert looks_right(steps)


def test_rollout_stopped(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(120)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("stopping")
        await driver.later(3600)
        await driver.shows("stopped")
        await driver.until(lambda: not driver.app._notifications)

    assert looks_right(steps, theme="contrast")


@pytest.mark.parametrize("key", ["2", "3", "4"])
def test_rollout_tabs(looks_right: LooksRight, key: str) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(3600)
        await driver.shows("complete", "causes")
        await driver.press(key)

    assert looks_right(steps)


def test_stop_dialog(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(120)
        await driver.press("x")
        await driver.shows("Stop job")
        await driver.is_armed()

    assert looks_right(steps)


class TestByForce:
    """A server that can end runs, too."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8, api="2021.7")

    def test_force_stop_dialog(self, looks_right: LooksRight) -> None:
        async def steps(driver: Driver) -> None:
            await driver.to_rollout(120)
            await driver.press("X")
            await driver.is_armed()
            await driver.press(*"1811")
            await driver.shows("Enter ends the job by force, once.")

        assert looks_right(steps)


def test_rerun_menu(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        rollout = await driver.to_rollout(120)
        await driver.until(lambda: rollout.nodes.highlighted)
        await driver.press("space", "2")
        await driver.until(lambda: rollout.tabs.cause)
        await driver.press("R")
        await driver.shows("whole job")

    assert looks_right(steps)


def test_deploy_form(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d")
        await driver.shows("choose")
        await driver.press(*TO_APPLICATION, "L", "down")
        await driver.shows("▸ Lamp")

    assert looks_right(steps, environment="production")


def test_deploy_form_with_faults(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d")
        await driver.shows("choose")
        await driver.press("tab", "tab", "0", "tab", "right", "right", "tab", *"web_1 Web_2")
        await driver.shows("from 1 to", "is no name of a node")

    assert looks_right(steps, environment="production", theme="light")


def test_deploy_form_with_more_options(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d")
        await driver.shows("choose")
        await driver.press("ctrl+o", "tab", "space")
        await driver.shows("cannot be together with noop")

    assert looks_right(steps, environment="production", theme="dark")


def test_review(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d", "tab", "space", "tab", "5", "enter")
        await driver.shows("once the name is typed")

    assert looks_right(steps, environment="production", protected=["production"])


def test_review_of_nodes(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d")
        await driver.shows("choose")
        await driver.press(*TO_SCOPE, "right", "right", "tab")
        driver.app.post_message(Paste("\n".join(f"web-{number}.example.com" for number in range(1000))))
        await driver.shows("1,000 nodes")
        await driver.press("enter")
        await driver.shows("will end errored", "Enter sends it")

    assert looks_right(steps, environment="production")


def test_a_refused_deploy(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_review("tangled")
        await driver.press("enter")
        await driver.shows("dependency cycle")

    assert looks_right(steps)


def test_copy_menu(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(3600)
        await driver.shows("complete", "causes")
        await driver.press("y")
        await driver.shows("Enter Copy it")

    assert looks_right(steps)


@AT_THE_EDGES
def test_home_at_the_edges(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.shows("1812")

    assert looks_right(steps, environment="production")


@AT_THE_EDGES
def test_rollout_at_the_edges(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.to_rollout(240)

    assert looks_right(steps)


@AT_THE_EDGES
def test_deploy_form_at_the_edges(looks_right: LooksRight) -> None:
    async def steps(driver: Driver) -> None:
        await driver.press("d")
        await driver.shows("6 known")

    assert looks_right(steps, environment="production")
