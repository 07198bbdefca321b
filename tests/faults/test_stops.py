"""What may happen to a stop: never a second one by itself, and a lost answer is read from the job."""

from orch_tui.simulator import Drop, DropAfter
from orch_tui.simulator.faults import OwnAnswer
from orch_tui.ui.dialogs.problem import ProblemDialog
from tests.faults.conftest import Trial


async def test_J9_stop_on_a_finished_job(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        await trial.deploy(driver, seconds=20)
        await driver.press("x")
        await driver.is_armed()
        trial.server.clock.advance(7200)
        await driver.press("right", "enter")
        await driver.shows("has ended", "there is nothing to stop")
        assert trial.server.posts("stop") == []


async def test_J10_stop_answer_lost(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        trial.server.simulator.faults.add(method="POST", path="/command/stop", fault=DropAfter())
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("Stopping job 1814: running nodes finish")
        assert len(trial.server.posts("stop")) == 1


async def test_J10_stop_never_arrived(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        await trial.deploy(driver, seconds=20)
        trial.server.simulator.faults.add(method="POST", path="/command/stop", fault=Drop())
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("Stop job 1814: read again since, it is running", "not sent again")
        assert len(trial.server.posts("stop")) == 1
        await driver.is_armed()
        await driver.press("escape")


async def test_J9_a_key_that_follows_at_once_does_not_take_a_stop_back(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right")
        driver.burst("enter", "q")
        await driver.until(lambda: trial.server.posts("stop"))
        await driver.until(lambda: driver.app.screen is driver.home)
        await driver.shows("Stopping job 1814: running nodes finish")


async def test_J10_keys_meant_for_the_screen_do_not_sweep_away_that_a_stop_was_refused(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        refusal = OwnAnswer(403, '{"kind":"puppetlabs.rbac/permission-denied","msg":"You may not stop it"}')
        trial.server.simulator.faults.add(method="POST", path="/command/stop", fault=refusal)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, ProblemDialog))
        await driver.press("enter", "q", "escape")
        await driver.shows("Stop job 1814", "You may not stop it")
        await driver.is_armed()
        await driver.press("escape")
