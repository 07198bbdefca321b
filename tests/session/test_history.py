"""The list of all jobs: read in pages, one list without a gap however jobs move meanwhile."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.job import JobState
from orch_tui.domain.problem import OrchestratorError
from orch_tui.session.history import PAGE, History, Older
from orch_tui.simulator import Answer, Settings
from orch_tui.simulator.changes import Restore
from tests.conftest import TOKEN, Server
from tests.session.conftest import PRODUCTION

PAST = 1000
OLD = Settings(nodes=30, token=TOKEN, past_jobs=PAST, api="2016.2")


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=30, token=TOKEN, past_jobs=PAST)


@pytest.fixture
def history(client: OrchestratorClient) -> History:
    return History(client)


def truth(server: Server) -> list[str]:
    """The numbers of all jobs, newest first."""
    return [str(number) for number in sorted(server.simulator.world.jobs, reverse=True)]


def numbers(history: History) -> list[str]:
    return [job.id for job in history.jobs]


def pages(server: Server) -> list[dict[str, str]]:
    return [dict(parse_qsl(r.query)) for r in server.simulator.requests if r.path.endswith("/jobs")]


async def poll(history: History, client: OrchestratorClient) -> None:
    history.take(await client.jobs(PAGE))


async def read_all(history: History) -> None:
    while history.older is Older.UNREAD:
        await history.read_on()


async def test_pages_become_one_list_down_to_the_very_first_job(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    assert numbers(history) == truth(server)[:PAGE]
    assert history.total == len(truth(server))
    await history.read_on()
    assert numbers(history) == truth(server)[: len(history.jobs)]
    assert PAGE < len(history.jobs) < 2 * PAGE
    await read_all(history)
    assert history.older is Older.NONE
    assert numbers(history) == truth(server)
    before = len(pages(server))
    await history.read_on()
    assert len(pages(server)) == before, "there is nothing to ask for"


async def test_jobs_that_come_and_end_between_two_pages_leave_no_gap(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    while history.older is Older.UNREAD:
        for _ in range(15):
            await client.deploy(PRODUCTION)
        server.clock.advance(40)
        await history.read_on()
        server.clock.advance(40)
        await poll(history, client)
        assert numbers(history) == truth(server)[: len(history.jobs)]
        states = {number: job.state for number, job in server.simulator.world.jobs.items()}
        assert [job.state_text for job in history.jobs] == [states[int(job.id)] for job in history.jobs]
    assert numbers(history) == truth(server)


async def test_more_jobs_than_a_poll_tells_make_the_list_begin_anew(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    await history.read_on()
    server.clock.advance(7200)
    for _ in range(PAGE + 1):
        await client.deploy(PRODUCTION)
    await poll(history, client)
    assert numbers(history) == truth(server)[:PAGE]
    await history.read_on()
    assert numbers(history) == truth(server)[: len(history.jobs)]


async def test_a_restored_server_drops_all_that_was_read(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    await read_all(history)
    Restore(jobs=3).apply(server.simulator.world)
    await poll(history, client)
    assert numbers(history) == truth(server)[:PAGE]


async def test_numbers_that_came_again_before_anybody_looked_drop_all_too(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    await read_all(history)
    newest = history.jobs[0]
    Restore(jobs=1).apply(server.simulator.world)
    assert await client.deploy(replace(PRODUCTION, environment="development")) == newest.id
    await client.deploy(PRODUCTION)
    await poll(history, client)
    assert history.jobs[1].environment == "development"
    assert len(history.jobs) == PAGE


async def test_a_page_that_comes_after_the_list_began_anew_is_none_of_it(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    restored = await client.jobs(PAGE, 5)
    reading = asyncio.create_task(history.read_on())
    await asyncio.sleep(0)  # it is asked for
    history.take(restored)
    await reading
    assert numbers(history) == [job.id for job in restored.items]


async def test_a_job_that_is_gone_from_the_newest_is_gone_from_the_list(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    await history.read_on()
    world = server.simulator.world
    world.forget(world.jobs[int(history.jobs[100].id)])
    await poll(history, client)
    assert numbers(history) == truth(server)[: len(history.jobs)]
    assert len(history.jobs) > PAGE


async def test_an_old_job_that_changes_is_told_by_the_next_poll_and_takes_nothing_away(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    await read_all(history)
    world = server.simulator.world
    world.put(world.jobs[int(history.jobs[-1].id)], "running")
    await poll(history, client)
    assert numbers(history) == truth(server)
    assert history.jobs[-1].state is JobState.RUNNING


async def test_a_page_that_fails_can_be_asked_for_again(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    server.simulator.faults.add(path="/jobs", fault=Answer(503))
    with pytest.raises(OrchestratorError):
        await history.read_on()
    await read_all(history)
    assert numbers(history) == truth(server)


@pytest.mark.parametrize("settings", [OLD])
async def test_releases_without_pages_are_asked_for_more_of_the_newest(
    server: Server, client: OrchestratorClient, history: History
) -> None:
    await poll(history, client)
    assert history.total is None
    await read_all(history)
    assert numbers(history) == truth(server)
    assert [query["limit"] for query in pages(server)] == ["200", "400", "800", "1600"]
    assert not any("offset" in query for query in pages(server))


async def test_reading_ends_where_it_would_be_too_much(client: OrchestratorClient) -> None:
    history = History(client, most=600)
    await poll(history, client)
    await read_all(history)
    assert history.older is Older.TOO_MANY
    assert 600 <= len(history.jobs) < 800


@pytest.mark.parametrize("settings", [OLD])
async def test_where_there_are_no_pages_reading_ends_sooner(client: OrchestratorClient) -> None:
    history = History(client, most_at_once=500)
    await poll(history, client)
    await read_all(history)
    assert history.older is Older.OUT_OF_REACH
    assert len(history.jobs) == 500
