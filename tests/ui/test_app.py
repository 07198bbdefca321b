"""What works everywhere: help, themes, leaving."""

import pytest
from textual.color import BLACK

from orch_tui.ui.app import OrchApp
from orch_tui.ui.keymap import default_keys, key_fault
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.text import farewell
from tests.ui.conftest import THEMES, Cockpits


async def test_help_lists_the_keys_that_work_here_and_now(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"environments.deploy": "f5"}) as driver:
        await driver.press("question_mark")
        await driver.shows("f5 Deploy", "Ctrl-C Leave", "r Refresh")
        assert "STOP" not in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_help_in_a_job_that_has_ended_lists_nothing_that_only_says_why_not(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(80, 60), keys={"rollout.rerun": "f6"}) as driver:
        await driver.to_rollout(60)
        await driver.press("question_mark")
        await driver.shows("x STOP", "f6 Rerun", "Z Freeze the rows")
        assert "FORCE" not in driver.text, "this release has none"
        await driver.press("escape")
        await driver.later(3600)
        await driver.press("question_mark")
        await driver.shows("f6 Rerun", "Space Mark")
        for words in ("STOP", "Why", "Freeze", "Thaw"):
            assert words not in driver.text


async def test_a_key_that_does_nothing_here_says_why(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"rollout.stop": "K"}) as driver:
        await driver.press("K")
        await driver.shows("STOP: not here and now. It works in a job")
        await driver.press("e")
        await driver.shows("what is shown is up to date")


async def test_read_only_says_so_to_the_keys_that_would_change_something(cockpits: Cockpits) -> None:
    async with cockpits.running(read_only=True) as driver:
        for key in ("d", "x", "R"):
            await driver.press(key)
            await driver.shows("This profile is read-only")
            driver.app.clear_notifications()


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
        running = driver.app.cockpit.session.running_jobs
        assert farewell(running) == "Running on the server when last heard of: job 1813 (staging)"


async def test_the_farewell_knows_what_the_rollout_screen_saw(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(5)
        assert [job.id for job in driver.app.cockpit.session.running_jobs] == ["1814", "1813"]
        await driver.later(3600)
        assert "1814" not in [job.id for job in driver.app.cockpit.session.running_jobs]


async def test_without_colours_none_is_sent(cockpits: Cockpits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with cockpits.running() as driver:
        strips = driver.app.screen._compositor.render_strips(driver.app.size)
        filtered = [
            strip.apply_filter(f, BLACK) for strip in strips for f in driver.app._filters if f.enabled
        ]
        styles = [segment.style for strip in filtered[-24:] for segment in strip if segment.style]
        assert all(style.color is None or style.color.is_default for style in styles)
        assert all(style.bgcolor is None or style.bgcolor.is_default for style in styles)


async def test_ctrl_c_at_home_offers_no_job_to_stop(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("ctrl+c")
        await driver.shows("Jobs on the server run on")
        assert "Stop" not in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, EnvironmentsScreen)


DEFAULTS = default_keys(OrchApp)


@pytest.mark.parametrize(
    ("command", "keys", "fault"),
    [
        ("rollout.stop", "K", ""),
        ("rollout.stop", "X", "X is a key of rollout.force-stop too"),
        ("rollout.stop", "f5,ctrl+x", ""),
        ("rollout.stop", "question_mark", "question_mark is a key of app.keys too"),
        ("rollout.stop", "r", "r is a key of rollout.refresh too"),
        ("environments.deploy", "r", "r is a key of environments.refresh too"),
        ("rollout.stop", "d", ""),
        ("rollout.stop", ",", "is no key"),
        ("rollout.stop", "", "is no key"),
        ("rollout.stop", "Ctrl+X", "is no key"),
        ("rollout.stop", "nonsense_key", "is no key"),
        ("rollout.halt", "x", "no such command"),
    ],
)
def test_keys_that_cannot_work_are_told(command: str, keys: str, fault: str) -> None:
    found = key_fault({command: keys}, DEFAULTS)
    assert bool(found) == bool(fault)
    assert fault in found


def test_all_keys_as_they_are_can_work() -> None:
    assert key_fault(DEFAULTS, DEFAULTS) == ""


async def test_every_key_of_the_app_can_be_changed_and_none_leaves_unasked(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        active = driver.home.active_bindings.values()
        assert [one.binding.key for one in active if one.node is driver.app and not one.binding.id] == []
        await driver.press("ctrl+q", "ctrl+c")
        await driver.shows("Leave?")
