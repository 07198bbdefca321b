"""Jobs that look like others: after a restore, or by what somebody wrote about them."""

from contextlib import aclosing

import pytest

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.nonce import new_nonce, with_nonce
from orch_tui.session.board import Board
from orch_tui.session.deploys import Fate
from orch_tui.session.session import Session
from orch_tui.simulator import Drop, DropAfter, Settings
from orch_tui.simulator.changes import Restore
from tests.commands import deploy
from tests.conftest import TOKEN, Server
from tests.session.conftest import marked


async def board(session: Session) -> Board:
    """What the first screen is told now."""
    async with aclosing(session.board.follow()) as readings:
        reading = await anext(readings)
    assert reading.value is not None
    return reading.value


async def test_a_job_that_only_speaks_of_a_lost_deploy_is_not_taken_for_it(
    server: Server, session: Session
) -> None:
    server.simulator.faults.add(method="POST", path="/command/deploy", fault=Drop())
    lost = marked()
    assert (await deploy(session, lost)).fate is Fate.UNKNOWN
    nonce = new_nonce()
    words = with_nonce(f"before production: {lost.nonce} got lost", nonce)
    about = DeployRequest("staging", Mode.NOOP, description=words, nonce=nonce)
    assert (await deploy(session, about)).fate is Fate.ACCEPTED
    await board(session)
    assert session.deploys.unsettled("production") is not None


async def test_a_job_that_a_restore_took_away_runs_no_more(server: Server, session: Session) -> None:
    job = (await deploy(session, marked())).job
    await board(session)
    assert [each.id for each in session.running_jobs] == [job]
    Restore(jobs=1).apply(server.simulator.world)
    await board(session)
    assert session.running_jobs == []


class TestWithoutDescriptions:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=20, token=TOKEN, history=False, api="2016.2")

    async def test_after_a_restore_a_lost_deploy_is_still_offered(
        self, server: Server, session: Session
    ) -> None:
        for _ in range(3):
            await deploy(session, DeployRequest("production", Mode.NOOP, nonce=new_nonce()))
            server.clock.advance(7200)
        await board(session)
        Restore(jobs=2).apply(server.simulator.world)
        await board(session)
        server.simulator.faults.add(method="POST", path="/command/deploy", fault=DropAfter())
        lost = await deploy(session, DeployRequest("production", Mode.NOOP, nonce=new_nonce()))
        assert len(lost.fitting) == 1
