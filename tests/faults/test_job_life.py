"""What may happen to a job while somebody watches it."""

from orch_tui.simulator import Answer
from tests.faults.conftest import Trial

JSON = (("content-type", "application/json"),)


async def test_J1_job_vanished(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await trial.deploy(driver, seconds=20)
        rows = [line for line in driver.text.splitlines() if ".example.com" in line]
        body = b'{"kind":"puppetlabs.orchestrator/unknown-job","msg":"Unknown job"}'
        trial.server.simulator.faults.add(path="/jobs/", fault=Answer(404, body, JSON), times=None)
        await driver.later(5)
        await driver.shows("running when last seen; no longer known to the server")
        assert rollout.reading.value is not None
        assert [line for line in driver.text.splitlines() if ".example.com" in line] == rows
