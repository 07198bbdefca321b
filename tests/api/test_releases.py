"""A deploy from its start to its end, and what can be read of it, on every release there is a page of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.job import JobState
from orch_tui.domain.node import NodeState, Outcome
from orch_tui.domain.problem import ProblemKind
from orch_tui.simulator import DIALECTS
from orch_tui.simulator.facts import Place, Trait
from tests.conftest import all_nodes

if TYPE_CHECKING:
    from orch_tui.domain.event import Event
    from tests.api.conftest import Connect, ProblemOf, Start


@pytest.mark.parametrize("api", DIALECTS)
async def test_the_answers_of_a_release_tell_what_it_can_do_and_no_more(
    start: Start, connect: Connect, api: str
) -> None:
    client = connect(start(api=api, nodes=5, list_environments=None).url)
    dialect, server = DIALECTS[api], await client.capabilities(await client.jobs(1))
    assert server.agrees_with(Capabilities.of_release(api))
    known = {
        Feature.TARGET: "target" in dialect[Place.DEPLOY],
        Feature.SCOPES: "scope" in dialect[Place.DEPLOY],
        Feature.APPLICATION_SCOPE: "application" in dialect[Place.SCOPE],
        Feature.NODE_GROUPS: "node_group" in dialect[Place.SCOPE],
        Feature.DESCRIPTIONS: "description" in dialect[Place.DEPLOY],
        Feature.PAGES: "offset" in dialect[Place.JOBS_QUERY],
        Feature.INVENTORY: "GET/inventory" in dialect[Place.ENDPOINT],
        Feature.LIMITED: dialect.has(Trait.EIGHT_AT_ONCE),
        Feature.FORCE: "force" in dialect[Place.STOP],
    }
    pinned = Capabilities.of_release(api)
    assert {feature: pinned.has(feature) for feature in Feature} == known
    assert {feature for feature in Feature if server.has(feature)} <= {each for each in known if known[each]}
    assert all(server.may_have(feature) for feature in Feature if known[feature])
    # That a job without a limit is limited shows in no answer; all the rest does.
    assert all(server.has(feature) == known[feature] for feature in Feature if feature is not Feature.LIMITED)
    assert set(pinned.options) == {option for option in Option if option in dialect[Place.DEPLOY]}


@pytest.mark.parametrize("api", DIALECTS)
async def test_every_release_is_understood(
    start: Start, connect: Connect, problem_of: ProblemOf, api: str
) -> None:
    server = start(api=api, nodes=60, history=True, list_environments=None)
    client = connect(server.url, classifier_url=server.url + "/classifier-api")
    assert client.classifier
    if api in ("2016.2", "2017.2"):
        assert await client.environments() == await client.classifier.environments()
        assert "Lamp[shop]" in (await client.targets("production")).names
    else:
        assert (await problem_of(client.environments())).status == 404
        assert "production" in await client.classifier.environments()

    earlier = await client.jobs(100)
    deploy = DIALECTS[api][Place.DEPLOY]
    assert earlier.server.has(Feature.DESCRIPTIONS) == ("description" in deploy)
    assert earlier.server.has(Feature.TARGET) == ("target" in deploy)
    assert earlier.unreadable == 0
    assert {job.state for job in earlier.items} >= {JobState.FINISHED, JobState.STOPPED, JobState.RUNNING}
    job = await client.deploy(DeployRequest("production", Mode.NOOP))
    newest = (await client.jobs(3)).items
    assert [each.id for each in newest] == [job, *(each.id for each in earlier.items[:2])]
    assert all(each.owner and each.environment and each.noop is not None for each in newest)

    cursor: int | None = None
    events: list[Event] = []
    for _ in range(30):
        page = await client.events(job, cursor)
        assert (page.unreadable, page.next_start is not None) == (0, True)
        cursor = page.next_start
        events += page.items
        server.clock.advance(40)
    assert [event.id for event in events] == sorted({event.id for event in events})

    done = await client.job(job)
    assert done.state in (JobState.FINISHED, JobState.FAILED)
    assert (done.began, done.ended, done.noop) == (done.began, done.history[-1].entered, True)
    assert done.elapsed(client.server_now())
    nodes = await all_nodes(client, job)
    assert nodes.unreadable == 0
    assert all(node.state.is_over for node in nodes.items)
    assert {node.name for node in nodes.items} == {event.node for event in events} - {""}
    finished = [node for node in nodes.items if node.state is NodeState.FINISHED]
    assert all(node.metrics and node.message and node.report_url for node in finished)
    outcomes = {node.outcome(job_is_over=True, job_noop=True) for node in finished}
    assert {Outcome.WOULD_CHANGE} <= outcomes <= {Outcome.WOULD_CHANGE, Outcome.UNCHANGED}

    await client.stop(job)
    other = await client.deploy(DeployRequest("staging", Mode.ENFORCE, 1))
    server.clock.advance(10)
    await client.stop(other)
    server.clock.advance(600)
    assert (await client.job(other)).state is JobState.STOPPED
    refused = await problem_of(client.deploy(DeployRequest("nowhere", Mode.NOOP)))
    assert refused.kind is ProblemKind.UNKNOWN_ENVIRONMENT
