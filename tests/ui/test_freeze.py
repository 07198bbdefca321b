"""Rows that stand still while somebody reads, and what is told all the same."""

import re

import pytest

from orch_tui.domain.node import Outcome
from orch_tui.simulator import Drop
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.ui.conftest import Cockpits, Driver

A_WHILE = 120.0
THE_END = 3600.0


def below_the_bars(driver: Driver) -> list[str]:
    """The tabs and what the open one shows."""
    lines = driver.text.split("\n")
    start = next(number for number, line in enumerate(lines) if "1 Nodes" in line)
    return lines[start:-2]


async def test_rows_stand_still_and_what_they_miss_is_counted(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        await driver.shows("FROZEN 0s · 0 changes since", "Z Thaw")
        rows = below_the_bars(driver)
        before = driver.screen(RolloutScreen).reading.value
        cockpits.monotonic.advance(60)
        rollout = await driver.later(60)
        after = rollout.reading.value
        assert before is not None
        assert after is not None
        changed = sum(was is not now for was, now in zip(before.nodes, after.nodes, strict=True))
        assert changed > 1
        await driver.shows(f"FROZEN 1m00s · {changed} changes since", "data 0s old")
        assert below_the_bars(driver) == rows
        # The head goes on: a failure is not to be missed for reading.
        for outcome in (Outcome.FAILED, Outcome.ERRORED):
            await driver.shows(f"{outcome.value} {after.counts.get(outcome, 0)}")
        told_at_the_end = driver.app.cockpit.session.visits.last
        assert told_at_the_end is not None
        assert told_at_the_end.rollout is after
        await driver.press("Z")
        await driver.until(lambda: "FROZEN" not in driver.text)
        assert below_the_bars(driver) != rows


async def test_what_is_shown_after_a_thaw_is_what_was_never_frozen_shows(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(80, 60)) as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        await driver.later(200)
        await driver.press("Z")
        await driver.later(10)
        await driver.shows("causes")
        thawed = below_the_bars(driver)
        await driver.press("escape")
        driver.home.open_job("1814")
        await driver.later(0)
        await driver.until(lambda: "causes" in driver.text)
        assert below_the_bars(driver) == thawed


@pytest.mark.parametrize("tab", "234")
async def test_every_tab_stands_still(cockpits: Cockpits, tab: str) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press(tab)
        await driver.press("Z")
        await driver.shows("FROZEN")
        shown = below_the_bars(driver)
        await driver.later(60)
        await driver.press("1", tab)
        assert below_the_bars(driver) == shown
        await driver.press("Z")
        await driver.until(lambda: below_the_bars(driver) != shown)


async def test_frozen_rows_are_filtered_sorted_and_marked(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        await driver.later(60)
        await driver.press("slash", *"state:running", "enter", "N", "space")
        await driver.shows("FROZEN", "* > running")
        listed = [line for line in below_the_bars(driver) if re.search(r"-\d{3}\.example", line)]
        assert len(listed) == 8
        assert all("> running" in line for line in listed)
        await driver.press("N")
        await driver.until(lambda: "* > running" not in below_the_bars(driver)[2])


async def test_lost_contact_and_the_end_are_told_while_frozen(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        rows = below_the_bars(driver)
        cockpits.server.simulator.faults.add(path="/jobs", fault=Drop(), times=None)
        await driver.later(1)
        await driver.shows("FROZEN", "NO CONTACT")
        cockpits.server.simulator.faults.clear()
        await driver.later(THE_END)
        await driver.shows("FROZEN", "X failed", "37/37 100%", "complete")
        assert below_the_bars(driver) == rows
        await driver.press("Z")
        await driver.until(lambda: below_the_bars(driver) != rows)
        await driver.press("Z")
        await driver.shows("Freeze the rows: not here and now")


async def test_a_stop_shows_the_latest_numbers_and_says_so(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        rollout = await driver.later(60)
        value = rollout.reading.value
        assert value is not None
        await driver.press("x")
        await driver.shows(f"{value.counts[Outcome.QUEUED]} nodes are not started", "The rows are frozen")
        await driver.is_armed()
        await driver.press("escape")
        await driver.shows("FROZEN")


async def test_a_rerun_thaws_and_leaving_forgets(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("Z")
        await driver.shows("FROZEN")
        await driver.later(60)
        await driver.press("R")
        await driver.shows("Rerun job 1814", "Thawed")
        await driver.press("escape")
        await driver.until(lambda: "FROZEN" not in driver.text)
        await driver.press("Z")
        await driver.shows("FROZEN")
        await driver.press("escape")
        home = driver.screen(EnvironmentsScreen)
        home.open_job("1814")
        await driver.shows("> running")
        assert "FROZEN" not in driver.text
