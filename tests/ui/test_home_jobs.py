"""The jobs on the home screen: read on to the first one ever, filtered, and of all environments."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from orch_tui.simulator import Answer, Drop, Settings
from orch_tui.ui.dialogs.job_number import JobNumberDialog
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN, Server
from tests.ui.conftest import NOON, Cockpits, Driver


def world(past_jobs: int = 600, api: str = "2019.7") -> Settings:
    return Settings(
        nodes=60,
        token=TOKEN,
        epoch=NOON,
        scenario="failures",
        slots=8,
        list_environments=True,
        past_jobs=past_jobs,
        api=api,
    )


@pytest.fixture
def settings() -> Settings:
    return world()


def offsets(server: Server) -> Iterator[int]:
    """From where on each page of older jobs was asked for."""
    for request in server.simulator.requests:
        for offset in parse_qs(request.query).get("offset", ()):
            yield int(offset)


async def typed(driver: Driver, text: str) -> None:
    """Filter the jobs by `text`."""
    await driver.press("slash", *text, "enter")


async def test_going_to_the_end_reads_older_jobs_up_to_the_very_first(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.shows("Jobs of production", "200 of 613 jobs read")
        await driver.press("tab", "G")
        await driver.shows("380 of 613 jobs read")
        await driver.press("G")
        await driver.shows("560 of 613 jobs read")
        await driver.press("G")
        await driver.shows("all 613 jobs read")
        await driver.press("G")
        await driver.shows("ticket 1 ")
        assert driver.home.jobs.table.key == "1801"
        await driver.press("enter")
        await driver.shows("job 1801", "alice")


async def test_moving_through_the_middle_reads_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("tab", "j", "j", "g", "ctrl+d", "k")
        assert list(offsets(cockpits.server)) == []


@pytest.mark.parametrize("settings", [world(api="2016.2")])
async def test_a_release_without_pages_is_read_on_too(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.shows("the latest 200 jobs")
        await driver.press("tab", "G")
        await driver.shows("the latest 400 jobs")
        await driver.press("G")
        await driver.shows("all 613 jobs read")


async def test_jobs_of_all_environments_and_back(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="development") as driver:
        await driver.press("a")
        await driver.shows("Jobs of all environments", "openssl_update carla", "production carla")
        assert len(driver.home.jobs.table.keys) == 200
        await driver.press("enter")
        await driver.shows("job 2411", "development")  # the latest of what is highlighted, not of all
        await driver.press("q", "tab", "enter")
        await driver.shows("job 2413", "staging")
        await driver.press("q", "a")
        await driver.shows("Jobs of development")
        assert len(driver.home.jobs.table.keys) < 200


async def test_jobs_of_environments_that_no_list_names_are_reached_too(cockpits: Cockpits) -> None:
    nothing = Answer(200, b'{"items": []}', (("content-type", "application/json"),))
    cockpits.server.simulator.faults.add(path="/environments", fault=nothing, times=None)
    async with cockpits.running() as driver:
        await driver.shows("no environments")
        assert "Jobs of" not in driver.text
        await driver.press("a", "tab", "j", "enter")
        await driver.shows("job 2412", "production")


async def test_nothing_is_said_of_jobs_before_the_server_has(cockpits: Cockpits) -> None:
    cockpits.server.simulator.faults.add(fault=Drop(), times=None)
    async with cockpits.running() as driver:
        await driver.press("a", "slash", "x", "enter", "G")
        await driver.shows("NO CONTACT")
        assert "no job" not in driver.text
        assert "Jobs of" not in driver.text


async def test_a_filter_lists_what_it_names_and_says_how_many_until_escape(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("a", "slash", *"owner:ali mode:noop !state:st env:prod tick")
        known = {job.id: job for job in driver.home.session.history.jobs}
        jobs = [known[number] for number in driver.home.jobs.table.keys]
        assert jobs
        for job in jobs:
            assert (job.owner, job.noop, job.environment) == ("alice", True, "production")
            assert job.state != "stopped"
            assert job.description.startswith("ticket")
        await driver.shows(f"{len(jobs)} of 200")
        await driver.press("escape")
        await driver.until(lambda: len(driver.home.jobs.table.keys) == 200)
        assert driver.app.screen is driver.home


async def test_a_filter_with_room_left_reads_on_by_itself_once_it_is_typed(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("a", "slash", *"/ticket 7$/")
        await driver.shows("no job read so far is like that", "0 of 200", "Enter Keep the filter")
        assert "reads on" not in driver.text, "while it is typed, letters are the filter's"
        assert list(offsets(cockpits.server)) == []
        await driver.press("enter")
        await driver.shows("ticket 7 ", "1 of 613", "all 613 jobs read")
        assert list(offsets(cockpits.server)) == [180, 360, 540]


@pytest.mark.parametrize("settings", [world(past_jobs=2400)])
async def test_after_ten_pages_it_takes_a_key_to_read_on(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"table.last": "ctrl+e"}) as driver:
        await driver.press("a")
        await typed(driver, "nowhere")
        await driver.shows(
            "no job read so far is like that: Ctrl-E here reads on", "2,000 of 2,413 jobs read"
        )
        assert len(list(offsets(cockpits.server))) == 10
        await driver.press("ctrl+e")
        await driver.shows("2,180 of 2,413 jobs read")
        await typed(driver, "x")
        await driver.shows("all 2,413 jobs read", "no job is like that")


async def test_a_filter_that_is_none_is_told(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("slash", *"/we(b/")
        await driver.shows("bad regex")
        await driver.press("escape")
        await driver.until(lambda: "bad regex" not in driver.text)


async def test_older_jobs_that_cannot_be_read_are_told_and_asked_for_again_on_a_key(
    cockpits: Cockpits,
) -> None:
    async with cockpits.running(environment="production") as driver:
        cockpits.server.simulator.faults.add(path="/jobs", fault=Answer(503, b"busy"))
        await driver.press("tab", "G")
        await driver.shows("Older jobs could not be read", "200 of 613 jobs read; older ones could not be")
        await driver.press("G")
        await driver.shows("380 of 613 jobs read")


async def test_any_job_is_watched_by_its_number(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("J")
        await driver.until(lambda: isinstance(driver.app.screen, JobNumberDialog))
        await driver.press("enter", *"1x8q09", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        await driver.shows("job 1809", "ticket 9")


async def test_no_job_is_watched_after_all(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("J")
        await driver.until(lambda: isinstance(driver.app.screen, JobNumberDialog))
        await driver.press("1", "escape")
        await driver.until(lambda: driver.app.screen is driver.home)
