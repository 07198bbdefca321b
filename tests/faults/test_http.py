"""Answers that are none: redirections, errors of proxies, pages, floods, and what a header can hold."""

import resource

import httpx
import pytest

from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.simulator import Simulator
from orch_tui.simulator.faults import (
    Empty,
    Fault,
    GzipBomb,
    HostileReason,
    Huge,
    HugeHeader,
    LoginPage,
    Missing,
    OwnAnswer,
    Redirect,
    SetCookie,
    Unavailable,
)
from orch_tui.ui.screens.deploy import DeployScreen
from tests.faults.conftest import Trial
from tests.faults.told import names, watching
from tests.ui.conftest import Driver

WIDE = (140, 40)


async def meets(trial: Trial, driver: Driver, fault: Fault) -> Problem:
    """Let the next poll of the rollout on the screen meet `fault`; what was known stays on the screen."""
    rollout, before = await driver.later(0), names(driver)
    known = rollout.reading.value
    trial.server.simulator.faults.add(fault=fault)
    await driver.later(0)
    assert rollout.reading.problem is not None
    assert (rollout.reading.value, names(driver)) == (known, before)
    return rollout.reading.problem


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_H1_redirect_to_another_host(trial: Trial, status: int) -> None:
    other = Simulator(trial.server.simulator.world.settings)
    async with trial.cockpit(size=WIDE) as driver:
        with other.running() as url:
            await watching(driver)
            problem = await meets(trial, driver, Redirect(status, f"{url}/orchestrator/v1/jobs"))
            assert problem.kind is ProblemKind.REDIRECTED
            await driver.shows("NOT UPDATED", "points elsewhere", f"points to {url}")
            assert other.requests == []


@pytest.mark.parametrize("status", [502, 504])
async def test_H2_a_proxy_without_a_server_behind_it(trial: Trial, status: int) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        await meets(trial, driver, Unavailable(status))
        await driver.shows("NOT UPDATED", "again in", f"answered {status}")
        assert "<" not in driver.text


async def test_H3_busy_for_two_minutes(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        rollout = await watching(driver)
        await meets(trial, driver, Unavailable(503, "120"))
        await driver.shows("again in 2m00s", "The server is busy", "r Refresh")
        assert rollout.reading.next_try == trial.clock() + 120
        await driver.press("r")
        await driver.until(lambda: rollout.reading.problem is None)


async def test_H4_too_many_requests_until_a_date_in_the_past(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        rollout = await watching(driver)
        await meets(trial, driver, Unavailable(429, "Wed, 21 Oct 2015 07:28:00 GMT"))
        assert rollout.reading.next_try == trial.clock() + 1


async def test_H5_busy_for_three_years(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        await meets(trial, driver, Unavailable(503, "99999999"))
        await driver.shows("again in 2m00s (it asked for 1157d09h)")


async def test_H8_job_is_not_found(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE, stops=False) as driver:
        rollout = await watching(driver)
        before = names(driver)
        url = f"{trial.server.url}/simulator/world"
        forget = {"change": "forget-job", "job": rollout.job}
        async with httpx.AsyncClient() as curl:
            assert (await curl.post(url, json=forget)).status_code == 200
        await driver.later(0)
        await driver.shows("no longer known to the server", "The job does not exist")
        assert names(driver) == before


async def test_H9_deploy_is_refused(trial: Trial) -> None:
    body = (
        '{"kind": "puppetlabs.orchestrator/unknown-environment", '
        '"msg": "no [bold]environment\\u001b]0;PWNED\\u0007 here"}'
    )
    async with trial.cockpit() as driver:
        trial.server.simulator.faults.add(method="POST", path="/command/deploy", fault=OwnAnswer(400, body))
        trial.confirmed = 1
        await driver.to_review()
        await driver.press("enter")
        await driver.shows("The environment does not exist", "no [bold]environment␛]0;PWNED")
        await driver.is_armed()
        await driver.press("escape")
        form = driver.screen(DeployScreen)
        assert form.fields.environment.value == "production"
        await driver.pilot.pause()
        assert "not known" not in driver.text


async def test_H10_a_login_page_says_200(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        problem = await meets(trial, driver, LoginPage())
        await driver.shows("The answer is not the orchestrator's", "(text/html; charset=utf-8)")
        assert problem.leaves_command_unknown
        assert "Sign in" not in driver.text


@pytest.mark.parametrize("status", [200, 204])
async def test_H11_nothing_in_it(trial: Trial, status: int) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await driver.shows("production")
        before = driver.home.environments.keys
        trial.server.simulator.faults.add(path="/jobs", fault=Empty(status))
        await driver.press("r")
        await driver.shows("NOT UPDATED", "The answer is not the orchestrator's")
        assert driver.home.environments.keys == before
        assert driver.home.jobs.table.keys


async def test_H12_gzip_bomb(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        problem = await meets(trial, driver, GzipBomb(300))
        assert "compressed" in problem.message
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


@pytest.mark.parametrize("mebibytes", [0, 200], ids=["endless", "declared"])
async def test_H13_a_flood(trial: Trial, mebibytes: int) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        problem = await meets(trial, driver, Huge(mebibytes))
        assert problem.kind is ProblemKind.TOO_LARGE
        await driver.shows("The answer is too large", "longer than 8 MiB")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


async def test_H14_a_huge_header(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        problem = await meets(trial, driver, HugeHeader(256))
        assert problem.kind is ProblemKind.NOT_UNDERSTOOD
        await driver.shows("The answer is not the orchestrator's")


async def test_H15_a_hostile_reason_phrase(trial: Trial) -> None:
    async with trial.cockpit(size=WIDE) as driver:
        await watching(driver)
        problem = await meets(trial, driver, HostileReason())
        assert problem.message.isprintable()
        await driver.shows("NOT UPDATED")
        await driver.press("e")
        await driver.is_armed()
        assert "\x1b" not in driver.text
        assert "PWNED" not in driver.text


async def test_H16_cookies_are_left(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        rollout = await watching(driver)
        trial.server.simulator.faults.add(fault=SetCookie(), times=None)
        await driver.later(0)
        assert rollout.reading.problem is None
        await driver.later(0)
        assert all("cookie" not in request.headers for request in trial.server.simulator.requests)


@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
async def test_H17_half_an_answer(trial: Trial, framing: str) -> None:
    kinds = {"none": ProblemKind.NOT_UNDERSTOOD}
    async with trial.cockpit(size=WIDE) as driver:
        rollout = await watching(driver)
        for path in ("/jobs/*/nodes", f"/jobs/{rollout.job}"):
            trial.clock.advance(60)  # so that all nodes are asked for, too
            trial.server.simulator.faults.order({"fault": "cut-body", "framing": framing, "path": path})
            before, known = names(driver), rollout.reading.value
            await driver.later(0)
            assert rollout.reading.problem is not None
            assert rollout.reading.problem.kind is kinds.get(framing, ProblemKind.CONNECTION_LOST)
            assert (names(driver), rollout.reading.value) == (before, known)
            await driver.later(0)
            assert rollout.reading.problem is None


async def test_H18_a_release_without_a_list_of_jobs(trial: Trial) -> None:
    trial.server.simulator.faults.add(path="/jobs", fault=Missing(), times=None)
    async with trial.cockpit(size=WIDE) as driver:
        await driver.shows("NOT UPDATED", "The server has no list of jobs")
        await driver.press("e")
        await driver.shows("since Puppet Enterprise 2016.2", "Check host and port of service-url")
