"""The stop that ends runs, too: only where there is one, only by the job's number, and only once."""

import pytest
from textual.events import Key

from orch_tui.domain.node import Outcome
from orch_tui.simulator import Drop, DropAfter, Settings
from orch_tui.ui.dialogs.force_stop import ForceStopDialog
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.widgets.text_field import TextField
from tests.commands import stop
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, Driver

A_WHILE = 120.0
FORCED = b'{"job": "1811", "force": true}'


def on(*releases: str) -> pytest.MarkDecorator:
    """On simulators of these releases."""
    worlds = [
        Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8, api=api) for api in releases
    ]
    return pytest.mark.parametrize("settings", worlds, ids=list(releases))


async def ask(driver: Driver) -> ForceStopDialog:
    """Press `X`, and wait until the dialog takes keys."""
    await driver.press("X")
    await driver.is_armed()
    return driver.screen(ForceStopDialog)


@on("2021.7", "current")
async def test_the_number_must_be_typed_and_one_post_ends_all(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        rollout = await driver.to_rollout(A_WHILE)
        await driver.shows("X FORCE STOP")
        dialog = await ask(driver)
        await driver.shows("8 nodes are running: their runs are broken off at once", "inconsistent state")
        await driver.press("enter", *"1812", "enter")
        await driver.shows("once its number is typed")
        assert driver.app.screen is dialog
        await driver.press("backspace", "1")
        await driver.shows("Enter ends the job by force, once.")
        assert cockpits.server.posts("stop") == []
        await driver.press("enter")
        await driver.shows("Ending job 1811 by force", "- stopped")
        assert cockpits.server.posts("stop") == [FORCED]
        value = rollout.reading.value
        assert value is not None
        assert value.counts.get(Outcome.RUNNING, 0) == 0
        assert "STOP" not in driver.text


@on("2021.7")
async def test_a_job_that_is_stopping_can_still_be_ended(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("> stopping")
        await ask(driver)
        await driver.press(*"1811", "enter")
        await driver.shows("Ending job 1811 by force", "- stopped")
        assert cockpits.server.posts("stop") == [b'{"job": "1811"}', FORCED]


@on("2021.7")
async def test_keys_typed_ahead_end_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        for key in ("X", *"1811", "enter"):
            driver.app.post_message(Key(key, key if len(key) == 1 else None))
        await driver.until(lambda: isinstance(driver.app.screen, ForceStopDialog))
        await driver.is_armed()
        await driver.press("enter")
        assert isinstance(driver.app.screen, ForceStopDialog)
        assert cockpits.server.posts("stop") == []


@on("2021.7")
async def test_keys_that_were_read_too_early_end_nothing_however_late_they_come(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        early = [Key(key, key) for key in "1811"] + [Key("enter", None)]
        dialog = await ask(driver)
        for key in early:
            driver.app.post_message(key)
        await driver.press("9")  # it comes after them
        await driver.until(lambda: dialog.query_one(TextField).value == "9")
        assert driver.app.screen is dialog
        assert cockpits.server.posts("stop") == []


@on("2021.7")
async def test_an_answer_that_is_lost_is_read_from_the_job_and_never_sent_again(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        await driver.to_rollout(A_WHILE)
        faults = cockpits.server.simulator.faults
        faults.add(method="POST", path="/command/stop", fault=Drop())
        await ask(driver)
        await driver.press(*"1811", "enter")
        await driver.shows("Stop job 1811 by force: read again since, it is running", "not sent again")
        await driver.is_armed()
        await driver.press("escape")
        faults.add(method="POST", path="/command/stop", fault=DropAfter())
        await ask(driver)
        await driver.press(*"1811", "enter")
        await driver.shows("Ending job 1811 by force", "- stopped")
        assert cockpits.server.posts("stop") == [FORCED, FORCED]


@on("2016.2", "2019.7", "2019.8.5")
async def test_where_there_is_none_the_key_tells_who_has_it(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        rollout = await driver.to_rollout(A_WHILE)
        assert "FORCE STOP" not in driver.text
        await driver.press("X")
        await driver.shows("This server has no force stop, which came with 2021.7")
        assert driver.app.screen is rollout
        assert cockpits.server.posts("stop") == []


@on("2021.7")
async def test_in_a_job_that_has_ended_neither_stop_is_offered_and_both_say_why(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        rollout = await driver.to_rollout(3600)
        assert "STOP" not in driver.text
        for key in ("x", "X"):
            await driver.press(key)
            await driver.shows("Job 1811 has ended (failed): there is nothing to stop.")
        assert driver.app.screen is rollout


@on("2021.7")
async def test_while_nobody_knows_what_the_server_can_do_the_key_asks_it(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        await driver.to_rollout(A_WHILE)
        driver.app.cockpit.session.server = None
        await driver.later(0)
        assert "FORCE STOP" not in driver.text
        cockpits.server.simulator.faults.add(path="/jobs", fault=Drop())
        await driver.press("X")
        await driver.shows("The connection broke", "Before that, the list of jobs is read")
        await driver.press("escape")
        await ask(driver)
        await driver.shows("Stop job 1811 by force?")


@on("2021.7")
async def test_read_only_offers_no_stop_by_force(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="staging", read_only=True) as driver:
        await driver.press("enter")
        await driver.shows("> running")
        await driver.press("X")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert "FORCE STOP" not in driver.text
        reply = await stop(driver.app.cockpit.session, "1810", by_force=True)
        assert reply.problem is not None
        assert cockpits.server.posts("stop") == []


@on("2021.7")
async def test_all_of_the_dialog_that_matters_is_seen_on_a_small_screen(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.pilot.resize_terminal(60, 15)
        await ask(driver)
        await driver.press(*"1811")
        await driver.shows("NOOP of production", "Type the number", "Enter End it by force", "Esc Cancel")
