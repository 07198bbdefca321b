"""One job polled to its end on both releases, with the network at its worst."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.event import Event
from orch_tui.domain.job import JobState
from orch_tui.domain.node import NodeState, Outcome
from orch_tui.domain.problem import OrchestratorError
from orch_tui.session.rollout import Rollout
from orch_tui.session.watch import JobPoll
from orch_tui.simulator import Answer, CutBody, ManualClock, Settings
from orch_tui.simulator.faults import Fault
from tests.conftest import ERAS, TOKEN, Server, all_nodes
from tests.session.conftest import Watch


@pytest.fixture(params=ERAS)
def settings(request: pytest.FixtureRequest) -> Settings:
    return Settings(nodes=30, token=TOKEN, history=False, api=request.param)


async def to_the_end(server: Server, watch: Watch) -> list[Rollout]:
    """All pictures of a job, polled every 7 seconds of the world."""
    pictures = [await watch.poll()]
    while not pictures[-1].is_complete:
        server.clock.advance(7)
        pictures.append(await watch.poll())
        assert len(pictures) < 500
    return pictures


def page(*events: Event, start: int) -> Answer:
    """An answer of the events endpoint."""
    items = [{"id": str(e.id), "type": e.type, "details": {"node": e.node}} for e in events]
    return Answer(200, json.dumps({"next-events": {"id": f"events?start={start}"}, "items": items}).encode())


async def are_as_listed(shown: Rollout, client: OrchestratorClient, job: str) -> None:
    """The nodes are as listed; lists of 2016.2 tell no start of a run that has ended, but events do."""
    listed = zip((await all_nodes(client, job)).items, shown.nodes, strict=True)
    assert shown.nodes == tuple(replace(node, started=node.started or seen.started) for node, seen in listed)
    assert all(node.started for node in shown.nodes if node.state is NodeState.FINISHED)


async def test_a_job_is_followed_from_its_first_moment_to_its_last_event(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    pictures = await to_the_end(server, watch)
    first, last = pictures[0], pictures[-1]
    assert first.job.state is JobState.NEW
    assert set(first.outcomes) == {Outcome.QUEUED}
    assert {p.job.state for p in pictures} >= {JobState.RUNNING, last.job.state}
    assert last.job.state in (JobState.FINISHED, JobState.FAILED)
    await are_as_listed(last, client, watch.name)
    assert last.events == (await client.events(watch.name, None)).items
    for before, now in pairwise(pictures):
        assert [node.name for node in now.nodes] == [node.name for node in before.nodes]
        assert before.done <= now.done <= len(now.nodes)
        assert now.counts == Counter(now.outcomes)
        assert not before.is_complete


async def test_events_alone_keep_up_with_the_servers_own_list(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    for _ in range(12):
        server.clock.advance(6)
        shown = await watch.poll()
        truth = (await all_nodes(client, watch.name)).items
        assert [(n.name, n.state) for n in shown.nodes] == [(n.name, n.state) for n in truth]
    assert shown.counts[Outcome.RUNNING]


async def test_a_job_that_is_over_is_read_with_one_poll(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    server.clock.advance(7200)
    shown = await watch.poll()
    assert shown.is_complete
    await are_as_listed(shown, client, watch.name)
    assert len(shown.events) >= len(shown.nodes)


async def test_a_stopped_job_shows_what_never_ran(
    server: Server, client: OrchestratorClient, monotonic: ManualClock
) -> None:
    name = await client.deploy(DeployRequest("production", Mode.NOOP, concurrency=2))
    watch = Watch(name, JobPoll(client, name, monotonic))
    server.clock.advance(10)
    await client.stop(name)
    stopping = await watch.poll()
    assert stopping.job.state is JobState.STOPPING
    assert stopping.counts[Outcome.RUNNING] == 2
    assert stopping.counts[Outcome.QUEUED] > 0
    last = (await to_the_end(server, watch))[-1]
    assert last.job.state is JobState.STOPPED
    assert last.counts[Outcome.NEVER_RAN] == stopping.counts[Outcome.QUEUED]
    assert last.done == len(last.nodes)


@pytest.mark.parametrize("endpoint", ["", "/events", "/nodes"])
@pytest.mark.parametrize("fault", [CutBody(), Answer(503), Answer(200, b"{}")], ids=repr)
async def test_polls_that_fail_in_the_middle_lose_nothing(
    server: Server, watch: Watch, client: OrchestratorClient, endpoint: str, fault: Fault
) -> None:
    await watch.poll()
    for seconds in (20, 40, 7200):
        server.clock.advance(seconds)
        # The node list is read again at the end alone: the clock of the polls stands still.
        server.simulator.faults.add(path=f"/jobs/{watch.name}{endpoint}", fault=fault)
        if endpoint != "/nodes" or seconds == 7200:
            with pytest.raises(OrchestratorError):
                await watch.poll()
        server.simulator.faults.clear()
        shown = await watch.poll()
    undisturbed = await Watch(watch.name, JobPoll(client, watch.name, ManualClock())).poll()
    assert shown.is_complete
    assert (shown.nodes, shown.events) == (undisturbed.nodes, undisturbed.events)


async def test_a_lost_event_is_mended_by_the_next_node_list(
    server: Server, watch: Watch, client: OrchestratorClient, monotonic: ManualClock
) -> None:
    await watch.poll()
    server.clock.advance(10)
    (*lost, last) = (await client.events(watch.name, None)).items
    assert lost
    events = f"/jobs/{watch.name}/events"
    server.simulator.faults.add(path=events, fault=page(last, start=last.id + 1))
    assert (await watch.poll()).counts[Outcome.RUNNING] == 1
    monotonic.advance(29)
    assert (await watch.poll()).counts[Outcome.RUNNING] == 1
    monotonic.advance(1)
    truth = (await all_nodes(client, watch.name)).items
    shown = await watch.poll()
    assert shown.nodes == truth
    assert shown.counts[Outcome.RUNNING] == sum(node.state is NodeState.RUNNING for node in truth) > 1


async def test_each_poll_asks_for_the_job_and_for_what_is_new_and_no_more(
    server: Server, watch: Watch, monotonic: ManualClock
) -> None:
    await watch.poll()
    cursors = []
    for _ in range(40):
        server.clock.advance(3)
        before = len(server.simulator.requests)
        await watch.poll()
        job, events = server.simulator.requests[before:]
        assert (job.path, events.path) == (
            f"/orchestrator/v1/jobs/{watch.name}",
            f"/orchestrator/v1/jobs/{watch.name}/events",
        )
        cursors.append(int(events.query.removeprefix("start=") or 0))
    assert cursors == sorted(cursors)
    assert len(set(cursors)) > 10
    monotonic.advance(30)
    before = len(server.simulator.requests)
    await watch.poll()
    assert [r.path.rpartition("/")[2] for r in server.simulator.requests[before:]] == [
        *(watch.name, "events", "nodes")
    ]


@pytest.mark.parametrize("start", [0, 1, 10**17])
async def test_a_cursor_never_goes_back_whatever_a_page_says(
    server: Server, watch: Watch, client: OrchestratorClient, start: int
) -> None:
    server.clock.advance(20)
    await watch.poll()
    (first, *_, last) = (await client.events(watch.name, None)).items
    path = f"/jobs/{watch.name}/events"
    for answer in (page(first, start=start), page(start=0), page(first, last, start=start)):
        server.simulator.faults.add(path=path, fault=answer)
        shown = await watch.poll()
        assert server.simulator.requests[-1].query == f"start={last.id + 1}"
        assert len(shown.events) == len({event.id for event in shown.events})
    newer = replace(last, id=last.id + 5)
    server.simulator.faults.add(path=path, fault=page(newer, start=start))
    await watch.poll()
    await watch.poll()
    assert server.simulator.requests[-1].query == f"start={max(newer.id + 1, start)}"


def nodes_answer(*items: object) -> Answer:
    return Answer(200, json.dumps({"items": items}).encode())


async def test_nodes_that_cannot_be_read_are_counted_from_the_first_look_on(
    server: Server, watch: Watch
) -> None:
    fault = nodes_answer({"name": "web-1", "state": "new"}, {"state": "new"}, 7)
    server.simulator.faults.add(path=f"/jobs/{watch.name}/nodes", fault=fault)
    shown = await watch.poll()
    assert [node.name for node in shown.nodes] == ["web-1"]
    assert shown.unreadable == 2


@pytest.mark.parametrize(("lag", "looks"), [(1, 1), (3, 3), (None, 5)])
async def test_a_server_that_lags_behind_itself_is_looked_at_again_but_not_for_ever(
    server: Server, watch: Watch, lag: int | None, looks: int
) -> None:
    await watch.poll()
    server.clock.advance(7200)
    fault = nodes_answer({"name": "web-1", "state": "running"})
    server.simulator.faults.add(path=f"/jobs/{watch.name}/nodes", fault=fault, times=lag)
    *lagging, last = await to_the_end(server, watch)
    assert all(picture.counts[Outcome.UNKNOWN] for picture in lagging)
    assert last.counts.get(Outcome.UNKNOWN, 0) == (1 if lag is None else 0)
    assert len(lagging) == (looks if lag else looks - 1)


@pytest.mark.parametrize("settings", [Settings(nodes=30, token=TOKEN, history=False, events_per_page=4)])
async def test_the_end_is_read_to_the_last_of_many_pages(server: Server, watch: Watch) -> None:
    await watch.poll()
    server.clock.advance(7200)
    shown = await watch.poll()
    assert shown.is_complete
    asked = [r for r in server.simulator.requests if r.path.endswith("/events")]
    assert len(shown.events) > 4 * 4
    assert len(asked) > len(shown.events) / 4
