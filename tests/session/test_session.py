"""The session as the screens use it: feeds beside commands."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.domain.capabilities import Option
from orch_tui.domain.environment import Targets
from orch_tui.domain.problem import OrchestratorError, ProblemKind
from orch_tui.session.session import Session
from orch_tui.session.stops import Stop
from orch_tui.simulator import Answer, Hang, ManualClock, Settings
from tests.commands import deploy, stop
from tests.conftest import TOKEN, Server
from tests.session.conftest import Sessions, marked


async def test_a_stop_goes_out_while_all_polls_hang(server: Server, session: Session) -> None:
    job = (await deploy(session, marked())).job
    server.clock.advance(10)
    for path in ("/environments", f"/jobs/{job}/events"):
        server.simulator.faults.add(path=path, fault=Hang(), times=None)
    async with AsyncExitStack() as stack:
        follows = [session.board.follow(), *(session.rollout(job).follow() for _ in range(12))]
        for readings in follows:
            await stack.enter_async_context(aclosing(readings))
        polls = [asyncio.ensure_future(anext(readings)) for readings in follows]
        async with asyncio.timeout(5):
            assert (await stop(session, job)).stop is Stop.STOPPING
        assert not any(poll.done() for poll in polls)
        for poll in polls:
            poll.cancel()
        await asyncio.wait(polls)
    assert len(server.posts("stop")) == 1


async def test_commands_go_their_own_way(server: Server) -> None:
    blind = OrchestratorClient(replace(server.connection, token=Token.given("nobodys-token")))
    commanding = OrchestratorClient(server.connection, keep_alive=False)
    signing_in = SignIn(server.connection, server.url)
    session = Session(blind, commanding, server.journal(), signing_in, poll_interval=60)
    job = (await deploy(session, marked())).job
    assert (await stop(session, job)).stop is Stop.STOPPING
    async with aclosing(session.board.follow()) as readings:
        assert (await anext(readings)).problem is not None
    await session.aclose()


async def test_a_rollout_is_polled_until_it_is_complete_and_then_no_more(
    server: Server, session: Session, monotonic: ManualClock
) -> None:
    job = (await deploy(session, marked())).job
    feed = session.rollout(job)
    async with aclosing(feed.follow()) as readings:
        monotonic.advance(5)
        reading = await anext(readings)
        assert (reading.taken, reading.next_try) == (5, 65)
        server.clock.advance(7200)
        feed.nudge()
        last = await anext(readings)
    assert last.value is not None
    assert last.value.is_complete
    assert last.next_try is None


async def test_the_board_is_read_more_often_while_a_job_is_under_way(
    server: Server, session: Session
) -> None:
    async with aclosing(session.board.follow()) as readings:
        assert (await anext(readings)).next_try == 300
        # A deploy brings a poll by itself: the new job is on the screen at once.
        submission = await deploy(session, marked())
        busy = await anext(readings)
        assert busy.next_try == 60
        assert busy.value is not None
        assert busy.value.jobs.items[0].id == submission.job
        environments = len([r for r in server.simulator.requests if r.path.endswith("/environments")])
        session.refresh_board()
        await anext(readings)
    after = len([r for r in server.simulator.requests if r.path.endswith("/environments")])
    assert (environments, after) == (1, 2)


@pytest.mark.parametrize("settings", [Settings(nodes=30, token=TOKEN, api="2019.8.4")])
async def test_a_release_that_is_named_tells_more_than_answers(server: Server, sessions: Sessions) -> None:
    async with sessions.open() as guessing, sessions.open(release="2019.8.4") as knowing:
        assert not (await guessing.ask_server()).has(Option.TAGS)
        await knowing.ask_server()
        asked = len(server.simulator.requests)
        assert (await knowing.ask_server()).has(Option.TAGS)
        assert len(server.simulator.requests) == asked + 1


@pytest.mark.parametrize("settings", [Settings(nodes=30, token=TOKEN, api="2021.7")])
@pytest.mark.parametrize("release", ["2016.2", "2017.3", "2019.8.4"])
async def test_a_release_that_the_answers_contradict_is_believed_by_nobody(
    sessions: Sessions, release: str
) -> None:
    async with sessions.open(release=release) as session:
        async with aclosing(session.board.follow()) as readings:
            assert (await anext(readings)).problem is None
        assert session.server is None
        with pytest.raises(OrchestratorError, match=r"answers as 2019\.8\.5 or later") as caught:
            await session.ask_server()
        assert caught.value.problem.kind is ProblemKind.ANOTHER_RELEASE
        assert f'api = "{release}"' in caught.value.problem.message


@pytest.mark.parametrize("settings", [Settings(nodes=30, token=TOKEN, list_environments=False)])
async def test_the_configured_environment_is_shown_where_nobody_lists_any(session: Session) -> None:
    async with aclosing(session.board.follow()) as readings:
        board = (await anext(readings)).value
    assert board is not None
    assert "mine" in board.environments.names


async def test_targets_are_a_convenience_that_may_be_missing(server: Server, session: Session) -> None:
    assert "Lamp[shop]" in (await session.targets("production")).names
    server.simulator.faults.add(path="/environments/production", fault=Answer(404))
    assert await session.targets("production") == Targets()
