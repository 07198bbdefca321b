"""Sizes: what somebody looks at stays when the terminal is turned, and the least size has what matters."""

import pytest

from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.ui.conftest import Cockpits, Driver

LARGE, USUAL, LEAST = (140, 40), (80, 24), (60, 15)
TURNS = (USUAL, LEAST, LARGE, LEAST, USUAL, LARGE)
TOO_SMALL = (50, 10)

HEAD = 9
"""Lines of a rollout above what scrolls: title, job, facts, the bar, four lines of counts, tabs."""


async def turn(driver: Driver, size: tuple[int, int]) -> list[str]:
    """Give the terminal another size; what it shows then, line by line."""
    await driver.pilot.resize_terminal(*size)
    await driver.until(lambda: driver.app.screen.size == size)
    return driver.text.split("\n")


def under_cursor(rollout: RolloutScreen) -> str:
    """The node that the cursor is on."""
    highlighted = rollout.nodes.highlighted
    assert highlighted is not None
    return highlighted[0].name


async def test_cursor_filter_and_tab_survive_every_size(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LARGE) as driver:
        rollout = await driver.to_rollout(240)
        await driver.press("slash", *"app", "enter")
        await driver.press("j", "j", "j", "space")
        await driver.shows("1 marked")
        node = under_cursor(rollout)
        for size in TURNS:
            lines = await turn(driver, size)
            assert under_cursor(rollout) == node
            assert [line for line in lines[HEAD + 1 :] if node in line]
            assert "app" in lines[-3]
            assert "1 marked" in lines[-2]
        for key, title in (("2", "CAUSE"), ("3", "EVENT"), ("4", "History"), ("1", node)):
            await driver.press(key)
            for size in TURNS:
                await turn(driver, size)
            await driver.shows(title)


async def test_a_row_in_the_middle_of_a_long_list_stays_in_sight(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LEAST) as driver:
        rollout = await driver.to_rollout(240)
        await driver.press("G", "k", "k")
        node = under_cursor(rollout)
        for size in TURNS:
            lines = await turn(driver, size)
            assert under_cursor(rollout) == node
            assert node in lines[HEAD + 1 + rollout.nodes.table.cursor_line]


async def test_choices_made_among_the_nodes_survive_a_terminal_too_small_for_them(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LARGE) as driver:
        rollout = await driver.to_rollout(240)
        await driver.press("space", "D", "N", "N")
        await driver.press("exclamation_mark")
        await driver.press("slash", *"not", "enter", "j", "space")
        await driver.press("2")
        for size in (USUAL, LEAST, TOO_SMALL, USUAL, TOO_SMALL, LARGE):
            await turn(driver, size)
        await driver.shows("CAUSE")
        await driver.press("1")
        await driver.shows("failures", "by name, reversed", "2 marked")
        node = under_cursor(rollout)
        listed = driver.text.split("MESSAGE")[1]
        assert node in listed
        assert listed.count("* ") == 2 - (node not in listed)


async def test_the_least_width_leaves_room_for_messages(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LEAST) as driver:
        await driver.to_rollout(240)
        await driver.shows("! errored app-008.example.com not connected to t…")
        await driver.press("D")
        await driver.shows("STATE TIME NODE MESSAGE", "by duration")
        await driver.press("3", "g")
        await driver.shows("example.com not connecte…")


async def test_what_is_typed_in_the_form_survives_every_size(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LARGE, environment="production") as driver:
        await driver.press("d")
        await driver.shows("6 known")
        await driver.press("tab", "space", "tab", "4", "2")
        focused = driver.app.focused
        for size in TURNS:
            lines = await turn(driver, size)
            assert driver.app.focused is focused
            assert any("42" in line for line in lines)
            assert "Review" in lines[-1]
            assert "Back" in lines[-1]
        await driver.shows("ENFORCE")


async def test_home_keeps_its_environment_and_pane(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LARGE, environment="staging") as driver:
        await driver.press("tab", "j")
        focused, job = driver.app.focused, driver.home.jobs.table.key
        for size in TURNS:
            await turn(driver, size)
            home = driver.screen(EnvironmentsScreen)
            assert (driver.app.focused, home.environments.key, home.jobs.table.key) == (
                focused,
                "staging",
                job,
            )


@pytest.mark.parametrize("size", [LEAST, USUAL])
async def test_head_totals_and_keys_stand_still_while_the_rest_scrolls(
    cockpits: Cockpits, size: tuple[int, int]
) -> None:
    async with cockpits.running(size=size) as driver:
        await driver.to_rollout(240)
        for tab in "1234":
            await driver.press(tab)
            lines = driver.text.split("\n")
            assert lines[0].split()[0] == "primary"
            assert lines[0].split()[-2:] == ["job", "1814"]
            assert "NOOP  production" in lines[1]
            assert lines[3].split()[-2:] == ["35/37", "94%"]
            for word in ("failed", "errored", "running", "queued", "unchanged", "skipped", "never ran"):
                assert any(word in line for line in lines[4 : HEAD - 1])
            for keys in ("x STOP", "Esc Back", "? Keys"):
                assert keys in lines[-1]
            await driver.press("G", "pagedown")
            assert driver.text.split("\n")[:HEAD] == lines[:HEAD]


async def test_a_dialog_is_whole_at_every_size(cockpits: Cockpits) -> None:
    async with cockpits.running(size=LARGE) as driver:
        await driver.to_rollout(60)
        await driver.press("x")
        await driver.is_armed()
        for size in TURNS:
            text = "\n".join(await turn(driver, size))
            for words in ("Stop job 1814?", "Cancel", "Stop the job", "Enter Choose this", "╰", "╭"):
                assert words in text
        await driver.press("escape")
        driver.screen(RolloutScreen)
