"""What the client asks and understands, in each era of the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import JobState
from orch_tui.domain.node import NodeState, Outcome
from orch_tui.domain.problem import ProblemKind
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.simulator import Answer, Settings
from tests.conftest import ERAS, TOKEN, all_nodes

if TYPE_CHECKING:
    from orch_tui.api.client import OrchestratorClient
    from tests.api.conftest import Connect, ProblemOf, Start
    from tests.conftest import Server

NOOP = DeployRequest("production", Mode.NOOP)
ENFORCE = DeployRequest("production", Mode.ENFORCE)

SHOP = Scope(ScopeKind.APPLICATION, "Lamp[shop]")


@pytest.fixture(params=ERAS)
def settings(request: pytest.FixtureRequest) -> Settings:
    return Settings(nodes=30, token=TOKEN, history=False, api=request.param, list_environments=True)


async def test_environments_come_from_the_orchestrator_or_the_classifier(
    server: Server, connect: Connect
) -> None:
    client = connect(server.url, classifier_url=server.url + "/classifier-api/")
    names = await client.environments()
    assert {"production", "staging", "retired"} <= set(names)
    assert client.classifier
    assert await client.classifier.environments() == names
    assert connect(server.url).classifier is None


@pytest.mark.parametrize("api", ["2016.2", "2017.2"])
async def test_targets_are_applications_and_their_instances_with_their_nodes(
    start: Start, connect: Connect, api: str
) -> None:
    client = connect(start(api=api, list_environments=None).url)
    targets = await client.targets("production")
    assert {"Lamp", "Lamp[shop]", "Lamp[intranet]"} <= set(targets.names)
    shop = targets.nodes_of(SHOP)
    assert shop
    assert all(name.endswith(".example.com") for name in shop)
    assert shop < (targets.nodes_of(Scope(ScopeKind.APPLICATION, "Lamp")) or frozenset())
    assert await client.targets("retired") == Targets()


async def test_a_name_that_is_no_environment_is_never_put_into_a_path(
    server: Server, client: OrchestratorClient
) -> None:
    assert await client.targets("../jobs") == Targets()
    assert server.simulator.requests == []


async def test_a_job_is_followed_from_deploy_to_end(server: Server, client: OrchestratorClient) -> None:
    job = await client.deploy(ENFORCE)
    new = await client.job(job)
    assert (new.id, new.state, new.environment, new.noop) == (job, JobState.NEW, "production", False)
    names = {node.name for node in (await all_nodes(client, job)).items}
    assert names

    server.clock.advance(3600)
    done = await client.job(job)
    assert done.state in (JobState.FINISHED, JobState.FAILED)
    assert done.owner
    assert [span.state for span in done.history] == ["new", "ready", "running", done.state.value]
    assert (done.began, done.ended) == (done.started or done.history[0].entered, done.history[-1].entered)
    nodes = (await all_nodes(client, job)).items
    assert {node.name for node in nodes} == names
    finished = [node for node in nodes if node.state is NodeState.FINISHED]
    assert all(node.metrics and node.metrics.total and node.report_url for node in finished)
    assert all(node.message for node in nodes if node.state in (NodeState.FAILED, NodeState.ERRORED))
    assert all(node.state.is_over for node in nodes)


async def test_a_noop_job_says_so_and_its_nodes_only_would_change(
    server: Server, client: OrchestratorClient
) -> None:
    job = await client.deploy(NOOP)
    server.clock.advance(3600)
    assert (await client.job(job)).noop
    ends = [event for event in (await client.events(job, None)).items if event.type == "node_finished"]
    assert ends
    assert all(event.noop and event.metrics and not event.metrics.changed for event in ends)
    # On 2016.2 the node list does not tell the mode; the job does.
    nodes = (await all_nodes(client, job)).items
    outcomes = {node.outcome(job_is_over=True, job_noop=True) for node in nodes}
    assert Outcome.WOULD_CHANGE in outcomes
    assert Outcome.CHANGED not in outcomes


async def test_the_cursor_brings_each_event_once_and_in_order(
    server: Server, client: OrchestratorClient
) -> None:
    job = await client.deploy(ENFORCE)
    seen: list[int] = []
    cursor: int | None = None
    for _ in range(40):
        page = await client.events(job, cursor)
        assert page.unreadable == 0
        assert page.next_start is not None
        assert cursor is None or page.next_start >= cursor
        seen += [event.id for event in page.items]
        cursor = page.next_start
        server.clock.advance(30)
    assert seen == sorted(set(seen))
    assert tuple(seen) == tuple(event.id for event in (await client.events(job, None)).items)
    node_list = await all_nodes(client, job)
    over = {event.node for event in (await client.events(job, None)).items if event.type != "node_running"}
    assert {node.name for node in node_list.items} == over - {""}


async def test_jobs_come_newest_first_and_no_more_than_asked_for(
    server: Server, client: OrchestratorClient
) -> None:
    ids = []
    for _ in range(5):
        ids.append(await client.deploy(NOOP))
        server.clock.advance(5)
    assert [job.id for job in (await client.jobs(3)).items] == ids[:1:-1]


async def test_a_server_that_refuses_an_order_is_asked_without_from_then_on(
    server: Server, client: OrchestratorClient
) -> None:
    ids = [await client.deploy(NOOP) for _ in range(2)]
    body = b'{"kind":"puppetlabs.validators/validation-error","msg":"order_by"}'
    server.simulator.faults.add(path="/jobs", fault=Answer(400, body))
    before = len(server.simulator.requests)
    for _ in range(2):
        assert [job.id for job in (await client.jobs(9)).items] == ids[::-1]
    queries = [request.query for request in server.simulator.requests[before:]]
    assert queries == ["limit=9&order_by=timestamp&order=desc", "limit=9", "limit=9"]


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (NOOP, b'{"environment": "production", "noop": true}'),
        (ENFORCE, b'{"environment": "production", "noop": false}'),
        (
            DeployRequest("production", Mode.NOOP, concurrency=5),
            b'{"environment": "production", "noop": true, "concurrency": 5}',
        ),
    ],
)
async def test_a_deploy_sends_just_what_was_chosen(
    server: Server, client: OrchestratorClient, request_: DeployRequest, body: bytes
) -> None:
    job = await client.deploy(request_)
    assert server.posts("deploy") == [body]
    told = await client.job(job)
    assert (told.noop, told.concurrency) == (request_.mode is Mode.NOOP, request_.concurrency)


async def test_a_target_is_sent_as_chosen(start: Start, connect: Connect) -> None:
    server = start()
    client = connect(server.url)
    job = await client.deploy(DeployRequest("production", Mode.ENFORCE, 1, SHOP, is_by_target=True))
    assert server.posts("deploy") == [
        b'{"environment": "production", "noop": false, "concurrency": 1, "target": "Lamp[shop]"}'
    ]
    assert (await client.job(job)).target == "Lamp[shop]"


async def test_a_stop_names_the_job_and_may_be_repeated(server: Server, client: OrchestratorClient) -> None:
    job = await client.deploy(ENFORCE)
    await client.stop(job)
    await client.stop(job)
    server.clock.advance(3600)
    await client.stop(job)
    assert server.posts("stop") == [b'{"job": "%s"}' % job.encode()] * 3
    assert (await client.job(job)).state is JobState.STOPPED


@pytest.mark.parametrize(
    "name", ["", "x", "../environments", "1/../2", "1?start=2", "-1", "1.0", "٣", "9" * 19]
)
async def test_what_is_no_job_id_is_never_put_into_a_path(
    server: Server, client: OrchestratorClient, problem_of: ProblemOf, name: str
) -> None:
    for call in (client.job(name), all_nodes(client, name), client.events(name, None), client.stop(name)):
        assert (await problem_of(call)).kind is ProblemKind.UNKNOWN_JOB
    assert server.simulator.requests == []


async def test_headers_are_the_token_and_no_more_than_needed(
    server: Server, client: OrchestratorClient
) -> None:
    await client.jobs(5)
    await client.deploy(NOOP)
    get, post = server.simulator.requests
    host = server.url.removeprefix("http://")
    common = {
        "host": host,
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "user-agent": "orch-tui",
        "x-authentication": TOKEN,
    }
    assert get.headers == common
    length = str(len(post.body))
    assert post.headers == common | {"content-type": "application/json", "content-length": length}
    assert TOKEN not in get.path + get.query + post.path + post.query


async def test_the_servers_clock_is_followed_and_a_mad_one_is_not(start: Start, connect: Connect) -> None:
    here = datetime(2021, 1, 1, tzinfo=UTC)
    server = start(epoch=here + timedelta(minutes=7))
    client = connect(server.url, now=lambda: here)
    assert client.server_now() == here
    await client.jobs(1)
    assert client.server_now() == here + timedelta(minutes=7)
    for mad in ("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 2021 00:00:00 +" + "9" * 30, "yesterday", ""):
        server.simulator.faults.add(path="/jobs", fault=Answer(200, b'{"items":[]}', (("date", mad),)))
        await client.jobs(1)
        assert client.server_now() == here + timedelta(minutes=7)
