"""What may happen to a deploy between the key and the job: a test for each row of the matrix."""

import asyncio
import json
import os
from dataclasses import replace

import pytest

from orch_tui.domain.deploy import DeployDraft
from orch_tui.domain.environment import Targets
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.session.deploys import Fate
from orch_tui.session.journal_line import How
from orch_tui.simulator import Answer, CutBody, Drop, DropAfter, ManualClock, Settings
from orch_tui.simulator.faults import Fault, HangAfter
from orch_tui.simulator.order import Order
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.commands import deploy
from tests.conftest import TOKEN, Server
from tests.faults.colleagues import COLLEAGUE, Held, Late, WithTwins
from tests.faults.conftest import Trial
from tests.session.conftest import Sessions, marked
from tests.ui.conftest import NOON, TO_APPLICATION, Driver

HTML = (("content-type", "text/html"),)
BUSY = Answer(503, b"<html>", HTML)


@pytest.fixture
def sessions(server: Server) -> Sessions:
    return Sessions(server, ManualClock())


def strike(server: Server, fault: Fault) -> None:
    """Let `fault` meet the next deploy."""
    server.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)


async def send(trial: Trial, driver: Driver) -> None:
    """From home through form and Review: the deploy of production is confirmed."""
    trial.confirmed += 1
    await driver.to_review()
    await driver.press("enter")


@pytest.mark.parametrize(
    "fault",
    [DropAfter(), CutBody(), WithTwins, HangAfter()],
    ids=["reset", "cut", "twins", "hang"],
)
async def test_J15_deploy_answer_lost(server: Server, sessions: Sessions, fault: Fault | type) -> None:
    strike(server, WithTwins(server.simulator.world, DropAfter()) if isinstance(fault, type) else fault)
    request = marked()
    async with sessions.open(deadline=0.3) as session:
        submission = await deploy(session, request)
    ours = [j.number for j in server.simulator.world.jobs.values() if request.nonce in j.order.description]
    assert (submission.fate, submission.how) == (Fate.ACCEPTED, How.FOUND)
    assert ours == [int(submission.job)]
    assert len(server.posts("deploy")) == 1


async def test_J15_the_search_is_seen_and_nobody_waits_for_it(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        strike(trial.server, DropAfter())
        held = Held()
        trial.server.simulator.faults.add(path="/jobs", fault=held, times=None)
        await send(trial, driver)
        await driver.shows("Sent; the answer was lost; looking for the job with 7f3a9c21e001")
        await driver.press("escape")
        await driver.shows("looking for 7f3a9c21e001", "Jobs of")
        await driver.press("d")
        await driver.shows("its job is being looked for: wait for that")
        held.released.set()
        await driver.shows("The deploy of production is job 1814.", "it was found by 7f3a9c21e001")
        await driver.is_armed()
        await driver.press("escape", "r")
        await driver.until(lambda: "1814" in driver.home.jobs.table.keys)
        await driver.press("tab", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        await driver.press("4")
        await driver.shows("[orch-tui 7f3a9c21e001]")


@pytest.mark.parametrize("seconds", [0.3, 30.0])
async def test_J16_deploy_processed_late(server: Server, sessions: Sessions, seconds: float) -> None:
    strike(server, Late(server.simulator.world, seconds))
    async with sessions.open() as session:
        submission = await deploy(session, marked())
    assert (submission.fate, submission.how) == (Fate.ACCEPTED, How.FOUND)
    assert [str(number) for number in server.simulator.world.jobs][-1] == submission.job


@pytest.mark.parametrize("fault", [Drop(), BUSY], ids=["reset", "503"])
async def test_J17_deploy_not_processed(trial: Trial, fault: Fault) -> None:
    async with trial.cockpit(stops=False) as driver:
        strike(trial.server, fault)
        await send(trial, driver)
        await driver.shows(
            "Sent, and what became of it is not known", "marked 7f3a9c21e001", "not sent again"
        )
        await driver.is_armed()
        await driver.press("escape", "escape")
        await driver.shows("1 deploy UNKNOWN")
        # The next deploy of this environment first tells of this one, and starts as a new one.
        await driver.press("d")
        await driver.shows("The deploy before is not settled", "7f3a9c21e001", "NOOP", "type 7f3a")
        await driver.is_armed()
        await driver.press(*"7f3b", "enter")
        assert not isinstance(driver.app.screen, DeployScreen)
        await driver.press("backspace", "a", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert len(trial.server.posts("deploy")) == 1
        trial.confirmed += 1
        await driver.press("enter")
        await driver.shows("Enter sends it")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        sent = [json.loads(body)["description"] for body in trial.server.posts("deploy")]
        assert sent == ["[orch-tui 7f3a9c21e001]", "[orch-tui 7f3a9c21e002]"]


async def test_J17_the_list_of_jobs_is_one_key_away(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        strike(trial.server, Drop())
        await send(trial, driver)
        await driver.is_armed()
        await driver.press("escape", "enter")
        await driver.shows("The deploy before is not settled")
        await driver.is_armed()
        await driver.press("tab")
        await driver.until(lambda: driver.app.screen is driver.home)
        assert driver.app.focused is driver.home.jobs.table


async def test_J17_a_job_that_comes_after_all_is_known_when_it_is_listed(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        strike(trial.server, Drop())
        await send(trial, driver)
        await driver.is_armed()
        await driver.press("escape", "escape")
        await driver.shows("1 deploy UNKNOWN")
        (intent,) = driver.app.cockpit.session.deploys.unknown
        trial.server.simulator.world.deploy(
            Order("production", noop=True, description=intent.request.description or "")
        )
        await driver.press("r")
        await driver.until(lambda: "UNKNOWN" not in driver.text)
        assert trial.server.journal().unsettled == ()


async def test_J18_a_colleague_starts_the_same_at_the_same_second(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        strike(trial.server, WithTwins(trial.server.simulator.world, DropAfter()))
        await send(trial, driver)
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert driver.screen(RolloutScreen).job == "1815"  # his are 1814 and 1816
        await driver.shows("by operator")


async def test_J19_overlap_with_a_running_job(trial: Trial) -> None:
    world = trial.server.simulator.world
    world.deploy(Order("production", target="Lamp[shop]"), COLLEAGUE)
    nodes = len(world.jobs[1814].runs)
    async with trial.cockpit(stops=False) as driver:
        await driver.to_review()
        await driver.shows(f"Job 1814 by carla is new here: {nodes} nodes are in both.")
        await driver.press("escape", *TO_APPLICATION, *"Forge[modules]", "enter")
        await driver.shows("Enter sends it")
        assert "carla" not in driver.text


async def test_J20_jobs_fails_during_reconcile(server: Server, sessions: Sessions) -> None:
    strike(server, DropAfter())
    async with sessions.open() as session:
        server.simulator.faults.add(path="/jobs", fault=BUSY, times=25)
        submission = await deploy(session, marked())
    assert (submission.fate, submission.how) == (Fate.ACCEPTED, How.FOUND)


@pytest.mark.parametrize("text", ["", "x" * 300], ids=["short", "long"])
async def test_J21_description_cut_by_server(server: Server, sessions: Sessions, text: str) -> None:
    server.simulator.world.quirks.description_limit = 64
    strike(server, DropAfter())
    async with sessions.open() as session:
        capabilities = await session.ask_server()
        request = DeployDraft("production", description=text).request(
            session.new_nonce(), capabilities, Targets()
        )
        submission = await deploy(session, request)
    assert (submission.fate, submission.how) == (Fate.ACCEPTED, How.FOUND)


async def test_J23_target_set_changes_between_preview_and_confirm(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await driver.press("d", *TO_APPLICATION, *"Lamp[shop]", "enter")
        # The server decides at the time: Review says what it is now, by whose list.
        await driver.shows("nodes now, by the server's list of instances", "Enter sends it")


async def test_J24_no_node_in_scope(trial: Trial) -> None:
    instances = b'{"items": [{"type": "Lamp", "title": "bare", "components": []}]}'
    answer = Answer(200, instances, (("content-type", "application/json"),))
    async with trial.cockpit(stops=False) as driver:
        path = "/environments/production/instances"
        trial.server.simulator.faults.add(path=path, fault=answer, times=None)
        driver.home.environments.select("production")
        await driver.press("d", *TO_APPLICATION, *"Lamp[bare]")
        await driver.shows("offered")
        await driver.press("enter")
        await driver.shows("0 nodes now", "It reaches no node: there is nothing to send.")
        await driver.is_armed()
        await driver.press("enter")
        assert isinstance(driver.app.screen, ReviewDialog)


class TestWithoutDescriptions:
    """2016.2 keeps no description: nothing but a person can tell one's own job from a colleague's."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, slots=8, api="2016.2")

    async def test_J15_a_person_tells_which_job_it_is(self, trial: Trial) -> None:
        async with trial.cockpit() as driver:
            strike(trial.server, WithTwins(trial.server.simulator.world, DropAfter()))
            await send(trial, driver)
            await driver.shows("Is one of these your job?", "1816", "1815", "1814", "carla", "operator")
            await driver.is_armed()
            await driver.press("j", "enter")
            await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
            assert driver.screen(RolloutScreen).job == "1815"
            assert driver.app.cockpit.session.deploys.unknown == ()

    async def test_J15_none_of_them_leaves_it_unknown(self, trial: Trial) -> None:
        async with trial.cockpit(stops=False) as driver:
            strike(trial.server, WithTwins(trial.server.simulator.world, Drop()))
            await send(trial, driver)
            await driver.shows("Is one of these your job?")
            await driver.is_armed()
            await driver.press("escape")
            await driver.shows("what became of it is not known")
            await driver.is_armed()
            await driver.press("escape", "escape")
            await driver.shows("1 deploy UNKNOWN")


async def test_P4_an_earlier_run_left_a_deploy_open(trial: Trial) -> None:
    request, gone = marked(replace(marked(), scope=Scope(ScopeKind.APPLICATION, "Lamp[shop]"))), marked()
    earlier = trial.server.journal()
    await earlier.intend(request, NOON, "1813")
    await earlier.intend(replace(gone, environment="staging"), NOON, "1813")
    trial.server.simulator.world.deploy(Order("production", description=request.description or ""))
    async with trial.cockpit(stops=False) as driver:
        await driver.shows("The deploy of production is job 1814.", request.nonce)
        await driver.shows("1 deploy UNKNOWN")
        # The notice lies over the line that tells which.
        assert f"{gone.nonce}: ENFORCE of staging" in driver.home.unknown.content.plain
    assert trial.server.posts("deploy") == []


async def test_P4_what_another_program_is_sending_is_left_to_it(server: Server, sessions: Sessions) -> None:
    sleeper = await asyncio.create_subprocess_exec("sleep", "60")
    request = marked()
    file = server.folder / "journal.jsonl"
    await server.journal().intend(request, NOON, "")
    file.write_text(file.read_text().replace(f'"pid":{os.getpid()}', f'"pid":{sleeper.pid}'))
    async with sessions.open() as session:
        assert session.deploys.resume() == ()
        assert session.deploys.unknown == ()
        assert session.deploys.unsettled("production") is not None
    sleeper.kill()
    await sleeper.wait()
    async with sessions.open() as session:
        assert session.deploys.resume() == (request,)
        assert (await session.deploys.end_of(request.nonce)).fate is Fate.UNKNOWN
