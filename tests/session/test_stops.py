"""Stops: each wish goes out once, and a lost answer is made up for by reading the job."""

import asyncio
import json

import pytest

from orch_tui.domain.job import JobState
from orch_tui.domain.problem import ProblemKind
from orch_tui.session.session import Session
from orch_tui.session.stops import Stop, StopReply
from orch_tui.simulator import Answer, Drop, DropAfter
from orch_tui.simulator.faults import Fault
from tests.conftest import Server
from tests.session.conftest import marked


def state(reply: StopReply) -> JobState:
    """The state in which the stop found the job."""
    assert reply.job is not None
    return reply.job.state


async def test_stop_is_sent_once_and_its_reply_tells_the_job_as_it_was(
    server: Server, session: Session
) -> None:
    job = (await session.deploy(marked())).job
    server.clock.advance(10)
    replies = await asyncio.gather(*(session.stop(job) for _ in range(5)))
    assert {reply.stop for reply in replies} == {Stop.STOPPING}
    assert state(replies[0]) is JobState.RUNNING
    assert [json.loads(body) for body in server.posts("stop")] == [{"job": job}]
    again: StopReply = await session.stop(job)
    assert (again.stop, state(again)) == (Stop.WAS_STOPPING, JobState.STOPPING)
    server.clock.advance(7200)
    over = await session.stop(job)
    assert (over.stop, state(over)) == (Stop.WAS_OVER, JobState.STOPPED)
    assert len(server.posts("stop")) == 1


@pytest.mark.parametrize("fault", [Drop(), Answer(503)], ids=repr)
async def test_a_stop_that_the_server_never_saw_is_told_with_the_job_read_again(
    server: Server, session: Session, fault: Fault
) -> None:
    job = (await session.deploy(marked())).job
    server.clock.advance(10)
    server.simulator.faults.add(method="POST", fault=fault)
    lost = await session.stop(job)
    assert lost.problem is not None
    assert lost.problem.leaves_command_unknown
    assert (lost.stop, state(lost)) == (None, JobState.RUNNING)
    assert len(server.posts("stop")) == 1
    assert (await session.stop(job)).stop is Stop.STOPPING
    assert len(server.posts("stop")) == 2


async def test_a_stop_whose_answer_is_lost_is_known_from_the_job(server: Server, session: Session) -> None:
    job = (await session.deploy(marked())).job
    server.clock.advance(10)
    server.simulator.faults.add(method="POST", fault=DropAfter())
    reply = await session.stop(job)
    assert (reply.problem, reply.stop, state(reply)) == (None, Stop.STOPPING, JobState.STOPPING)
    assert len(server.posts("stop")) == 1


async def test_a_job_that_cannot_be_read_is_not_stopped(server: Server, session: Session) -> None:
    for name in ("4711", "../1801"):
        reply = await session.stop(name)
        assert reply.problem is not None
        assert reply.problem.kind is ProblemKind.UNKNOWN_JOB
    assert server.posts("stop") == []


async def test_who_leaves_does_not_cancel_the_stop(server: Server, session: Session) -> None:
    job = (await session.deploy(marked())).job
    caller = asyncio.create_task(session.stop(job))
    await asyncio.sleep(0)
    caller.cancel()
    await session.aclose()
    assert len(server.posts("stop")) == 1


async def test_a_stop_that_never_left_is_not_called_unknown(server: Server, session: Session) -> None:
    job = (await session.deploy(marked())).job
    server.simulator.faults.add(path=f"/jobs/{job}", fault=Answer(503), times=None)
    reply = await session.stop(job)
    assert not reply.is_unknown
    assert server.posts("stop") == []
