"""What a person does by mistake, or too fast: at most one deploy comes of it, if they confirmed it."""

from textual.events import Key, Paste

from orch_tui.config import TOKEN_VARIABLE
from orch_tui.simulator import Delay, Hang
from orch_tui.simulator.order import Order
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.faults.colleagues import COLLEAGUE
from tests.faults.conftest import Trial
from tests.ui.conftest import Driver

NIGHTLY = Order("production", noop=True, scope={"whole_environment": True})


async def test_U1_double_press_of_deploy(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        for _ in range(2):
            driver.app.post_message(Key("d", "d"))
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert sum(isinstance(screen, DeployScreen) for screen in driver.app.screen_stack) == 1


async def test_U2_double_enter_in_review(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        await driver.to_review()
        trial.confirmed += 1
        for _ in range(10):
            driver.app.post_message(Key("enter", None))
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert len(trial.server.posts("deploy")) == 1


async def test_U3_type_ahead(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await driver.press("d")
        await driver.shows("Concurrency")
        for key in ("enter", "y", "enter", "enter"):
            driver.app.post_message(Key(key, key if len(key) == 1 else None))
        await driver.shows("Enter sends it")
        assert isinstance(driver.app.screen, ReviewDialog)


async def test_U4_paste(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await driver.to_review()
        driver.app.post_message(Paste("deploy\r\ny\r\n"))
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, ReviewDialog)


async def test_U5_esc_while_post_runs(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        fault = Delay(2.5)
        trial.server.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)
        trial.confirmed += 1
        await driver.to_review()
        await driver.press("enter")
        await driver.until(lambda: trial.server.posts("deploy"))
        await driver.press("escape")
        assert driver.app.screen is driver.home
        await driver.shows("1 sending")
        await driver.shows("The deploy of production is job 1814.")
        assert "sending" not in driver.home.title_line.content.plain


def test_U6_quit_while_post_runs(trial: Trial) -> None:
    server = trial.server
    server.simulator.faults.add(method="POST", path="/command/deploy", fault=Hang())
    config = server.folder / "config.toml"
    profile = f'[profiles.here]\nservice-url = "{server.url}"\nenvironment = "production"\n'
    config.write_text(profile)
    environment = {TOKEN_VARIABLE: TOKEN, "XDG_STATE_HOME": str(server.folder)}
    trial.confirmed += 1
    with trial.terminal(f"--config={config}", environment=environment) as terminal:
        terminal.shows("Jobs of production")
        terminal.press("d")
        terminal.shows("Concurrency")
        terminal.press("\r")
        terminal.shows("Enter sends it, once.")
        terminal.press("\r")
        terminal.shows("Sending, once.")
        terminal.press("\x03")
        terminal.shows("Leave?")
        terminal.press("\x03")
        terminal.shows("waiting at most 5 s for the answer to a command")
        terminal.ends()
        assert "What became of the deploy of production" in terminal.text
        assert "The next start looks" in terminal.text
    # The next start finds what was left, and says so.
    with trial.terminal(f"--config={config}", environment=environment) as terminal:
        terminal.shows("Jobs of production", "looking for")
        terminal.press("q")


async def test_U8_what_sends_something_names_profile_and_server(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        where = "on primary (orchestrator.example.com:8143)"
        await driver.to_review()
        await driver.shows(where)
        await driver.press("escape", "escape")
        await trial.deploy(driver, seconds=20)
        await driver.press("x")
        await driver.is_armed()
        await driver.shows("Stop job 1814?", where)
        await driver.press("escape")


async def test_U9_read_only_no_way_leads_to_a_command(trial: Trial) -> None:
    async with trial.cockpit(environment="staging", read_only=True, stops=False) as driver:
        await offers_nothing(driver, "Deploy", "d")
        await driver.press("enter")
        await driver.shows("> running")
        await offers_nothing(driver, "STOP", "x")
        await offers_nothing(driver, "FORCE STOP", "X")
        await offers_nothing(driver, "Rerun", "R")
        rollout = driver.screen(RolloutScreen)
        assert not await driver.app.run_action("stop", rollout)
        for by_force in (False, True):  # as if it had been answered all the same
            begun = driver.app.cockpit.session.begin_stop(rollout.job, by_force=by_force)
            rollout.post_message(RolloutScreen.StopConfirmed(rollout, begun))
        await driver.shows("This profile is read-only")
    assert trial.server.posts("stop") == []


async def offers_nothing(driver: Driver, command: str, key: str) -> None:
    """Neither the line of keys, nor `key`, nor the palette has `command`."""
    screen = driver.app.screen
    assert command not in driver.text
    await driver.press(key)
    assert driver.app.screen is screen
    await driver.press("colon", *command)
    await driver.shows("No matches found")
    await driver.press("escape")
    await driver.until(lambda: driver.app.screen is screen)


async def test_U10_a_click_on_rows_that_just_moved_opens_none_but_the_one_under_the_cursor(
    trial: Trial,
) -> None:
    async with trial.cockpit(environment="production", stops=False) as driver:
        jobs = driver.home.jobs.table
        meant = jobs.keys[1]
        await driver.pilot.click(jobs, offset=(5, 2))
        assert jobs.key == meant
        trial.server.simulator.world.deploy(NIGHTLY, COLLEAGUE)
        await driver.press("r")
        await driver.until(lambda: jobs.keys[2] == meant)
        assert jobs.key == meant
        await driver.pilot.click(jobs, offset=(5, 2))
        assert driver.app.screen is driver.home  # another row is there now: it is shown, and not opened
        assert jobs.key == jobs.keys[1]
        for _ in range(2):
            await driver.pilot.click(jobs, offset=(5, 3))
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        await driver.shows(f"job {meant}")
