"""The palette: finds by name, and does what was typed, however fast."""

import os
from pathlib import Path

import pytest

from orch_tui.ui.dialogs.palette import PaletteScreen
from orch_tui.ui.dialogs.save import SaveDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.ui.conftest import Cockpits, Driver


async def test_the_palette_finds_the_commands_of_the_screen(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("colon")
        await driver.until(lambda: "Search" in driver.text)
        await driver.press(*"deploy")
        await driver.shows("Deploy")
        await driver.press("enter")
        await driver.shows("Concurrency")


async def test_the_palette_finds_environments_jobs_and_themes_by_name(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("colon", *"1813")
        await driver.shows("Job 1813 staging")
        await driver.press("enter")
        await driver.shows("job 1813")
        await driver.press("colon", *"theme contr")
        await driver.shows("Theme contrast")
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme == "contrast")
        await driver.press("colon", *"env retired")
        await driver.shows("Environment retired")
        await driver.press("enter")
        await driver.shows("Jobs of retired")


async def test_the_palette_lists_no_keys_that_move_about(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("colon")
        await driver.shows("Deploy d", "Refresh r")
        assert not any(word in driver.text for word in ("Page down", "Page up", "Half a page"))


async def test_it_opens_from_where_one_types_by_a_key_that_is_no_character(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d")
        fields = driver.screen(DeployScreen).fields
        await driver.until(lambda: fields.environment.has_focus)
        await driver.press("colon")
        assert fields.environment.value.endswith(":")
        driver.burst("ctrl+p")
        await driver.until(lambda: isinstance(driver.app.screen, PaletteScreen))
        await driver.shows("Search for a command", "More options Ctrl-O")


async def test_in_one_burst_enter_means_all_that_was_typed(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        driver.burst("j", ":", *"theme contrast", "enter")
        await driver.until(lambda: driver.app.theme == "contrast")
        driver.burst(":", *"themx", "backspace", *"e dark", "enter")
        await driver.until(lambda: driver.app.theme == "dark")
        driver.burst(":", *"theme", "down", "enter")
        await driver.until(lambda: driver.app.theme == "contrast")
        assert driver.app.screen is driver.home


async def test_in_one_burst_what_fits_nothing_does_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        driver.burst(":", *"dxRt nonsense", "enter", "enter")
        await driver.shows("dxRt nonsense", "No matches found")
        driver.burst("escape", ":", *"w out.csv", "enter")
        await driver.shows("w out.csv", "No matches found")
        assert driver.app.theme == "terminal"
        assert len(driver.app.screen_stack) == 3


async def to_a_job(driver: Driver) -> RolloutScreen:
    await driver.press("tab", "enter")
    rollout = driver.screen(RolloutScreen)
    await driver.until(lambda: rollout.tabs.nodes.table.key is not None)
    await driver.shows("complete")
    return rollout


async def test_w_and_a_name_save_what_the_tab_shows_and_overwrite_nothing(
    cockpits: Cockpits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saved, precious = tmp_path / "a b.csv", tmp_path / "precious"
    async with cockpits.running(environment="production") as driver:
        rollout = await to_a_job(driver)
        driver.burst(":", *"w a b.csv", "enter")
        await driver.shows("Saved:", "a b.csv")
        assert driver.app.screen is rollout
        assert saved.read_text().startswith('"node","state",')
        precious.write_text("precious")
        driver.burst(":", *"w precious", "enter", "enter")
        await driver.shows("There is such a file already. Enter overwrites it.")
        assert precious.read_text() == "precious"
        await driver.is_armed()
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is rollout)
        driver.burst(":", "w", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, SaveDialog))
        assert sorted(os.listdir()) == ["a b.csv", "journal.jsonl", "precious"]


async def test_q_leaves_as_the_key_does(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await to_a_job(driver)
        driver.burst(":", "q", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, EnvironmentsScreen))
        driver.burst(":", "q", "enter")
        await driver.until(lambda: not driver.app.is_running)
