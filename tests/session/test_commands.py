"""Deploys and stops: each wish goes out once, and what became of it is never guessed."""

import asyncio
import json
from dataclasses import replace

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.token import Token
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.job import JobState
from orch_tui.domain.problem import ProblemKind
from orch_tui.session.commands import Commands, Fate, Stop, StopReply, Submission
from orch_tui.session.session import Session
from orch_tui.simulator import Answer, CutBody, Delay, Drip, Drop, DropAfter, Hang
from orch_tui.simulator.faults import Fault
from tests.conftest import Server
from tests.session.conftest import PRODUCTION


def jobs(server: Server) -> list[str]:
    return [str(number) for number in server.simulator.world.jobs]


async def test_twenty_presses_are_one_deploy(server: Server, session: Session) -> None:
    request = DeployRequest("production", Mode.NOOP, concurrency=3, target="Lamp[shop]")
    submissions = await asyncio.gather(*(session.deploy(request) for _ in range(20)))
    assert server.posts("deploy") == [request.json().encode()]
    (accepted,) = [each for each in submissions if each.fate is Fate.ACCEPTED]
    assert accepted == Submission(request, Fate.ACCEPTED, jobs(server)[0])
    refused = [each.problem.kind for each in submissions if each.problem]
    assert refused == [ProblemKind.STILL_SENDING] * 19
    assert not session.is_sending
    assert (await session.deploy(request)).fate is Fate.ACCEPTED
    assert len(server.posts("deploy")) == 2


async def test_the_next_deploy_is_under_way_though_the_one_before_is_told_only_now(session: Session) -> None:
    async def press_until_it_goes_out() -> Submission:
        while (submission := await session.deploy(PRODUCTION)).fate is Fate.REFUSED:  # noqa: ASYNC110
            await asyncio.sleep(0)  # as impatient as can be: no event comes early enough
        return submission

    before = asyncio.create_task(session.deploy(PRODUCTION))
    await asyncio.sleep(0)
    after = asyncio.create_task(press_until_it_goes_out())
    assert (await before).fate is Fate.ACCEPTED
    assert session.is_sending
    assert (await after).fate is Fate.ACCEPTED


@pytest.mark.parametrize("answered", [False, True], ids=["under way", "answered meanwhile"])
async def test_who_leaves_does_not_cancel_the_deploy_and_its_answer_is_told_at_the_end(
    server: Server, session: Session, answered: bool
) -> None:
    before = asyncio.all_tasks()
    caller = asyncio.create_task(session.deploy(PRODUCTION))
    await asyncio.sleep(0)
    assert session.is_sending
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    if answered:
        await asyncio.wait(asyncio.all_tasks() - before)
        assert not session.is_sending
    told = await session.aclose()
    assert told == [Submission(PRODUCTION, Fate.ACCEPTED, jobs(server)[0])]
    assert len(server.posts("deploy")) == 1


async def test_an_answer_that_was_told_is_not_told_again(session: Session) -> None:
    assert (await session.deploy(PRODUCTION)).fate is Fate.ACCEPTED
    assert await session.aclose() == []


async def test_closing_waits_for_a_slow_answer_to_a_deploy(server: Server, session: Session) -> None:
    server.simulator.faults.add(method="POST", fault=Delay(0.1))
    caller = asyncio.create_task(session.deploy(PRODUCTION))
    await asyncio.sleep(0)
    told, submission = await asyncio.gather(session.aclose(), caller)
    assert submission.fate is Fate.ACCEPTED
    assert told in ([], [submission])
    assert len(server.posts("deploy")) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "started"),
    [
        (Drop(), ProblemKind.CONNECTION_LOST, 0),
        (DropAfter(), ProblemKind.CONNECTION_LOST, 1),
        (CutBody(), ProblemKind.CONNECTION_LOST, 1),
        (Hang(), ProblemKind.NO_ANSWER, 0),
        (Drip(0.02), ProblemKind.NO_ANSWER, 1),
        (Answer(408), ProblemKind.OTHER, 0),
        (Answer(500), ProblemKind.OTHER, 0),
        (Answer(502), ProblemKind.UNAVAILABLE, 0),
        (Answer(503, headers=(("retry-after", "5"),)), ProblemKind.UNAVAILABLE, 0),
        (Answer(504), ProblemKind.UNAVAILABLE, 0),
        (Answer(302, headers=(("location", "/elsewhere"),)), ProblemKind.REDIRECTED, 0),
        (Answer(202, b"<html>"), ProblemKind.NOT_UNDERSTOOD, 0),
        (Answer(202, b'{"job":{"name":"../7"}}'), ProblemKind.NOT_UNDERSTOOD, 0),
    ],
    ids=repr,
)
async def test_a_deploy_without_a_clear_answer_is_unknown_and_not_sent_again(
    server: Server, fault: Fault, kind: ProblemKind, started: int
) -> None:
    server.simulator.faults.add(method="POST", fault=fault)
    async with OrchestratorClient(replace(server.connection, deadline=0.3), keep_alive=False) as client:
        submission = await Commands(client, read_only=False).deploy(PRODUCTION)
    assert submission.fate is Fate.UNKNOWN
    assert submission.job == ""
    assert submission.problem is not None
    assert submission.problem.kind is kind
    assert len(server.posts("deploy")) == 1
    assert len(jobs(server)) == started


def state(reply: StopReply) -> JobState:
    """The state in which the stop found the job."""
    assert reply.job is not None
    return reply.job.state


async def test_read_only_sends_no_command(server: Server) -> None:
    async with OrchestratorClient(server.connection, keep_alive=False) as client:
        commands = Commands(client, read_only=True)
        submission, reply = await commands.deploy(PRODUCTION), await commands.stop("1")
    for problem in (submission.problem, reply.problem):
        assert problem is not None
        assert problem.kind is ProblemKind.READ_ONLY
    assert submission.fate is Fate.REFUSED
    assert server.simulator.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_an_answer_that_says_no_is_a_refusal(server: Server, session: Session, status: int) -> None:
    server.simulator.faults.add(method="POST", fault=Answer(status))
    submission = await session.deploy(PRODUCTION)
    assert submission.fate is Fate.REFUSED
    assert submission.problem is not None
    assert submission.problem.status == status
    assert len(server.posts("deploy")) == 1


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ("nowhere", ProblemKind.UNKNOWN_ENVIRONMENT),
        ("retired", ProblemKind.EMPTY_ENVIRONMENT),
        ("tangled", ProblemKind.DEPENDENCY_CYCLE),
    ],
)
async def test_a_refusal_says_why(session: Session, environment: str, kind: ProblemKind) -> None:
    submission = await session.deploy(DeployRequest(environment, Mode.NOOP))
    assert submission.fate is Fate.REFUSED
    assert submission.problem is not None
    assert submission.problem.kind is kind


@pytest.mark.parametrize("flaw", ["nobody listens", "no token"])
async def test_what_never_left_was_not_carried_out(server: Server, flaw: str) -> None:
    down = replace(server.connection, service_url="http://127.0.0.1:9")
    connection = down if flaw == "nobody listens" else replace(server.connection, token=Token.given(""))
    async with OrchestratorClient(connection, keep_alive=False) as client:
        submission = await Commands(client, read_only=False).deploy(PRODUCTION)
    assert submission.fate is Fate.REFUSED
    assert server.simulator.requests == []


async def test_stop_is_sent_once_and_its_reply_tells_the_job_as_it_was(
    server: Server, session: Session
) -> None:
    job = (await session.deploy(PRODUCTION)).job
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


@pytest.mark.parametrize("fault", [Drop(), DropAfter(), Answer(503)], ids=repr)
async def test_a_stop_whose_answer_is_lost_is_told_and_may_be_wished_again(
    server: Server, session: Session, fault: Fault
) -> None:
    job = (await session.deploy(PRODUCTION)).job
    server.clock.advance(10)
    server.simulator.faults.add(method="POST", fault=fault)
    lost = await session.stop(job)
    assert lost.problem is not None
    assert lost.problem.leaves_command_unknown
    assert len(server.posts("stop")) == 1
    was_carried_out = isinstance(fault, DropAfter)
    assert (await session.stop(job)).stop is (Stop.WAS_STOPPING if was_carried_out else Stop.STOPPING)
    assert len(server.posts("stop")) == (1 if was_carried_out else 2)


async def test_a_job_that_cannot_be_read_is_not_stopped(server: Server, session: Session) -> None:
    for name in ("4711", "../1801"):
        reply = await session.stop(name)
        assert reply.problem is not None
        assert reply.problem.kind is ProblemKind.UNKNOWN_JOB
    assert server.posts("stop") == []


async def test_who_leaves_does_not_cancel_the_stop(server: Server, session: Session) -> None:
    job = (await session.deploy(PRODUCTION)).job
    caller = asyncio.create_task(session.stop(job))
    await asyncio.sleep(0)
    caller.cancel()
    await session.aclose()
    assert len(server.posts("stop")) == 1
