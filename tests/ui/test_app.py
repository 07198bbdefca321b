"""What works everywhere: help, palette, themes, leaving."""

from orch_tui.config import Config
from orch_tui.ui.app import default_keys
from orch_tui.ui.screens.environments import EnvironmentsScreen
from tests.ui.conftest import THEMES, Cockpits


async def test_help_lists_the_keys_that_work_here_and_now(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"environments.deploy": "f5"}) as driver:
        await driver.press("question_mark")
        await driver.shows("f5 Deploy", "Ctrl-C Leave", "r Refresh")
        assert "STOP" not in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_the_palette_finds_the_commands_of_the_screen(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("colon")
        await driver.until(lambda: "Search" in driver.text)
        await driver.press(*"deploy")
        await driver.shows("Deploy")
        await driver.press("enter")
        await driver.shows("Concurrency")


async def test_t_goes_through_our_themes(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        seen = set()
        for _ in THEMES:
            seen.add(driver.app.theme)
            await driver.press("t")
        assert seen == set(THEMES) == {"terminal", "dark", "light", "contrast"}


async def test_an_unknown_theme_costs_one_notice(cockpits: Cockpits) -> None:
    async with cockpits.running(theme="[/]nope") as driver:
        await driver.shows("no theme is called [/]nope")
        assert driver.app.theme == "terminal"


async def test_q_at_home_quits_and_says_which_jobs_run_on(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running)
        assert driver.app.farewell == "Still running on the server: job 1813 (staging)"


async def test_ctrl_c_at_home_offers_no_job_to_stop(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("ctrl+c")
        await driver.shows("Jobs on the server run on")
        assert "Stop" not in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, EnvironmentsScreen)


def test_no_key_is_bound_twice_on_one_command() -> None:
    assert all(keys for keys in default_keys().values())
    Config.model_validate(
        {
            "profiles": {"p": {"service-url": "https://localhost:8143"}},
            "keys": default_keys(),
        }
    )
