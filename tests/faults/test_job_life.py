"""What may happen to a job while somebody watches it."""

from orch_tui.domain.node import Outcome
from orch_tui.simulator import Answer, Drop
from orch_tui.simulator.changes import HoldStops, Restore, SetState
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.faults.conftest import Trial
from tests.faults.told import JSON, rows, tell, told


def counts(rollout: RolloutScreen) -> dict[Outcome, int]:
    assert rollout.reading.value is not None
    return dict(rollout.reading.value.counts)


async def test_J1_job_vanished(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        before = rows(driver)
        body = b'{"kind":"puppetlabs.orchestrator/unknown-job","msg":"Unknown job"}'
        trial.server.simulator.faults.add(path="/jobs/", fault=Answer(404, body, JSON), times=None)
        await driver.later(5)
        await driver.shows("running when last seen; no longer known to the server")
        assert rows(driver) == before


async def test_J2_id_reused_after_a_restore(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await trial.deploy(driver, seconds=20)
        before = rows(driver)
        Restore(jobs=1, others=1).apply(trial.server.simulator.world)
        await driver.later(5)
        await driver.shows("when last seen; another job has its number now")
        assert rows(driver) == before
        await driver.press("x")
        await driver.pilot.pause()
        assert "Stop job" not in driver.text
        await driver.press("e")
        await driver.shows("This is not the job that you were watching")
        assert rollout.reading.value is not None
    assert trial.server.posts("stop") == []


async def test_J2_a_stop_asked_for_before_the_restore_reaches_no_other_job(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        await driver.press("x")
        await driver.is_armed()
        Restore(jobs=1, others=1).apply(trial.server.simulator.world)
        await driver.press("right", "enter")
        await driver.shows("This is not the job that you were watching")
    assert trial.server.posts("stop") == []


async def test_J3_job_list_goes_backwards(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        jobs = told(trial.server, "/jobs?limit=50&order=desc&order_by=timestamp")
        tell(trial.server, "/jobs", jobs | {"items": jobs["items"][3:]}, times=1)
        await driver.press("r")
        await driver.shows("older jobs only: was the server restored?")
        await driver.press("r")
        await driver.until(lambda: "restored" not in driver.text)


async def test_J4_state_goes_from_finished_to_running(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await trial.deploy(driver)
        await driver.later(3600)
        await driver.shows("complete")
        SetState(rollout.job, "running").apply(trial.server.simulator.world)
        await driver.later(0)
        await driver.shows("> running again: it had ended, and the server went back")
        assert rollout.reading.next_try is not None


async def test_J5_node_count_changes_mid_run(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        rollout = await trial.deploy(driver, seconds=20)
        path = f"/jobs/{rollout.job}/nodes"
        nodes = told(trial.server, path)
        count = len(nodes["items"])
        await driver.press("N", "end", "space")
        last = rollout.nodes.highlighted
        for kept in (count - 5, 0, count):
            tell(trial.server, path, {**nodes, "items": nodes["items"][:kept]}, times=1)
            trial.clock.advance(60)
            await driver.press("r")
            await driver.until(lambda kept=kept: sum(counts(rollout).values()) == kept)  # type: ignore[misc]
            await driver.until(lambda kept=kept: len(rollout.nodes.table.keys) == kept)  # type: ignore[misc]
            assert f"/{kept} " in driver.text
        await driver.shows("1 marked")
        await driver.press("end")
        assert last is not None
        assert rollout.nodes.highlighted is not None
        assert rollout.nodes.highlighted[0].name == last[0].name


async def test_J6_node_moves_from_finished_to_failed(trial: Trial) -> None:
    async with trial.cockpit(size=(140, 40)) as driver:
        rollout = await trial.deploy(driver, seconds=60)
        before = counts(rollout)
        path = f"/jobs/{rollout.job}/nodes"
        nodes = told(trial.server, path)
        moved = next(node for node in nodes["items"] if node["state"] == "finished")
        moved |= {"state": "failed", "details": {"message": "it failed after all"}}
        tell(trial.server, path, nodes, times=1)
        trial.clock.advance(60)
        await driver.later(0)
        await driver.until(lambda: counts(rollout) != before)
        now = counts(rollout)
        assert now[Outcome.FAILED] == before.get(Outcome.FAILED, 0) + 1
        assert sum(now.values()) == sum(before.values())


async def test_J7_job_ends_between_two_polls(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        rollout = await trial.deploy(driver)
        await driver.later(3600)
        await driver.shows("complete")
        assert rollout.reading.value is not None
        assert rollout.reading.value.job.state.is_over
        states = [node["state"] for node in told(trial.server, f"/jobs/{rollout.job}/nodes")["items"]]
        assert counts(rollout)[Outcome.FAILED] == states.count("failed")
        assert rollout.reading.next_try is None


async def test_J8_job_of_another_user(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        running = [job.id for job in driver.app.cockpit.session.running_jobs]
        rollout = RolloutScreen(driver.app.cockpit, running[0])
        driver.app.push_screen(rollout)
        await driver.shows("by brian")
        await driver.press("x")
        await driver.shows("started by brian")
        await driver.press("escape")
        assert trial.server.posts("stop") == []


async def test_J11_stopping_for_ten_minutes(trial: Trial) -> None:
    HoldStops(1200).apply(trial.server.simulator.world)
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("Stopping job 1814")
        await driver.later(600)
        await driver.shows("stopping for 10m00s")
        await driver.press("x")
        await driver.shows("The job is stopping already")
        await driver.later(1200)
        await driver.shows("stopped", "complete")
    assert len(trial.server.posts("stop")) == 1


async def test_J22_server_restarts_in_mid_run(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        rollout = await trial.deploy(driver, seconds=20)
        before = rows(driver)
        trial.server.simulator.faults.add(fault=Drop(), times=None)
        await driver.later(0)
        await driver.shows("NO CONTACT")
        assert rows(driver) == before
        trial.server.simulator.faults.clear()
        await driver.later(3600)
        await driver.shows("complete")
        assert rollout.reading.problem is None
