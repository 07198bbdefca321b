"""The home screen's poll: who lists the environments, and how often."""

from dataclasses import replace

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.environment import EnvironmentSource
from orch_tui.domain.problem import OrchestratorError
from orch_tui.session.board import BoardPoll
from orch_tui.simulator import Answer, Settings
from tests.conftest import TOKEN, Server
from tests.session.conftest import PRODUCTION

SILENT_ON_ENVIRONMENTS = Settings(nodes=30, token=TOKEN, list_environments=False)


def listings(server: Server) -> int:
    return sum(request.path.endswith("/environments") for request in server.simulator.requests)


async def test_the_orchestrator_lists_its_environments_once_in_many_polls(
    server: Server, client: OrchestratorClient
) -> None:
    poll = BoardPoll(client, configured="unlisted")
    boards = [await poll() for _ in range(15)]
    assert listings(server) == 1
    assert len(server.simulator.requests) == 16
    assert {board.environments.source for board in boards} == {EnvironmentSource.ORCHESTRATOR}
    names = boards[0].environments.names
    assert names == tuple(sorted(await client.environments()))
    assert "production" in names
    assert "unlisted" not in names
    before = listings(server)
    assert boards[-1].environments == (await poll()).environments
    assert listings(server) == before + 1
    await poll()
    poll.list_again()
    await poll()
    assert listings(server) == before + 2


@pytest.mark.parametrize("settings", [SILENT_ON_ENVIRONMENTS])
async def test_a_node_classifier_lists_what_the_orchestrator_does_not(server: Server) -> None:
    connection = replace(server.connection, classifier_url=f"{server.url}/classifier-api")
    async with OrchestratorClient(connection) as client:
        poll = BoardPoll(client, configured=None)
        board = await poll()
        assert board.environments.source is EnvironmentSource.CLASSIFIER
        assert client.classifier
        assert board.environments.names == tuple(sorted(await client.classifier.environments()))
        asked = [r for r in server.simulator.requests if r.path == "/orchestrator/v1/environments"]
        assert len(asked) == 1
        poll.list_again()
        assert (await poll()).environments == board.environments


@pytest.mark.parametrize("settings", [SILENT_ON_ENVIRONMENTS])
async def test_puppetdb_lists_environments_with_data_where_nobody_else_lists_any(server: Server) -> None:
    dead = "http://127.0.0.1:9/classifier-api"
    connection = replace(server.connection, classifier_url=dead, puppetdb_url=server.url)
    async with OrchestratorClient(connection) as client:
        poll = BoardPoll(client, configured=None)
        board = await poll()
        assert client.puppetdb
        assert board.environments.source is EnvironmentSource.PUPPETDB
        assert board.environments.names == tuple(sorted(await client.puppetdb.environments()))
        poll.list_again()
        server.simulator.faults.add(path="/pdb/query/v4/environments", fault=Answer(503))
        assert (await poll()).environments.source is EnvironmentSource.HISTORY


async def test_a_server_that_has_listed_its_environments_is_not_taken_for_one_that_cannot(
    server: Server,
) -> None:
    async with OrchestratorClient(server.connection) as client:
        poll = BoardPoll(client, configured=None)
        before = await poll()
        server.simulator.faults.add(path="/environments", fault=Answer(404))
        poll.list_again()
        with pytest.raises(OrchestratorError):
            await poll()
        assert (await poll()).environments == before.environments


async def test_a_404_before_the_first_list_is_forgotten_when_somebody_asks_again(server: Server) -> None:
    server.simulator.faults.add(path="/environments", fault=Answer(404))
    async with OrchestratorClient(server.connection) as client:
        poll = BoardPoll(client, configured=None)
        assert (await poll()).environments.source is EnvironmentSource.HISTORY
        poll.list_again()
        assert (await poll()).environments.source is EnvironmentSource.ORCHESTRATOR


@pytest.mark.parametrize("settings", [SILENT_ON_ENVIRONMENTS])
@pytest.mark.parametrize("classifier", [None, "http://127.0.0.1:9/classifier-api"], ids=["none", "down"])
async def test_past_jobs_name_environments_where_nobody_lists_them(
    server: Server, classifier: str | None
) -> None:
    async with OrchestratorClient(replace(server.connection, classifier_url=classifier)) as client:
        board = await BoardPoll(client, configured="mine")()
        assert board.environments.source is EnvironmentSource.HISTORY
        jobs = (await client.jobs(200)).items
    assert set(board.environments.names) == {job.environment for job in jobs} | {"mine"}


@pytest.mark.parametrize("path", ["/environments", "/jobs"])
async def test_a_listing_that_failed_is_asked_for_again(
    server: Server, client: OrchestratorClient, path: str
) -> None:
    server.simulator.faults.add(path=path, fault=Answer(503))
    poll = BoardPoll(client, configured=None)
    with pytest.raises(OrchestratorError):
        await poll()
    assert (await poll()).environments.source is EnvironmentSource.ORCHESTRATOR
    assert listings(server) == 2


async def test_the_board_is_busy_while_a_job_is_under_way(server: Server, client: OrchestratorClient) -> None:
    poll = BoardPoll(client, configured=None)
    assert not (await poll()).is_busy
    await client.deploy(PRODUCTION)
    assert (await poll()).is_busy
    server.clock.advance(7200)
    assert not (await poll()).is_busy
