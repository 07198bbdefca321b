"""Stops: each wish goes out once, and a lost answer is made up for by reading the job."""

import asyncio
import json
from dataclasses import replace

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.problem import ProblemKind
from orch_tui.session.session import Session
from orch_tui.session.stops import Stop, StopReply
from orch_tui.simulator import Answer, Drop, DropAfter, Settings
from orch_tui.simulator.faults import Fault
from tests.commands import deploy, stop
from tests.conftest import TOKEN, Server
from tests.session.conftest import marked


def state(reply: StopReply) -> JobState:
    """The state in which the stop found the job."""
    assert reply.job is not None
    return reply.job.state


async def test_stop_is_sent_once_and_its_reply_tells_the_job_as_it_was(
    server: Server, session: Session
) -> None:
    job = (await deploy(session, marked())).job
    server.clock.advance(10)
    replies = await asyncio.gather(*(stop(session, job) for _ in range(5)))
    assert {reply.stop for reply in replies} == {Stop.STOPPING}
    assert state(replies[0]) is JobState.RUNNING
    assert [json.loads(body) for body in server.posts("stop")] == [{"job": job}]
    again: StopReply = await stop(session, job)
    assert (again.stop, state(again)) == (Stop.WAS_STOPPING, JobState.STOPPING)
    server.clock.advance(7200)
    over = await stop(session, job)
    assert (over.stop, state(over)) == (Stop.WAS_OVER, JobState.STOPPED)
    assert len(server.posts("stop")) == 1


@pytest.mark.parametrize("fault", [Drop(), Answer(503)], ids=repr)
async def test_a_stop_that_the_server_never_saw_is_told_with_the_job_read_again(
    server: Server, session: Session, fault: Fault
) -> None:
    job = (await deploy(session, marked())).job
    server.clock.advance(10)
    server.simulator.faults.add(method="POST", fault=fault)
    lost = await stop(session, job)
    assert lost.problem is not None
    assert lost.problem.leaves_command_unknown
    assert (lost.stop, state(lost)) == (None, JobState.RUNNING)
    assert len(server.posts("stop")) == 1
    assert (await stop(session, job)).stop is Stop.STOPPING
    assert len(server.posts("stop")) == 2


async def test_a_stop_whose_answer_is_lost_is_known_from_the_job(server: Server, session: Session) -> None:
    job = (await deploy(session, marked())).job
    server.clock.advance(10)
    server.simulator.faults.add(method="POST", fault=DropAfter())
    reply = await stop(session, job)
    assert (reply.problem, reply.stop, state(reply)) == (None, Stop.STOPPING, JobState.STOPPING)
    assert len(server.posts("stop")) == 1


async def test_a_job_that_cannot_be_read_is_not_stopped(server: Server, session: Session) -> None:
    for name in ("4711", "../1801"):
        reply = await stop(session, name)
        assert reply.problem is not None
        assert reply.problem.kind is ProblemKind.UNKNOWN_JOB
    assert server.posts("stop") == []


async def test_who_leaves_does_not_cancel_the_stop(server: Server, session: Session) -> None:
    job = (await deploy(session, marked())).job
    caller = asyncio.create_task(stop(session, job))
    await asyncio.sleep(0)
    caller.cancel()
    await session.aclose()
    assert len(server.posts("stop")) == 1


async def test_a_stop_that_never_left_is_not_called_unknown(server: Server, session: Session) -> None:
    job = (await deploy(session, marked())).job
    server.simulator.faults.add(path=f"/jobs/{job}", fault=Answer(503), times=None)
    reply = await stop(session, job)
    assert not reply.is_unknown
    assert server.posts("stop") == []


class TestByForce:
    """On a release that can end runs, too."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=30, token=TOKEN, history=False, api="2021.7")

    async def test_one_that_is_stopping_already_is_ended_by_one_post(
        self, server: Server, session: Session
    ) -> None:
        job = (await deploy(session, marked())).job
        server.clock.advance(10)
        plain, *forced = await asyncio.gather(
            stop(session, job), *(stop(session, job, by_force=True) for _ in range(3))
        )
        assert plain.stop is Stop.STOPPING
        assert {reply.stop for reply in forced} == {Stop.ENDING}
        wanted = {f'{{"job": "{job}"}}'.encode(), f'{{"job": "{job}", "force": true}}'.encode()}
        assert set(server.posts("stop")) == wanted
        over = await stop(session, job, by_force=True)
        assert (over.stop, state(over)) == (Stop.WAS_OVER, JobState.STOPPED)
        assert len(server.posts("stop")) == 2

    async def test_an_answer_that_is_lost_is_made_up_for_only_by_a_job_that_has_ended(
        self, server: Server, session: Session
    ) -> None:
        job = (await deploy(session, marked())).job
        server.clock.advance(10)
        await stop(session, job)
        faults = server.simulator.faults
        faults.add(method="POST", fault=Drop())
        lost = await stop(session, job, by_force=True)
        # It is stopping, but by the stop before: of the one by force that tells nothing.
        assert (lost.stop, state(lost), lost.is_unknown) == (None, JobState.STOPPING, True)
        faults.add(method="POST", fault=DropAfter())
        heard = await stop(session, job, by_force=True)
        assert (heard.stop, state(heard), heard.is_unknown) == (Stop.ENDING, JobState.STOPPED, False)
        assert len(server.posts("stop")) == 3

    async def test_another_job_of_that_number_is_not_ended(self, server: Server, session: Session) -> None:
        job = (await deploy(session, marked())).job
        seen = replace(await client_job(server, job), owner="somebody else")
        reply = await stop(session, job, seen, by_force=True)
        assert reply.problem is not None
        assert reply.problem.kind is ProblemKind.ANOTHER_JOB
        assert server.posts("stop") == []


async def client_job(server: Server, number: str) -> Job:
    async with OrchestratorClient(server.connection) as client:
        return await client.job(number)
