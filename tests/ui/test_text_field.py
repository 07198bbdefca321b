"""Keys that come in one burst, as over a slow line, do what they would do one by one, wherever one types."""

import os
from pathlib import Path

import pytest
from textual.events import Paste

from orch_tui.simulator import Settings
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.dialogs.save import SaveDialog
from orch_tui.ui.dialogs.typed import TypedField
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, list_environments=True)


async def test_in_the_form_enter_does_not_overtake_what_was_typed(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.fields.server is not None)
        driver.burst("tab", "tab", "7", "backspace", "8", "0", "left", "delete", "9", "enter")
        await driver.shows('"concurrency": 89')


async def test_in_the_form_an_arrow_goes_by_what_was_typed(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.focused is form.fields.environment)
        driver.burst("ctrl+u", "s", "t", "down")
        await driver.until(lambda: form.fields.environment.value == "staging")


async def test_what_an_environment_offers_is_not_told_of_another(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.fields.targets.instances)
        form.fields.environment.value = "staging"
        assert not form.fields.targets.instances


async def test_in_a_filter(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        driver.burst("/", "a", "q", "backspace", "l", "enter", "j")
        await driver.shows("Jobs of production al: 3 of 5")
        assert not driver.home.jobs.field.has_focus


async def test_in_the_filter_of_nodes_where_letters_are_commands_else(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("tab", "enter")
        rollout = driver.screen(RolloutScreen)
        await driver.until(lambda: rollout.tabs.nodes.table.key is not None)
        driver.burst("/", "x", "R", "backspace", "/", "enter", "j")
        await driver.until(lambda: rollout.tabs.nodes.field.value == "x/")
        await driver.until(lambda: rollout.tabs.nodes.table.has_focus)
        assert driver.app.screen is rollout


async def test_in_the_name_of_a_protected_environment(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production", protected=["production"]) as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.fields.server is not None)
        await driver.press("tab", "space", "enter")
        await driver.is_armed()
        field = driver.screen(ReviewDialog).query_one(TypedField)
        await driver.until(lambda: field.has_focus)
        driver.burst(*"productiom", "backspace", "n", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert len(driver.server.posts("deploy")) == 1


async def test_in_the_name_of_a_file(
    cockpits: Cockpits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with cockpits.running(environment="production") as driver:
        await driver.press("tab", "enter")
        rollout = driver.screen(RolloutScreen)
        await driver.until(lambda: rollout.tabs.nodes.table.key is not None)
        await driver.press("w")
        dialog = driver.screen(SaveDialog)
        await driver.until(lambda: dialog.field.has_focus)
        driver.burst("ctrl+u", "b", "backspace", "a", "enter", "j")
        await driver.until(lambda: driver.app.screen is rollout)
        assert sorted(os.listdir(tmp_path)) == ["a", "journal.jsonl"]


async def test_pasted_control_characters_are_shown_and_not_sent_to_the_terminal(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("slash")
        driver.app.post_message(Paste("a\x07b\nc\x9b"))
        await driver.until(lambda: driver.home.jobs.field.value == "a␇b c<U+009B>")
