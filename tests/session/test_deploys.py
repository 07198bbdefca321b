"""Deploys: each wish is written down and goes out once, and what became of it is never guessed."""

import asyncio

import pytest

from orch_tui.api.token import Token
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.problem import ProblemKind
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.session.deploys import Fate, Submission
from orch_tui.session.journal_line import How
from orch_tui.session.session import Session
from orch_tui.simulator import Answer, CutBody, Delay, Drip, Drop, DropAfter, Hang
from orch_tui.simulator.faults import Fault
from tests.commands import deploy, stop
from tests.conftest import Server
from tests.session.conftest import Sessions, marked


def jobs(server: Server) -> list[str]:
    return [str(number) for number in server.simulator.world.jobs]


async def test_twenty_presses_are_one_deploy(server: Server, session: Session) -> None:
    request = marked(
        DeployRequest(
            "production", Mode.NOOP, concurrency=3, scope=Scope(ScopeKind.APPLICATION, "Lamp[shop]")
        )
    )
    submissions = await asyncio.gather(*(deploy(session, request) for _ in range(20)))
    assert server.posts("deploy") == [request.json().encode()]
    (accepted,) = [each for each in submissions if each.fate is Fate.ACCEPTED]
    assert accepted == Submission(request, Fate.ACCEPTED, jobs(server)[0], how=How.ANSWERED)
    refused = [each.problem.kind for each in submissions if each.problem]
    assert refused == [ProblemKind.STILL_SENDING] * 19
    assert not session.deploys.is_sending
    assert (await deploy(session, marked(request))).fate is Fate.ACCEPTED
    assert len(server.posts("deploy")) == 2


async def test_what_has_been_sent_once_is_never_sent_again(server: Server, sessions: Sessions) -> None:
    request = marked()
    for fate in (Fate.ACCEPTED, Fate.REFUSED, Fate.REFUSED):
        async with sessions.open() as session:  # each time as if the program was started anew
            assert (await deploy(session, request)).fate is fate
    assert len(server.posts("deploy")) == 1


async def test_the_next_deploy_is_under_way_though_the_one_before_is_told_only_now(session: Session) -> None:
    async def press_until_it_goes_out() -> Submission:
        while (submission := await deploy(session, marked())).fate is Fate.REFUSED:  # noqa: ASYNC110
            await asyncio.sleep(0)  # as impatient as can be: no event comes early enough
        return submission

    before = asyncio.create_task(deploy(session, marked()))
    await asyncio.sleep(0)
    after = asyncio.create_task(press_until_it_goes_out())
    assert (await before).fate is Fate.ACCEPTED
    assert session.deploys.is_sending
    assert (await after).fate is Fate.ACCEPTED


@pytest.mark.parametrize("answered", [False, True], ids=["under way", "answered meanwhile"])
async def test_who_leaves_does_not_cancel_the_deploy_and_its_answer_is_told_at_the_end(
    server: Server, session: Session, answered: bool
) -> None:
    before, request = asyncio.all_tasks(), marked()
    caller = asyncio.create_task(deploy(session, request))
    await asyncio.sleep(0)
    assert session.deploys.is_sending
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    if answered:
        await asyncio.wait(asyncio.all_tasks() - before)
        assert not session.deploys.is_sending
    told = await session.aclose()
    assert told == [Submission(request, Fate.ACCEPTED, jobs(server)[0], how=How.ANSWERED)]
    assert len(server.posts("deploy")) == 1


async def test_an_answer_that_was_told_is_not_told_again(session: Session) -> None:
    assert (await deploy(session, marked())).fate is Fate.ACCEPTED
    assert await session.aclose() == []


async def test_closing_waits_for_a_slow_answer_to_a_deploy(server: Server, session: Session) -> None:
    server.simulator.faults.add(method="POST", fault=Delay(0.1))
    caller = asyncio.create_task(deploy(session, marked()))
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
async def test_a_deploy_without_a_clear_answer_is_looked_for_and_not_sent_again(
    server: Server, sessions: Sessions, fault: Fault, kind: ProblemKind, started: int
) -> None:
    server.simulator.faults.add(method="POST", fault=fault)
    request = marked()
    async with sessions.open(deadline=0.3) as session:
        submission = await deploy(session, request)
        if started:
            assert submission == Submission(request, Fate.ACCEPTED, jobs(server)[0], how=How.FOUND)
            assert not session.deploys.unknown
        else:
            assert (submission.fate, submission.job) == (Fate.UNKNOWN, "")
            assert submission.problem is not None
            assert submission.problem.kind is kind
            assert [intent.request for intent in session.deploys.unknown] == [request]
    assert len(server.posts("deploy")) == 1
    assert len(jobs(server)) == started


async def test_read_only_sends_no_command(server: Server, sessions: Sessions) -> None:
    async with sessions.open(read_only=True) as session:
        submission, reply = await deploy(session, marked()), await stop(session, "1")
    for problem in (submission.problem, reply.problem):
        assert problem is not None
        assert problem.kind is ProblemKind.READ_ONLY
    assert submission.fate is Fate.REFUSED
    assert server.simulator.requests == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_an_answer_that_says_no_is_a_refusal(server: Server, session: Session, status: int) -> None:
    server.simulator.faults.add(method="POST", fault=Answer(status))
    submission = await deploy(session, marked())
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
    submission = await deploy(session, marked(DeployRequest(environment, Mode.NOOP)))
    assert submission.fate is Fate.REFUSED
    assert submission.problem is not None
    assert submission.problem.kind is kind


@pytest.mark.parametrize("flaw", ["nobody listens", "no token"])
async def test_what_never_left_was_not_carried_out(server: Server, sessions: Sessions, flaw: str) -> None:
    url = "http://127.0.0.1:9" if flaw == "nobody listens" else server.url
    token = Token.given("") if flaw == "no token" else server.connection.token
    async with sessions.open(service_url=url, token=token) as session:
        assert (await deploy(session, marked())).fate is Fate.REFUSED
        assert not session.deploys.unknown
    assert server.simulator.requests == []
