"""The environments screen."""

from orch_tui.simulator import Answer, Drop, Settings
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.ui.conftest import Cockpits


async def test_lists_every_environment_with_the_state_of_its_latest_job(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        for name in ("production", "staging", "development", "openssl_update", "retired", "tangled"):
            assert name in driver.text
        running = next(line for line in driver.text.splitlines() if "staging" in line)
        assert "> running" in running
        assert "no jobs" in next(line for line in driver.text.splitlines() if "retired" in line)


async def test_starts_on_the_environment_of_the_profile_and_shows_its_jobs(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.shows("Jobs of production", "1812", "1801")


async def test_the_jobs_follow_the_highlighted_environment(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        seen = set()
        for _ in range(6):
            seen.add(driver.text.split("Jobs of ")[1].split()[0])
            await driver.press("j")
        assert seen == {"production", "staging", "development", "openssl_update", "retired", "tangled"}


async def test_enter_opens_the_latest_job_of_an_environment(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("enter")
        await driver.shows("job 1812", "carla", "complete")


async def test_tab_leads_to_the_jobs_whoever_started_them(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("tab", "j", "enter")
        await driver.shows("job 1810", "alice", "- stopped")


async def test_where_the_server_lists_no_environments_those_of_past_jobs_are_shown(
    cockpits: Cockpits,
) -> None:
    answer = Answer(404, b"not found")
    cockpits.server.simulator.faults.add(path="/environments", fault=answer, times=None)
    async with cockpits.running() as driver:
        await driver.shows("from the past jobs", "production", "staging")
        assert "tangled" not in driver.text


async def test_a_name_typed_by_hand_can_be_deployed_where_none_are_listed(cockpits: Cockpits) -> None:
    answer = Answer(404, b"not found")
    cockpits.server.simulator.faults.add(path="/environments", fault=answer, times=None)
    async with cockpits.running() as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        form.fields.environment.value = "tangled"
        await driver.shows("not in the list; the server will tell")
        await driver.press("enter")
        await driver.shows("Enter sends it", '{"environment": "tangled", "noop": true')


async def test_a_server_out_of_reach_is_told_with_its_age_and_heals_by_itself(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        answer = Answer(503, b"starting")
        cockpits.server.simulator.faults.add(path="/environments", fault=answer, times=1)
        await driver.press("r")
        await driver.shows("NOT UPDATED", "production", "again in")
        await driver.press("r")
        await driver.until(lambda: "NOT UPDATED" not in driver.text)


async def test_read_only_offers_no_deploy(cockpits: Cockpits) -> None:
    async with cockpits.running(read_only=True) as driver:
        assert "READ ONLY" in driver.text
        assert "Deploy" not in driver.text
        await driver.press("d")
        assert driver.app.screen is driver.home


async def test_leaving_the_home_screen_ends_its_polling(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        await driver.until(lambda: all(w.is_finished for w in driver.home.workers if w.node is driver.home))


async def test_any_key_can_be_another(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"environments.deploy": "f5", "table.down": "f6"}) as driver:
        first = driver.home.environments.key
        await driver.press("j", "f6")
        assert driver.home.environments.key != first
        await driver.press("d")
        assert driver.app.screen is driver.home
        await driver.press("f5")
        assert isinstance(driver.app.screen, DeployScreen)


async def test_coming_home_while_the_server_is_down_keeps_what_was_known(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("enter")
        await driver.shows("job 1812", "complete")
        cockpits.server.simulator.faults.add(fault=Drop(), times=None)
        await driver.press("q")
        await driver.shows("NO CONTACT", "Jobs of production", "1812", "> running")
        await driver.press("e")
        await driver.shows("The connection broke", "It ended before the answer was complete")


async def test_a_list_that_has_become_empty_is_shown_empty(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        for path in ("/environments", "/jobs"):
            nothing = Answer(200, b'{"items": []}', (("content-type", "application/json"),))
            cockpits.server.simulator.faults.add(path=path, fault=nothing, times=None)
        await driver.press("r")
        await driver.shows("0 environments", "no environments")
        assert "Jobs of" not in driver.text


async def test_nothing_is_said_of_environments_before_the_server_has(cockpits: Cockpits) -> None:
    cockpits.server.simulator.faults.add(fault=Drop(), times=None)
    async with cockpits.running() as driver:
        await driver.shows("NO CONTACT")
        assert "no environments" not in driver.text
        assert "no jobs" not in driver.text


class TestWithoutHistory:
    """A server that has never run a job."""

    async def test_says_that_there_are_no_jobs(self, cockpits: Cockpits, settings: Settings) -> None:
        async with cockpits.running(environment="retired") as driver:
            await driver.shows("Jobs of retired", "no jobs yet")
            await driver.press("enter")
            await driver.shows("There is no job of this environment to open: no jobs yet")
