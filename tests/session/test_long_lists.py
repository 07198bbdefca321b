"""A node list so long that it is shown while it comes in, and what is left of it when it breaks off."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.problem import OrchestratorError
from orch_tui.session.rollout import Rollout
from orch_tui.simulator import CutBody, ManualClock, Settings
from tests.conftest import TOKEN, Server, all_nodes
from tests.session.conftest import Watch


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=1200, token=TOKEN, history=False)


async def broken_off(watch: Watch) -> list[Rollout]:
    """What a poll tells before it fails."""
    shown = []
    async with aclosing(watch.polling()) as parts:
        try:
            async for part in parts:
                shown.append(part)
        except OrchestratorError:
            return shown
    raise AssertionError("the poll came to its end")


async def test_a_long_list_is_shown_part_by_part_and_read_once(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    server.clock.advance(7200)
    *parts, last = await watch.pictures()
    asked = [r.path.rpartition("/")[2] for r in server.simulator.requests]
    assert len(parts) > 1
    assert not any(part.is_whole or part.is_complete for part in parts)
    for before, now in pairwise([*parts, last]):
        assert before.nodes == now.nodes[: len(before.nodes)]
        assert before.done == len(before.nodes) < len(now.nodes) <= len(last.nodes)
        assert before.total == before.job.node_count == len(last.nodes)
    assert last.is_whole
    assert last.is_complete
    assert last.nodes == (await all_nodes(client, watch.name)).items
    assert asked.count("nodes") == 2, "the history of these few is read too, and after it the list again"


async def test_who_leaves_in_the_middle_of_a_list_leaves_nothing_behind(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    before = asyncio.all_tasks()
    async with aclosing(watch.polling()) as parts:
        assert not (await anext(parts)).is_whole
    assert asyncio.all_tasks() == before
    assert (await client.job(watch.name)).node_count == len((await watch.poll()).nodes)


async def test_a_list_that_breaks_off_stays_a_part_until_another_has_come_whole(
    server: Server, watch: Watch, client: OrchestratorClient
) -> None:
    nodes = f"/jobs/{watch.name}/nodes"
    server.clock.advance(60)
    server.simulator.faults.add(path=nodes, fault=CutBody(), times=2)
    shown = await broken_off(watch)
    server.clock.advance(60)
    shown += await broken_off(watch)
    server.clock.advance(60)
    *again, whole = await watch.pictures()
    assert shown
    for before, now in pairwise([*shown, *again, whole]):
        assert [n.name for n in before.nodes] == [n.name for n in now.nodes][: len(before.nodes)]
    assert not any(part.is_whole for part in shown + again)
    assert {part.total for part in shown + again} <= {shown[0].job.node_count, None}
    assert whole.is_whole
    truth = (await all_nodes(client, watch.name)).items
    assert [(n.name, n.state) for n in whole.nodes] == [(n.name, n.state) for n in truth]


async def test_a_later_list_that_breaks_off_takes_nothing_away(
    server: Server, watch: Watch, monotonic: ManualClock
) -> None:
    before = await watch.poll()
    monotonic.advance(30)
    server.simulator.faults.add(path=f"/jobs/{watch.name}/nodes", fault=CutBody())
    with pytest.raises(OrchestratorError):
        await watch.pictures()
    (after,) = await watch.pictures()
    assert after.is_whole
    assert [n.name for n in after.nodes] == [n.name for n in before.nodes]
